"""News of a démarche: written down, grouped, sent at most once a day to one address.

`queue_news` writes a piece of news down and sends it when it may leave at once; `send_news` writes the grouped message
of one address; `send_due_news` and `queue_due_reminders` are what the timer runs.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts import outbox
from accounts.enums import MailReason
from accounts.models import MailPreference, OutboxMessage, User
from accounts.preferences import locked_preference, unsubscribe_url
from authorities.activity import NewsLine, OpenPoll, polls_to_remind, source_of
from authorities.enums import ActivityKind, Role
from authorities.mail_rules import day_of, first_hour, next_morning, why_no_news
from authorities.mails import LINK_WORD, NewsPart, build_news
from authorities.models import ActivityItem, AuthorityMessage, Membership, Participant, PersonalLink
from authorities.reminders import due_reminder
from authorities.services.links import issue_link, personal_url

# Somebody written to about the same thing since this long before the hour of a reminder does not get it on top.
QUIET_TIME = timedelta(days=1)
UNSUBSCRIBE_WORD = "[lien de désinscription]"


@transaction.atomic
def queue_news(
    *,
    participants: Iterable[Participant],
    kind: ActivityKind,
    object_pk: int,
    now: datetime,
    actor: User | None = None,
    moment: str = "",
) -> list[ActivityItem]:
    """Write a piece of news down for each participant, once; send at once what may leave. Return the new ones.

    While messages are withheld, none waits for a morning when they would no longer be.
    """
    people = list(participants)
    keys = {"kind": kind, "object_pk": object_pk, "moment": moment}
    known = set(ActivityItem.objects.filter(participant__in=people, **keys).values_list("participant_id", flat=True))
    due_at = now if outbox.is_withholding() else first_hour(kind, now)
    items = ActivityItem.objects.bulk_create(
        ActivityItem(participant=person, actor=actor, queued_at=now, due_at=due_at, **keys)
        for person in people
        if person.pk not in known
    )
    for email in sorted({item.participant.email for item in items if item.due_at <= now}):
        send_news(email=email, now=now)
    return items


@transaction.atomic
def send_news(*, email: str, now: datetime) -> OutboxMessage | None:
    """Write the grouped message of an address with the news that are due, and return it; None when nothing leaves.

    What may not leave, or no longer makes sense, is kept back with its reason. When the message of the day has left
    already, the rest waits for the next morning.
    """
    preference = locked_preference(email)
    items = []
    for item in _due_items(now).filter(participant__email=email):
        words = why_no_news(item.participant, item.kind, preference.choice) or source_of(item).why_over(item, now)
        if words or outbox.is_withholding():
            _keep_back(item, words, now)
        else:
            items.append(item)
    if not items:
        return None
    if preference.digest_on == day_of(now):
        ActivityItem.objects.filter(pk__in=[item.pk for item in items]).update(due_at=next_morning(now))
        return None
    # Not a change that a person makes: the version stays.
    MailPreference.objects.filter(pk=preference.pk).update(digest_on=day_of(now))
    return _post_news(preference, items, now)


def send_due_news(*, now: datetime) -> int:
    """Write the grouped message of each address that has news due; return how many messages were written."""
    emails = sorted(set(_due_items(now).values_list("participant__email", flat=True)))
    return sum(send_news(email=email, now=now) is not None for email in emails)


def queue_due_reminders(*, now: datetime) -> int:
    """Remind the silent of each open round and ballot whose hour has come; return how many reminders are new.

    Run it as often as you like: each person gets each reminder once.
    """
    return sum(_remind(kind, poll, now) for kind, poll in polls_to_remind(now))


def why_message_is_over(message: OutboxMessage, now: datetime) -> str:
    """Say why a message that is about to leave no longer should: its links are dead, or its news are over.

    Asked at each attempt, so that a reminder that waited stops when the person answers.
    """
    ties = list(
        AuthorityMessage.objects.filter(message=message)
        .select_related("link__participant", "authority")
        .prefetch_related("items__participant__initiative")
    )
    links = [tie.link for tie in ties if tie.link is not None]
    if links and not any(link.is_usable(now) for link in links):
        return "Son lien personnel a été remplacé ou révoqué avant l’envoi."
    if message.reason == MailReason.ACTIVITY:
        words = [source_of(item).why_over(item, now) for tie in ties for item in tie.items.all()]
        return words[0] if words and all(words) else ""
    return ""


def _remind(kind: ActivityKind, poll: OpenPoll, now: datetime) -> int:
    planned = due_reminder(poll.opens_at, poll.closes_at, now)
    if planned is None:
        return 0
    # Somebody who arrived after the hour of the reminder is no late answerer.
    people = [person for person in poll.silent if person.accepted_at is not None and person.accepted_at <= planned.at]
    recent = ActivityItem.objects.filter(
        participant__in=people,
        kind__in=_kinds_about(kind),
        object_pk=poll.object_pk,
        queued_at__gt=planned.at - QUIET_TIME,
    )
    busy = set(recent.values_list("participant_id", flat=True))
    items = queue_news(
        participants=[person for person in people if person.pk not in busy],
        kind=kind,
        object_pk=poll.object_pk,
        moment=planned.moment,
        actor=poll.actor,
        now=now,
    )
    return len(items)


def _kinds_about(kind: ActivityKind) -> list[ActivityKind]:
    """Return the kinds of news about the same round or ballot as a reminder."""
    opening = {
        ActivityKind.ROUND_REMINDER: ActivityKind.ROUND_OPENED,
        ActivityKind.BALLOT_REMINDER: ActivityKind.BALLOT_OPENED,
    }
    return [kind, opening[kind]]


def _due_items(now: datetime) -> QuerySet[ActivityItem]:
    return (
        ActivityItem.objects.filter(message=None, due_at__lte=now)
        .select_related("participant__initiative__authority", "actor")
        .order_by("due_at", "pk")
    )


def _post_news(preference: MailPreference, items: Sequence[ActivityItem], now: datetime) -> OutboxMessage:
    parts = [_part(participant_items, now) for participant_items in _by_participant(items)]
    stop_url = unsubscribe_url(preference)
    message = build_news(to=preference.email, parts=parts, unsubscribe_url=stop_url)
    secrets = {part.url: LINK_WORD for part in parts} | {stop_url: UNSUBSCRIBE_WORD}
    row = outbox.post(message, reason=MailReason.ACTIVITY, now=now, secrets=secrets)
    for part in parts:
        _tie(part.participant, part.items, part.lines, row, part.link)
    return row


def _part(items: Sequence[ActivityItem], now: datetime) -> NewsPart:
    participant = items[0].participant
    sender = next((item.actor for item in items if item.actor is not None), None) or _referent(participant)
    link, token = issue_link(participant=participant, now=now, actor=sender, keeps_former=True)
    lines = tuple(source_of(item).write(item) for item in items)
    return NewsPart(participant, tuple(items), lines, link, personal_url(token), sender)


def _keep_back(item: ActivityItem, words: str, now: datetime) -> None:
    """Give a piece of news that does not leave its row in the outbox, with the reason."""
    line = source_of(item).write(item)
    message = build_news(to=item.participant.email, parts=[], alone=line)
    row = outbox.post(message, reason=MailReason.ACTIVITY, now=now, withheld=words)
    _tie(item.participant, [item], [line], row, None)


def _tie(
    participant: Participant,
    items: Sequence[ActivityItem],
    lines: Sequence[NewsLine],
    row: OutboxMessage,
    link: PersonalLink | None,
) -> None:
    """Let the authority read its own part of a message, and mark the news as gone with it."""
    tie = AuthorityMessage.objects.create(
        authority=participant.initiative.authority,
        participant=participant,
        link=link,
        message=row,
        recipient=participant.name,
        subject=lines[0].subject if len(lines) == 1 else f"{len(lines)}\u00a0nouvelles",
        part="\n\n".join(line.text for line in lines),
    )
    ActivityItem.objects.filter(pk__in=[item.pk for item in items]).update(message=tie)


def _by_participant(items: Iterable[ActivityItem]) -> list[list[ActivityItem]]:
    groups: dict[int, list[ActivityItem]] = {}
    for item in items:
        groups.setdefault(item.participant_id, []).append(item)
    return list(groups.values())


def _referent(participant: Participant) -> User | None:
    memberships = Membership.objects.filter(authority=participant.initiative.authority_id).select_related("user")
    return next((item.user for item in memberships.order_by("pk") if Role.REFERENT in item.role_set), None)
