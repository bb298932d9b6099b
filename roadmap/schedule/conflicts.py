"""Why no schedule holds the firm limits, and what would make one hold.

A deletion filter drops the groups of constraints one after the other: those without which a schedule appears are a
smallest set that cannot hold together. For each set, small programs answer: how many days or euros more, how many
half-years more, which actions to leave out, or whether giving back the placements made by hand is enough.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from roadmap.schedule.items import BEYOND, TOLERANCE, LimitKind, PlannedAction, Problem
from roadmap.schedule.solver import Answer, Group, can_hold, groups_of, least_dropped, least_excess

MOST_CONFLICTS = 5
MOST_DROPPED = 3
DROP_WEIGHT = 10.0  # one action left out costs more than the most useful instead of the least useful


class Cause(StrEnum):
    """What makes a limit too low, the plainest first."""

    FIXED = "fixed"  # what is kept exceeds it by itself
    SINGLE = "single"  # one action exceeds it wherever it stands
    TOTAL = "total"  # all the actions together exceed the whole period
    TOGETHER = "together"  # no placement fits, although the sums do


class RemedyKind(StrEnum):
    """What would make the limits hold."""

    RAISE = "raise"
    EXTEND = "extend"
    DROP = "drop"
    RELEASE = "release"


@dataclass(frozen=True)
class Demand:
    """What is asked of limits and what they can give: days of a half-year or of the period, euros of some years."""

    groups: tuple[Group, ...]
    cause: Cause
    demanded: float
    possible: float
    rank: int | None = None
    label: str = ""


@dataclass(frozen=True)
class Remedy:
    """One thing that suffices. `amount`: days per half-year, euros, or half-years; `keys`: actions to leave out."""

    kind: RemedyKind
    group: Group | None = None
    amount: float = 0.0
    keys: tuple[int, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot hold together. `is_proven` is False when the search only found no schedule in its nodes."""

    groups: tuple[Group, ...]
    demands: tuple[Demand, ...]
    remedies: tuple[Remedy, ...]
    is_proven: bool = True


