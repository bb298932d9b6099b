"""Objectives, what the actions would save together, and the reduction objective proposed from the inventory."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from authorities.models import Initiative
from common.dates import format_day
from common.numbers import MINUS, format_number, format_range, format_significant, pluralise
from common.text import typography
from inventory.footprint import Range
from inventory.models import Inventory
from inventory.selectors import CombinedSaving, current_inventory, simulate_together
from roadmap.enums import ActionStatus, Frequency, ObjectiveKind
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.reduction import CombinedFigures, describe_coverage, read_aim
from roadmap.selectors.shares import NOTHING_ELSEWHERE, CountedElsewhere, counted_elsewhere
from roadmap.selectors.sheets import roadmap_of

KG_PER_T = 1000
SIGNIFICANT_DIGITS = 3


@dataclass(frozen=True)
class CombinedGain:
    """What the actions would save together each year, without counting anything twice. Figures in t CO₂e."""

    inventory: Inventory
    baseline: Range
    simulated: Range
    saving: Range
    percent: float | None
    sheets_count: int
    discarded_count: int
    elsewhere: CountedElsewhere = NOTHING_ELSEWHERE

    @property
    def saving_label(self) -> str:
        """« −9,1 »."""
        return f"{MINUS}{format_significant(self.saving.central)}" if self.saving.central else "0"

    @property
    def saving_range(self) -> str:
        return format_range(self.saving.low, self.saving.high)

    @property
    def share_label(self) -> str:
        """« soit −16 % des 59 t de départ »."""
        if self.percent is None:
            return ""
        baseline = format_significant(self.baseline.central)
        return typography(f"soit {MINUS}{format_number(self.percent, 0)} % des {baseline} t de départ")

    @property
    def figures(self) -> CombinedFigures:
        """The saving as the sentence of the coverage takes it."""
        saving = self.saving
        return CombinedFigures(saving.central, saving.low, saving.high, self.sheets_count)

    @property
    def note(self) -> str:
        """Say what the figure rests on."""
        dated = format_day(self.inventory.dated_on)
        sheets = pluralise(self.sheets_count, "action simulée", "actions simulées ensemble")
        text = f"{self.sheets_count} {sheets} sur l’inventaire du {dated}, en régime établi."
        if self.discarded_count:
            cases = pluralise(
                self.discarded_count,
                "effet qui en recouvre un autre n’est compté",
                "effets qui en recouvrent d’autres ne sont comptés",
            )
            text += f" {self.discarded_count} {cases} qu’une fois."
        return typography(f"{text} {self.elsewhere.label}".strip())


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective with what it says, in words, and how many actions serve it."""

    objective: Objective
    sheets_count: int

    @property
    def path_label(self) -> str:
        """« 59 → 48 t CO₂e par an », as far as it is known."""
        start, end = (
            "à établir" if value is None else format_number(Decimal(f"{value.normalize():f}"))
            for value in (self.objective.baseline, self.objective.target)
        )
        return typography(f"de {start} à {end} {self.objective.unit}".strip())

    @property
    def baseline_range(self) -> str:
        return format_range(self.objective.baseline_low, self.objective.baseline_high)

    @property
    def change_label(self) -> str:
        """« −18 % », « +16 points » when the unit is a percentage."""
        objective = self.objective
        if objective.unit.startswith("%") and objective.baseline is not None and objective.target is not None:
            points = objective.target - objective.baseline
            written = format_number(Decimal(f"{abs(points).normalize():f}"))
            return typography(f"{MINUS if points < 0 else '+'}{written} {pluralise(points, 'point', 'points')}")
        change = objective.change_percent
        if change is None:
            return ""
        return typography(f"{MINUS if change < 0 else '+'}{format_number(abs(change), 0)} %")

    @property
    def gaps(self) -> list[str]:
        """What the law asks of an objective and this one does not say yet."""
        objective = self.objective
        table = [
            (objective.baseline is None, "le départ"),
            (objective.target is None, "la cible"),
            (objective.target_on is None, "l’échéance"),
            (not objective.indicator_name, "l’indicateur"),
            (not objective.unit, "l’unité"),
            (not objective.source, "la source"),
            (not objective.frequency, "la fréquence"),
        ]
        return [text for is_missing, text in table if is_missing]

    @property
    def gaps_label(self) -> str:
        return typography(f"Il manque {', '.join(self.gaps)}.") if self.gaps else ""


@dataclass(frozen=True)
class ObjectiveBoard:
    """The objectives of a roadmap, and what the actions would bring."""

    roadmap: Roadmap | None
    rows: tuple[ObjectiveRow, ...]
    gain: CombinedGain | None
    unattached_count: int

    @property
    def has_reduction(self) -> bool:
        return any(row.objective.is_reduction for row in self.rows)

    @property
    def coverage(self) -> str:
        """What part of the reduction objective the actions cover, in one sentence; the document prints the same."""
        reductions = (row.objective for row in self.rows if row.objective.is_reduction)
        aims = (read_aim(item.unit, _float(item.baseline), _float(item.target)) for item in reductions)
        return describe_coverage(next((aim for aim in aims if aim), None), self.gain.figures if self.gain else None)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _in_tonnes(found: Range) -> Range:
    values = sorted((found.low, found.central, found.high))
    return Range(values[0] / KG_PER_T, found.central / KG_PER_T, values[2] / KG_PER_T)


