"""The audit trail: one function records who did what."""

from datetime import datetime

from accounts.models import User
from authorities.models import Authority, Event, Initiative, Participant

LABEL_LENGTH = 150
VERB_LENGTH = 250


def record_event(
    *,
    authority: Authority,
    verb: str,
    now: datetime,
    actor: User | Participant | None,
    initiative: Initiative | None = None,
    label: str = "",
) -> Event:
    """Record an event, cut to the length of its column.

    `verb` is French, past tense, without the subject: « a ouvert le scrutin ». `label`: what the trail shows instead of
    the name of the actor, when somebody acts for an institution.
    """
    return Event.objects.create(
        authority=authority,
        initiative=initiative,
        actor_user=actor if isinstance(actor, User) else None,
        actor_participant=actor if isinstance(actor, Participant) else None,
        actor_label=(label or str(actor or "Jalons"))[:LABEL_LENGTH],
        verb=verb[:VERB_LENGTH],
        occurred_at=now,
    )
