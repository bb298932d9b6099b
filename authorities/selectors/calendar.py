"""The calendar of a démarche: its dates, what is past, the effort that it asks for."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from authorities.extensions import real_dates
from authorities.models import Initiative, Meeting
from authorities.planning import COUNCIL_CODE, Effort, earliest_council, estimate_effort
from authorities.services.calendar import preset_steps
from authorities.working_days import day_off_reason
from reference.models import CalendarPreset


@dataclass(frozen=True)
class MeetingRow:
    """A date of the calendar. `warning`: why nobody meets that day; `is_locked`: moved by the council date only."""

    meeting: Meeting
    kind_label: str
    is_past: bool
    warning: str
    is_locked: bool


@dataclass(frozen=True)
class CalendarView:
    """The calendar page. `past_count`: foreseen dates that are past, not those of a round or of a ballot.

    `earliest_council_on`: first council date for which no step of the preset is past.
    """

    rows: list[MeetingRow]
    preset: CalendarPreset | None
    council_on: date | None
    effort: Effort | None
    past_count: int
    earliest_council_on: date | None
    edited_count: int


def meetings_of(initiative: Initiative) -> list[Meeting]:
    """Return the calendar by its days: a step whose round or ballot exists has its real moment. Three queries.

    Whoever shows a date reads `day` and `hour`; `planned_on` remains what was foreseen.
    """
    meetings = list(Meeting.objects.for_initiative(initiative))
    moments = real_dates(initiative)
    for meeting in meetings:
        meeting.real_at = moments.get(meeting.code)
    return sorted(meetings, key=lambda meeting: (meeting.day, meeting.pk))


def calendar_view(initiative: Initiative, *, now: datetime) -> CalendarView:
    """Return the calendar of a démarche. Four queries."""
    today = timezone.localdate(now)
    department_code = initiative.authority.department_code
    meetings = meetings_of(initiative)
    rows = [_row(meeting, today, department_code) for meeting in meetings]
    preset, council_on = initiative.calendar_preset, initiative.council_on
    effort = estimate_effort(meetings[0].day, council_on) if meetings and council_on else None
    past_count = sum(row.is_past and row.meeting.real_at is None for row in rows)
    is_late = past_count > 0 and council_on is not None and council_on >= today and preset is not None
    return CalendarView(
        rows=rows,
        preset=preset,
        council_on=council_on,
        effort=effort,
        past_count=past_count,
        earliest_council_on=earliest_council(preset_steps(preset), today) if is_late and preset else None,
        edited_count=sum(meeting.is_edited for meeting in meetings),
    )


def _row(meeting: Meeting, today: date, department_code: str) -> MeetingRow:
    is_council = meeting.code == COUNCIL_CODE
    return MeetingRow(
        meeting=meeting,
        kind_label=meeting.get_kind_display(),
        is_past=meeting.day < today,
        warning="" if is_council or meeting.real_at else day_off_reason(meeting.planned_on, department_code),
        is_locked=is_council,
    )
