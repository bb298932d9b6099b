"""Messages about invitations, lost links and access requests."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from authorities.enums import Role, Scope
from authorities.models import Authority, Initiative, Membership, MembershipRequest, PersonalLink
from common.emails import render_email, send_email

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
    *, initiative: Initiative, note: str, sender: User, is_repeat: bool, scopes: list[str], name: str
) -> tuple[str, str]:
    """Return the subject and the text of the invitation as somebody would receive it, without a working link."""
    context = _invitation_context(initiative, name, scopes, PREVIEW_URL, note, sender, is_repeat)
    subject, text, _html = render_email("invitation", context)
    return subject, text


def send_invitation(link: PersonalLink, url: str, *, note: str, sender: User, is_repeat: bool) -> bool:
    """Send the invitation or its repeat; the address of the link is in this message only."""
    participant = link.participant
    context = _invitation_context(participant.initiative, participant.name, link.scopes, url, note, sender, is_repeat)
    context["expires_at"] = link.expires_at
    return send_email("invitation", to=[participant.email], context=context, reply_to=[sender.email])


def send_new_link(link: PersonalLink, url: str) -> bool:
    """Send the link that replaces a lost one."""
    participant = link.participant
    context = {
        "participant": participant,
        "authority": participant.initiative.authority,
        "url": url,
        "expires_at": link.expires_at,
    }
    return send_email("new_link", to=[participant.email], context=context)


def send_membership_request(request: MembershipRequest) -> bool:
    """Tell the référents that somebody asks to join."""
    referents = _referents(request.authority)
    url = settings.SITE_URL + reverse("authorities:member_list", args=[request.authority.slug])
    context = {"membership_request": request, "authority": request.authority, "url": url}
    return all([send_email("membership_request", to=[user.email], context=context) for user in referents])


def send_membership_answer(request: MembershipRequest) -> bool:
    """Tell somebody whether their request was accepted."""
    is_accepted = request.state == MembershipRequest.State.ACCEPTED
    path = request.authority.get_absolute_url() if is_accepted else reverse("authorities:authority_list")
    context = {"authority": request.authority, "is_accepted": is_accepted, "url": settings.SITE_URL + path}
    return send_email("membership_answer", to=[request.user.email], context=context)


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
