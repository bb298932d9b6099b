"""A closed ballot whose names and lone services must not leak, and those who read it."""

from datetime import datetime, timedelta

from django.test import Client

from authorities.models import Authority, Initiative
from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, BallotPaper, Turnout
from levers.papers import new_paper_key
from tests.factories import make_member, make_participant
from tests.factories_levers import ballot_levers, make_ballot, make_vote

READERS = ("referent", "committee", "elected", "adviser")
CROWDED = "Grand service"


def client_of(authority: Authority, role: str) -> Client:
    client = Client()
    client.force_login(make_member(authority, role))
    return client


def sees_names(names: str, reader: str) -> bool:
    return names == NamesVisibility.EVERYONE or (names == NamesVisibility.REFERENT and reader == "referent")


def lone_services(count: int) -> list[str]:
    return [f"Service seul {rank}" for rank in range(1, count + 1)]


def closed_ballot(
    initiative: Initiative, *, names: str, now: datetime, crowd: int = 5, lone: int = 5, levers: int = 2
) -> Ballot:
    """Everybody of one service says essentiel; each of the lone ones says inapproprié, with a reason."""
    services = [CROWDED] * crowd + lone_services(lone)
    voters = [
        make_participant(initiative, service=service, name=f"Nom secret {rank}")
        for rank, service in enumerate(services)
    ]
    ballot = make_ballot(
        initiative,
        voters=voters,
        levers=levers,
        names=names,
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )
    for voter, service in zip(voters, services, strict=True):
        is_lone = service != CROWDED
        grade, reason = (Grade.UNSUITABLE, "=Trop lourd") if is_lone else (Grade.ESSENTIAL, "")
        if ballot.is_detached:
            Turnout.objects.create(ballot=ballot, participant=voter)
            answer = {"grade": grade, "reason": reason}
            answers = {lever.code: answer for lever in ballot_levers(ballot)}
            BallotPaper.objects.create(ballot=ballot, key=new_paper_key(), answers=answers)
            continue
        for lever in ballot_levers(ballot):
            make_vote(ballot, voter, lever, grade, reason=reason)
    return ballot
