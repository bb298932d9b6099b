"""The choice of levers: preselection, validation, ballot, decisions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from authorities.models import Participant
from levers.enums import Grade, NamesVisibility, Verdict
from levers.models import Ballot, Lever, LeverCatalogue, Shortlist
from levers.selectors import catalogue_of
from levers.services import (
    VotePaper,
    cast_votes,
    open_ballot,
    record_decision,
    shortlist_lever,
    shortlist_levers,
    submit_shortlist,
    validate_shortlist,
    write_local_lever,
)
from reference.models import Dimension, Service, Theme
from roadmap.demonstration.people import Scene

GRADES = {grade.letter: grade for grade in Grade} | {"-": None}
VERDICTS = {"retained": Verdict.RETAINED, "postponed": Verdict.POSTPONED, "rejected": Verdict.DISMISSED}


def catalogue_levers() -> dict[str, Lever]:
    """Return the levers of the catalogue in force, by code."""
    catalogue = LeverCatalogue.objects.defer("source").first()  # the most recent
    levers = Lever.objects.filter(catalogue=catalogue).select_related("catalogue").defer("catalogue__source")
    return {lever.code: lever for lever in levers}


def voted_rows(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each lever that was put to the vote, with the name of its group."""
    for group in VERDICTS:
        for row in data["levers"][group]:
            yield group, row


def add_local_lever(scene: Scene, row: dict[str, Any], *, now: datetime) -> Lever:
    """Write a lever of the authority itself, and preselect it."""
    catalogue = catalogue_of(scene.initiative)
    same = (
        "title", "summary", "description", "perimeter", "effort", "impact", "impact_rationale", "cost", "delay_months",
        "steps", "indicators", "means", "risks",
    )  # fmt: skip
    values = {name: row[name] for name in same} | {
        "theme": Theme.objects.get(number=row["theme"]),
        "dimension": Dimension.objects.get(framework=catalogue.framework, code=row["dimension"]),
        "lead_service": Service.objects.get(code=row["lead_service"]),
        "question_codes": row["questions"],
        "audience_codes": row["audience"],
        "is_quick_win": row["quick_win"],
        "is_for_small_authority": row["small_authority"],
    }
    lever = write_local_lever(authority=scene.initiative.authority, values=values, actor=scene.referent, now=now)
    shortlist_lever(initiative=scene.initiative, lever=lever, actor=scene.referent, now=now)
    return lever


def preselect(scene: Scene, data: dict[str, Any], *, now: datetime) -> Shortlist:
    """Preselect the levers and submit them to the steering committee."""
    levers = catalogue_levers()
    codes = [row["code"] for _group, row in voted_rows(data)]
    codes += [row["code"] for row in data["levers"]["set_aside_by_steering"]]
    shortlist_levers(
        initiative=scene.initiative, levers=[levers[code] for code in codes], actor=scene.referent, now=now
    )
    shortlist = Shortlist.objects.for_initiative(scene.initiative).get()
    return submit_shortlist(shortlist=shortlist, expected_version=shortlist.version, actor=scene.referent, now=now)


def validate(
    scene: Scene, shortlist: Shortlist, data: dict[str, Any], *, validated_on: date, now: datetime
) -> Shortlist:
    """Record the validation by the steering committee, with what it set aside."""
    levers = catalogue_levers()
    return validate_shortlist(
        shortlist=shortlist,
        expected_version=shortlist.version,
        validated_on=validated_on,
        body="comité de pilotage",
        set_aside={levers[row["code"]].pk: row["reason"] for row in data["levers"]["set_aside_by_steering"]},
        actor=scene.elected,
        now=now,
    )


def open_vote(
    scene: Scene, shortlist: Shortlist, voters: list[Participant], *, now: datetime, closes_at: datetime
) -> Ballot:
    """Open the ballot; names are seen by the référent alone."""
    return open_ballot(
        initiative=scene.initiative,
        shortlist=shortlist,
        voters=voters,
        closes_at=closes_at,
        names_visibility=NamesVisibility.REFERENT,
        actor=scene.referent,
        now=now,
    )


def vote(scene: Scene, ballot: Ballot, data: dict[str, Any], *, now: datetime) -> None:
    """Cast the votes of everybody, with the reasons that some gave."""
    levers = catalogue_levers()
    reasons = {(row["code"], row["participant"]): row["text"] for row in data["vote_reasons"]}
    for rank, voter in enumerate(data["voters"]):
        papers = [
            VotePaper(levers[row["code"]], GRADES[row["votes"][rank]], reasons.get((row["code"], voter), ""))
            for _group, row in voted_rows(data)
        ]
        cast_votes(
            ballot=ballot,
            participant=scene.participants[voter],
            papers=papers,
            now=now + timedelta(days=2 * rank + 1),
        )


def decide(scene: Scene, data: dict[str, Any], *, now: datetime) -> None:
    """Record the decision of the workshop on each lever, with its reason."""
    levers = catalogue_levers()
    for group, row in voted_rows(data):
        record_decision(
            initiative=scene.initiative,
            lever=levers[row["code"]],
            verdict=VERDICTS[group],
            reason=row["reason"],
            expected_version=0,
            actor=scene.referent,
            now=now,
        )
