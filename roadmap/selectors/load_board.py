"""The load of each lead and the budget of each year, what is too much, what is uneven, and the gesture that helps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.heat import HeatCell, draw_heat
from common.text import typography
from roadmap.half_years import HalfYear
from roadmap.load import Imbalance, ImbalanceKind, LeadLoad, LoadedAction, Relief, imbalances, lead_loads, reliefs
from roadmap.models import ActionSheet, Roadmap
from roadmap.schedule.words import days
from roadmap.selectors.schedule import (
    STARTED,
    advised_before,
    capacities_of,
    ceilings_of,
    lead_of,
    period_of,
    shown_half_years,
    yearly_costs,
)


@dataclass(frozen=True)
class Advice:
    """Something too heavy or uneven, and what to do about it, in words. `action_key`: the sheet to move, or None.

    `is_lead`: the gesture is to give the action to another lead rather than to move it.
    """

    title: str
    advice: str
    action_key: int | None
    is_lead: bool = False


@dataclass(frozen=True)
class YearBudget:
    """What the placed actions cost in a year, against its ceiling (None without one)."""

    year: int
    planned_eur: float
    ceiling_eur: float | None

    @property
    def excess_eur(self) -> float:
        return max(0.0, self.planned_eur - self.ceiling_eur) if self.ceiling_eur is not None else 0.0


@dataclass(frozen=True)
class LoadBoard:
    """Load of each lead, and what would bring back under its capacity those who are over."""

    loads: tuple[LeadLoad, ...]
    half_years: tuple[HalfYear, ...]
    reliefs: tuple[Advice, ...]
    imbalances: tuple[Advice, ...]
    sheets_without_days: tuple[ActionSheet, ...]

    @property
    def over_count(self) -> int:
        return sum(1 for load in self.loads for cell in load.cells if cell.excess_days)

    @property
    def totals(self) -> list[float]:
        """Days of each half-year, all leads together."""
        return [sum(load.cells[rank].days for load in self.loads) for rank in range(len(self.half_years))]


def loaded_actions(sheets: Sequence[ActionSheet]) -> list[LoadedAction]:
    """Return the sheets as the load sees them."""
    before = advised_before(sheets)
    return [
        LoadedAction(
            key=sheet.pk,
            label=sheet.label,
            lead=lead_of(sheet),
            days=float(sheet.human_days or 0),
            start=sheet.start,
            end=sheet.end,
            days_by_half_year={code: float(days) for code, days in sheet.human_days_by_half_year.items()},
            is_placed_by_hand=sheet.is_placed_by_hand or sheet.status in STARTED,
            prerequisites=before[sheet.pk],
        )
        for sheet in sheets
    ]


def load_board(roadmap: Roadmap, sheets: Sequence[ActionSheet], *, is_whole: bool = False) -> LoadBoard:
    """Return the load per lead and half-year of these sheets. One query (the capacities).

    `is_whole`: also the half-years after the period where an action lies or may lie.
    """
    period = period_of(roadmap)
    half_years = shown_half_years(roadmap, sheets) if is_whole else period
    capacities = capacities_of(roadmap)
    default = float(roadmap.default_capacity_days)
    actions = loaded_actions(sheets)
    loads = lead_loads(actions, half_years, capacities, default)
    return LoadBoard(
        loads=tuple(loads),
        half_years=tuple(half_years),
        reliefs=tuple(_advice_on(reliefs(loads, actions, half_years, capacities, default))),
        imbalances=tuple(_imbalance(item) for item in imbalances(loads, actions, period)),
        sheets_without_days=tuple(sheet for sheet in sheets if sheet.human_days is None),
    )


@dataclass(frozen=True)
class HeatRow:
    """A lead with the drawing of its load."""

    lead: str
    drawing: SafeString


def load_heat(board: LoadBoard) -> list[HeatRow]:
    """Return the drawing of each lead that has days."""
    labels = [half_year.short_label for half_year in board.half_years]
    return [
        HeatRow(load.lead, draw_heat([HeatCell(cell.days, cell.capacity) for cell in load.cells], labels))
        for load in board.loads
        if load.total_days
    ]


def year_budgets(roadmap: Roadmap, sheets: Sequence[ActionSheet]) -> list[YearBudget]:
    """Return what the placed actions cost each year of the period. One query (the ceilings), sheets costed."""
    ceilings = ceilings_of(roadmap)
    totals: dict[int, float] = {half_year.year: 0.0 for half_year in period_of(roadmap)}
    for sheet in sheets:
        if sheet.start and sheet.end:
            for year, cost in yearly_costs(sheet, sheet.start, sheet.end.minus(sheet.start) + 1).items():
                totals[year] = totals.get(year, 0.0) + cost
    return [YearBudget(year, total, ceilings.get(year)) for year, total in sorted(totals.items())]


def _advice_on(found: Sequence[Relief]) -> Iterator[Advice]:
    """Give one piece of advice for each move that would do, then one for each lead whom no move relieves."""
    hard: dict[str, list[Relief]] = {}
    for relief in found:
        if relief.action_key is None:
            hard.setdefault(relief.lead, []).append(relief)
            continue
        verb = "Repousser" if relief.shift > 0 else "Avancer"
        count = abs(relief.shift)
        span = "d’un semestre" if count == 1 else f"de {count} semestres"
        gesture = f"{verb} « {relief.action_label} » {span} suffit, sans toucher à l’ordre conseillé."
        title = f"{relief.lead} : {days(relief.excess_days)} de trop au {relief.half_year.label}"
        yield Advice(typography(title), typography(gesture), relief.action_key)
    for lead, items in hard.items():
        told = ", ".join(f"{days(item.excess_days)} de trop au {item.half_year.label}" for item in items)
        gesture = (
            "Déplacer une seule action ne suffit pas, sans toucher à ce qui est placé à la main : étalez des jours, "
            "ou changez un pilote."
        )
        yield Advice(typography(f"{lead} : {told}"), typography(gesture), None)


def _imbalance(item: Imbalance) -> Advice:
    names = [half_year.label for half_year in item.half_years]
    mean = days(item.mean)
    if item.kind is ImbalanceKind.LEAD:
        title = f"{item.lead} porte {days(item.days)}, plus du double de la moyenne des pilotes ({mean})"
        gesture = f"Confier « {item.action_label} » à un autre pilote l’allégerait."
    elif item.kind is ImbalanceKind.EMPTY:
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et au {names[-1]}"
        title = f"Rien n’est prévu au {listed}"
        gesture = f"Déplacer « {item.action_label} » au {item.target.label} y aiderait." if item.target else ""
    else:
        title = f"Le {names[0]} porte {days(item.days)}, plus du double de la moyenne des semestres ({mean})"
        gesture = f"Déplacer « {item.action_label} » au {item.target.label} l’allégerait." if item.target else ""
    if not item.action_key:
        gesture = "Aucune action ne peut bouger sans toucher à ce qui est placé à la main ou à l’ordre conseillé."
    return Advice(typography(title), typography(gesture), item.action_key, item.kind is ImbalanceKind.LEAD)
