"""Thonon Agglomération, from July 2023 to January 2024: the whole path, through the services of the screens."""

from typing import Any

from roadmap.demonstration import building, choices, opinions
from roadmap.demonstration.data import at
from roadmap.demonstration.equipment import add_scenarios, fill_inventory, footprint_tonnes
from roadmap.demonstration.people import prepare
from roadmap.services import freeze_version, record_adoption, record_steering_validation


def walk_the_path(data: dict[str, Any], sheets: list[dict[str, Any]]) -> None:
    """Go through the five steps at the dates of the data, up to the adopted version."""
    dates = data["dates"]
    scene = prepare(data, now=at(dates["created"]))
    committee = [scene.participants[key] for key in data["voters"]]

    diagnosis = opinions.open_round(
        scene, committee, now=at(dates["diagnosis_opened"]), closes_at=at(dates["diagnosis_closed"], 18)
    )
    opinions.rate(scene, diagnosis, data, now=at(dates["diagnosis_opened"]))
    inventory = fill_inventory(scene, data["inventory"], dated_on=dates["inventory"], now=at(dates["inventory"], 17))
    add_scenarios(scene, inventory, now=at(dates["inventory"], 18))
    opinions.agree(scene, diagnosis, data, now=at(dates["diagnosis_agreed"], 16))

    shortlist = choices.preselect(scene, data, now=at(dates["shortlist_submitted"]))
    validated_on = dates["shortlist_validated"]
    shortlist = choices.validate(scene, shortlist, data, validated_on=validated_on, now=at(validated_on, 17))
    ballot = choices.open_vote(
        scene, shortlist, committee, now=at(dates["ballot_opened"]), closes_at=at(dates["ballot_closed"], 18)
    )
    choices.vote(scene, ballot, data, now=at(dates["ballot_opened"]))
    choices.decide(scene, data, now=at(dates["workshop"], 17))

    roadmap = building.build(scene, data, sheets, footprint_tonnes(inventory), now=at(dates["sheets"]))
    building.validate(scene, roadmap, validated_on=dates["frozen"], now=at(dates["frozen"], 10))
    version = freeze_version(roadmap=roadmap, actor=scene.referent, now=at(dates["frozen"], 11))
    record_steering_validation(
        version=version,
        validated_on=dates["frozen"],
        body="comité de pilotage",
        note="",
        actor=scene.elected,
        now=at(dates["frozen"], 18),
    )
    record_adoption(
        version=version,
        adopted_on=dates["adopted"],
        reference=data["resolution_reference"],
        body="Conseil communautaire",
        actor=scene.referent,
        now=at(dates["adopted"], 20),
    )
