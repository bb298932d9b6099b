"""The audit trail as it is read: its lines, one event with its values."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from authorities.events import Change
from authorities.models import Authority, Event
from common.text import typography

# What one line of the trail can hold; beyond, the values are read on the page of the event.
SHORT_LENGTH = 60
LISTED_LABELS = 3


@dataclass(frozen=True)
class EventRow:
    """A line of the trail. `summary`: what changed, in words, empty when no value did."""

    event: Event
    summary: str

    @property
    def day(self) -> date:
        """Day of the event in Paris, under which the list puts it."""
        return timezone.localdate(self.event.occurred_at)


@dataclass(frozen=True)
class EventFilters:
    """What the reader of the trail asks for; empty means everything. Both days are within the period."""

    actor: str = ""
    kind: str = ""
    first_day: date | None = None
    last_day: date | None = None
    words: str = ""


EVERYTHING = EventFilters()


def actors_of(authority: Authority) -> list[str]:
    """Return the names that the trail bears, in order. One query."""
    return list(events_of(authority).order_by("actor_label").values_list("actor_label", flat=True).distinct())


def events_of(authority: Authority, filters: EventFilters = EVERYTHING) -> QuerySet[Event]:
    """Return the audit trail of an authority, the latest first; each event names its author in words."""
    events = Event.objects.filter(authority=authority)
    if filters.actor:
        events = events.filter(actor_label=filters.actor)
    if filters.kind:
        events = events.filter(kind=filters.kind)
    if filters.first_day:
        events = events.filter(occurred_at__gte=_start_of(filters.first_day))
    if filters.last_day:
        events = events.filter(occurred_at__lt=_start_of(filters.last_day + timedelta(days=1)))
    return _holding(events, filters.words) if filters.words else events


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _holding(events: QuerySet[Event], words: str) -> QuerySet[Event]:
    """Keep the events that say these words, as typed or in French typography; case does not count.

    The values are searched as the base writes them: PostgreSQL keeps accents in JSON, SQLite escapes them.
    """
    found = Q()
    for text in {words, typography(words)}:
        found |= Q(actor_label__icontains=text) | Q(verb__icontains=text)
        for escapes in (False, True):
            found |= Q(values_text__icontains=json.dumps(text, ensure_ascii=escapes)[1:-1])
    return events.annotate(values_text=Cast("changes", TextField())).filter(found)


def event_rows(events: Sequence[Event]) -> list[EventRow]:
    return [EventRow(event, summary_of(event.changes)) for event in events]


def summary_of(changes: Sequence[Change]) -> str:
    """« état : « à lancer » devient « en cours » » for one short value, else « pilote, budget et 3 autres valeurs »."""
    if not changes:
        return ""
    first, *others = changes
    if not others and max(len(first["before"]), len(first["after"])) <= SHORT_LENGTH:
        return typography(f"{first['label']} : {_told(first['before'])} devient {_told(first['after'])}")
    labels = ", ".join(change["label"] for change in changes[:LISTED_LABELS])
    rest = len(changes) - LISTED_LABELS
    if rest <= 0:
        return labels
    return f"{labels} et {rest} autres valeurs" if rest > 1 else f"{labels} et une autre valeur"


def _told(text: str) -> str:
    return f"« {' '.join(text.split())} »" if text else "(vide)"


EXPORT_HEADERS = ("Date", "Heure", "Auteur", "Objet", "Action", "Valeur", "Avant", "Après")


def export_rows(events: QuerySet[Event]) -> Iterator[tuple[object, ...]]:
    """Return the rows of a table of these events: one for each value that changed, at least one for each event."""
    for event in events:
        moment = timezone.localtime(event.occurred_at)
        told = (f"{moment:%d/%m/%Y}", f"{moment:%H:%M}", event.actor_label, event.get_kind_display(), event.verb)
        if not event.changes:
            yield (*told, "", "", "")
        for change in event.changes:
            yield (*told, change["label"], change["before"], change["after"])
