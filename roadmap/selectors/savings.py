"""The savings of the actions together, year by year: read once, for the page and for the snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from authorities.models import Initiative
from common.charts.trajectory import Line, draw_line_key, draw_trajectory
from common.numbers import format_number, format_range, format_significant, pluralise
from common.text import typography
from inventory.footprint import Range
from inventory.references import footprint_references
from inventory.selectors import current_inventory, follow_levers
from inventory.trajectory import Trajectory
from roadmap.enums import ActionStatus, ObjectiveKind
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.reduction import read_aim
from roadmap.savings import (
    KG_PER_T,
    SavingsPath,
    YearRow,
    counts_from_label,
    is_weak,
    read_path,
    signed_saving,
    year_rows,
    years_before,
)
from roadmap.selectors.shares import CountedElsewhere, counted_elsewhere
from roadmap.selectors.sheets import roadmap_of

CLIMATE = "GWP"


def describe_savings(
    roadmap: Roadmap, sheets: Sequence[ActionSheet], elsewhere: CountedElsewhere
) -> dict[str, Any] | None:
    """Return what the actions save together at the end of each year, and each alone, as plain values in kg CO₂e.

    The path begins the year before the period, when nothing counts yet. Actions without a place in the schedule are
    not in it. None without any inventory that gives a footprint, or without any simulated action.
    """
    initiative = roadmap.initiative
    inventory = current_inventory(initiative)
    simulated = [
        sheet
        for sheet in sheets
        if sheet.lever
        and sheet.lever.simulation
        and sheet.status != ActionStatus.ABANDONED
        and sheet.pk not in elsewhere.sheet_pks
    ]
    if inventory is None or not simulated:
        return None
    first = initiative.period_start_year
    target = _target(roadmap)
    until = max(initiative.period_end_year, target["year"] if target else 0)
    placed = [sheet for sheet in simulated if sheet.end_half]
    path = follow_levers(inventory, _effects(placed, first), start_year=first - 1, until_year=until)
    # Each alone, whether it is placed or not: an order of magnitude at full effect.
    alone = follow_levers(inventory, _effects(simulated, first), start_year=first - 1, until_year=until)
    if path is None or alone is None:
        return None
    return {
        "years": [
            {"year": point.year, "total_kg": point.total.central, **_saving(point.saving)} for point in path.points
        ],
        "target": target,
        "actions_count": len(placed),
        "unplaced": [sheet.number for sheet in simulated if not sheet.end_half],
        "low_yield_percent": footprint_references().low_yield_percent,
        "alone": [_alone(sheet, alone) for sheet in simulated],
    }


def _effects(sheets: Sequence[ActionSheet], first_year: int) -> list[tuple[str, Any, float]]:
    return [
        (sheet.lever.code, sheet.lever.simulation, years_before(sheet.end_half, first_year) if sheet.end_half else 0.0)
        for sheet in sheets
        if sheet.lever
    ]


def _target(roadmap: Roadmap) -> dict[str, Any] | None:
    """Return the target of the first reduction objective that is in tonnes and dated."""
    for item in Objective.objects.filter(roadmap=roadmap, kind=ObjectiveKind.REDUCTION, target_on__isnull=False):
        aim = read_aim(item.unit, _float(item.baseline), _float(item.target))
        if aim is not None and item.target_on is not None:
            return {"year": item.target_on.year, "value_kg": aim.target_t * KG_PER_T, "objective": item.number}
    return None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _saving(found: Range) -> dict[str, float]:
    low, high = sorted((found.low, found.high))
    return {"saving_kg": found.central, "low_kg": low, "high_kg": high}


def _alone(sheet: ActionSheet, found: Trajectory) -> dict[str, Any]:
    """Return what one action saves alone at full effect. An effect that cannot be read saves nothing."""
    own = next((item for item in found.alone if sheet.lever and item.lever == sheet.lever.code), None)
    saving = _saving(own.savings[CLIMATE] if own and CLIMATE in own.savings else Range(0.0, 0.0, 0.0))
    percent = own.percent if own else 0.0
    limit = footprint_references().low_yield_percent
    return {
        "number": sheet.number,
        "title": sheet.label,
        "end_half": sheet.end_half,
        **saving,
        "percent": percent,
        "is_weak": is_weak(percent, saving["low_kg"], saving["high_kg"], limit),
    }


# The page -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class AloneRow:
    """An action alone, in words."""

    number: int
    title: str
    saving: str
    range: str
    percent: str
    counts_from: str
    is_weak: bool


@dataclass(frozen=True)
class SavingsPage:
    """The page of the savings; `path` is None when nothing can be simulated."""

    path: SavingsPath | None
    years: tuple[YearRow, ...]
    alone: tuple[AloneRow, ...]
    chart: SafeString
    unplaced_count: int
    elsewhere: str
    others_count: int

    @property
    def weak_count(self) -> int:
        return sum(row.is_weak for row in self.alone)

    @property
    def verdict(self) -> str:
        return self.path.verdict if self.path else ""

    @property
    def notes(self) -> list[str]:
        """What the figures leave out."""
        count, others = self.unplaced_count, self.others_count
        notes = [self.elsewhere] if self.elsewhere else []
        if count:
            words = pluralise(count, "action simulée n’a pas", "actions simulées n’ont pas")
            verb = pluralise(count, "elle ne compte pas", "elles ne comptent pas")
            notes.append(typography(f"{count} {words} encore de place au calendrier : {verb} dans la trajectoire."))
        if others:
            words = pluralise(others, "action n’agit pas", "actions n’agissent pas")
            effect = pluralise(others, "son effet", "leur effet")
            notes.append(typography(f"{others} {words} sur le parc inventorié : {effect} n’est pas calculé ici."))
        return notes


def savings_page(initiative: Initiative) -> SavingsPage:
    """Return the savings of the live actions of a démarche, for its page. Nine queries at most."""
    roadmap = roadmap_of(initiative)
    if roadmap is None:
        return SavingsPage(None, (), (), SafeString(""), 0, "", 0)
    live = ActionSheet.objects.filter(roadmap=roadmap).exclude(status=ActionStatus.ABANDONED)
    sheets = list(live.select_related("lever").order_by("number"))
    elsewhere = counted_elsewhere(roadmap)
    found = describe_savings(roadmap, sheets, elsewhere)
    path = read_path(found)
    others = sum(not (sheet.lever and sheet.lever.simulation) for sheet in sheets)
    if found is None or path is None:
        return SavingsPage(None, (), (), SafeString(""), 0, elsewhere.label, others)
    return SavingsPage(
        path=path,
        years=year_rows(path),
        alone=alone_rows(found["alone"]),
        chart=draw_path(path) if found["actions_count"] else SafeString(""),
        unplaced_count=len(found["unplaced"]),
        elsewhere=elsewhere.label,
        others_count=others,
    )


def alone_rows(alone: Sequence[dict[str, Any]]) -> tuple[AloneRow, ...]:
    """Return each action alone in words, the most useful first."""
    return tuple(
        AloneRow(
            number=row["number"],
            title=row["title"],
            saving=signed_saving(row["saving_kg"] / KG_PER_T),
            range=format_range(row["low_kg"] / KG_PER_T, row["high_kg"] / KG_PER_T) if row["saving_kg"] else "",
            percent=typography(f"{format_number(row['percent'], 1)} %"),
            counts_from=counts_from_label(row["end_half"]) if row["end_half"] else "sans place au calendrier",
            is_weak=row["is_weak"],
        )
        for row in sorted(alone, key=lambda row: (-row["saving_kg"], row["number"]))
    )


def draw_path(path: SavingsPath) -> SafeString:
    """Draw the path and the line of the objective, with the key."""
    line = Line("Empreinte avec les actions", [(item.year, item.total_t) for item in path.years])
    target = None
    words = ""
    if path.target_t is not None and path.target_year is not None:
        words = f"objectif : {format_significant(path.target_t)} t en {path.target_year}"
        target = (path.target_year, path.target_t, typography(words))
    first, last = path.years[0], path.years[-1]
    title = (
        f"De {format_significant(first.total_t)} t CO₂e par an fin {first.year} à "
        f"{format_significant(last.total_t)} t fin {last.year}."
    )
    chart = draw_trajectory([line], unit="t CO₂e par an", title=typography(title), target=target)
    return SafeString(chart + draw_line_key([line.name], typography(words)))
