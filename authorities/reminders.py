"""When the silent are reminded by the clock: at half time, and two days before the deadline. No base, no clock here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from authorities.enums import ReminderMoment

BEFORE_DEADLINE = timedelta(days=2)


@dataclass(frozen=True)
class PlannedReminder:
    """A reminder and its hour."""

    moment: ReminderMoment
    at: datetime


def planned_reminders(opens_at: datetime, closes_at: datetime) -> tuple[PlannedReminder, ...]:
    """Return the reminders of a round or of a ballot, in order.

    Half way, then two days before the deadline; one that lasts four days or less has the first only, for the second
    would come before it or at the same hour.
    """
    half = PlannedReminder(ReminderMoment.HALF_TIME, opens_at + (closes_at - opens_at) / 2)
    last = PlannedReminder(ReminderMoment.TWO_DAYS, closes_at - BEFORE_DEADLINE)
    return (half, last) if last.at > half.at else (half,)


def due_reminder(opens_at: datetime, closes_at: datetime, now: datetime) -> PlannedReminder | None:
    """Return the reminder whose hour has come, the latest one; None before the first and from the deadline on."""
    if not opens_at <= now < closes_at:
        return None
    passed = [planned for planned in planned_reminders(opens_at, closes_at) if planned.at <= now]
    return passed[-1] if passed else None


def next_reminder(opens_at: datetime, closes_at: datetime, now: datetime) -> PlannedReminder | None:
    """Return the next reminder to come, None after the last one."""
    return next((planned for planned in planned_reminders(opens_at, closes_at) if planned.at > now), None)
