"""French wording of dates: « mardi 15 septembre 2026 »."""

from datetime import date

from django.utils.formats import date_format

from common.dates import format_day


def format_weekday(day: date) -> str:
    """Write a date in full with its day of the week."""
    return f"{date_format(day, 'l')} {format_day(day)}"
