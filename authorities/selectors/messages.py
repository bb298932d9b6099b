"""What left by mail for an authority, and what waits: who, what for, with what fate. Never a link nor a code."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from accounts.enums import MailFate, MailReason
from accounts.outbox import hide_secrets
from authorities.enums import ActivityKind, ReminderMoment
from authorities.models import ActivityItem, Authority, AuthorityMessage
from authorities.reminders import PlannedReminder, next_reminder

BADGES = {MailFate.PENDING: "wait", MailFate.SENT: "done", MailFate.FAILED: "block", MailFate.WITHHELD: "off"}

FORGOTTEN = "Destinataire oublié"


@dataclass(frozen=True)
class MessageRow:
    """A message as the authority reads it. `badge`: kind of the state component; `text` is empty once forgotten."""

    recipient: str
    participant_pk: int | None
    reason: str
    subject: str
    text: str
    badge: str
    fate: str
    fate_reason: str
    at: datetime
    is_failed: bool


@dataclass(frozen=True)
class SentReminder:
    """Reminders of a round or of a ballot that were written for one moment: how many, and when the first."""

    label: str
    count: int
    at: datetime


@dataclass(frozen=True)
class ReminderPlan:
    """Reminders by the clock and by hand of a round or of a ballot: what was written, what comes next."""

    sent: list[SentReminder]
    next: PlannedReminder | None


def messages_of(authority: Authority, fate: str = "") -> QuerySet[AuthorityMessage]:
    """Return the messages that concern an authority, the latest first; `fate` keeps one fate."""
    found = AuthorityMessage.objects.filter(authority=authority).select_related("message", "participant")
    if fate in MailFate.values:
        found = found.filter(message__fate=fate)
    return found.order_by("-message__created_at", "-pk")


def message_row(tie: AuthorityMessage) -> MessageRow:
    """Return a message without its secrets; of a message shared with another authority, the part of this one only."""
    message = tie.message
    is_news = message.reason == MailReason.ACTIVITY
    fate = MailFate(message.fate)
    return MessageRow(
        recipient=tie.recipient or (tie.participant.name if tie.participant else FORGOTTEN),
        participant_pk=tie.participant_id,
        reason=message.get_reason_display(),
        subject=tie.subject if is_news else hide_secrets(message.subject, message.secrets),
        text=tie.part if is_news else hide_secrets(message.body, message.secrets),
        badge=BADGES[fate],
        fate=fate.label,
        fate_reason=message.fate_reason,
        at=message.decided_at or message.created_at,
        is_failed=fate == MailFate.FAILED,
    )


def count_by_fate(authority: Authority) -> dict[str, int]:
    """Return the number of messages of an authority for each fate. One query."""
    rows = AuthorityMessage.objects.filter(authority=authority).values_list("message__fate").annotate(count=Count("pk"))
    return dict(rows)


def count_waiting_news(authority: Authority) -> int:
    """Return the number of pieces of news that wait for the next grouped message."""
    waiting = ActivityItem.objects.filter(participant__initiative__authority=authority, message=None)
    return waiting.count()


def reminder_plan(
    kind: ActivityKind, object_pk: int, opens_at: datetime | None, closes_at: datetime | None, *, now: datetime
) -> ReminderPlan:
    """Return the reminders of a round or of a ballot; a round in preparation has no hours yet. One query."""
    items = ActivityItem.objects.filter(kind=kind, object_pk=object_pk).order_by("queued_at", "pk")
    grouped: dict[str, list[datetime]] = {}
    for moment, queued_at in items.values_list("moment", "queued_at"):
        grouped.setdefault(moment, []).append(queued_at)
    sent = [SentReminder(_moment_label(moment), len(hours), hours[0]) for moment, hours in grouped.items()]
    if opens_at is None or closes_at is None or not opens_at <= now < closes_at:
        return ReminderPlan(sent, None)
    return ReminderPlan(sent, next_reminder(opens_at, closes_at, now))


def _moment_label(moment: str) -> str:
    return ReminderMoment(moment.split("-")[0]).label
