"""French writing of moments inside the sentences of this application."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from common.dates import format_day
from common.numbers import pluralise
from levers.tally import MINIMUM_EXPRESSED


def saved_label(moment: datetime) -> str:
    """« Enregistré à 14:03 »."""
    return f"Enregistré à {timezone.localtime(moment):%H:%M}"


def written_moment(moment: datetime) -> str:
    """Write a moment in local time: « vendredi 17 novembre 2023 à 18 h »; an hour that comes twice says which."""
    local = timezone.localtime(moment)
    minutes = f"\u00a0{local:%M}" if local.minute else ""
    return f"{date_format(local, 'l')} {format_day(local.date())} à {local.hour}\u00a0h{minutes}{_season(local)}"


def withheld_count(answers: int) -> str:
    """« 1 réponse, trop peu pour montrer un compte »."""
    return f"{answers}\u00a0{pluralise(answers, 'réponse', 'réponses')}, trop peu pour montrer un compte"


def withheld_reason() -> str:
    """Say why the count of a second vote stays hidden."""
    return f"Sous {MINIMUM_EXPRESSED}\u00a0réponses, le compte reste caché\u00a0: il dirait le vote d’une personne."


def _season(local: datetime) -> str:
    """Tell apart the hours of the night when clocks go back; nothing on any other."""
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return " (heure d’hiver)" if local.fold else " (heure d’été)"
