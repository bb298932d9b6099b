"""Writes about ballots: opening, extension, closing. A ballot that closed is never reopened."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import Initiative, Participant
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from levers.electorate import DETACHED_MINIMUM, may_vote
from levers.enums import NamesVisibility
from levers.models import Ballot, Shortlist
from levers.wording import written_moment

LONGEST = timedelta(days=90)


@transaction.atomic
def open_ballot(
    *,
    initiative: Initiative,
    shortlist: Shortlist,
    voters: Sequence[Participant],
    closes_at: datetime,
    names_visibility: NamesVisibility,
    quorum: int | None = None,
    actor: User,
    now: datetime,
) -> Ballot:
    """Open a ballot at once on the validated levers. Who sees the names, and the quorum, are fixed here, for good.

    `quorum`: number of voters from which the committee holds the ballot for representative; None without any. Raises
    `DomainError` when the shortlist is not the current validated one, when another ballot is open, when a voter does
    not belong to the démarche or may not vote, when the closing is not within the next 90 days, when the quorum is
    more than the voters, or when detached papers are asked for fewer than five voters.
    """
    # Two openings at the same time wait for each other here (SQLite has one writer anyway).
    initiative = Initiative.objects.select_for_update().select_related("authority").get(pk=initiative.pk)
    newest = Shortlist.objects.for_initiative(initiative).order_by("-number").first()
    if shortlist.initiative_id != initiative.pk or newest != shortlist or not shortlist.is_validated:
        raise DomainError(typography("Faites d’abord valider la présélection par le comité de pilotage."))
    last = Ballot.objects.for_initiative(initiative).order_by("-number").first()
    if last is not None and not last.is_closed(now):
        raise DomainError(typography("Un scrutin est déjà ouvert : attendez sa fermeture, ou fermez-le."))
    _check_voters(initiative, voters)
    _check_closing(closes_at, now)
    _check_rules(names_visibility, quorum, len(voters))
    ballot = Ballot.objects.create(
        initiative=initiative,
        number=last.number + 1 if last else 1,
        shortlist=shortlist,
        opens_at=now,
        closes_at=closes_at,
        first_closes_at=closes_at,
        names_visibility=names_visibility,
        quorum=quorum,
        opened_by=actor,
    )
    ballot.voters.set(voters)
    counted = f"{len(voters)} {pluralise(len(voters), 'personne', 'personnes')}"
    _record(ballot, f"a ouvert le scrutin à {counted}, jusqu’au {written_moment(closes_at)}", actor, now)
    return ballot


@transaction.atomic
def extend_ballot(
    *, ballot: Ballot, expected_version: int, closes_at: datetime | None, actor: User, now: datetime
) -> Ballot:
    """Move the closing of an open ballot to a later time; the event keeps both times.

    `closes_at`: None keeps the closing that somebody else announced in between; nothing is written then. Raises
    `StaleVersionError` before the dates are compared: the two of them are shown.
    """
    ballot = _open(ballot, now)
    if ballot.version != expected_version:
        raise StaleVersionError(ballot)
    if closes_at is None:
        return ballot
    former = ballot.closes_at
    if closes_at <= former:
        raise DomainError(typography(f"Choisissez une fermeture après celle prévue, le {written_moment(former)}."))
    _check_closing(closes_at, now)
    ballot.closes_at = closes_at
    save_versioned(ballot, expected_version=expected_version, update_fields=["closes_at"])
    _record(ballot, f"a prolongé le scrutin, du {written_moment(former)} au {written_moment(closes_at)}", actor, now)
    return ballot


@transaction.atomic
def close_ballot(*, ballot: Ballot, expected_version: int, actor: User, now: datetime) -> Ballot:
    """Close an open ballot now, for good."""
    ballot = _open(ballot, now)
    former = ballot.closes_at
    ballot.closes_at = now
    save_versioned(ballot, expected_version=expected_version, update_fields=["closes_at"])
    _record(ballot, f"a fermé le scrutin, prévu jusqu’au {written_moment(former)}", actor, now)
    return ballot


@transaction.atomic
def add_voter(*, ballot: Ballot, participant: Participant, actor: User, now: datetime) -> None:
    """Let one more participant vote in an open ballot."""
    ballot = _open(ballot, now)
    _check_voters(ballot.initiative, [participant])
    if ballot.voters.filter(pk=participant.pk).exists():
        raise DomainError(typography("Cette personne vote déjà."))
    ballot.voters.add(participant)
    _record(ballot, f"a ajouté {participant} aux votants", actor, now)


def lock_open_ballot(ballot: Ballot, now: datetime) -> Ballot:
    """Return the ballot as it is stored, locked until the end of the transaction; raise `DomainError` if it closed."""
    return _open(ballot, now)


def _open(ballot: Ballot, now: datetime) -> Ballot:
    stored = Ballot.objects.select_for_update(of=("self",)).select_related("initiative__authority").get(pk=ballot.pk)
    if stored.is_closed(now):
        closed_on = written_moment(stored.closes_at)
        raise DomainError(typography(f"Le scrutin est clos depuis le {closed_on} ; il ne se rouvre pas."))
    if not stored.is_open(now):
        raise DomainError(typography(f"Le scrutin ouvre le {written_moment(stored.opens_at)} : revenez alors."))
    return stored


def _check_voters(initiative: Initiative, voters: Sequence[Participant]) -> None:
    if not voters:
        raise DomainError(typography("Choisissez au moins une personne qui vote."))
    for voter in voters:
        if voter.initiative_id != initiative.pk:
            raise DomainError(typography("Une des personnes choisies ne participe pas à cette démarche."))
        if not may_vote(voter):
            raise DomainError(
                typography(f"{voter} ne vote pas : donnez-lui d’abord le rôle « comité technique » dans la démarche.")
            )


def _check_closing(closes_at: datetime, now: datetime) -> None:
    if not now < closes_at <= now + LONGEST:
        raise DomainError(typography(f"Choisissez une fermeture à venir, dans les {LONGEST.days} jours."))


def _check_rules(names_visibility: NamesVisibility, quorum: int | None, voter_count: int) -> None:
    if quorum is not None and not 1 <= quorum <= voter_count:
        raise DomainError(typography(f"Choisissez un quorum de 1 à {voter_count}, le nombre de votants, ou aucun."))
    if names_visibility == NamesVisibility.DETACHED and voter_count < DETACHED_MINIMUM:
        raise DomainError(
            typography(
                f"Les bulletins détachés demandent au moins {DETACHED_MINIMUM} votants : à moins, on devine qui a voté "
                "quoi. Ajoutez des votants ou choisissez une autre règle."
            )
        )


def _record(ballot: Ballot, verb: str, actor: User, now: datetime) -> None:
    record_event(
        authority=ballot.initiative.authority,
        kind=EventKind.BALLOT,
        initiative=ballot.initiative,
        verb=verb,
        actor=actor,
        now=now,
    )
