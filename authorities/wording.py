"""French wording of dates: « mardi 15 septembre 2026 », « 3 mars »."""

from datetime import date

from django.utils.formats import date_format

from common.dates import format_day


def format_weekday(day: date) -> str:
    """Write a date in full with its day of the week."""
    return f"{date_format(day, 'l')} {format_day(day)}"


def format_short_day(day: date) -> str:
    """Write a date without its year; the first of a month is « 1er »."""
    return format_day(day).rsplit(" ", 1)[0]
