"""Run on the base of the site under test: an authority whose ballot has just closed; three levers are debated.

Another holds its workshop, and a third has validated its shortlist: the test opens its ballot.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority, Initiative, Participant
from authorities.services import add_participant, copy_link, create_authority
from authorities.services.participants import ParticipantValues
from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, Lever, SecondVote, Shortlist
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
from roadmap.models import ActionSheet

WORKSHOP_EMAIL = "atelier@exemple.fr"
# Another authority, whose workshop is held and whose phones vote: the pages that only open then.
HELD_EMAIL = "atelier-en-cours@exemple.fr"
VOTER_EMAIL = "votante1@laval.example"
# The one whose ballot the test opens, from end to end.
WHOLE_EMAIL = "atelier-entier@exemple.fr"
TERRITORIES = {
    WORKSHOP_EMAIL: ("Roannais Agglomération", "roanne"),
    HELD_EMAIL: ("Laval Agglomération", "laval"),
    WHOLE_EMAIL: ("Le Grand Chalon", "chalon"),
}
VOTERS = (
    ("Anne Achats", "achats"), ("Denis Réseau", "dsi"), ("Chloé Presse", "communication"), ("Farid Budget", "finances"),
    ("Rose Paye", "rh"), ("Léo Bennes", "dechets"),
)  # fmt: skip
# Grades of the six voters on each lever: two that everybody wants, two that nobody wants, three that divide.
GRADES = ("EEEPEP", "EPPEPE", "NCNNCC", "EENNCN", "EPIIC-", "EEICNN", "PPICCI")

# The same for the ballot from end to end, without its first voter, who votes from a phone: five levers that everybody
# wants, two that nobody wants, thirteen that divide.
WHOLE_GRADES = ("-EEPEP",) * 5 + ("-NCNNC",) * 2 + ("-EENNC",) * 7 + ("-EPIIC",) * 6


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


def print_opening() -> None:
    """Build the authority whose shortlist is validated; print its address and the personal link of the first voter."""
    initiative, _shortlist, voters, _levers = _prepare(WHOLE_EMAIL, len(WHOLE_GRADES))
    print(f"/collectivites/{initiative.authority.slug}/")  # noqa: T201
    print(voter_link(voters[0], WHOLE_EMAIL))  # noqa: T201


def cast_the_others() -> None:
    """Let all the voters but the first one vote in the ballot that the test opened."""
    ballot = Ballot.objects.get(initiative__authority__memberships__user__email=WHOLE_EMAIL)
    levers = [item.lever for item in ballot.shortlist.items.select_related("lever").order_by("lever__position")]
    voters = list(ballot.voters.order_by("pk"))
    for rank in range(1, len(voters)):
        _vote(ballot, voters[rank], levers, [grades[rank] for grades in WHOLE_GRADES])


def print_sheets() -> None:
    """Print the number of sheets of the authority from end to end, and of their levers."""
    sheets = ActionSheet.objects.filter(roadmap__initiative__authority__memberships__user__email=WHOLE_EMAIL)
    print(sheets.count(), sheets.values("lever").distinct().count())  # noqa: T201


def _build(email: str) -> None:
    now = timezone.now()
    initiative, shortlist, voters, levers = _prepare(email, len(GRADES))
    referent = User.objects.get(email=email)
    ballot = open_ballot(
        initiative=initiative, shortlist=shortlist, voters=voters, closes_at=now + timedelta(days=14),
        names_visibility=NamesVisibility.REFERENT, actor=referent, now=now,
    )  # fmt: skip
    for rank, voter in enumerate(voters):
        _vote(ballot, voter, levers, [grades[rank] for grades in GRADES])
    close_ballot(ballot=ballot, expected_version=ballot.version, actor=referent, now=timezone.now())


def _vote(ballot: Ballot, voter: Participant, levers: list[Lever], grades: list[str]) -> None:
    letters = {grade.letter: grade for grade in Grade}
    papers = [
        VotePaper(lever, letters.get(grade), f"Ce que {voter.service.name} en attend.")
        for lever, grade in zip(levers, grades, strict=True)
    ]
    cast_votes(ballot=ballot, participant=voter, papers=papers, now=timezone.now())


def _prepare(email: str, lever_count: int) -> tuple[Initiative, Shortlist, list[Participant], list[Lever]]:
    """Make an authority up to the validation of its shortlist by the steering committee."""
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
    levers = list(Lever.objects.filter(catalogue=catalogue_of(initiative))[:lever_count])
    shortlist_levers(initiative=initiative, levers=levers, actor=referent, now=now)
    shortlist = initiative.shortlists.get()
    shortlist = submit_shortlist(shortlist=shortlist, expected_version=shortlist.version, actor=referent, now=now)
    shortlist = validate_shortlist(
        shortlist=shortlist, expected_version=shortlist.version, validated_on=timezone.localdate(),
        body="Comité de pilotage", set_aside={}, actor=referent, now=now,
    )  # fmt: skip
    return initiative, shortlist, voters, levers


def _person(initiative: Initiative, name: str, service: str, email: str, actor: User) -> Participant:
    values = ParticipantValues(
        name=name, service=Service.objects.get(code=service), roles=[Role.COMMITTEE], email=email
    )
    return add_participant(initiative=initiative, values=values, actor=actor, now=timezone.now())
