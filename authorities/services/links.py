"""Personal links: a random token, sent once, of which only the hash is stored.

Opening a link changes nothing; confirming it does. « Accepted » means confirmed once through the link, or opened from
an account with the same verified address.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from authorities import mails
from authorities.enums import EventKind, Role, Scope
from authorities.events import record_event
from authorities.mails import count_invitations
from authorities.models import MAX_INVITATIONS, Authority, Initiative, Membership, Participant, PersonalLink
from authorities.permissions import scopes_of
from common.errors import DomainError

LINK_LIFETIME = timedelta(days=90)
# A link printed for a meeting room is for that meeting.
SHEET_LINK_LIFETIME = timedelta(hours=48)
# What an accompagnateur never holds.
VOTING_SCOPES = frozenset({Scope.RATE, Scope.VOTE})
# A lost link is sent again at most once in five minutes and three times a day: nobody's mailbox is flooded.
RENEWAL_DELAY = timedelta(minutes=5)
MAX_RENEWALS_PER_DAY = 3


def hash_token(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def personal_url(token: str) -> str:
    """Return the full address of the confirmation page of a link."""
    return settings.SITE_URL + reverse("authorities:invitation", args=[token])


def find_link(token: str) -> PersonalLink | None:
    """Return the link of a token, usable or not, with its participant and authority; None when nobody knows it."""
    return (
        PersonalLink.objects.select_related("participant__initiative__authority", "participant__service")
        .filter(token_hash=hash_token(token))
        .first()
    )


@transaction.atomic
def issue_link(
    *,
    participant: Participant,
    now: datetime,
    actor: User | None = None,
    keeps_former: bool = False,
    replaces_former: bool = False,
    lifetime: timedelta = LINK_LIFETIME,
) -> tuple[PersonalLink, str]:
    """Create a link and return it with its token, which is known here only. The former links die.

    With `keeps_former` they stay alive: for a message about something new, which must not shut a page open elsewhere.
    With `replaces_former` they die when the new one is confirmed: for a link that somebody else may have asked for.
    """
    if not participant.is_active:
        raise DomainError(f"{participant.name} ne participe plus : reprenez cette personne dans le comité d’abord.")
    if not (keeps_former or replaces_former):
        revoke_links(participant=participant, now=now)
    token = secrets.token_urlsafe(32)
    link = PersonalLink.objects.create(
        participant=participant,
        token_hash=hash_token(token),
        scopes=sorted(scopes_of(participant.role_set)),
        created_at=now,
        created_by=actor,
        expires_at=now + lifetime,
        replaces_former=replaces_former,
    )
    return link, token


@transaction.atomic
def revoke_links(*, participant: Participant, now: datetime, actor: User | None = None) -> int:
    """Kill every link of a participant that is still alive, with the sessions opened by them; return how many."""
    count = participant.links.filter(revoked_at=None).update(revoked_at=now)
    if actor is not None and count:
        _record(participant, f"a révoqué le lien personnel de {participant.name}", actor, now)
    return count


@transaction.atomic
def invite_participants(
    *, initiative: Initiative, participants: Iterable[Participant], note: str, actor: User, now: datetime
) -> list[Participant]:
    """Send the invitation, or its repeat, to people who have not accepted; return those to whom it was sent.

    Each gets a new link and the former one dies. Raises `DomainError` for somebody without address, who has accepted,
    who was invited just now, or whose address has had the invitation and its two repeats; nothing is sent to anybody
    then, and no link dies.
    """
    invited = []
    for participant in _read_again(participants):
        _check_may_be_invited(participant, initiative, now)
        is_repeat = participant.invitation_count > 0
        link, token = issue_link(participant=participant, now=now, actor=actor)
        participant.invitation_count += 1
        participant.invited_at = now
        participant.invitation_note = note
        participant.save(update_fields=["invitation_count", "invited_at", "invitation_note"])
        mails.send_invitation(link, personal_url(token), note=note, sender=actor, is_repeat=is_repeat)
        _record(participant, f"a {'relancé' if is_repeat else 'invité'} {participant.name}", actor, now)
        invited.append(participant)
    if not invited:
        raise DomainError("Choisissez au moins une personne à inviter.")
    return invited


@transaction.atomic
def copy_link(*, participant: Participant, actor: User, now: datetime) -> str:
    """Create a link to hand over otherwise than by mail, and return its address, shown once. The former one dies."""
    _link, token = issue_link(participant=participant, now=now, actor=actor)
    _record(participant, f"a copié un nouveau lien personnel pour {participant.name}", actor, now)
    return personal_url(token)


@transaction.atomic
def send_rotated_link(*, participant: Participant, actor: User, now: datetime) -> PersonalLink:
    """Send a new link to the address of somebody who has accepted; the former ones die when it is confirmed."""
    if not participant.email:
        raise DomainError(f"Indiquez l’adresse de {participant.name} d’abord, ou copiez son lien.")
    if participant.accepted_at is None:
        raise DomainError(f"{participant.name} n’a pas encore confirmé : envoyez plutôt l’invitation.")
    if _has_had_enough(participant, now):
        raise DomainError(f"{participant.name} a déjà reçu un nouveau lien : attendez avant d’en renvoyer un.")
    link = _mail_new_link(participant, now, actor)
    _record(participant, f"a envoyé un nouveau lien personnel à {participant.name}", actor, now)
    return link


@transaction.atomic
def rotate_own_link(*, participant: Participant, now: datetime) -> PersonalLink:
    """Send a new link to the participant who asks for it from their page; the former ones die when it is confirmed."""
    if not participant.email:
        raise DomainError("Aucune adresse n’est connue pour vous : demandez un nouveau lien à votre référent.")
    if _has_had_enough(participant, now):
        raise DomainError("Un nouveau lien vient de partir à votre adresse : attendez avant d’en demander un autre.")
    link = _mail_new_link(participant, now)
    _record(participant, "a demandé un nouveau lien personnel", participant, now)
    return link


@transaction.atomic
def issue_sheet_links(
    *, initiative: Initiative, participants: Iterable[Participant], actor: User, now: datetime
) -> list[tuple[PersonalLink, str]]:
    """Create a link of two days for each person of a meeting, to print; return them with their addresses.

    The links that people already have go on. Never for an accompagnateur, whom the permission keeps out too.
    """
    people = list(participants)
    if not people:
        raise DomainError("Choisissez au moins une personne à mettre sur la feuille.")
    if is_adviser(actor, initiative.authority):
        raise DomainError("Seul le référent remet des liens personnels : ils permettent de répondre et de voter.")
    sheet = []
    for participant in people:
        if participant.initiative_id != initiative.pk:
            raise DomainError("Cette personne n’est pas de cette démarche.")
        link, token = issue_link(
            participant=participant, now=now, actor=actor, keeps_former=True, lifetime=SHEET_LINK_LIFETIME
        )
        sheet.append((link, personal_url(token)))
    count = len(people)
    verb = f"a imprimé une feuille de {count} {'liens personnels' if count > 1 else 'lien personnel'}, pour 48 heures"
    record_event(
        authority=initiative.authority, kind=EventKind.COMMITTEE, initiative=initiative, verb=verb, now=now, actor=actor
    )
    return sheet


@transaction.atomic
def confirm_link(*, link: PersonalLink, now: datetime, user: User | None = None) -> PersonalLink:
    """Record that the person behind a link has confirmed it. Raises `DomainError` when the link no longer works.

    A link that replaces others kills them here: whoever confirms it has read the mailbox of the participant.
    """
    link = PersonalLink.objects.select_for_update().get(pk=link.pk)
    if not link.is_usable(now):
        raise DomainError("Ce lien ne fonctionne plus : demandez-en un nouveau.")
    (participant,) = _read_again([link.participant])
    is_for_voting = bool(VOTING_SCOPES & set(link.scopes))
    if user is not None and is_for_voting and is_adviser(user, participant.initiative.authority):
        raise DomainError(
            "Vous accompagnez cette collectivité : vous ne donnez pas d’avis et ne votez pas. La personne invitée "
            "ouvre ce lien elle-même, sur son propre appareil."
        )
    if link.confirmed_at is None:
        link.confirmed_at = now
        link.save(update_fields=["confirmed_at"])
        if link.replaces_former:
            older = participant.links.filter(revoked_at=None, created_at__lte=link.created_at)
            older.exclude(pk=link.pk).update(revoked_at=now)
    _accept(participant, now)
    if user is not None and participant.user_id is None and participant.email in verified_emails(user):
        participant.user = user
        participant.save(update_fields=["user"])
    return link


@transaction.atomic
def renew_link_of(*, token: str, now: datetime) -> bool:
    """Send a new link to the address that the one of this token was sent to; tell whether it was sent.

    The former ones die when the new one is confirmed (docs/adr/0008).
    """
    link = find_link(token)
    return link is not None and _send_new_link(link.participant, now)


@transaction.atomic
def send_lost_links(*, email: str, now: datetime) -> int:
    """Send a new link for each current démarche to which this address was invited; return how many.

    Nothing that works stops before the new link is confirmed: anybody may ask (docs/adr/0008). The answer shown to the
    reader never depends on it: nobody learns whether an address is known.
    """
    participants = Participant.objects.select_related("initiative__authority").filter(
        Q(invited_at__isnull=False) | Q(accepted_at__isnull=False),
        email=email.strip().lower(),
        initiative__is_current=True,
    )
    return sum(_send_new_link(participant, now) for participant in participants)


@transaction.atomic
def tie_participations(*, user: User, email: str, now: datetime) -> int:
    """Tie to an account the participations of an address that it has just proved to be its own; return how many.

    Ratings and votes are the participant's and stay so: the account opens the same things.
    """
    email = email.strip().lower()
    if email not in verified_emails(user):
        raise DomainError("Vérifiez d’abord cette adresse.")
    participants = Participant.objects.select_related("initiative__authority").filter(
        Q(invited_at__isnull=False) | Q(accepted_at__isnull=False), email=email, user=None, is_active=True
    )
    tied = list(participants)
    for participant in tied:
        participant.user = user
        participant.save(update_fields=["user"])
        _record(participant, "a rattaché sa participation à son compte", user, now)
    return len(tied)


@transaction.atomic
def open_own_participation(*, user: User, participant: Participant, now: datetime) -> PersonalLink:
    """Open the participation of somebody who is signed in, so that an account rates and votes too.

    The participant must be theirs: same account, or same verified address. Returns a confirmed link whose token nobody
    knows; the view puts it in the session.
    """
    if not is_own_participation(user, participant):
        raise DomainError("Cette participation est celle d’une autre personne.")
    if is_adviser(user, participant.initiative.authority):
        raise DomainError("L’accompagnateur prépare la démarche : il ne donne pas d’avis et ne vote pas.")
    link, _token = issue_link(participant=participant, now=now, actor=user, keeps_former=True)
    link.confirmed_at = now
    link.save(update_fields=["confirmed_at"])
    _accept(participant, now)
    if participant.user_id is None:
        participant.user = user
        participant.save(update_fields=["user"])
    return link


def is_adviser(user: User, authority: Authority) -> bool:
    """Tell whether an account accompanies the authority without being its référent."""
    membership = Membership.objects.filter(authority=authority, user=user).first()
    return membership is not None and Role.ADVISER in membership.role_set and Role.REFERENT not in membership.role_set


def verified_emails(user: User) -> set[str]:
    """Return the addresses that the account has proved to be its own, in lower case."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {address.lower() for address in addresses}


