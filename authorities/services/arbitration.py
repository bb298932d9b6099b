"""Requests to join that nobody answers: the national administration accepts or refuses, and never reads anything."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from authorities import mails
from authorities.enums import Role
from authorities.events import record_event
from authorities.models import Authority, Membership, MembershipRequest
from authorities.services.memberships import admit
from common.errors import DomainError

NATIONAL_LABEL = "L’administration nationale"


def authorities_with_referent(authorities: Iterable[Authority]) -> set[int]:
    """Return the keys of the authorities that have a référent whose account is open. One query."""
    memberships = Membership.objects.filter(authority__in=list(authorities), user__is_active=True)
    return {membership.authority_id for membership in memberships if Role.REFERENT in membership.role_set}


def may_be_arbitrated(request: MembershipRequest, *, has_referent: bool, now: datetime) -> bool:
    """Tell whether a pending request is for the national administration: left unanswered, or nobody to answer."""
    if request.state != MembershipRequest.State.PENDING:
        return False
    return not has_referent or now - request.created_at >= timedelta(days=settings.MEMBERSHIP_ANSWER_DAYS)


@transaction.atomic
def arbitrate_membership_request(
    *,
    request: MembershipRequest,
    is_accepted: bool,
    roles: Collection[Role],
    reason: str,
    actor: User,
    now: datetime,
) -> MembershipRequest:
    """Answer in place of the référent, with a reason. The requester and the référents are told by mail.

    Nobody arbitrates their own request: that would open the answers of an authority to its administrator.
    """
    if not actor.is_staff:
        raise DomainError("L’arbitrage revient à l’administration nationale.")
    request = (
        MembershipRequest.objects.select_for_update(of=("self",)).select_related("authority", "user").get(pk=request.pk)
    )
    if request.user_id == actor.pk:
        raise DomainError("Vous ne pouvez pas arbitrer votre propre demande.")
    if request.state != MembershipRequest.State.PENDING:
        raise DomainError("Cette demande a déjà reçu sa réponse.")
    has_referent = request.authority_id in authorities_with_referent([request.authority])
    if not may_be_arbitrated(request, has_referent=has_referent, now=now):
        raise DomainError("Le référent a encore le temps de répondre à cette demande.")
    if not reason.strip():
        raise DomainError("Donnez la raison de votre réponse.")
    if is_accepted:
        admit(authority=request.authority, user=request.user, roles=roles)
    request.state = MembershipRequest.State.ACCEPTED if is_accepted else MembershipRequest.State.REFUSED
    request.answered_at, request.answered_by, request.is_arbitrated = now, actor, True
    request.answer_reason = reason.strip()
    request.save(update_fields=["state", "answered_at", "answered_by", "is_arbitrated", "answer_reason"])
    done = "a accepté" if is_accepted else "a refusé"
    verb = f"{done} la demande de {request.user}"
    record_event(authority=request.authority, verb=verb, now=now, actor=actor, label=NATIONAL_LABEL)
    mails.send_membership_arbitration(request)
    return request
