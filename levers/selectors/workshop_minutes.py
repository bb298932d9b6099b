"""What the minutes of a workshop say, read from the base at the moment they are asked for."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from authorities.models import Participant
from levers.enums import Verdict
from levers.models import Ballot, Workshop
from levers.selectors.workshop import AgendaItem, WorkshopBoard
from levers.workshop_minutes import MinutesLever, WorkshopFacts


def workshop_people(ballot: Ballot) -> QuerySet[Participant]:
    """Return who may have been in the room: the voters, the committee, the référents and the steering committee."""
    people = Participant.objects.for_initiative(ballot.initiative).select_related("service")
    is_voter = Exists(ballot.voters.filter(pk=OuterRef("pk")))
    return people.filter(Q(is_active=True) | is_voter).order_by("name", "pk")


def people_present(workshop: Workshop) -> list[Participant]:
    """Return who is ticked as present. One query."""
    return list(workshop.present.select_related("service").order_by("name", "pk"))


def workshop_facts(
    board: WorkshopBoard, workshop: Workshop, present: Sequence[Participant], *, now: datetime
) -> WorkshopFacts:
    """Return the facts of the minutes. No query."""
    results = board.board.results
    people = [f"{person.name}, {person.function or person.service.name}" for person in present]
    return WorkshopFacts(
        authority=workshop.ballot.initiative.authority.name,
        ballot_number=workshop.ballot.number,
        voter_count=results.voter_count if results else 0,
        voted_count=results.voted_count if results else 0,
        held_on=timezone.localdate(workshop.started_at),
        started_at=f"{timezone.localtime(workshop.started_at):%H:%M}",
        ended_at=f"{timezone.localtime(workshop.ended_at):%H:%M}" if workshop.ended_at else "",
        place=workshop.place,
        present=people + [line.strip() for line in workshop.other_people.splitlines() if line.strip()],
        notes=workshop.notes,
        levers=[_lever(item) for item in (*board.agenda, *board.others)],
        advice=[line.text for line in board.board.advice],
        now=now,
    )


def _lever(item: AgendaItem) -> MinutesLever:
    counts = item.row.result.result.counts if item.row.result else None
    last = item.second_vote if item.second_vote and not item.second_vote.is_open else None
    vote = last if last and last.is_shown else None
    decision = item.row.decision
    return MinutesLever(
        title=item.lever.title,
        grades=counts.grades if counts else (0, 0, 0, 0, 0),
        abstentions=counts.abstentions if counts else 0,
        second_grades=vote.grades if vote else None,
        second_abstentions=vote.abstentions if vote else 0,
        second_means=last.get_means_display() if last else "",
        second_withheld=last.total if last and not vote else 0,
        verdict=Verdict(decision.verdict) if decision else None,
        reason=decision.reason if decision else "",
        is_parked=item.is_parked,
    )