def combined_gain(
    initiative: Initiative, sheets: Sequence[ActionSheet], elsewhere: CountedElsewhere = NOTHING_ELSEWHERE
) -> CombinedGain | None:
    """Simulate the live sheets together on the current inventory; None without inventory or without any effect.

    `elsewhere`: shared actions whose equipment is another authority's, which counts their saving: they are left out.
    """
    inventory = current_inventory(initiative)
    simulated = [
        (sheet.lever.code, sheet.lever.simulation)
        for sheet in sheets
        if sheet.lever and sheet.lever.simulation and sheet.pk not in elsewhere.sheet_pks
    ]
    if inventory is None:
        return None
    found: CombinedSaving = simulate_together(inventory, simulated)
    if found.baseline is None or found.simulated is None or found.saving is None:
        return None
    saving = found.saving
    return CombinedGain(
        inventory=inventory,
        baseline=_in_tonnes(found.baseline),
        simulated=_in_tonnes(found.simulated),
        saving=_in_tonnes(Range(saving.low, saving.kgco2e_central, saving.high)),
        percent=found.percent,
        sheets_count=len(simulated),
        discarded_count=len(found.discarded),
        elsewhere=elsewhere,
    )


def _simulated_sheets(roadmap: Roadmap) -> list[ActionSheet]:
    sheets = ActionSheet.objects.filter(roadmap=roadmap).exclude(status=ActionStatus.ABANDONED)
    return list(
        sheets.select_related("lever")
        .prefetch_related("objectives")
        .only("number", "status", "lever__code", "lever__simulation")
    )


def objective_board(initiative: Initiative) -> ObjectiveBoard:
    """Return the objectives with their actions, and the combined gain. Ten queries at most."""
    roadmap = roadmap_of(initiative)
    if roadmap is None:
        return ObjectiveBoard(None, (), combined_gain(initiative, ()), 0)
    live = ~Q(sheets__status=ActionStatus.ABANDONED)
    objectives = Objective.objects.filter(roadmap=roadmap).annotate(served=Count("sheets", filter=live))
    sheets = _simulated_sheets(roadmap)
    return ObjectiveBoard(
        roadmap=roadmap,
        rows=tuple(ObjectiveRow(objective, objective.served) for objective in objectives),
        gain=combined_gain(initiative, sheets, counted_elsewhere(roadmap)),
        unattached_count=sum(not sheet.objectives.all() for sheet in sheets),
    )


def _rounded(value: float) -> Decimal:
    """Round to three significant digits: an order of magnitude, not a measure."""
    number = Decimal(repr(value))
    if number == 0:
        return Decimal(0)
    places = min(3, SIGNIFICANT_DIGITS - 1 - number.adjusted())
    return round(number, places).normalize() if places > 0 else Decimal(round(number, places))


def proposed_reduction(initiative: Initiative, roadmap: Roadmap | None) -> dict[str, Any] | None:
    """Return the fields of a reduction objective: the footprint today, and what the actions would leave of it.

    None when no inventory gives a footprint. Values in t CO₂e per year.
    """
    sheets = _simulated_sheets(roadmap) if roadmap else []
    gain = combined_gain(initiative, sheets, counted_elsewhere(roadmap) if roadmap else NOTHING_ELSEWHERE)
    if gain is None:
        return None
    dated = format_day(gain.inventory.dated_on)
    actions = pluralise(
        gain.sheets_count,
        "l’action qui agit sur le parc",
        f"les {gain.sheets_count} actions qui agissent sur le parc, simulées ensemble",
    )
    return {
        "title": "Réduire l’empreinte annuelle du parc numérique",
        "kind": ObjectiveKind.REDUCTION,
        "indicator_name": "Empreinte annuelle du parc",
        "unit": "t CO₂e par an",
        "baseline": _rounded(gain.baseline.central),
        "baseline_low": _rounded(gain.baseline.low),
        "baseline_high": _rounded(gain.baseline.high),
        "baseline_year": gain.inventory.dated_on.year,
        "target": _rounded(gain.simulated.central),
        "target_low": _rounded(gain.simulated.low),
        "target_high": _rounded(gain.simulated.high),
        "target_on": initiative.ends_on,
        "source": typography(f"inventaire du {dated}"),
        "frequency": Frequency.YEARLY,
        "note": typography(
            f"Départ : empreinte de référence de l’inventaire du {dated}. Cible : ce qu’il en resterait avec "
            f"{actions}, sans double compte. Ordres de grandeur ; fabrication, transport, usage et fin de vie."
        ),
        "sheets": [sheet.pk for sheet in sheets if sheet.lever and sheet.lever.simulation],
    }
