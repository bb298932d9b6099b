"""Load of each lead per half-year. Pure: dataclasses in and out.

Days of an action: those written half-year by half-year when they are, else its total spread evenly over its span.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from roadmap.half_years import HalfYear

UNLED = "Sans pilote"
ROUNDING = 1e-6


@dataclass(frozen=True)
class LoadedAction:
    """An action as the load sees it. `days_by_half_year` maps codes to days; empty means: spread `days` evenly."""

    key: int
    label: str
    lead: str
    days: float
    start: HalfYear | None
    end: HalfYear | None
    days_by_half_year: Mapping[str, float] = field(default_factory=dict)
    is_placed_by_hand: bool = False
    prerequisites: tuple[int, ...] = ()


@dataclass(frozen=True)
class LoadCell:
    """Days of a lead in a half-year, against what it can give."""

    half_year: HalfYear
    days: float
    capacity: float

    @property
    def excess_days(self) -> float:
        excess = self.days - self.capacity
        return excess if excess > ROUNDING else 0.0


@dataclass(frozen=True)
class LeadLoad:
    """A row of the load table."""

    lead: str
    capacity: float
    cells: tuple[LoadCell, ...]

    @property
    def total_days(self) -> float:
        return sum(cell.days for cell in self.cells)


@dataclass(frozen=True)
class Relief:
    """A lead over its capacity in a half-year, and a single move that suffices there, when there is one."""

    lead: str
    half_year: HalfYear
    excess_days: float
    action_key: int | None
    action_label: str
    shift: int


def days_of(action: LoadedAction) -> dict[str, float]:
    """Return the days of an action, half-year code → days. Empty when it is not placed and has no detail."""
    if action.days_by_half_year:
        return dict(action.days_by_half_year)
    if action.start is None or action.end is None:
        return {}
    span = action.end.minus(action.start) + 1
    return {action.start.plus(rank).code: action.days / span for rank in range(span)}


def shifted(action: LoadedAction, count: int) -> LoadedAction:
    """Return the action placed `count` half-years later (earlier when negative), its detail of days with it."""
    if action.start is None or action.end is None:
        return action
    detail = {HalfYear.from_code(code).plus(count).code: days for code, days in action.days_by_half_year.items()}
    return LoadedAction(
        key=action.key,
        label=action.label,
        lead=action.lead,
        days=action.days,
        start=action.start.plus(count),
        end=action.end.plus(count),
        days_by_half_year=detail,
        is_placed_by_hand=action.is_placed_by_hand,
        prerequisites=action.prerequisites,
    )


def lead_loads(
    actions: Sequence[LoadedAction],
    half_years: Sequence[HalfYear],
    capacities: Mapping[str, float],
    default_capacity: float,
) -> list[LeadLoad]:
    """Return the load of each lead, heaviest first then by name. Days outside the period are left out."""
    by_lead: dict[str, dict[str, float]] = {}
    for action in actions:
        row = by_lead.setdefault(action.lead or UNLED, {})
        for code, days in days_of(action).items():
            row[code] = row.get(code, 0.0) + days
    loads = []
    for lead, row in by_lead.items():
        capacity = capacities.get(lead, default_capacity)
        cells = tuple(LoadCell(half_year, row.get(half_year.code, 0.0), capacity) for half_year in half_years)
        loads.append(LeadLoad(lead, capacity, cells))
    return sorted(loads, key=lambda load: (-load.total_days, load.lead))


def _breaks_order(moved: LoadedAction, actions: Sequence[LoadedAction]) -> bool:
    """Tell whether the moved action now starts before one advised before it ends, or the reverse."""
    for other in actions:
        if other.key == moved.key or None in (other.start, other.end, moved.start, moved.end):
            continue
        if other.key in moved.prerequisites and moved.start <= other.end:  # type: ignore[operator]
            return True
        if moved.key in other.prerequisites and other.start <= moved.end:  # type: ignore[operator]
            return True
    return False


def _relieves(before: LeadLoad, after: LeadLoad, cell: LoadCell) -> bool:
    """Tell whether the half-year of the cell is no longer over, and no other one is more over than it was."""
    return all(
        new.excess_days == 0 if new.half_year == cell.half_year else new.excess_days <= old.excess_days + ROUNDING
        for old, new in zip(before.cells, after.cells, strict=True)
    )


def _find_relief(
    lead: LeadLoad,
    cell: LoadCell,
    actions: Sequence[LoadedAction],
    half_years: Sequence[HalfYear],
    capacities: Mapping[str, float],
    default_capacity: float,
) -> Relief:
    candidates = [
        action
        for action in actions
        if (action.lead or UNLED) == lead.lead
        and not action.is_placed_by_hand
        and action.start is not None
        and days_of(action).get(cell.half_year.code, 0.0) > ROUNDING
    ]
    first, last = half_years[0], half_years[-1]
    for shift in (1, -1, 2, -2):
        for action in sorted(candidates, key=lambda item: item.key):
            moved = shifted(action, shift)
            if moved.start is None or moved.end is None or moved.start < first or moved.end > last:
                continue
            others = [other for other in actions if other.key != action.key]
            if _breaks_order(moved, others):
                continue
            loads = lead_loads([*others, moved], half_years, capacities, default_capacity)
            after = next(load for load in loads if load.lead == lead.lead)
            if _relieves(lead, after, cell):
                return Relief(lead.lead, cell.half_year, cell.excess_days, action.key, action.label, shift)
    return Relief(lead.lead, cell.half_year, cell.excess_days, None, "", 0)


def reliefs(
    loads: Sequence[LeadLoad],
    actions: Sequence[LoadedAction],
    half_years: Sequence[HalfYear],
    capacities: Mapping[str, float],
    default_capacity: float,
) -> list[Relief]:
    """Return each half-year where a lead is over its capacity, with the single move that suffices when there is one.

    A move never touches an action placed by hand, never breaks the advised order and stays inside the period.
    """
    return [
        _find_relief(load, cell, actions, half_years, capacities, default_capacity)
        for load in loads
        for cell in load.cells
        if cell.excess_days
    ]


# Balance -------------------------------------------------------------------------------------------------------------
class ImbalanceKind(StrEnum):
    """What is uneven: a half-year or a lead over twice the mean, half-years without anything."""

    HALF_YEAR = "half_year"
    LEAD = "lead"
    EMPTY = "empty"


@dataclass(frozen=True)
class Imbalance:
    """Something uneven, and an action whose move (or whose change of lead) helps, when there is one."""

    kind: ImbalanceKind
    half_years: tuple[HalfYear, ...] = ()
    lead: str = ""
    days: float = 0.0
    mean: float = 0.0
    action_key: int | None = None
    action_label: str = ""
    target: HalfYear | None = None


def imbalances(
    loads: Sequence[LeadLoad], actions: Sequence[LoadedAction], period: Sequence[HalfYear]
) -> list[Imbalance]:
    """Return what is uneven in the period: each half-year and each lead over twice the mean, half-years left empty.

    An empty half-year is only told once every action has its place.
    """
    codes = {half_year.code for half_year in period}
    totals = {
        half_year: sum(cell.days for load in loads for cell in load.cells if cell.half_year == half_year)
        for half_year in period
    }
    whole = sum(totals.values())
    if whole <= ROUNDING or len(period) < 2:
        return []
    mean = whole / len(period)
    found = []
    for half_year, days in totals.items():
        if days > 2 * mean + ROUNDING:
            others = sorted((item for item in period if item != half_year), key=lambda item: (totals[item], item))
            helping = _move_between(actions, half_year, others, period)
            found.append(Imbalance(ImbalanceKind.HALF_YEAR, (half_year,), "", days, mean, *helping))
    empty = tuple(half_year for half_year, days in totals.items() if days <= ROUNDING)
    if empty and all(action.start is not None for action in actions):
        heaviest = sorted(period, key=lambda item: (-totals[item], item))
        moves = (_move_between(actions, item, empty[:1], period) for item in heaviest if totals[item] > mean)
        helping = next((move for move in moves if move[0] is not None), (None, "", None))
        found.append(Imbalance(ImbalanceKind.EMPTY, empty, "", 0.0, mean, *helping))
    return found + _uneven_leads(loads, actions, codes)


def _move_between(
    actions: Sequence[LoadedAction], source: HalfYear, targets: Sequence[HalfYear], period: Sequence[HalfYear]
) -> tuple[int | None, str, HalfYear | None]:
    """Return the action with the most days in a half-year that may go to one of the targets, and that target."""
    movable = [action for action in actions if action.start == source and not action.is_placed_by_hand]
    for target in targets:
        for action in sorted(movable, key=lambda item: (-days_of(item).get(source.code, 0.0), item.key)):
            moved = shifted(action, target.minus(source))
            is_inside = moved.start is not None and moved.end is not None and moved.end <= period[-1]
            if is_inside and not _breaks_order(moved, actions):
                return action.key, action.label, target
    return None, "", None


def _uneven_leads(
    loads: Sequence[LeadLoad], actions: Sequence[LoadedAction], codes: Collection[str]
) -> list[Imbalance]:
    led = [(load.lead, sum(cell.days for cell in load.cells if cell.half_year.code in codes)) for load in loads]
    if len(led) < 2:
        return []
    mean = sum(days for _, days in led) / len(led)
    found = []
    for lead, days in led:
        if lead == UNLED or days <= 2 * mean + ROUNDING:
            continue
        own = sorted(
            (sum(days_of(action).values()), action.key, action.label) for action in actions if action.lead == lead
        )
        # The lightest action whose departure suffices, else the heaviest.
        enough = [item for item in own if item[0] >= days - 2 * mean]
        _, key, label = enough[0] if enough else own[-1]
        found.append(Imbalance(ImbalanceKind.LEAD, (), lead, days, mean, key, label))
    return found
