"""A second authority, with a round and a ballot open today: a visitor rates and votes at once."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from authorities.models import Participant
from authorities.services import issue_link, personal_url
from diagnostics.services import record_rating
from levers.services import VotePaper, cast_votes
from roadmap.demonstration.choices import (
    GRADES,
    add_local_lever,
    catalogue_levers,
    open_vote,
    preselect,
    validate,
    voted_rows,
)
from roadmap.demonstration.data import at
from roadmap.demonstration.equipment import add_scenarios, open_inventory
from roadmap.demonstration.opinions import level_of, open_round
from roadmap.demonstration.people import Scene, prepare

DAYS_SINCE_OPENING = 4
DAYS_LEFT = 10


def relative_dates(data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the data with the dates of the démarche worked out from today."""
    described = data["initiative"]
    council_on = timezone.localdate(now) + timedelta(days=described["council_after_days"])
    return {**data, "initiative": {**described, "council_on": council_on, "period_start_year": council_on.year}}


def share_of(rows: list[Any], percent: int) -> list[Any]:
    """Return the first rows, as many as the share says."""
    return rows[: len(rows) * percent // 100]


def open_space_to_visit(data: dict[str, Any], answers: dict[str, Any], *, now: datetime) -> Scene:
    """Create the authority and open its round and its ballot; some people answered, others have not begun.

    `answers`: the data of the first demonstration, from which the ratings and the votes are borrowed.
    """
    opened_at = now - timedelta(days=DAYS_SINCE_OPENING)
    closes_at = at(timezone.localdate(now) + timedelta(days=DAYS_LEFT), 18)
    scene = prepare(relative_dates(data, now), now=opened_at - timedelta(days=40))
    committee = [person for person in scene.participants.values() if "committee" in person.roles]
    diagnosis = open_round(scene, committee, now=opened_at, closes_at=closes_at)
    questions = list(diagnosis.asked_questions())
    for rank, (key, percent) in enumerate(data["has_rated"].items()):
        for question in share_of(questions, percent):
            mark = answers["ratings"][question.code]["votes"][rank]
            record_rating(
                diagnosis=diagnosis,
                participant=scene.participants[key],
                question=question,
                level=level_of(mark),
                now=now - timedelta(days=1),
            )
    lines = {code: {"quantity": quantity} for code, quantity in data["inventory_lines"].items()}
    inventory = open_inventory(scene, lines, {}, dated_on=timezone.localdate(opened_at), now=opened_at)
    add_scenarios(scene, inventory, now=opened_at)
    add_local_lever(scene, data["local_lever"], now=opened_at - timedelta(days=13))
    shortlist = preselect(scene, answers, now=opened_at - timedelta(days=12))
    validated_on = timezone.localdate(opened_at) - timedelta(days=1)
    shortlist = validate(scene, shortlist, answers, validated_on=validated_on, now=opened_at)
    ballot = open_vote(scene, shortlist, committee, now=opened_at, closes_at=closes_at)
    levers, rows = catalogue_levers(), [row for _group, row in voted_rows(answers)]
    for rank, (key, percent) in enumerate(data["has_voted"].items()):
        papers = [VotePaper(levers[row["code"]], GRADES[row["votes"][rank]]) for row in share_of(rows, percent)]
        cast_votes(ballot=ballot, participant=scene.participants[key], papers=papers, now=now - timedelta(days=1))
    return scene


def visitor_link(participant: Participant, *, actor: User, now: datetime) -> str:
    """Return one more personal link for the visitor: those that were printed before still open."""
    _link, token = issue_link(participant=participant, now=now, actor=actor, keeps_former=True)
    return personal_url(token)
