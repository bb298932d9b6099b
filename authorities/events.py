"""The audit trail: one function records who did what, with the values before and after where they count."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from accounts.models import User
from authorities.enums import EventKind
from authorities.models import Authority, Event, Initiative, Participant

LABEL_LENGTH = 150
VERB_LENGTH = 250


class Change(TypedDict):
    """A value before and after, as it stands in `Event.changes`.

    Every item is a text that a person reads (« en cours », « 12,5 », the name of a service), empty when there was
    nothing: no key of the base, so that another instance reads the trail as well. The name of a person (the lead of an
    action) may stand in `before` and `after` and nowhere else: who erases a person replaces it in these two.
    An answer that is still secret (a vote, a rating before the closing) never gets here.
    """

    field: str
    label: str
    before: str
    after: str


def changes_between(
    before: Mapping[str, str], after: Mapping[str, str], label_of: Callable[[str], str]
) -> list[Change]:
    """Return what differs between two states of an object, field → text; a field that is absent is empty."""
    fields = [*before, *(field for field in after if field not in before)]
    return [
        Change(field=field, label=label_of(field), before=before.get(field, ""), after=after.get(field, ""))
        for field in fields
        if before.get(field, "") != after.get(field, "")
    ]


def record_event(
    *,
    authority: Authority,
    verb: str,
    now: datetime,
    actor: User | Participant | None,
    initiative: Initiative | None = None,
    label: str = "",
    kind: EventKind = EventKind.SPACE,
    subject_key: str = "",
    changes: Sequence[Change] = (),
) -> Event:
    """Record an event, cut to the length of its column.

    `verb` is French, past tense, without the subject: « a ouvert le scrutin ». `label`: what the trail shows instead of
    the name of the actor, when somebody acts for an institution. `subject_key`: see `Event`.
    """
    return Event.objects.create(
        authority=authority,
        initiative=initiative,
        actor_user=actor if isinstance(actor, User) else None,
        actor_participant=actor if isinstance(actor, Participant) else None,
        actor_label=(label or str(actor or "Jalons"))[:LABEL_LENGTH],
        verb=verb[:VERB_LENGTH],
        occurred_at=now,
        kind=kind,
        subject_key=subject_key,
        changes=list(changes),
    )
