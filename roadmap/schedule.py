"""A balanced schedule proposed by a solver (HiGHS), and why each action stands where it does.

Pure: dataclasses in and out, no base, no clock. The half-years of the period are ranks, 0 for the first one.

What the solver minimises, in this order of weight: days over the capacity of a lead; half-years by which an action
starts before the end of one advised before it; lateness of quick wins; peaks of load, per lead then overall; lateness
of the others, the most useful and the easiest first. Nothing is a block: where the capacity cannot hold, the proposal
goes over it and says so. Placements made by hand never move.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy

OVERLOAD_WEIGHT = 1000.0  # per day over the capacity
ORDER_WEIGHT = 60.0  # per half-year of advance on an advised action
QUICK_WIN_WEIGHT = 12.0  # per half-year of lateness
LEAD_PEAK_WEIGHT = 1.0  # per day of the heaviest half-year of a lead
TOTAL_PEAK_WEIGHT = 0.5  # per day of the heaviest half-year of all leads together
LATENESS_WEIGHT = 0.3  # per half-year of lateness and per point of (impact + ease), from 2 to 10
TIE_BREAK = 0.0005  # keeps one optimum among equals: actions in the order of their keys
TOLERANCE = 1e-6


@dataclass(frozen=True)
class PlannedAction:
    """An action to place. `profile`: days in its first half-year, its second…, possibly longer than `duration`."""

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
class Proposal:
    """The proposed schedule. `is_optimal` is False when the time limit stopped the search."""

    placements: tuple[Placement, ...]
    overloads: tuple[Overload, ...] = ()
    advised_order_breaks: tuple[tuple[int, int], ...] = field(default=())
    is_optimal: bool = True

    @property
    def is_capacity_relaxed(self) -> bool:
        return bool(self.overloads)


def even_profile(days: float, duration: int) -> tuple[float, ...]:
    """Spread days evenly over a duration in half-years."""
    return (days / duration,) * duration


def duration_in_half_years(delay_months: int, period: int) -> int:
    """Return how many half-years a delay in months takes, from one to the whole period."""
    return max(1, min(period, math.ceil(delay_months / 6)))


def _load_at(action: PlannedAction, start: int, rank: int) -> float:
    offset = rank - start
    return action.profile[offset] if 0 <= offset < len(action.profile) else 0.0


def _loads(actions: Sequence[PlannedAction], starts: Mapping[int, int], period: int) -> dict[str, list[float]]:
    loads: dict[str, list[float]] = {}
    for action in actions:
        row = loads.setdefault(action.lead, [0.0] * period)
        for rank in range(period):
            row[rank] += _load_at(action, starts[action.key], rank)
    return loads


def _last_start(action: PlannedAction, period: int) -> int:
    return max(0, period - action.duration)


class _QuietHighs(highspy.Highs):
    """The solver without its banner, which is printed before `silent()` can be called on it."""

    def enableCallbacks(self) -> None:
        self.silent()
        enable: Any = super().enableCallbacks
        enable()


class _Model:
    """The mixed-integer model of one proposal."""

    def __init__(
        self,
        actions: Sequence[PlannedAction],
        period: int,
        capacities: Mapping[str, float],
        default_capacity: float,
        time_limit_s: float,
    ) -> None:
        self.actions = actions
        self.period = period
        make_solver: Any = _QuietHighs
        self.highs: Any = make_solver()
        self.highs.silent()
        options: dict[str, Any] = {
            "random_seed": 0,
            "threads": 1,
            "parallel": "off",
            "mip_rel_gap": 0.0,
            "mip_abs_gap": TIE_BREAK / 10,
            "time_limit": time_limit_s,
        }
        for option, value in options.items():
            self.highs.setOptionValue(option, value)
        self.starts: dict[int, dict[int, Any]] = {}
        self._add_starts()
        self._add_capacity(capacities, default_capacity)
        self._add_order()

    def _start_cost(self, action: PlannedAction, rank: int, position: int) -> float:
        ease = 6 - action.effort
        lateness = QUICK_WIN_WEIGHT if action.is_quick_win else LATENESS_WEIGHT * (action.impact + ease)
        return lateness * rank + TIE_BREAK * (position + 1) * rank

    def _add_starts(self) -> None:
        for position, action in enumerate(self.actions):
            ranks = (
                [action.fixed_start]
                if action.fixed_start is not None
                else list(range(_last_start(action, self.period) + 1))
            )
            binaries = {rank: self.highs.addBinary(obj=self._start_cost(action, rank, position)) for rank in ranks}
            self.highs.addConstr(sum(binaries.values()) == 1)
            self.starts[action.key] = binaries

    def _add_capacity(self, capacities: Mapping[str, float], default_capacity: float) -> None:
        total_peak = self.highs.addVariable(lb=0, obj=TOTAL_PEAK_WEIGHT)
        leads = sorted({action.lead for action in self.actions})
        totals: list[list[Any]] = [[] for _ in range(self.period)]
        for lead in leads:
            capacity = capacities.get(lead, default_capacity)
            peak = self.highs.addVariable(lb=0, obj=LEAD_PEAK_WEIGHT)
            for rank in range(self.period):
                terms = [
                    load * binary
                    for action in self.actions
                    if action.lead == lead
                    for start, binary in self.starts[action.key].items()
                    if (load := _load_at(action, start, rank)) > 0
                ]
                if not terms:
                    continue
                excess = self.highs.addVariable(lb=0, obj=OVERLOAD_WEIGHT)
                self.highs.addConstr(sum(terms) - excess <= capacity)
                self.highs.addConstr(sum(terms) - peak <= 0)
                totals[rank] += terms
        for terms in totals:
            if terms:
                self.highs.addConstr(sum(terms) - total_peak <= 0)

    def _add_order(self) -> None:
        by_key = {action.key: action for action in self.actions}
        for action in self.actions:
            for before_key in action.prerequisites:
                before = by_key.get(before_key)
                if before is None:
                    continue
                advance = self.highs.addVariable(lb=0, obj=ORDER_WEIGHT)
                start = sum(rank * binary for rank, binary in self.starts[action.key].items())
                ends = sum((rank + before.duration) * binary for rank, binary in self.starts[before_key].items())
                self.highs.addConstr(start - ends + advance >= 0)

    def solve(self) -> tuple[dict[int, int] | None, bool]:
        """Return the start of each action (None when time ran out before a first answer), and whether it is optimal."""
        self.highs.run()
        is_optimal = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        values = self.highs.getSolution().col_value
        if not values or not self.highs.getSolution().value_valid:
            return None, False
        starts = {}
        for key, binaries in self.starts.items():
            starts[key] = max(binaries, key=lambda rank: (values[binaries[rank].index], -rank))
        return starts, is_optimal


def _greedy(
    actions: Sequence[PlannedAction], period: int, capacities: Mapping[str, float], default_capacity: float
) -> dict[int, int]:
    """Place each action in turn at the first half-year that its lead can bear: the answer when time runs out."""
    starts: dict[int, int] = {}
    rows: dict[str, list[float]] = {}
    for action in sorted(actions, key=lambda item: (item.fixed_start is None, not item.is_quick_win, item.key)):
        row = rows.setdefault(action.lead, [0.0] * period)
        capacity = capacities.get(action.lead, default_capacity)

        def excess(
            start: int, action: PlannedAction = action, row: list[float] = row, limit: float = capacity
        ) -> float:
            return sum(max(0.0, row[rank] + _load_at(action, start, rank) - limit) for rank in range(period))

        options = [action.fixed_start] if action.fixed_start is not None else range(_last_start(action, period) + 1)
        best = min(options, key=lambda start: (excess(start), start))
        starts[action.key] = best
        for rank in range(period):
            row[rank] += _load_at(action, best, rank)
    return starts


def _explain(
    action: PlannedAction,
    starts: Mapping[int, int],
    by_key: Mapping[int, PlannedAction],
    loads: Mapping[str, list[float]],
    capacity: float,
    labels: Sequence[str],
) -> str:
    """Return why an action stands where it does, in one sentence."""
    start = starts[action.key]
    if action.fixed_start is not None:
        return action.fixed_reason
    before = [by_key[key] for key in action.prerequisites if key in by_key]
    late = [item for item in before if starts[item.key] + item.duration > start]
    if late:
        return f"Commence avant la fin de « {late[0].label} », conseillée avant : l’ordre ne tient pas avec la charge."
    if start == 0:
        return (
            "Gain rapide : placé dès le début." if action.is_quick_win else "Placée dès le début : la charge le permet."
        )
    last_end, last_label = max(((starts[item.key] + item.duration, item.label) for item in before), default=(-1, ""))
    if last_end == start:
        return f"Après « {last_label} », conseillée avant."
    row = loads[action.lead]
    for rank in range(start - 1, start - 1 + action.duration):
        others = row[rank] - _load_at(action, start, rank)
        if others + _load_at(action, start - 1, rank) > capacity + TOLERANCE:
            return f"Plus tôt, la charge de son pilote dépasserait {capacity:.0f} jours au {labels[rank]}."
    return "Place qui équilibre la charge de son pilote."


def propose(
    actions: Sequence[PlannedAction],
    *,
    labels: Sequence[str],
    capacities: Mapping[str, float],
    default_capacity: float,
    time_limit_s: float = 5.0,
) -> Proposal:
    """Place the actions over the half-years named by `labels`. The order of the actions changes nothing.

    `capacities`: lead → days per half-year. Always answers: without an optimum in time, with the best plan found.
    """
    if not actions or not labels:
        return Proposal(placements=())
    period = len(labels)
    ordered = sorted(actions, key=lambda action: action.key)
    starts, is_optimal = _Model(ordered, period, capacities, default_capacity, time_limit_s).solve()
    if starts is None:
        starts = _greedy(ordered, period, capacities, default_capacity)
    by_key = {action.key: action for action in ordered}
    loads = _loads(ordered, starts, period)
    placements = tuple(
        Placement(
            key=action.key,
            start=starts[action.key],
            end=starts[action.key] + action.duration - 1,
            reason=_explain(action, starts, by_key, loads, capacities.get(action.lead, default_capacity), labels),
            is_fixed=action.fixed_start is not None,
        )
        for action in ordered
    )
    overloads = tuple(
        Overload(lead, rank, days - capacities.get(lead, default_capacity))
        for lead, row in sorted(loads.items())
        for rank, days in enumerate(row)
        if days > capacities.get(lead, default_capacity) + TOLERANCE
    )
    breaks = tuple(
        (before, action.key)
        for action in ordered
        for before in action.prerequisites
        if before in by_key and starts[before] + by_key[before].duration > starts[action.key]
    )
    return Proposal(placements, overloads, breaks, is_optimal)
