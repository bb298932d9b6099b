"""The audit trail as it is read: its lines, one event with its values."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

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


def events_of(authority: Authority) -> QuerySet[Event]:
    """Return the audit trail of an authority, the latest first; each event names its author in words."""
    return Event.objects.filter(authority=authority)


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
