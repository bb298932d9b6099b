"""People of the committee. They are deactivated, never deleted: what they answered stays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from authorities.enums import EventKind, Role, Scope
from authorities.events import record_event
from authorities.extensions import dimensions_of_service
from authorities.models import Authority, Initiative, Membership, Participant
from authorities.permissions import scopes_of
from authorities.services.links import is_adviser, revoke_links, verified_emails
from common.errors import DomainError
from common.versioning import save_versioned
from reference.models import Dimension, Service


@dataclass(frozen=True)
class ParticipantValues:
    """What a person types about a participant. `dimensions` None means: those that the service usually knows."""

    name: str
    service: Service
    roles: Collection[Role]
    email: str = ""
    function: str = ""
    dimensions: Collection[Dimension] | None = None


@transaction.atomic
def add_participant(*, initiative: Initiative, values: ParticipantValues, actor: User, now: datetime) -> Participant:
    """Add somebody to the committee. Nothing is sent: the invitation leaves when it has been read."""
    _check_roles(values.roles)
    email = values.email.strip().lower()
    _refuse_twin(initiative, email, None)
    _keep_advisers_from_voting(initiative, email, values.roles)
    try:
        with transaction.atomic():
            participant = Participant.objects.create(
                initiative=initiative,
                name=values.name,
                email=email,
                function=values.function,
                service=values.service,
                roles=_sorted_values(values.roles),
            )
    except IntegrityError:
        raise _twin_error() from None
    participant.dimensions.set(_dimensions(values))
    _record(participant, f"a ajouté {participant.name} au comité", actor, now)
    return participant


@transaction.atomic
def save_participant(
    *, participant: Participant, expected_version: int, values: ParticipantValues, actor: User, now: datetime
) -> Participant:
    """Correct a participant. Other roles change what their links open; another address kills the links sent before."""
    _check_roles(values.roles)
    email = values.email.strip().lower()
    _refuse_twin(participant.initiative, email, participant.pk)
    _keep_advisers_from_voting(participant.initiative, email, values.roles)
    has_other_roles = set(_sorted_values(values.roles)) != set(participant.roles)
    if (email != participant.email or has_other_roles) and is_adviser(actor, participant.initiative.authority):
        # Whoever chose this person to rate or to vote knew this address.
        raise DomainError("Seul le référent change l’adresse ou les rôles d’une personne du comité.")
    fields = ["name", "email", "function", "service", "roles"]
    has_moved = email != participant.email
    participant.name, participant.email, participant.function = values.name, email, values.function
    participant.service, participant.roles = values.service, _sorted_values(values.roles)
    if has_moved:
        # The former address may belong to somebody else: it opens nothing any more, and the new one is not yet invited.
        participant.user, participant.accepted_at, participant.invited_at = None, None, None
        participant.invitation_count = 0
        fields += ["user", "accepted_at", "invited_at", "invitation_count"]
    try:
        with transaction.atomic():
            save_versioned(participant, expected_version=expected_version, update_fields=fields)
    except IntegrityError:
        raise _twin_error() from None
    participant.dimensions.set(_dimensions(values))
    if has_moved:
        revoke_links(participant=participant, now=now)
    else:
        scopes = sorted(scopes_of(participant.role_set))
        participant.links.filter(revoked_at=None).update(scopes=scopes)
    # The trail names what moved, not the address itself: it is erased with the person, the trail stays.
    told = [word for word, moved in (("son adresse", has_moved), ("ses rôles", has_other_roles)) if moved]
    verb = f"a modifié {participant.name}" + (f" : {' et '.join(told)}" if told else "")
    _record(participant, verb, actor, now)
    return participant


@transaction.atomic
def deactivate_participant(*, participant: Participant, actor: User, now: datetime) -> Participant:
    """Take somebody out of the committee: their links die, their answers stay."""
    if not participant.is_active:
        raise DomainError(f"{participant.name} ne participe déjà plus.")
    participant.is_active = False
    save_versioned(participant, expected_version=participant.version, update_fields=["is_active"])
    revoke_links(participant=participant, now=now)
    _record(participant, f"a retiré {participant.name} du comité", actor, now)
    return participant


@transaction.atomic
def reactivate_participant(*, participant: Participant, actor: User, now: datetime) -> Participant:
    """Take somebody back into the committee; their former links stay dead."""
    if participant.is_active:
        raise DomainError(f"{participant.name} participe déjà.")
    if participant.erased_at is not None:
        raise DomainError("Cette personne a été effacée : ajoutez-la de nouveau si elle revient.")
    participant.is_active = True
    save_versioned(participant, expected_version=participant.version, update_fields=["is_active"])
    _record(participant, f"a repris {participant.name} dans le comité", actor, now)
    return participant


def _check_roles(roles: Collection[Role]) -> None:
    if not roles:
        raise DomainError("Choisissez au moins un rôle.")


def _keep_advisers_from_voting(initiative: Initiative, email: str, roles: Collection[Role]) -> None:
    """Refuse an accompagnateur among those who rate or vote: they prepare, and leave the choices to the authority."""
    if not email or not scopes_of(roles) & {Scope.RATE, Scope.VOTE}:
        return
    memberships = Membership.objects.filter(authority=initiative.authority, user__email__iexact=email)
    if any(is_adviser(membership.user, initiative.authority) for membership in memberships.select_related("user")):
        raise DomainError("L’accompagnateur prépare la démarche : il ne donne pas d’avis et ne vote pas.")


def own_participations_in(authority: Authority, user: User) -> list[Participant]:
    """Return the active participants of an authority that are this account, in any of its démarches."""
    is_own = Q(user=user) | Q(user=None, email__in=verified_emails(user))
    active = Participant.objects.for_authority(authority).filter(is_own, is_active=True)
    return [participant for participant in active if participant.user_id or participant.email]


def refuse_voting_adviser(authority: Authority, user: User, roles: Collection[Role]) -> None:
    """Refuse to make an accompagnateur of somebody who rates or votes: first the authority decides which they are."""
    if Role.ADVISER not in roles or Role.REFERENT in roles:
        return
    participants = own_participations_in(authority, user)
    if any(scopes_of(participant.role_set) & {Scope.RATE, Scope.VOTE} for participant in participants):
        raise DomainError(
            f"{user} donne son avis ou vote dans le comité : retirez-lui d’abord ce rôle. Un accompagnateur prépare, "
            "il ne vote pas."
        )


def _refuse_twin(initiative: Initiative, email: str, own_pk: int | None) -> None:
    if email and Participant.objects.for_initiative(initiative).filter(email=email).exclude(pk=own_pk).exists():
        raise _twin_error()


def _twin_error() -> DomainError:
    return DomainError("Une personne du comité a déjà cette adresse : modifiez-la, ou reprenez-la dans la liste.")


def _dimensions(values: ParticipantValues) -> Collection[Dimension]:
    return dimensions_of_service(values.service) if values.dimensions is None else values.dimensions


def _sorted_values(roles: Collection[Role]) -> list[str]:
    return [role.value for role in Role if role in roles]


def _record(participant: Participant, verb: str, actor: User, now: datetime) -> None:
    initiative = participant.initiative
    record_event(
        authority=initiative.authority, kind=EventKind.COMMITTEE, initiative=initiative, verb=verb, now=now, actor=actor
    )
