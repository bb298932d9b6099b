"""Section of the choice of levers: funnel, votes as counts, what was set aside and why."""

from typing import Any

from common.charts.print_choice import Merit, Stage, draw_funnel, draw_merits
from roadmap.documents.presentation.texts import counted, long_date

MERITS_PER_PAGE = 27


def present_choice(choice: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the template prints of the choice; None when no lever was chosen."""
    if choice is None:
        return None
    retained = [lever for lever in choice["levers"] if lever["verdict"] == "retained"]
    others = [lever for lever in choice["levers"] if lever["verdict"] != "retained"]
    ballot = choice["ballot"]
    return {
        "funnel": draw_funnel(_stages(choice, len(retained))),
        "retained_count": len(retained),
        "validated_on": long_date(choice["validated_on"]),
        "validation_body": choice["validation_body"],
        "ballot": None if ballot is None else _ballot(ballot),
        "merit_pages": _merit_pages(retained, others) if ballot is not None else [],
        "others": others,
        "set_aside": choice["set_aside"],
        "retained": retained,
        "has_votes": any(sum(lever["votes"]) for lever in choice["levers"]),
    }


def _stages(choice: dict[str, Any], retained_count: int) -> list[Stage]:
    body = choice["validation_body"] or "l’instance de pilotage"
    ballot = choice["ballot"]
    stages = [
        Stage(choice["catalogue_count"], "leviers au catalogue", "tous lus et classés selon le diagnostic"),
        Stage(choice["shortlisted_count"], "présélectionnés", "par le référent, avec les raisons affichées"),
        Stage(choice["validated_count"], "validés", f"par {body[:1].lower()}{body[1:]}"),
        Stage(retained_count, "retenus", "vote individuel, puis décision motivée" if ballot else "décision motivée"),
    ]
    return [stage for stage in stages if stage.count]


def _ballot(ballot: dict[str, Any]) -> dict[str, str]:
    return {
        "opened_on": long_date(ballot["opened_on"]),
        "closed_on": long_date(ballot["closed_on"]),
        "voters": counted(ballot["voter_count"], "votant", "votants"),
        "voted": counted(ballot["voted_count"], "a voté", "ont voté"),
    }


def _merit_pages(retained: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[str]:
    """Draw the profiles, one chart per page at most: those retained first, then the others."""
    charts: list[str] = []
    for heading, levers, note in (
        (counted(len(retained), "levier retenu", "leviers retenus"), retained, "mention médiane"),
        (counted(len(others), "levier reporté ou écarté", "leviers reportés ou écartés"), others, "décision"),
    ):
        key = "median" if note == "mention médiane" else "verdict_label"
        for start in range(0, len(levers), MERITS_PER_PAGE):
            part = levers[start : start + MERITS_PER_PAGE]
            merits = [Merit(lever["title"], tuple(lever["votes"]), lever[key]) for lever in part]
            suite = " (suite)" if start else ""
            charts.append(draw_merits(merits, heading=heading + suite, note_heading=note))
    return charts