def find_conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Return the smallest sets of firm limits that cannot hold, each with its figures and its remedies.

    Each lead by itself comes first, then the budget by itself, then what only clashes together.
    """
    left = groups_of(problem)
    sets: list[tuple[list[Group], bool]] = []
    for family in _families(left):
        core = [group for group in left if group in family or group.kind is LimitKind.END]
        _take_set(problem, core, left, sets)
    while left and _take_set(problem, left, left, sets):
        pass
    holding = left if can_hold(problem, left).has_starts else []
    return tuple(_conflict(problem, groups, holding, is_proven) for groups, is_proven in sets)


def _families(groups: Collection[Group]) -> list[list[Group]]:
    years = [group for group in groups if group.kind is LimitKind.CEILING]
    return [*([group] for group in groups if group.kind is LimitKind.CAPACITY), *([years] if years else [])]


def _take_set(
    problem: Problem, core: Collection[Group], left: list[Group], sets: list[tuple[list[Group], bool]]
) -> bool:
    """Move a smallest set from `left` to `sets` when the core cannot hold; the end of the period stays in `left`."""
    if len(sets) >= MOST_CONFLICTS:
        return False
    answer = can_hold(problem, core)
    if answer.has_starts:
        return False
    smallest = _smallest_set(problem, core)
    sets.append((smallest, answer.answer is Answer.IMPOSSIBLE))
    gone = [group for group in smallest if group.kind is not LimitKind.END]
    for group in gone:
        left.remove(group)
    return bool(gone)


def _smallest_set(problem: Problem, groups: Collection[Group]) -> list[Group]:
    """Return a set of groups that has no schedule, and has one as soon as any of them is dropped."""
    kept = list(groups)
    for group in list(groups):
        without = [item for item in kept if item != group]
        if without and not can_hold(problem, without).has_starts:
            kept = without
    return kept


def _conflict(problem: Problem, groups: list[Group], others: Collection[Group], is_proven: bool) -> Conflict:
    """Describe a set of groups; `others` are the limits that hold, and that a remedy must not break."""
    leads = [group for group in groups if group.kind is LimitKind.CAPACITY]
    years = [group for group in groups if group.kind is LimitKind.CEILING]
    demands = [_days_demand(problem, group) for group in leads] + _euros_demands(problem, years)
    base = [*groups, *(group for group in others if group not in groups)]
    return Conflict(tuple(groups), tuple(demands), tuple(_remedies(problem, groups, base)), is_proven)


# Figures -------------------------------------------------------------------------------------------------------------
def _days_demand(problem: Problem, group: Group) -> Demand:
    capacity = problem.limits.capacity_of(group.lead)
    own = [action for action in problem.actions if action.lead == group.lead]
    free = [action for action in own if action.fixed_start is None]
    kept = [
        sum(action.days_at(action.fixed_start, rank) for action in own if action.fixed_start is not None)
        for rank in range(problem.period)
    ]
    highest = max(kept)
    if highest > capacity + TOLERANCE:
        return Demand((group,), Cause.FIXED, highest, capacity, kept.index(highest))
    largest = max(free, key=lambda action: (max(action.profile, default=0.0), -action.key), default=None)
    if largest is not None and max(largest.profile, default=0.0) > capacity + TOLERANCE:
        return Demand((group,), Cause.SINGLE, max(largest.profile), capacity, label=largest.label)
    total = sum(kept) + sum(sum(action.profile) for action in free)
    possible = capacity * problem.period
    return Demand((group,), Cause.TOTAL if total > possible + TOLERANCE else Cause.TOGETHER, total, possible)


def _euros_demands(problem: Problem, groups: Collection[Group]) -> list[Demand]:
    """Return the years that something exceeds by itself; without any, what they are all asked together."""
    plain = [demand for group in groups if (demand := _plain_euros_demand(problem, group)) is not None]
    if plain or not groups:
        return plain
    years = [group.year for group in groups]
    total = sum(_least_cost(problem, action, years) for action in problem.actions)
    possible = sum(problem.limits.ceilings[year] for year in years)
    cause = Cause.TOTAL if total > possible + TOLERANCE else Cause.TOGETHER
    return [Demand(tuple(groups), cause, total, possible)]


def _plain_euros_demand(problem: Problem, group: Group) -> Demand | None:
    year, ceiling = group.year, problem.limits.ceilings[group.year]
    kept = sum(action.cost_at(action.fixed_start, year) for action in problem.actions if action.fixed_start is not None)
    if kept > ceiling + TOLERANCE:
        return Demand((group,), Cause.FIXED, kept, ceiling)
    least = ((_least_cost(problem, action, [year]), -action.key, action.label) for action in problem.actions)
    highest, _, label = max(least, default=(0.0, 0, ""))
    return Demand((group,), Cause.SINGLE, highest, ceiling, label=label) if highest > ceiling + TOLERANCE else None


def _least_cost(problem: Problem, action: PlannedAction, years: Collection[int]) -> float:
    """Return what an action costs in these years at the least, wherever it stands in the period."""
    starts = problem.starts_of(action, problem.period)
    return min(sum(action.cost_at(start, year) for year in years) for start in starts)


# Remedies ------------------------------------------------------------------------------------------------------------
def _remedies(problem: Problem, groups: Collection[Group], base: Collection[Group]) -> list[Remedy]:
    remedies = [remedy for group in groups if (remedy := _raise(problem, group, base)) is not None]
    if any(action.is_placed_by_hand for action in problem.actions):
        freed = replace(
            problem,
            actions=tuple(
                replace(action, fixed_start=None) if action.is_placed_by_hand else action for action in problem.actions
            ),
        )
        if can_hold(freed, base).has_starts:
            remedies.append(Remedy(RemedyKind.RELEASE))
    dropped = least_dropped(problem, base, _droppable(problem, groups), _drop_weight)
    if dropped.has_starts and 0 < len(dropped.dropped) <= MOST_DROPPED:
        remedies.append(Remedy(RemedyKind.DROP, keys=dropped.dropped))
    return remedies


def _raise(problem: Problem, group: Group, base: Collection[Group]) -> Remedy | None:
    """Return how much more of one limit suffices, the others held."""
    if group.kind is LimitKind.END:
        open_ended = [item for item in base if item != group]
        longer = (extra for extra in range(1, BEYOND + 1) if can_hold(problem, open_ended, extra=extra).has_starts)
        extra = next(longer, None)
        return Remedy(RemedyKind.EXTEND, group, extra) if extra else None
    found = least_excess(problem, base, group)
    if not found.has_starts:
        return None
    amount = math.ceil(found.value - 1e-4)
    return Remedy(RemedyKind.RAISE, group, amount) if amount > 0 else None


def _droppable(problem: Problem, groups: Collection[Group]) -> list[int]:
    """Return the free actions that weigh on these limits."""
    leads = {group.lead for group in groups if group.kind is LimitKind.CAPACITY}
    years = {group.year for group in groups if group.kind is LimitKind.CEILING}
    return [
        action.key
        for action in problem.actions
        if action.fixed_start is None and (action.lead in leads or action.costs_in(years))
    ]


def _drop_weight(action: PlannedAction) -> float:
    """The least useful and the hardest leave first; a quick win last. Never worth two actions instead of one."""
    return DROP_WEIGHT + action.impact / 2 + (6 - action.effort) / 2 + (4 if action.is_quick_win else 0)
