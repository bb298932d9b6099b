"""Run on the base of the site under test: an authority whose ballot has just closed; three levers are debated."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority, Initiative, Participant
from authorities.services import add_participant, copy_link, create_authority
from authorities.services.participants import ParticipantValues
from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, Lever, SecondVote
from levers.selectors.catalogue import catalogue_of
from levers.services import (
    VotePaper,
    cast_votes,
    close_ballot,
    open_ballot,
    open_phones,
    shortlist_levers,
    start_workshop,
    submit_shortlist,
    validate_shortlist,
)
from reference.models import Service, Territory
from roadmap.demonstration.people import PASSWORD

WORKSHOP_EMAIL = "atelier@exemple.fr"
# Another authority, whose workshop is held and whose phones vote: the pages that only open then.
HELD_EMAIL = "atelier-en-cours@exemple.fr"
VOTER_EMAIL = "votante1@laval.example"
TERRITORIES = {WORKSHOP_EMAIL: ("Roannais Agglomération", "roanne"), HELD_EMAIL: ("Laval Agglomération", "laval")}
VOTERS = (
    ("Anne Achats", "achats"), ("Denis Réseau", "dsi"), ("Chloé Presse", "communication"), ("Farid Budget", "finances"),
    ("Rose Paye", "rh"), ("Léo Bennes", "dechets"),
)  # fmt: skip
# Grades of the six voters on each lever: two that everybody wants, two that nobody wants, three that divide.
GRADES = ("EEEPEP", "EPPEPE", "NCNNCC", "EENNCN", "EPIIC-", "EEICNN", "PPICCI")


def ensure_closed_ballot(email: str = WORKSHOP_EMAIL) -> Ballot:
    """Return the closed ballot of the authority, built by the services the first time."""
    if not User.objects.filter(email=email).exists():
        _build(email)
    return Ballot.objects.select_related("initiative__authority").get(
        initiative__authority__memberships__user__email=email
    )


def ensure_held_workshop() -> SecondVote:
    """Return the second vote that is open in the other authority."""
    ballot = ensure_closed_ballot(HELD_EMAIL)
    now, actor = timezone.now(), User.objects.get(email=HELD_EMAIL)
    workshop = start_workshop(ballot=ballot, planned_minutes=90, actor=actor, now=now)
    levers = ballot.shortlist.items.select_related("lever").order_by("lever__position")
    return open_phones(workshop=workshop, lever=levers[3].lever, actor=actor, now=now)


def held_voter() -> Participant:
    return ensure_closed_ballot(HELD_EMAIL).voters.get(email=VOTER_EMAIL)


def voter_link(voter: Participant, email: str) -> str:
    """Return a fresh personal link of a voter."""
    return copy_link(participant=voter, actor=User.objects.get(email=email), now=timezone.now())


def print_places() -> None:
    """Print the address of the decisions, and the personal link of a voter."""
    ballot = ensure_closed_ballot()
    voter = ballot.voters.order_by("pk")[0]
    print(f"/collectivites/{ballot.initiative.authority.slug}/decisions/")  # noqa: T201
    print(voter_link(voter, WORKSHOP_EMAIL))  # noqa: T201


def _build(email: str) -> None:
    now = timezone.now()
    name, host = TERRITORIES[email]
    referent = create_confirmed_account(email=email, password=PASSWORD, full_name="Référente de l’atelier")
    territory = Territory.objects.get(name=name)
    authority: Authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    initiative = authority.initiatives.get()
    voters = [
        _person(initiative, name, service, f"votante{rank}@{host}.example", referent)
        for rank, (name, service) in enumerate(VOTERS, start=1)
    ]
    levers = list(Lever.objects.filter(catalogue=catalogue_of(initiative))[: len(GRADES)])
    shortlist_levers(initiative=initiative, levers=levers, actor=referent, now=now)
    shortlist = initiative.shortlists.get()
    shortlist = submit_shortlist(shortlist=shortlist, expected_version=shortlist.version, actor=referent, now=now)
    shortlist = validate_shortlist(
        shortlist=shortlist, expected_version=shortlist.version, validated_on=timezone.localdate(),
        body="Comité de pilotage", set_aside={}, actor=referent, now=now,
    )  # fmt: skip
    ballot = open_ballot(
        initiative=initiative, shortlist=shortlist, voters=voters, closes_at=now + timedelta(days=14),
        names_visibility=NamesVisibility.REFERENT, actor=referent, now=now,
    )  # fmt: skip
    letters = {grade.letter: grade for grade in Grade}
    for rank, voter in enumerate(voters):
        papers = [
            VotePaper(lever, letters.get(grades[rank]), f"Ce que {voter.service.name} en attend.")
            for lever, grades in zip(levers, GRADES, strict=True)
        ]
        cast_votes(ballot=ballot, participant=voter, papers=papers, now=now)
    close_ballot(ballot=ballot, expected_version=ballot.version, actor=referent, now=timezone.now())


def _person(initiative: Initiative, name: str, service: str, email: str, actor: User) -> Participant:
    values = ParticipantValues(
        name=name, service=Service.objects.get(code=service), roles=[Role.COMMITTEE], email=email
    )
    return add_participant(initiative=initiative, values=values, actor=actor, now=timezone.now())
