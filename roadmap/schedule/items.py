"""What a schedule is made of: actions, limits, placements. Half-years are ranks, 0 for the first of the period."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from roadmap.half_years import HalfYear

TOLERANCE = 1e-6
# Half-years that a proposal may use after the period, when its end is not firm.
BEYOND = 2


class LimitKind(StrEnum):
    """What a person may declare firm. The recommended order is advice and never is."""

    CAPACITY = "capacity"
    CEILING = "ceiling"
    END = "end"


@dataclass(frozen=True)
class PlannedAction:
    """An action to place. `profile`: days in its first half-year, its second…, possibly longer than `duration`.

    `costs`: for each possible start, euros by year; empty when the action costs nothing. `fixed_start` may lie outside
    the period: what is kept stays where it is.
    """

    key: int
    label: str
    lead: str
    duration: int
    profile: tuple[float, ...]
    is_quick_win: bool = False
    impact: int = 3
    effort: int = 3
    prerequisites: tuple[int, ...] = ()
    fixed_start: int | None = None
    fixed_reason: str = "Placée à la main : gardée."
    is_placed_by_hand: bool = False
    costs: Mapping[int, Mapping[int, float]] = field(default_factory=dict)

    def days_at(self, start: int, rank: int) -> float:
        """Return the days of a half-year when the action begins at `start`."""
        offset = rank - start
        return self.profile[offset] if 0 <= offset < len(self.profile) else 0.0

    def cost_at(self, start: int, year: int) -> float:
        """Return the euros of a year when the action begins at `start`."""
        return self.costs.get(start, {}).get(year, 0.0)

    def costs_in(self, years: Collection[int]) -> bool:
        """Tell whether the action may cost something in one of these years."""
        return any(cost > 0 for costs in self.costs.values() for year, cost in costs.items() if year in years)


@dataclass(frozen=True)
class Limits:
    """What a schedule must hold (`firm`) or should hold.

    `capacities`: lead → days per half-year; the others have `default_capacity`. `ceilings`: year → euros; a year
    without ceiling is free.
    """

    default_capacity: float
    capacities: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[int, float] = field(default_factory=dict)
    firm: frozenset[LimitKind] = frozenset({LimitKind.END})

    def capacity_of(self, lead: str) -> float:
        return self.capacities.get(lead, self.default_capacity)


@dataclass(frozen=True)
class Placement:
    """Where an action is proposed: first and last rank, and why in one French sentence."""

    key: int
    start: int
    end: int
    reason: str
    is_fixed: bool = False


@dataclass(frozen=True)
class Overload:
    """A lead over its capacity in a half-year of the proposal."""

    lead: str
    rank: int
    excess_days: float


@dataclass(frozen=True)
class Overspend:
    """A year over its budget ceiling in the proposal."""

    year: int
    excess_eur: float


@dataclass(frozen=True)
class Problem:
    """A schedule to work out: actions in the order of their keys, half-years of the period, limits."""

    actions: tuple[PlannedAction, ...]
    half_years: tuple[HalfYear, ...]
    limits: Limits

    @property
    def period(self) -> int:
        return len(self.half_years)

    @property
    def leads(self) -> list[str]:
        return sorted({action.lead for action in self.actions})

    def horizon(self, *, is_end_firm: bool) -> int:
        return self.period if is_end_firm else self.period + BEYOND

    def half_year(self, rank: int) -> HalfYear:
        return self.half_years[0].plus(rank)

    def starts_of(self, action: PlannedAction, horizon: int) -> list[int]:
        """Return the ranks where an action may begin."""
        if action.fixed_start is not None:
            return [action.fixed_start]
        return list(range(max(0, horizon - action.duration) + 1))

    def loads(self, starts: Mapping[int, int], horizon: int) -> dict[str, list[float]]:
        """Return the days of each lead, rank by rank."""
        rows: dict[str, list[float]] = {lead: [0.0] * horizon for lead in self.leads}
        for action in self.actions:
            for rank in range(horizon):
                rows[action.lead][rank] += action.days_at(starts[action.key], rank)
        return rows

    def spending(self, starts: Mapping[int, int]) -> dict[int, float]:
        """Return the euros of each year that has a ceiling."""
        return {
            year: sum(action.cost_at(starts[action.key], year) for action in self.actions)
            for year in sorted(self.limits.ceilings)
        }


def make_problem(actions: Sequence[PlannedAction], half_years: Sequence[HalfYear], limits: Limits) -> Problem:
    """Return the problem, in one order whatever the order of the actions."""
    return Problem(tuple(sorted(actions, key=lambda action: action.key)), tuple(half_years), limits)


def even_profile(days: float, duration: int) -> tuple[float, ...]:
    """Spread days evenly over a duration in half-years."""
    return (days / duration,) * duration


def duration_in_half_years(delay_months: int, period: int) -> int:
    """Return how many half-years a delay in months takes, from one to the whole period."""
    return max(1, min(period, math.ceil(delay_months / 6)))


def spread_cost(total_eur: float, start: HalfYear, duration: int) -> dict[int, float]:
    """Return euros by year of an action whose budget has no year: as much in each of its half-years."""
    costs: dict[int, float] = {}
    for rank in range(duration):
        year = start.plus(rank).year
        costs[year] = costs.get(year, 0.0) + total_eur / duration
    return costs


def shift_cost(lines: Mapping[int, float], placed: HalfYear | None, start: HalfYear) -> dict[int, float]:
    """Return euros by year of an action whose budget is written by year, begun at `start`.

    The lines follow the action from year to year; those of an action without place keep their years.
    """
    shift = start.year - placed.year if placed else 0
    return {year + shift: euros for year, euros in lines.items()}
