"""What the dashboard shows to an elected official: the document, as far as it is, and two figures of what was voted."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from authorities.models import Initiative
from common.dates import format_day
from common.numbers import MINUS, format_number, format_range, format_significant
from common.steps import NextAction
from common.text import typography
from roadmap.models import RoadmapVersion
from roadmap.reduction import KG_PER_T, describe_coverage, read_aim, read_saving
from roadmap.selectors.state import RoadmapCounts


@dataclass(frozen=True)
class VotedFigure:
    """A figure of the voted document, as it prints it."""

    label: str
    value: str
    unit: str
    range: str
    note: str


def reading_action(counts: RoadmapCounts, slug: str) -> NextAction | None:
    """Return the main action once a version is adopted: its file. None before."""
    if counts.adopted_number is None:
        return None
    number = counts.adopted_number
    reference = f", délibération {counts.adopted_reference}" if counts.adopted_reference else ""
    voted = f" le {format_day(counts.adopted_on)}" if counts.adopted_on and counts.version_number == number else ""
    return NextAction(
        title="Lire la feuille de route adoptée",
        reason=typography(f"Version {number}, adoptée{voted}{reference}. C’est le document que l’assemblée a voté."),
        button="Télécharger le document adopté (PDF)",
        url=reverse("roadmap:version_adopted_pdf", args=[slug, number]),
        duration="",
        over="Document adopté",
    )


def validation_action(counts: RoadmapCounts, slug: str) -> NextAction | None:
    """Return the frozen version to read, then to validate; None when none waits for the steering committee."""
    number = counts.version_number
    if number is None or counts.validated_on is not None or counts.adopted_on is not None:
        return None
    return NextAction(
        title=typography(f"Lire la version {number}, puis la valider en comité de pilotage"),
        reason="Le document est figé : ce qui est lu en comité est ce qui sera voté.",
        button=f"Ouvrir la version {number}",
        url=reverse("roadmap:version_detail", args=[slug, number]),
        duration=typography("20 minutes de lecture"),
        then="le vote de l’assemblée",
    )


def voted_figures(initiative: Initiative, number: int) -> list[VotedFigure]:
    """Return the footprint and the reduction aimed at, as the adopted document prints them. One query."""
    found = (
        RoadmapVersion.objects.for_initiative(initiative)
        .filter(number=number)
        .values("content__inventory__total", "content__inventory__simulated", "content__objectives")
        .first()
    )
    if found is None:
        return []
    total = found["content__inventory__total"]
    objectives = found["content__objectives"] or []
    reduction = next((item for item in objectives if item["kind"] == "reduction"), None)
    figures = [_footprint(total)] if total else []
    if reduction is not None and reduction["target"] is not None:
        figures.append(_reduction(reduction, found["content__inventory__simulated"]))
    return figures


def _footprint(total: dict[str, Any]) -> VotedFigure:
    return VotedFigure(
        label="Empreinte du parc numérique",
        value=format_significant(total["central_kg"] / KG_PER_T),
        unit="t CO₂e/an",
        range=format_range(total["low_kg"] / KG_PER_T, total["high_kg"] / KG_PER_T),
        note="au départ",
    )


def _reduction(objective: dict[str, Any], simulated: dict[str, Any] | None) -> VotedFigure:
    baseline, target = objective["baseline"], objective["target"]
    change = 100 * (baseline - target) / baseline if baseline else 0
    year = objective["target_on"][:4] if objective["target_on"] else ""
    return VotedFigure(
        label=f"Réduction visée{f' en {year}' if year else ''}",
        value=f"{MINUS}{format_number(change, 0)}" if change > 0 else format_number(target),
        unit="%" if change > 0 else objective["unit"],
        range="",
        note=describe_coverage(read_aim(objective["unit"], baseline, target), read_saving(simulated)).removesuffix("."),
    )
