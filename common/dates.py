"""French writing of dates: the first of a month is « 1er »."""

from datetime import date, datetime

from django.utils import formats, timezone


def format_day(day: date) -> str:
    """Write a day in full: « 1er janvier 2027 », « 23 septembre 2019 »; a date-time is taken in the time of Paris."""
    if isinstance(day, datetime):
        day = timezone.localtime(day) if timezone.is_aware(day) else day
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {formats.date_format(day, 'F Y')}"
