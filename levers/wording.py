"""French writing of dates and hours inside the sentences of this application."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def written_day(day: date) -> str:
    """« 1er janvier 2025 », « 22 août 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {date_format(day, 'F Y')}"


def written_moment(moment: datetime) -> str:
    """Write a moment in local time: « vendredi 17 novembre 2023 à 18 h »."""
    local = timezone.localtime(moment)
    minutes = f"\u00a0{local:%M}" if local.minute else ""
    return f"{date_format(local, 'l')} {written_day(local.date())} à {local.hour}\u00a0h{minutes}"


def written_hour(moment: datetime) -> str:
    """« 14:03 », for « Enregistré à 14:03 »."""
    return f"{timezone.localtime(moment):%H:%M}"
