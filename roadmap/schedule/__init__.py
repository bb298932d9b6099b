"""A balanced schedule proposed by a solver (HiGHS), why each action stands where it does, or why none is possible.

Pure: dataclasses in and out, no base, no clock.

What the solver minimises, in this order of weight: days over the capacity of a lead and euros over the ceiling of a
year; half-years after the end of the period; half-years by which an action starts before the end of one advised before
it; lateness of quick wins; peaks of load, per lead then overall; lateness of the others, the most useful and the
easiest first. Limits that a person declares firm are constraints instead: when no placement holds them, the proposal
has no placement, and says which cannot hold together. Placements made by hand never move.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadmap.half_years import HalfYear
from roadmap.schedule.conflicts import Cause, Conflict, Demand, Remedy, RemedyKind, find_conflicts
from roadmap.schedule.items import (
    BEYOND,
    TOLERANCE,
    LimitKind,
    Limits,
    Overload,
    Overspend,
    Placement,
    PlannedAction,
    Problem,
    duration_in_half_years,
    even_profile,
    make_problem,
    shift_cost,
    spread_cost,
)
from roadmap.schedule.reasons import Surroundings, explain_placement
from roadmap.schedule.solver import MAX_NODES, Answer, Found, Group, best_starts

__all__ = [
    "BEYOND",
    "Cause",
    "Conflict",
    "Demand",
    "Group",
    "LimitKind",
    "Limits",
    "Overload",
    "Overspend",
    "Placement",
    "PlannedAction",
    "Proposal",
    "Remedy",
    "RemedyKind",
    "duration_in_half_years",
    "even_profile",
    "propose",
    "shift_cost",
    "spread_cost",
]


@dataclass(frozen=True)
class Proposal:
    """The proposed schedule; without placement when `conflicts` tell why none holds the firm limits.

    `is_optimal` is False when the search stopped before it had compared everything.
    """

    placements: tuple[Placement, ...] = ()
    overloads: tuple[Overload, ...] = ()
    overspends: tuple[Overspend, ...] = ()
    advised_order_breaks: tuple[tuple[int, int], ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    is_optimal: bool = True

    @property
    def is_possible(self) -> bool:
        return not self.conflicts


def propose(
    actions: Sequence[PlannedAction],
    *,
    half_years: Sequence[HalfYear],
    limits: Limits,
    max_nodes: int = MAX_NODES,
) -> Proposal:
    """Place the actions over the half-years of the period. The order of the actions changes nothing."""
    if not actions or not half_years:
        return Proposal()
    problem = make_problem(actions, half_years, limits)
    found = best_starts(problem, max_nodes=max_nodes)
    if not found.has_starts:
        conflicts = find_conflicts(problem)
        if conflicts:
            return Proposal(conflicts=conflicts, is_optimal=False)
        found = _in_turn(problem)
    return _describe(problem, found)


def _describe(problem: Problem, found: Found) -> Proposal:
    starts, limits = found.starts, problem.limits
    loads = problem.loads(starts, problem.horizon(is_end_firm=False))
    spending = problem.spending(starts)
    around = Surroundings(problem, starts, loads, spending)
    return Proposal(
        placements=tuple(
            Placement(
                key=action.key,
                start=starts[action.key],
                end=starts[action.key] + action.duration - 1,
                reason=explain_placement(action, around),
                is_fixed=action.fixed_start is not None,
            )
            for action in problem.actions
        ),
        overloads=tuple(
            Overload(lead, rank, days - limits.capacity_of(lead))
            for lead, row in sorted(loads.items())
            for rank, days in enumerate(row)
            if days > limits.capacity_of(lead) + TOLERANCE
        ),
        overspends=tuple(
            Overspend(year, spending[year] - ceiling)
            for year, ceiling in sorted(limits.ceilings.items())
            if spending[year] > ceiling + TOLERANCE
        ),
        advised_order_breaks=_order_breaks(problem, starts),
        is_optimal=found.answer is Answer.OPTIMAL,
    )


def _order_breaks(problem: Problem, starts: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    by_key = {action.key: action for action in problem.actions}
    return tuple(
        (before, action.key)
        for action in problem.actions
        for before in action.prerequisites
        if before in by_key and starts[before] + by_key[before].duration > starts[action.key]
    )


def _in_turn(problem: Problem) -> Found:
    """Place each action in turn where it exceeds the least: the answer when the search found none."""
    starts: dict[int, int] = {}
    horizon = problem.horizon(is_end_firm=LimitKind.END in problem.limits.firm)
    rows: dict[str, list[float]] = {lead: [0.0] * horizon for lead in problem.leads}
    for action in sorted(problem.actions, key=lambda item: (item.fixed_start is None, not item.is_quick_win, item.key)):
        row, capacity = rows[action.lead], problem.limits.capacity_of(action.lead)

        def excess(
            start: int, action: PlannedAction = action, row: list[float] = row, limit: float = capacity
        ) -> float:
            return sum(max(0.0, row[rank] + action.days_at(start, rank) - limit) for rank in range(horizon))

        best = min(problem.starts_of(action, horizon), key=lambda start: (excess(start), start))
        starts[action.key] = best
        for rank in range(horizon):
            row[rank] += action.days_at(best, rank)
    return Found(Answer.FEASIBLE, starts)
