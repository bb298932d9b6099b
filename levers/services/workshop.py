"""Writes of the workshop: it is held, one lever is on the screen, each gesture decides and may be undone.

Several of these writes are sent again by a browser whose network dropped: what is already written is then left as it
is, without a word.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from authorities.events import Change, changes_between
from common.errors import DomainError
from common.text import typography
from common.versioning import save_versioned
from levers.enums import Verdict
from levers.models import Ballot, Decision, Lever, ParkedLever, SecondVote, Workshop, WorkshopDecision
from levers.models_workshop import LONGEST_MINUTES, SHORTEST_MINUTES
from levers.services.decisions import (
    DECISION_LABELS,
    confirm_consensus,
    deciding_ballot,
    decision_texts,
    record_decision,
)
from levers.services.second_votes import finish_phones
from levers.services.workshop_rules import check_last, check_on_ballot, held_workshop, lock_workshop, record_workshop
from levers.tally import Pile


@transaction.atomic
def start_workshop(*, ballot: Ballot, planned_minutes: int, actor: User, now: datetime) -> Workshop:
    """Begin the workshop of a closed ballot; one that began already is returned as it is.

    Raises `DomainError` when the ballot is open or is not the last one, or when the length is not one of a meeting.
    """
    if deciding_ballot(ballot.initiative, [], now) != ballot:
        raise DomainError(typography("L’atelier porte sur le dernier scrutin de la démarche."))
    if not SHORTEST_MINUTES <= planned_minutes <= LONGEST_MINUTES:
        raise DomainError(f"Prévoyez de {SHORTEST_MINUTES} à {LONGEST_MINUTES} minutes.")
    workshop, is_new = Workshop.objects.get_or_create(
        ballot=ballot, defaults={"started_at": now, "planned_minutes": planned_minutes, "started_by": actor}
    )
    if is_new:
        record_workshop(workshop, f"a commencé l’atelier du scrutin n°\u00a0{ballot.number}", actor, now)
    return workshop


@transaction.atomic
def end_workshop(*, workshop: Workshop, actor: User, now: datetime) -> Workshop:
    """End the workshop: nothing is decided there any more until it is taken up again."""
    workshop = lock_workshop(workshop)
    if workshop.is_over:
        return workshop
    for second_vote in SecondVote.objects.filter(workshop=workshop, closed_at=None).select_related("lever"):
        finish_phones(second_vote, now)
    workshop.ended_at = now
    workshop.current = None
    workshop.save(update_fields=["ended_at", "current"])
    record_workshop(workshop, f"a terminé l’atelier du scrutin n°\u00a0{workshop.ballot.number}", actor, now)
    return workshop


@transaction.atomic
def resume_workshop(*, workshop: Workshop, actor: User, now: datetime) -> Workshop:
    """Take up a workshop that was ended."""
    workshop = lock_workshop(workshop)
    check_last(workshop, now)
    if not workshop.is_over:
        return workshop
    workshop.ended_at = None
    workshop.save(update_fields=["ended_at"])
    record_workshop(workshop, f"a repris l’atelier du scrutin n°\u00a0{workshop.ballot.number}", actor, now)
    return workshop


@transaction.atomic
def show_lever(*, workshop: Workshop, lever: Lever | None, now: datetime) -> None:
    """Put a lever on the projected page, or its first page (None). Nobody's text changes: no version, no event.

    Raises `DomainError` when the workshop is over or the lever is not on the ballot.
    """
    workshop = held_workshop(workshop, now)
    if lever is not None:
        check_on_ballot(workshop, lever)
    Workshop.objects.filter(pk=workshop.pk).update(current=lever)


@transaction.atomic
def park_lever(*, workshop: Workshop, lever: Lever, is_parked: bool, actor: User, now: datetime) -> None:
    """Leave a lever for the end of the agenda, or put it back in its place."""
    workshop = held_workshop(workshop, now)
    check_on_ballot(workshop, lever)
    if is_parked:
        _, is_changed = ParkedLever.objects.get_or_create(workshop=workshop, lever=lever, defaults={"parked_at": now})
    else:
        is_changed = bool(ParkedLever.objects.filter(workshop=workshop, lever=lever).delete()[0])
    if is_changed:
        word = "gardé pour la fin" if is_parked else "remis à sa place dans l’ordre du jour"
        record_workshop(workshop, f"a {word}\u00a0: «\u00a0{lever.title}\u00a0»", actor, now, lever=lever)


@transaction.atomic
def decide_in_workshop(
    *,
    workshop: Workshop,
    lever: Lever,
    verdict: Verdict,
    reason: str,
    expected_version: int,
    following: Lever | None,
    actor: User,
    now: datetime,
) -> Decision:
    """Record the decision about a lever, keep the way back, and put the `following` lever on the screen.

    Raises what `record_decision` raises, and `DomainError` when the workshop is over.
    """
    workshop = held_workshop(workshop, now)
    check_on_ballot(workshop, lever)
    former = Decision.objects.for_initiative(workshop.ballot.initiative).filter(lever=lever).first()
    if former is not None and former.verdict == verdict and former.reason == reason.strip():
        # Said already: the answer of the site got lost on the way, or nothing was changed.
        Workshop.objects.filter(pk=workshop.pk).update(current=following)
        return former
    decision = record_decision(
        initiative=workshop.ballot.initiative, lever=lever, verdict=verdict, reason=reason,
        expected_version=expected_version, actor=actor, now=now,
    )  # fmt: skip
    WorkshopDecision.objects.create(
        workshop=workshop,
        number=_next_number(workshop),
        lever=lever,
        version=decision.version,
        **_former_fields(former),
    )
    Workshop.objects.filter(pk=workshop.pk).update(current=following)
    return decision


@transaction.atomic
def confirm_in_workshop(
    *, workshop: Workshop, piles: Collection[Pile], reason: str, actor: User, now: datetime
) -> list[Decision]:
    """Confirm the consensual levers, as `confirm_consensus` does, in one gesture that may be undone at once."""
    workshop = held_workshop(workshop, now)
    decisions = confirm_consensus(ballot=workshop.ballot, piles=piles, reason=reason, actor=actor, now=now)
    number = _next_number(workshop)
    WorkshopDecision.objects.bulk_create(
        WorkshopDecision(workshop=workshop, number=number, lever=decision.lever, version=decision.version)
        for decision in decisions
    )
    return decisions


@transaction.atomic
def undo_decision(*, workshop: Workshop, number: int, actor: User, now: datetime) -> list[Lever]:
    """Undo the last gesture of the workshop, `number`: what stood before stands again, author and hour included.

    Returns the levers concerned. Undone already: nothing is done. Raises `DomainError` when the gesture is not the last
    one, or when one of its decisions changed elsewhere since.
    """
    workshop = held_workshop(workshop, now)
    gestures = WorkshopDecision.objects.filter(workshop=workshop)
    rows = list(gestures.filter(number=number).select_related("lever"))
    if rows and all(row.undone_at for row in rows):
        return [row.lever for row in rows]
    if number != gestures.filter(undone_at=None).aggregate(last=Max("number"))["last"]:
        raise DomainError(
            typography("Une autre décision a été prise depuis : rechargez la page, puis annulez-la d’abord.")
        )
    initiative = workshop.ballot.initiative
    stored = {
        decision.lever_id: decision
        for decision in Decision.objects.about([row.lever_id for row in rows]).for_initiative(initiative)
    }
    changes: list[Change] = []
    for row in rows:
        decision = stored.get(row.lever_id)
        if decision is None or decision.version != row.version:
            raise DomainError(
                typography(
                    f"La décision sur « {row.lever.title} » a changé depuis, ailleurs que dans l’atelier : "
                    "corrigez-la depuis la page des décisions."
                )
            )
        changes += _put_back(row, decision, is_alone=len(rows) == 1)
    WorkshopDecision.objects.filter(workshop=workshop, number=number).update(undone_at=now)
    Workshop.objects.filter(pk=workshop.pk).update(current=rows[0].lever if len(rows) == 1 else None)
    _record_undo(workshop, rows, changes, actor, now)
    return [row.lever for row in rows]


def _next_number(workshop: Workshop) -> int:
    last = WorkshopDecision.objects.filter(workshop=workshop).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _former_fields(former: Decision | None) -> dict[str, object]:
    if former is None:
        return {}
    return {
        "former_verdict": former.verdict,
        "former_reason": former.reason,
        "former_ballot": former.ballot,
        "former_decided_by": former.decided_by,
        "former_decided_at": former.decided_at,
    }


def _put_back(row: WorkshopDecision, decision: Decision, *, is_alone: bool) -> list[Change]:
    """Put back what stood before one decision, and return what changes, field by field or in one line of several."""
    before = decision_texts(decision)
    if not row.former_verdict:
        decision.delete()
        after: dict[str, str] = {}
    else:
        decision.ballot, decision.verdict, decision.reason = row.former_ballot, row.former_verdict, row.former_reason
        decision.decided_by, decision.decided_at = row.former_decided_by, row.former_decided_at or decision.decided_at
        fields = ["ballot", "verdict", "reason", "decided_by", "decided_at"]
        former_version = row.version - 1
        save_versioned(decision, expected_version=row.version, update_fields=fields)
        # The gesture before left this very decision: it may be undone in its turn.
        WorkshopDecision.objects.filter(
            workshop=row.workshop_id, lever=row.lever, version=former_version, undone_at=None
        ).update(version=decision.version)
        after = decision_texts(decision)
    if is_alone:
        return changes_between(before, after, DECISION_LABELS.__getitem__)
    code = row.lever.code
    return changes_between(
        {code: before.get("verdict", "")}, {code: after.get("verdict", "")}, lambda _code: row.lever.title
    )


def _record_undo(
    workshop: Workshop, rows: list[WorkshopDecision], changes: list[Change], actor: User, now: datetime
) -> None:
    if len(rows) == 1:
        lever = rows[0].lever
        verb = f"a annulé la dernière décision\u00a0: «\u00a0{lever.title}\u00a0»"
        record_workshop(workshop, verb, actor, now, lever=lever, changes=changes)
        return
    record_workshop(workshop, f"a annulé {len(rows)} décisions consensuelles", actor, now, changes=changes)
