"""The minutes of the meeting: who may have been there, what is proposed, what they say. Never before closing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from authorities.enums import Role
from authorities.models import Participant
from common.errors import DomainError
from common.text import with_office
from diagnostics.minutes import MinutesDimension, MinutesFacts, MinutesOpinion, MinutesQuestion
from diagnostics.models import AgreedLevel, Diagnosis, MeetingMinutes, Question, Rating
from diagnostics.selectors.meeting import NOT_CLOSED
from diagnostics.selectors.results import count_raters
from diagnostics.selectors.rounds import sharing_meeting


def stored_minutes(diagnosis: Diagnosis) -> MeetingMinutes | None:
    """Return what is kept of the minutes, with the people present. Two queries at most."""
    return MeetingMinutes.objects.filter(diagnosis=diagnosis).prefetch_related("present__service").first()


def minutes_people(diagnosis: Diagnosis) -> list[Participant]:
    """Return who may have been at the meeting: the raters, the référents and the steering committee. Two queries."""
    raters = set(diagnosis.raters.values_list("pk", flat=True))
    expected = {Role.ELECTED, Role.REFERENT}
    people = Participant.objects.for_initiative(diagnosis.initiative).select_related("service").order_by("name", "pk")
    return [
        person
        for person in people
        if person.pk in raters or (person.is_active and not expected.isdisjoint(person.role_set))
    ]


def proposed_minutes(diagnosis: Diagnosis, *, today: date) -> dict[str, Any]:
    """Propose the day, hours and place: those of the levels recorded, else those of the calendar. Two queries.

    A meeting planned later than today is not proposed: this one was held before.
    """
    planned = sharing_meeting(diagnosis.initiative)
    decided = AgreedLevel.objects.filter(diagnosis=diagnosis).values_list("decided_at", flat=True)
    moments = sorted(timezone.localtime(moment) for moment in decided)
    held_on = moments[-1].date() if moments else None
    if held_on is None and planned is not None and planned.planned_on <= today:
        held_on = planned.planned_on
    of_day = [moment.time().replace(second=0, microsecond=0) for moment in moments if moment.date() == held_on]
    starts_at = of_day[0] if of_day else None
    if planned is not None and planned.planned_on == held_on and planned.start_time:
        starts_at = planned.start_time
    ends_at = of_day[-1] if of_day and starts_at and of_day[-1] > starts_at else None
    place = planned.place if planned else ""
    return {"held_on": held_on, "starts_at": starts_at, "ends_at": ends_at, "place": place}


def minutes_facts(diagnosis: Diagnosis, *, now: datetime) -> MinutesFacts:
    """Return what the document says, from the base at this moment. Eight queries.

    Raises `DomainError` before closing: no level leaves the base while a round is open.
    """
    if not diagnosis.is_revealed(now):
        raise DomainError(NOT_CLOSED)
    minutes = stored_minutes(diagnosis)
    questions = list(diagnosis.asked_questions().prefetch_related("levels"))
    shows_names = diagnosis.are_names_shown and minutes is not None and minutes.are_names_written
    opinions = _opinions(diagnosis, shows_names=shows_names)
    agreed = {level.question_id: level for level in AgreedLevel.objects.filter(diagnosis=diagnosis)}
    return MinutesFacts(
        authority=diagnosis.initiative.authority.name,
        number=diagnosis.number,
        questionnaire=diagnosis.questionnaire.title,
        asked_count=diagnosis.raters.count(),
        rater_count=count_raters(diagnosis),
        opened_on=timezone.localdate(diagnosis.opened_at) if diagnosis.opened_at else None,
        closed_on=timezone.localdate(diagnosis.closes_at) if diagnosis.closes_at else None,
        held_on=minutes.held_on if minutes else None,
        starts_at=minutes.starts_at if minutes else None,
        ends_at=minutes.ends_at if minutes else None,
        place=minutes.place if minutes else "",
        present=_present(minutes),
        decisions=minutes.decisions if minutes else "",
        notes=minutes.notes if minutes else "",
        agreed_on=timezone.localdate(diagnosis.agreed_at) if diagnosis.agreed_at else None,
        dimensions=_dimensions(questions, opinions, agreed),
        now=now,
    )


def _present(minutes: MeetingMinutes | None) -> list[str]:
    if minutes is None:
        return []
    people = [with_office(person.name, person.function or person.service.name) for person in minutes.present.all()]
    return people + [line.strip() for line in minutes.other_people.splitlines() if line.strip()]


def _opinions(diagnosis: Diagnosis, *, shows_names: bool) -> dict[int, list[MinutesOpinion]]:
    """Question → what was said, sorted by level and then by name: the order tells nothing of who answered first."""
    opinions: dict[int, list[MinutesOpinion]] = {}
    rows = Rating.objects.filter(diagnosis=diagnosis).values_list("question_id", "level", "participant__name")
    for question_pk, level, name in rows:
        opinions.setdefault(question_pk, []).append(MinutesOpinion(level, name if shows_names else ""))
    for said in opinions.values():
        said.sort(key=lambda opinion: (opinion.level is None, opinion.level or 0, opinion.name))
    return opinions


def _dimensions(
    questions: Sequence[Question], opinions: dict[int, list[MinutesOpinion]], agreed: dict[int, AgreedLevel]
) -> list[MinutesDimension]:
    grouped: dict[str, list[MinutesQuestion]] = {}
    for question in questions:
        settled = agreed.get(question.pk)
        texts = {level.value: level.text for level in question.levels.all()}
        level = settled.level if settled else None
        grouped.setdefault(question.dimension.name, []).append(
            MinutesQuestion(
                code=question.code,
                title=question.title,
                opinions=opinions.get(question.pk, []),
                is_settled=settled is not None,
                level=level,
                level_text="" if level is None else texts[level],
                reason=settled.reason if settled else "",
            )
        )
    return [MinutesDimension(name, items) for name, items in grouped.items()]
