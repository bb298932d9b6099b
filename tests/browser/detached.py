"""Run on the base of the site under test: an authority whose ballot is open, with detached papers."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority, Initiative, Participant
from authorities.services import add_participant, copy_link, create_authority
from authorities.services.participants import ParticipantValues
from levers.enums import NamesVisibility
from levers.models import Ballot, Lever
from levers.selectors.catalogue import catalogue_of
from levers.services import open_ballot, shortlist_levers, submit_shortlist, validate_shortlist
from reference.models import Service, Territory
from roadmap.demonstration.people import PASSWORD

DETACHED_EMAIL = "bulletins@exemple.fr"
VOTER_EMAIL = "votante1@marmande.example"
TERRITORY = "Val de Garonne Agglomération"


def ensure_detached_ballot() -> Ballot:
    """Return the open ballot of the authority, built by the services the first time."""
    if not User.objects.filter(email=DETACHED_EMAIL).exists():
        _build()
    return Ballot.objects.select_related("initiative__authority").get(names_visibility=NamesVisibility.DETACHED)


def detached_voter(email: str = VOTER_EMAIL) -> Participant:
    """Return a voter; by default one who never takes a paper."""
    return ensure_detached_ballot().voters.get(email=email)


def voter_link(email: str = VOTER_EMAIL) -> str:
    """Return a fresh personal link of a voter."""
    voter = detached_voter(email)
    return copy_link(participant=voter, actor=User.objects.get(email=DETACHED_EMAIL), now=timezone.now())


def print_link(rank: int) -> None:
    """Print a fresh personal link of the voter of this rank."""
    print(voter_link(voter_email(rank)))  # noqa: T201


def voter_email(rank: int) -> str:
    return f"votante{rank}@marmande.example"


def _build() -> None:
    now = timezone.now()
    referent = create_confirmed_account(email=DETACHED_EMAIL, password=PASSWORD, full_name="Référente du scrutin")
    territory = Territory.objects.get(name=TERRITORY)
    authority: Authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    initiative = authority.initiatives.get()
    voters = [_person(initiative, f"Votante {rank}", voter_email(rank), referent) for rank in range(1, 6)]
    levers = list(Lever.objects.filter(catalogue=catalogue_of(initiative))[:6])
    shortlist_levers(initiative=initiative, levers=levers, actor=referent, now=now)
    shortlist = initiative.shortlists.get()
    shortlist = submit_shortlist(
        shortlist=shortlist, expected_version=shortlist.version, actor=referent, now=timezone.now()
    )
    shortlist = validate_shortlist(
        shortlist=shortlist,
        expected_version=shortlist.version,
        validated_on=timezone.localdate(),
        body="Comité de pilotage",
        set_aside={},
        actor=referent,
        now=now,
    )
    open_ballot(
        initiative=initiative,
        shortlist=shortlist,
        voters=voters,
        closes_at=now + timedelta(days=14),
        names_visibility=NamesVisibility.DETACHED,
        quorum=4,
        actor=referent,
        now=now,
    )


def _person(initiative: Initiative, name: str, email: str, actor: User) -> Participant:
    values = ParticipantValues(name=name, service=Service.objects.get(code="dsi"), roles=[Role.COMMITTEE], email=email)
    return add_participant(initiative=initiative, values=values, actor=actor, now=timezone.now())