def is_own_participation(user: User, participant: Participant) -> bool:
    """Tell whether a participant is this account: linked to it, or with one of its verified addresses."""
    if participant.user_id is not None:
        return participant.user_id == user.pk
    return bool(participant.email) and participant.email in verified_emails(user)


def _read_again(participants: Iterable[Participant]) -> list[Participant]:
    """Lock people and read them again: what another request has just written about them counts."""
    locked = Participant.objects.select_for_update(of=("self",)).select_related("initiative__authority", "service")
    return [locked.get(pk=participant.pk) for participant in participants]


def _check_may_be_invited(participant: Participant, initiative: Initiative, now: datetime) -> None:
    if participant.initiative_id != initiative.pk:
        raise DomainError("Cette personne n’est pas de cette démarche.")
    if not participant.email:
        raise DomainError(f"Indiquez l’adresse de {participant.name} avant de l’inviter, ou copiez son lien.")
    if participant.accepted_at:
        raise DomainError(f"{participant.name} a déjà confirmé sa participation.")
    if participant.invited_at is not None and participant.invited_at > now - RENEWAL_DELAY:
        raise DomainError(f"Une invitation vient de partir à {participant.name} : attendez avant de relancer.")
    # The row counts from zero again with another address; the messages know an address that came back.
    sent_count = max(participant.invitation_count, count_invitations(participant))
    if sent_count >= MAX_INVITATIONS:
        raise DomainError(
            f"{participant.name} a reçu l’invitation et deux rappels : copiez son lien et remettez-le autrement."
        )


