"""The day of a step of the calendar: the real one once the round or the ballot that it planned exists."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone


class RealMoment:
    """What `meetings_of` adds to a meeting: the moment of its round or of its ballot, kept nowhere."""

    real_at: datetime | None = None

    if TYPE_CHECKING:
        planned_on: date
        start_time: time | None

    @property
    def day(self) -> date:
        """The real day when it is known, else the planned one."""
        return timezone.localdate(self.real_at) if self.real_at else self.planned_on

    @property
    def hour(self) -> time | None:
        return timezone.localtime(self.real_at).time() if self.real_at else self.start_time
