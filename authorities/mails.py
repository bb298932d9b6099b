"""Messages about invitations, lost links and access requests: each goes through the outbox, tied to its authority."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailFate, MailReason
from accounts.models import User
from accounts.outbox import post
from authorities.activity import NewsLine
from authorities.enums import Role, Scope
from authorities.mail_rules import why_no_invitation
from authorities.models import (
    ActivityItem,
    Authority,
    AuthorityMessage,
    Initiative,
    Membership,
    MembershipRequest,
    Participant,
    PersonalLink,
)
from common.emails import build_email

# What stands for the address in the preview: the real one is known by its reader only.
PREVIEW_URL = settings.SITE_URL + "/invitations/…"
# What stands for the address of a personal link once the message has left.
LINK_WORD = "[lien personnel]"
REASONS = {
    "invitation": MailReason.INVITATION,
    "new_link": MailReason.NEW_LINK,
    "membership_request": MailReason.MEMBERSHIP_REQUEST,
    "membership_answer": MailReason.MEMBERSHIP_ANSWER,
    "membership_arbitrated": MailReason.MEMBERSHIP_ANSWER,
    "shared_action": MailReason.SHARED_ACTION,
}
# What each scope asks of its reader, in the words of the message.
SCOPE_WORDS = {
    Scope.RATE: "donner votre avis sur les questions du diagnostic que vous connaissez",
    Scope.VOTE: "donner votre avis sur les leviers proposés",
    Scope.INVENTORY: "remplir l’inventaire des équipements numériques",
    Scope.ACTIONS: "tenir à jour les actions que vous pilotez",
    Scope.READ: "lire les documents publiés",
}


# A grouped message stays light, whatever the number of its authorities: what exceeds is counted, and read behind the
# links.
MOST_LINES = 10


@dataclass(frozen=True)
class NewsPart:
    """What one participant reads in the grouped message of their address: the news of one authority, and one link.

    `shown_count`: the share of the message that its lines have; none when there are many authorities.
    """

    participant: Participant
    items: tuple[ActivityItem, ...]
    lines: tuple[NewsLine, ...]
    link: PersonalLink
    url: str
    sender: User | None
    shown_count: int = MOST_LINES

    @property
    def shown_lines(self) -> tuple[NewsLine, ...]:
        return self.lines[: self.shown_count]

    @property
    def hidden_count(self) -> int:
        return len(self.lines) - len(self.shown_lines)

    @property
    def button(self) -> str:
        return self.lines[0].button if len(self.lines) == 1 else "Ouvrir mon espace"


def share_lines(counts: Sequence[int], most: int) -> list[int]:
    """Return how many lines each part shows, `most` in all: one each in turn, as long as a part has some left."""
    shares = [0] * len(counts)
    while sum(shares) < min(most, sum(counts)):
        for place, count in enumerate(counts):
            if shares[place] < count and sum(shares) < most:
                shares[place] += 1
    return shares


def scope_words(scopes: list[str]) -> list[str]:
    """Return what a link opens, in words, in the order of the path."""
    return [words for scope, words in SCOPE_WORDS.items() if scope.value in scopes]


def preview_invitation(
    *, initiative: Initiative, name: str, scopes: list[str], note: str, sender: User, is_repeat: bool
) -> tuple[str, str]:
    """Return the subject and the text of the invitation as somebody would receive it, without a working link."""
    message = build_email(
        "invitation", "", _invitation_context(initiative, name, scopes, PREVIEW_URL, note, sender, is_repeat)
    )
    return str(message.subject), str(message.body)


def send_invitation(link: PersonalLink, url: str, *, note: str, sender: User, is_repeat: bool) -> None:
    """Send the invitation or its repeat; the address of the link is in this message only."""
    participant = link.participant
    context = _invitation_context(participant.initiative, participant.name, link.scopes, url, note, sender, is_repeat)
    context["expires_at"] = link.expires_at
    _send("invitation", participant.email, context, reply_to=sender.email, link=link)


def send_new_link(link: PersonalLink, url: str) -> None:
    """Send the link that replaces a lost one."""
    participant = link.participant
    authority = participant.initiative.authority
    context = {"participant": participant, "authority": authority, "url": url, "expires_at": link.expires_at}
    _send("new_link", participant.email, context, link=link)


def send_membership_request(request: MembershipRequest) -> None:
    """Tell the référents that somebody asks to join."""
    url = settings.SITE_URL + reverse("authorities:member_list", args=[request.authority.slug])
    context = {"membership_request": request, "authority": request.authority, "url": url}
    send_to_referents("membership_request", context)


def send_to_referents(name: str, context: Mapping[str, Any]) -> None:
    """Send a message to each référent of `context["authority"]`."""
    for user in _referents(context["authority"]):
        _send(name, user.email, context)


def send_membership_answer(request: MembershipRequest) -> None:
    """Tell somebody whether their request was accepted."""
    is_accepted = request.state == MembershipRequest.State.ACCEPTED
    path = request.authority.get_absolute_url() if is_accepted else reverse("roadmap:space_list")
    context = {"authority": request.authority, "is_accepted": is_accepted, "url": settings.SITE_URL + path}
    context["reason"] = request.answer_reason
    _send("membership_answer", request.user.email, context)


def send_membership_arbitration(request: MembershipRequest) -> None:
    """Tell the requester and the référents what the national administration answered, and why."""
    send_membership_answer(request)
    is_accepted = request.state == MembershipRequest.State.ACCEPTED
    url = settings.SITE_URL + reverse("authorities:member_list", args=[request.authority.slug])
    context = {"membership_request": request, "authority": request.authority, "url": url, "is_accepted": is_accepted}
    for user in _referents(request.authority):
        if user.pk != request.user_id:
            _send("membership_arbitrated", user.email, context)


def build_news(
    *, to: str, parts: Sequence[NewsPart], unsubscribe_url: str = "", alone: NewsLine | None = None
) -> EmailMultiAlternatives:
    """Write the grouped message of an address; `alone`: a piece of news that is kept back, without any link."""
    lines = [line for part in parts for line in part.lines]
    if alone is not None:
        lines.append(alone)
    senders = {part.sender for part in parts if part.sender is not None}
    sender = senders.pop() if len(senders) == 1 else None
    shares = share_lines([len(part.lines) for part in parts], MOST_LINES)
    context = {
        "parts": [replace(part, shown_count=share) for part, share in zip(parts, shares, strict=True)],
        "alone": alone,
        "subject": lines[0].subject,
        "other_count": len(lines) - 1,
        "sender": sender,
        "unsubscribe_url": unsubscribe_url,
    }
    message = build_email("news", to, context)
    if sender is not None:
        message.reply_to = [sender.email]
    if unsubscribe_url:
        # RFC 8058: the mailbox shows its own « se désabonner », which posts there without opening the page.
        message.extra_headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _send(
    name: str, to: str, context: Mapping[str, Any], reply_to: str = "", *, link: PersonalLink | None = None
) -> None:
    """Put a message in the outbox, tied to its authority; the address of the personal link leaves the base with it."""
    message = build_email(name, to, context)
    if reply_to:
        message.reply_to = [reply_to]
    is_repeat = bool(context.get("is_repeat"))
    reason = MailReason.INVITATION_REPEAT if name == "invitation" and is_repeat else REASONS[name]
    participant = link.participant if link is not None else None
    withheld = ""
    if participant is not None and name == "invitation":
        withheld = why_no_invitation(participant, count_invitations(participant))
    row = post(
        message,
        reason=reason,
        now=_moment(link),
        secrets={context["url"]: LINK_WORD} if link is not None else None,
        withheld=withheld,
    )
    AuthorityMessage.objects.create(
        authority=context["authority"],
        participant=participant,
        link=link,
        message=row,
        recipient=participant.name if participant is not None else to[:150],
    )


def _moment(link: PersonalLink | None) -> datetime:
    """Return when the message is written: with the link that it carries, else now."""
    return link.created_at if link is not None else timezone.now()


def count_invitations(participant: Participant) -> int:
    """Count the invitations and repeats that were sent, or are about to be, to the present address of a participant."""
    sent = AuthorityMessage.objects.filter(
        participant=participant,
        message__reason__in=[MailReason.INVITATION, MailReason.INVITATION_REPEAT],
        message__to=participant.email,
    )
    return sent.exclude(message__fate=MailFate.WITHHELD).count()


def _referents(authority: Authority) -> list[User]:
    memberships = Membership.objects.filter(authority=authority, user__is_active=True).select_related("user")
    return [membership.user for membership in memberships if Role.REFERENT in membership.role_set]


def _invitation_context(
    initiative: Initiative, name: str, scopes: list[str], url: str, note: str, sender: User, is_repeat: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "authority": initiative.authority,
        "initiative": initiative,
        "tasks": scope_words(scopes),
        "url": url,
        "note": note,
        "sender": sender,
        "is_repeat": is_repeat,
        "expires_at": None,
    }