def _accept(participant: Participant, now: datetime) -> None:
    if participant.accepted_at is None:
        participant.accepted_at = now
        participant.save(update_fields=["accepted_at"])
        _record(participant, "a confirmé sa participation", participant, now)


def _send_new_link(participant: Participant, now: datetime) -> bool:
    if not participant.is_active or not participant.email or _has_had_enough(participant, now):
        return False
    _mail_new_link(participant, now)
    _record(participant, "a demandé un nouveau lien personnel", participant, now)
    return True


def _has_had_enough(participant: Participant, now: datetime) -> bool:
    renewals = participant.links.filter(replaces_former=True)
    is_too_soon = renewals.filter(created_at__gt=now - RENEWAL_DELAY).exists()
    return is_too_soon or renewals.filter(created_at__gt=now - timedelta(days=1)).count() >= MAX_RENEWALS_PER_DAY


def _mail_new_link(participant: Participant, now: datetime, actor: User | None = None) -> PersonalLink:
    link, token = issue_link(participant=participant, now=now, actor=actor, replaces_former=True)
    mails.send_new_link(link, personal_url(token))
    return link


def _record(participant: Participant, verb: str, actor: User | Participant, now: datetime) -> None:
    initiative = participant.initiative
    record_event(
        authority=initiative.authority, kind=EventKind.COMMITTEE, initiative=initiative, verb=verb, now=now, actor=actor
    )
