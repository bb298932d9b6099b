"""French writing of dates: the first of a month is « 1er »."""

from datetime import date, datetime

from django.utils import formats, timezone


def format_day(day: date) -> str:
    """Write a day in full: « 1er janvier 2027 », « 23 septembre 2019 »; a date-time is taken in the time of Paris."""
    if isinstance(day, datetime):
        day = timezone.localtime(day) if timezone.is_aware(day) else day
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {formats.date_format(day, 'F Y')}"


def format_short_day(day: date) -> str:
    """Write a day without its year: « 1er décembre »."""
    return format_day(day).rsplit(" ", 1)[0]


def format_moment(moment: datetime, *, is_short: bool = False) -> str:
    """Write a day and its hour: « 1er décembre 2026 à 14:03 »; without the year when short."""
    written = format_short_day(moment) if is_short else format_day(moment)
    return f"{written} à {timezone.localtime(moment):%H:%M}"
