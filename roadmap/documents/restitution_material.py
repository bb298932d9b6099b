"""What the slides of the restitution are written from, read once."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from authorities.models import Initiative, Meeting
from common.numbers import format_number, pluralise
from diagnostics.models import Diagnosis
from diagnostics.selectors import (
    ConsistencyQuestion,
    DiagnosisResults,
    PeerComparison,
    RoundComparison,
    compare_with_peers,
    compare_with_previous,
    consistency_questions,
    diagnosis_results,
)
from inventory.enums import InventoryState
from inventory.selectors import FootprintPage, current_inventory, footprint_page
from levers.models import LeverCatalogue
from levers.selectors.catalogue import Recommendation, recommendations

SHOWN = 5
SHOWN_LEVERS = 6


@dataclass(frozen=True)
class Material:
    """All that the slides are written from."""

    diagnosis: Diagnosis
    results: DiagnosisResults
    comparison: RoundComparison | None
    peers: PeerComparison
    consistency: list[ConsistencyQuestion]
    footprint: FootprintPage | None
    levers: list[Recommendation]
    meetings: list[Meeting]
    services: list[str]
    now: datetime

    @property
    def source(self) -> str:
        """Where the levels come from: printed on most slides."""
        return (
            f"diagnostic n° {self.diagnosis.number}, {self.diagnosis.questionnaire.title}, niveaux retenus en réunion"
        )


def gather(diagnosis: Diagnosis, now: datetime) -> Material:
    today = timezone.localdate(now)
    initiative = diagnosis.initiative
    raters = diagnosis.raters.filter(ratings__diagnosis=diagnosis, ratings__level__isnull=False)
    services = raters.distinct().values_list("service__name", flat=True).order_by("service__position")
    return Material(
        diagnosis=diagnosis,
        results=diagnosis_results(diagnosis, on=today),
        comparison=compare_with_previous(diagnosis),
        peers=compare_with_peers(diagnosis),
        consistency=consistency_questions(diagnosis, now=now),
        footprint=_frozen_footprint(initiative),
        levers=recommendations(initiative, on=today)[:SHOWN_LEVERS] if LeverCatalogue.objects.exists() else [],
        meetings=list(Meeting.objects.for_initiative(initiative).filter(planned_on__gte=today)[:SHOWN]),
        services=list(dict.fromkeys(services)),
        now=now,
    )


def _frozen_footprint(initiative: Initiative) -> FootprintPage | None:
    inventory = current_inventory(initiative)
    if inventory is None or inventory.state != InventoryState.FROZEN:
        return None
    return footprint_page(inventory)


def counted(number: int, singular: str, plural: str) -> str:
    """Write a number with its noun."""
    return f"{format_number(number)} {pluralise(number, singular, plural)}"


def shown_of(count: int, order: str, shown: int = SHOWN) -> str:
    """Say the order, and that only the first ones are shown when it is so."""
    return f"{order} {shown} sur {count} sont montrées." if count > shown else (order if count else "")
