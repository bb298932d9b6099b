"""Messages about invitations, lost links and access requests."""

import logging
from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from authorities.enums import Role, Scope
from authorities.models import Authority, Initiative, Membership, MembershipRequest, PersonalLink
from common.emails import build_email

logger = logging.getLogger(__name__)

# What stands for the address in the preview: the real one is known by its reader only.
PREVIEW_URL = settings.SITE_URL + "/invitations/…"
# What each scope asks of its reader, in the words of the message.
SCOPE_WORDS = {
    Scope.RATE: "donner votre avis sur les questions du diagnostic que vous connaissez",
    Scope.VOTE: "donner votre avis sur les leviers proposés",
    Scope.INVENTORY: "remplir l’inventaire des équipements numériques",
    Scope.ACTIONS: "tenir à jour les actions que vous pilotez",
    Scope.READ: "lire les documents publiés",
}


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
    _send("invitation", participant.email, context, reply_to=sender.email)


def send_new_link(link: PersonalLink, url: str) -> None:
    """Send the link that replaces a lost one."""
    participant = link.participant
    authority = participant.initiative.authority
    context = {"participant": participant, "authority": authority, "url": url, "expires_at": link.expires_at}
    _send("new_link", participant.email, context)


def send_membership_request(request: MembershipRequest) -> None:
    """Tell the référents that somebody asks to join."""
    url = settings.SITE_URL + reverse("authorities:member_list", args=[request.authority.slug])
    context = {"membership_request": request, "authority": request.authority, "url": url}
    for user in _referents(request.authority):
        _send("membership_request", user.email, context)


def send_membership_answer(request: MembershipRequest) -> None:
    """Tell somebody whether their request was accepted."""
    is_accepted = request.state == MembershipRequest.State.ACCEPTED
    path = request.authority.get_absolute_url() if is_accepted else reverse("authorities:authority_list")
    context = {"authority": request.authority, "is_accepted": is_accepted, "url": settings.SITE_URL + path}
    _send("membership_answer", request.user.email, context)


def _send(name: str, to: str, context: Mapping[str, Any], reply_to: str = "") -> None:
    """Send a message; when the mail server refuses it, log it and let the request go on: the data is saved."""
    message = build_email(name, to, context)
    if reply_to:
        message.reply_to = [reply_to]
    try:
        message.send()
    except (SMTPException, OSError):
        logger.exception("the message %s could not be sent", name)


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
