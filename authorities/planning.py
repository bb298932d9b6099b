"""Backward planning of the calendar from the council date. Pure: no clock, no database."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count

from authorities.working_days import day_off_reason, working_day_on_or_before

COUNCIL_CODE = "assemblee"
# Code of a meeting that no preset holds.
OWN_CODE_PREFIX = "reunion-"
# « about one third of one person's time »: ANCT, COMETE webinar, 18 April 2024, 00:30:19.
REFERENT_SHARE = Fraction(1, 3)
WORKING_DAYS_PER_WEEK = 5


@dataclass(frozen=True)
class PresetStep:
    """A step of a calendar preset; `week` counts from the council (0), negative before it."""

    code: str
    label: str
    week: int
    kind: str


@dataclass(frozen=True)
class PlannedStep:
    """A step with its date. `moved_because` names the week-end day or the holiday that it left, if any."""

    code: str
    label: str
    kind: str
    planned_on: date
    moved_because: str = ""


@dataclass(frozen=True)
class Effort:
    """Work of the référent over the calendar, in weeks from the first step to the council and in working days."""

    weeks: int
    working_days: int


def plan_backwards(steps: Sequence[PresetStep], council_on: date, *, department_code: str = "") -> list[PlannedStep]:
    """Return the steps dated from the council, in the order of time.

    The council keeps its date whatever the day: an assembly may sit on a Saturday. Any other step that falls on a
    week-end or a holiday goes back to the working day before.
    """
    planned = []
    for step in steps:
        day = council_on + timedelta(weeks=step.week)
        reason = "" if step.week == 0 else day_off_reason(day, department_code)
        if reason:
            day = working_day_on_or_before(day, department_code)
        planned.append(PlannedStep(step.code, step.label, step.kind, day, reason))
    return sorted(planned, key=lambda step: step.planned_on)


def transpose_day(day: date, *, from_council: date, to_council: date, department_code: str = "") -> date:
    """Return the day that is as far from a council as `day` is from another.

    As in `plan_backwards`, the day of the council stays on it, and any other that is a day off goes back to the
    working day before.
    """
    if day == from_council:
        return to_council
    return working_day_on_or_before(to_council + (day - from_council), department_code)


def free_code(taken: Container[str]) -> str:
    """Return the first code, for a meeting of one's own, that is not taken: « reunion-1 », « reunion-2 »…"""
    return next(code for number in count(1) if (code := f"{OWN_CODE_PREFIX}{number}") not in taken)


def earliest_council(steps: Sequence[PresetStep], today: date) -> date:
    """Return the first council date for which no step is in the past."""
    return today - timedelta(weeks=min((step.week for step in steps), default=0))


def estimate_effort(first_on: date, council_on: date) -> Effort:
    """Return the effort of the référent: a third of a post between the two dates, rounded to the day.

    13 September 2026 to 14 March 2027 is 26 weeks: 26 × 5 / 3 = 43.3, that is 43 days.
    """
    weeks = max(0, round((council_on - first_on).days / 7))
    return Effort(weeks=weeks, working_days=round(weeks * WORKING_DAYS_PER_WEEK * REFERENT_SHARE))
