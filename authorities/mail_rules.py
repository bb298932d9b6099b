"""The rules of mail, each in one place: who may be written to, what about, how often.

Invitations, links that were asked for, codes and answers leave at once. Everything else is news: at most one grouped
message a day for one address, whatever the number of authorities.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.enums import MailChoice
from authorities.enums import ActivityKind
from authorities.models import MAX_INVITATIONS, Participant

# News that wait for the next day leave at this hour, local time.
MORNING = time(8)
# What has a deadline leaves at once when nothing has left this day; the rest waits for the next morning.
WITH_DEADLINE = frozenset(
    {
        ActivityKind.ROUND_OPENED,
        ActivityKind.ROUND_REMINDER,
        ActivityKind.BALLOT_OPENED,
        ActivityKind.BALLOT_REMINDER,
    }
)
REMINDERS = frozenset({ActivityKind.ROUND_REMINDER, ActivityKind.BALLOT_REMINDER})


def why_no_invitation(participant: Participant, sent_count: int) -> str:
    """Say why an invitation must not leave, « » when it may. `sent_count`: those that have left for this address."""
    if not participant.is_active:
        return "La personne ne participe plus."
    if sent_count >= MAX_INVITATIONS and participant.accepted_at is None:
        return "L’invitation et ses deux rappels sont déjà partis."
    return ""


def why_no_news(participant: Participant, kind: str, choice: str) -> str:
    """Say why a piece of news must not leave, « » when it may. `choice`: what the owner of the address wants."""
    if not participant.is_active:
        return "La personne ne participe plus."
    if not participant.email:
        return "La personne n’a pas d’adresse."
    if participant.accepted_at is None:
        return "La personne n’a pas confirmé sa participation."
    if not participant.initiative.is_current:
        return "La démarche est terminée."
    if choice == MailChoice.NOTHING:
        return "La personne ne veut pas de nouvelles par courriel."
    if choice == MailChoice.DEADLINES and kind not in WITH_DEADLINE:
        return "La personne ne veut que ce qui a une échéance."
    return ""


def first_hour(kind: str, now: datetime) -> datetime:
    """Return the hour from which a piece of news written now may leave."""
    return now if kind in WITH_DEADLINE else next_morning(now)


def day_of(moment: datetime) -> date:
    """Return the day, local time, that counts for « one grouped message a day »."""
    return timezone.localdate(moment)


def next_morning(now: datetime) -> datetime:
    """Return the next morning after this moment's day, local time."""
    return timezone.make_aware(datetime.combine(day_of(now) + timedelta(days=1), MORNING))
