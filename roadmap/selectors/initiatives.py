"""What a former démarche leaves to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from authorities.models import Initiative
from diagnostics.selectors.results import DiagnosisResults, diagnosis_results
from diagnostics.selectors.rounds import current_diagnosis
from inventory.selectors.pages import LotRow, lot_rows
from levers.models import Decision
from roadmap.models import ActionSheet, RoadmapVersion


@dataclass(frozen=True)
class InitiativeRecord:
    """A démarche as it ended. `results` is None when no round was finished; lots: the frozen ones, latest first."""

    initiative: Initiative
    versions: Sequence[RoadmapVersion]
    results: DiagnosisResults | None
    lots: list[LotRow]

    @property
    def published(self) -> RoadmapVersion | None:
        """The version that the authority shows to everybody, if it is one of these."""
        return next((version for version in self.versions if hasattr(version, "publication")), None)

    @property
    def adopted(self) -> RoadmapVersion | None:
        """The last adopted version, the one to read."""
        return next((version for version in self.versions if version.adopted_on is not None), None)


def initiative_record(initiative: Initiative) -> InitiativeRecord:
    """Return what a démarche leaves to read. Twelve queries at most."""
    related = ("validation", "resolution", "publication")
    versions: QuerySet[RoadmapVersion] = RoadmapVersion.objects.for_initiative(initiative)
    return InitiativeRecord(
        initiative=initiative,
        versions=list(versions.select_related(*related).defer("content").order_by("-number")),
        results=finished_results(initiative),
        lots=[row for row in lot_rows(initiative) if row.total_kg is not None],
    )


def finished_results(initiative: Initiative) -> DiagnosisResults | None:
    """Return the results of the last finished round, with the duties of the day it ended; None without one."""
    diagnosis = current_diagnosis(initiative)
    if diagnosis is None or diagnosis.agreed_at is None:
        return None
    return diagnosis_results(diagnosis, on=timezone.localdate(diagnosis.agreed_at))


def initiative_sheets(initiative: Initiative) -> list[ActionSheet]:
    """Return the action sheets of a démarche, in their final state. One query."""
    sheets: QuerySet[ActionSheet] = ActionSheet.objects.for_initiative(initiative)
    return list(sheets.select_related("lead_service", "lead_participant").order_by("number"))


def initiative_decisions(initiative: Initiative) -> list[Decision]:
    """Return the decisions about the levers, in the order of the catalogue. One query."""
    decisions: QuerySet[Decision] = Decision.objects.with_lever().for_initiative(initiative)
    return list(decisions.order_by("lever__position"))
