"""Meetings planned backwards from the council, then moved by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from accounts.models import User
from authorities.enums import EventKind, MeetingKind
from authorities.events import record_event
from authorities.models import Initiative, Meeting
from authorities.planning import COUNCIL_CODE, PlannedStep, PresetStep, free_code, plan_backwards
from common.errors import DomainError
from common.versioning import save_versioned
from reference.models import CalendarPreset


@dataclass(frozen=True)
class MeetingValues:
    """What a person types about a meeting; the duration is in minutes."""

    label: str
    kind: MeetingKind | None
    planned_on: date
    start_time: time | None = None
    duration_minutes: int = 120
    place: str = ""


def preset_steps(preset: CalendarPreset) -> list[PresetStep]:
    """Return the steps of a preset as the planning reads them."""
    return [PresetStep(step["code"], step["label"], step["week"], step["meeting"] or "") for step in preset.steps]


def proposed_steps(initiative: Initiative, preset: CalendarPreset, council_on: date) -> list[PlannedStep]:
    """Return the steps of a preset dated from a council of this authority."""
    return plan_backwards(preset_steps(preset), council_on, department_code=initiative.authority.department_code)


@transaction.atomic
def plan_calendar(
    *,
    initiative: Initiative,
    expected_version: int,
    preset: CalendarPreset,
    council_on: date,
    actor: User,
    now: datetime,
) -> Initiative:
    """Date every meeting from the council. What somebody edited or added by hand keeps its date.

    With the same preset, a meeting that was deleted stays deleted. With another, its meetings replace those that
    nobody edited.
    """
    is_same_preset = initiative.calendar_preset_id == preset.pk
    initiative.calendar_preset, initiative.council_on = preset, council_on
    save_versioned(initiative, expected_version=expected_version, update_fields=["calendar_preset", "council_on"])
    if is_same_preset and initiative.meetings.exists():
        move_meetings(initiative)
    else:
        _replace_meetings(initiative, proposed_steps(initiative, preset, council_on))
    verb = f"a planifié le calendrier « {preset.name} » pour le conseil du {council_on:%d/%m/%Y}"
    record_event(
        authority=initiative.authority,
        kind=EventKind.PREPARATION,
        initiative=initiative,
        verb=verb,
        now=now,
        actor=actor,
    )
    return initiative


def move_meetings(initiative: Initiative) -> None:
    """Move the meetings that nobody edited to the dates that the council gives. Call it inside a transaction."""
    if initiative.calendar_preset is None or initiative.council_on is None:
        return
    steps = proposed_steps(initiative, initiative.calendar_preset, initiative.council_on)
    dates = {step.code: step.planned_on for step in steps}
    for meeting in initiative.meetings.all():
        if meeting.code in dates and not meeting.is_edited and meeting.planned_on != dates[meeting.code]:
            meeting.planned_on = dates[meeting.code]
            save_versioned(meeting, expected_version=meeting.version, update_fields=["planned_on"])


def _replace_meetings(initiative: Initiative, steps: Sequence[PlannedStep]) -> None:
    known = {meeting.code: meeting for meeting in initiative.meetings.all()}
    wanted = {step.code for step in steps}
    for code, meeting in known.items():
        if code not in wanted and not meeting.is_edited:
            meeting.delete()
    for step in steps:
        meeting = known.get(step.code)
        if meeting is None:
            Meeting.objects.create(
                initiative=initiative, code=step.code, label=step.label, kind=step.kind, planned_on=step.planned_on
            )
        elif not meeting.is_edited:
            meeting.label, meeting.kind, meeting.planned_on = step.label, step.kind, step.planned_on
            save_versioned(meeting, expected_version=meeting.version, update_fields=["label", "kind", "planned_on"])


@transaction.atomic
def add_meeting(*, initiative: Initiative, values: MeetingValues, actor: User, now: datetime) -> Meeting:
    """Add a meeting by hand; the backward planning never moves it."""
    taken = set(initiative.meetings.values_list("code", flat=True))
    meeting = Meeting(initiative=initiative, code=free_code(taken), is_edited=True)
    _apply(meeting, values)
    meeting.save()
    verb = f"a ajouté au calendrier « {meeting.label} »"
    record_event(
        authority=initiative.authority,
        kind=EventKind.PREPARATION,
        initiative=initiative,
        verb=verb,
        now=now,
        actor=actor,
    )
    return meeting


@transaction.atomic
def save_meeting(
    *, meeting: Meeting, expected_version: int, values: MeetingValues, actor: User, now: datetime
) -> Meeting:
    """Correct a meeting. Another date makes it « edited by hand »: the planning then leaves it where it is."""
    is_moved = meeting.planned_on != values.planned_on
    if is_moved and meeting.code == COUNCIL_CODE:
        raise DomainError(
            "La date de l’assemblée fixe tout le calendrier : changez-la dans « Planifier », les réunions suivront."
        )
    meeting.is_edited = meeting.is_edited or is_moved
    _apply(meeting, values)
    save_versioned(
        meeting,
        expected_version=expected_version,
        update_fields=["label", "kind", "planned_on", "start_time", "duration_minutes", "place", "is_edited"],
    )
    verb = f"a modifié « {meeting.label} » au calendrier"
    initiative = meeting.initiative
    record_event(
        authority=initiative.authority,
        kind=EventKind.PREPARATION,
        initiative=initiative,
        verb=verb,
        now=now,
        actor=actor,
    )
    return meeting


@transaction.atomic
def delete_meeting(*, meeting: Meeting, actor: User, now: datetime) -> None:
    """Remove a meeting from the calendar, except the assembly from which the others are dated."""
    if meeting.code == COUNCIL_CODE:
        raise DomainError("L’assemblée fixe tout le calendrier : elle ne se supprime pas.")
    initiative = meeting.initiative
    verb = f"a retiré du calendrier « {meeting.label} »"
    record_event(
        authority=initiative.authority,
        kind=EventKind.PREPARATION,
        initiative=initiative,
        verb=verb,
        now=now,
        actor=actor,
    )
    meeting.delete()


def _apply(meeting: Meeting, values: MeetingValues) -> None:
    meeting.label, meeting.kind, meeting.place = values.label, values.kind or "", values.place
    meeting.planned_on, meeting.start_time = values.planned_on, values.start_time
    meeting.duration_minutes = values.duration_minutes
