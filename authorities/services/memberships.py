"""Who has an account in an authority: requests, roles, departures."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from authorities import mails
from authorities.enums import Role
from authorities.events import record_event
from authorities.models import Authority, Membership, MembershipRequest
from authorities.services.participants import (
    deactivate_participant,
    own_participations_in,
    refuse_voting_adviser,
)
from common.errors import DomainError

# Each request sends a message to people who did not ask for it.
MAX_REQUESTS_PER_DAY = 3
DELAY_AFTER_REFUSAL = timedelta(days=7)


@transaction.atomic
def request_membership(*, authority: Authority, user: User, message: str, now: datetime) -> MembershipRequest:
    """Ask to join an authority, and tell its référents by mail.

    Three requests in a day at most, all authorities together, and a week after a refusal by the same one.
    """
    # Locked, so that requests sent at the same moment are counted.
    User.objects.select_for_update().get(pk=user.pk)
    if Membership.objects.filter(authority=authority, user=user).exists():
        raise DomainError(f"Vous êtes déjà membre de {authority.name}.")
    own = MembershipRequest.objects.filter(user=user)
    if own.filter(authority=authority, state=MembershipRequest.State.PENDING).exists():
        raise DomainError("Votre demande est déjà partie : un référent va y répondre.")
    refused = own.filter(authority=authority, state=MembershipRequest.State.REFUSED)
    if refused.filter(answered_at__gt=now - DELAY_AFTER_REFUSAL).exists():
        raise DomainError(
            f"{authority.name} a refusé votre demande il y a moins d’une semaine : parlez-en à son référent avant d’en "
            "envoyer une autre."
        )
    if own.filter(created_at__gt=now - timedelta(days=1)).count() >= MAX_REQUESTS_PER_DAY:
        raise DomainError(
            f"Vous avez déjà envoyé {MAX_REQUESTS_PER_DAY} demandes en un jour : attendez demain pour la suivante."
        )
    try:
        with transaction.atomic():
            request = MembershipRequest.objects.create(authority=authority, user=user, message=message, created_at=now)
    except IntegrityError:
        raise DomainError("Votre demande est déjà partie : un référent va y répondre.") from None
    record_event(authority=authority, verb="a demandé à rejoindre l’espace", now=now, actor=user)
    mails.send_membership_request(request)
    return request


@transaction.atomic
def answer_membership_request(
    *, request: MembershipRequest, is_accepted: bool, roles: Collection[Role], actor: User, now: datetime
) -> MembershipRequest:
    """Accept a request with roles, or refuse it. The requester is told by mail."""
    request = MembershipRequest.objects.select_for_update().select_related("authority", "user").get(pk=request.pk)
    if request.state != MembershipRequest.State.PENDING:
        raise DomainError("Cette demande a déjà reçu sa réponse.")
    if is_accepted:
        admit(authority=request.authority, user=request.user, roles=roles)
    request.state = MembershipRequest.State.ACCEPTED if is_accepted else MembershipRequest.State.REFUSED
    request.answered_at, request.answered_by = now, actor
    request.save(update_fields=["state", "answered_at", "answered_by"])
    answer = f"a accepté la demande de {request.user}" if is_accepted else f"a refusé la demande de {request.user}"
    record_event(authority=request.authority, verb=answer, now=now, actor=actor)
    mails.send_membership_answer(request)
    return request


@transaction.atomic
def admit(*, authority: Authority, user: User, roles: Collection[Role]) -> None:
    """Make an account a member with these roles; one that is already a member keeps its own."""
    if not roles:
        raise DomainError("Choisissez au moins un rôle pour accepter la demande.")
    refuse_voting_adviser(authority, user, roles)
    Membership.objects.get_or_create(authority=authority, user=user, defaults={"roles": _sorted_values(roles)})


@transaction.atomic
def change_roles(*, membership: Membership, roles: Collection[Role], actor: User, now: datetime) -> Membership:
    """Give a member other roles. An authority always keeps a référent."""
    if not roles:
        raise DomainError("Choisissez au moins un rôle, ou retirez la personne.")
    if Role.REFERENT not in roles:
        refuse_last_referent(membership)
    refuse_voting_adviser(membership.authority, membership.user, roles)
    membership.roles = _sorted_values(roles)
    membership.save(update_fields=["roles"])
    labels = ", ".join(Role(value).label for value in membership.roles)
    verb = f"a donné à {membership.user} les rôles : {labels}"
    record_event(authority=membership.authority, verb=verb, now=now, actor=actor)
    return membership


@transaction.atomic
def remove_membership(*, membership: Membership, actor: User, now: datetime) -> None:
    """Remove an account from the authority. An authority always keeps a référent.

    An accompagnateur leaves the committee too: without the role nothing would forbid them to vote, and a link would
    still let them in. Other people may leave the site and stay in the committee.
    """
    refuse_last_referent(membership)
    if Role.ADVISER in membership.role_set:
        for participant in own_participations_in(membership.authority, membership.user):
            deactivate_participant(participant=participant, actor=actor, now=now)
    verb = f"a retiré {membership.user} des membres"
    record_event(authority=membership.authority, verb=verb, now=now, actor=actor)
    membership.delete()


def refuse_last_referent(membership: Membership) -> None:
    """Raise `DomainError` when the authority would be left without référent."""
    if Role.REFERENT not in membership.role_set:
        return
    # Locked, so that two référents who leave at the same moment do not both see the other.
    members = Membership.objects.select_for_update().filter(authority=membership.authority_id)
    if not any(Role.REFERENT in member.role_set for member in members if member.pk != membership.pk):
        raise DomainError("La collectivité garde au moins un référent : nommez-en un autre d’abord.")


def _sorted_values(roles: Collection[Role]) -> list[str]:
    """Return the stored form of a set of roles, in the order of the enumeration."""
    return [role.value for role in Role if role in roles]
