"""News of a round, as the grouped message writes them. They never tell a level."""

from datetime import datetime

from django.utils import timezone

from authorities.activity import NewsLine, NewsSource, OpenPoll
from authorities.enums import ActivityKind
from authorities.models import ActivityItem
from common.dates import format_day
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis
from diagnostics.services.reminders import reachable_raters


def why_over(item: ActivityItem, now: datetime) -> str:
    """Say why the news of a round no longer make sense, « » when they do."""
    diagnosis = _find(item)
    if diagnosis is None or diagnosis.state_at(now) != DiagnosisState.OPEN:
        return "Les avis ne sont plus ouverts."
    if not diagnosis.raters.filter(pk=item.participant_id).exists():
        return "L’avis de la personne n’est plus demandé."
    is_reminder = item.kind == ActivityKind.ROUND_REMINDER
    if is_reminder and diagnosis.ratings.filter(participant=item.participant_id).exists():
        return "La personne a répondu entre-temps."
    return ""


def write(item: ActivityItem) -> NewsLine:
    """Write the opening of a round, or its reminder."""
    diagnosis = Diagnosis.objects.get(pk=item.object_pk)
    name = item.participant.initiative.authority.name
    is_reminder = item.kind == ActivityKind.ROUND_REMINDER
    first = (
        f"Vous n’avez pas encore donné votre avis sur les pratiques numériques de {name}."
        if is_reminder
        else f"Les avis sur les pratiques numériques de {name} sont ouverts."
    )
    closing = timezone.localtime(diagnosis.closes_at) if diagnosis.closes_at else None
    until = f", le {format_day(closing.date())} à {closing:%H:%M}" if closing else ""
    return NewsLine(
        subject=f"{_prefix(is_reminder)}Votre avis sur le numérique responsable, {name}",
        text=f"{first} Quelques questions, seulement ce que vous connaissez\u202f; vous pouvez vous abstenir. "
        f"Vos réponses restent cachées jusqu’à la clôture{until}.",
        button="Donner mon avis",
    )


def open_polls(now: datetime) -> list[OpenPoll]:
    """Return the rounds that are open, with the people who have accepted and have not answered at all."""
    rounds = Diagnosis.objects.filter(
        opened_at__lte=now, closes_at__gt=now, agreed_at=None, initiative__is_current=True
    )
    return [_poll(diagnosis) for diagnosis in rounds.select_related("opened_by").order_by("pk")]


def _poll(diagnosis: Diagnosis) -> OpenPoll:
    answered = set(diagnosis.ratings.values_list("participant_id", flat=True))
    silent = tuple(person for person in reachable_raters(diagnosis) if person.pk not in answered)
    opens_at, closes_at = diagnosis.opened_at, diagnosis.closes_at
    if opens_at is None or closes_at is None:
        raise ValueError("a round that is open has both its hours")
    return OpenPoll(diagnosis.pk, opens_at, closes_at, silent, diagnosis.opened_by)


def _find(item: ActivityItem) -> Diagnosis | None:
    found: Diagnosis | None = Diagnosis.objects.filter(
        pk=item.object_pk, initiative=item.participant.initiative_id
    ).first()
    return found


def _prefix(is_reminder: bool) -> str:
    return "Rappel\u00a0: " if is_reminder else ""


ROUND_NEWS = NewsSource(
    kinds=frozenset({ActivityKind.ROUND_OPENED, ActivityKind.ROUND_REMINDER}),
    why_over=why_over,
    write=write,
    reminder_kind=ActivityKind.ROUND_REMINDER,
    open_polls=open_polls,
)
