"""The mixed-integer programs of the schedule, solved by HiGHS: one proposal, or one question about the limits.

Everything is done so that the same input gives the same answer: one thread, one seed, actions in the order of their
keys, and a search stopped by its number of nodes. The clock is only a safety net.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import highspy

from roadmap.schedule.items import BEYOND, LimitKind, PlannedAction, Problem

OVERLOAD_WEIGHT = 1000.0  # per day over the capacity
OVERSPEND_WEIGHT = 1000.0  # per thousand euros over the ceiling of a year
BEYOND_WEIGHT = 300.0  # per half-year after the end of the period
ORDER_WEIGHT = 60.0  # per half-year of advance on an advised action
QUICK_WIN_WEIGHT = 12.0  # per half-year of lateness
LEAD_PEAK_WEIGHT = 1.0  # per day of the heaviest half-year of a lead
TOTAL_PEAK_WEIGHT = 0.5  # per day of the heaviest half-year of all leads together
LATENESS_WEIGHT = 0.3  # per half-year of lateness and per point of (impact + ease), from 2 to 10
TIE_BREAK = 0.0005  # keeps one optimum among equals: actions in the order of their keys
KILO = 1000.0
MAX_NODES = 40
MAX_QUESTION_NODES = 60
SAFETY_S = 30.0


class Answer(Enum):
    """What a search ended with."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Group:
    """A family of constraints that stands or falls together: a lead, a year, the end of the period."""

    kind: LimitKind
    lead: str = ""
    year: int = 0


@dataclass(frozen=True)
class Found:
    """The answer of a search: the start of each action (the dropped ones are left out) and the value of its aim."""

    answer: Answer
    starts: Mapping[int, int]
    value: float = 0.0
    dropped: tuple[int, ...] = ()

    @property
    def has_starts(self) -> bool:
        return self.answer in (Answer.OPTIMAL, Answer.FEASIBLE)


class _QuietHighs(highspy.Highs):
    """The solver without its banner, which is printed before `silent()` can be called on it."""

    def enableCallbacks(self) -> None:
        self.silent()
        enable: Any = super().enableCallbacks
        enable()


class _Program:
    """What every program shares: a start for each action, and the constraints of some groups."""

    def __init__(self, problem: Problem, horizon: int, *, max_nodes: int, droppable: Collection[int] = ()) -> None:
        self.problem, self.horizon = problem, horizon
        make_solver: Any = _QuietHighs
        self.highs: Any = make_solver()
        self.highs.silent()
        options: dict[str, Any] = {
            "random_seed": 0,
            "threads": 1,
            "parallel": "off",
            "mip_rel_gap": 0.0,
            "mip_abs_gap": TIE_BREAK / 10,
            "mip_max_nodes": max_nodes,
            "time_limit": SAFETY_S,
        }
        for option, value in options.items():
            self.highs.setOptionValue(option, value)
        self.starts: dict[int, dict[int, Any]] = {}
        self.drops: dict[int, Any] = {}
        ranks = {action.key: problem.starts_of(action, horizon) for action in problem.actions}
        # Made all at once: one by one, they cost more than the search.
        count = sum(len(choices) for choices in ranks.values()) + len(droppable)
        binaries = iter(self.highs.addBinaries(count))
        for key, choices in ranks.items():
            self.starts[key] = {rank: next(binaries) for rank in choices}
            terms = list(self.starts[key].values())
            if key in droppable:
                self.drops[key] = next(binaries)
                terms.append(self.drops[key])
            self.highs.addConstr(_total(terms) == 1)

    def loads(self, lead: str) -> Iterable[list[Any]]:
        """Give the terms of the load of a lead, half-year by half-year."""
        own = [action for action in self.problem.actions if action.lead == lead]
        for rank in range(self.horizon):
            yield [
                days * binary
                for action in own
                for start, binary in self.starts[action.key].items()
                if (days := action.days_at(start, rank)) > 0
            ]

    def spending(self, year: int) -> list[Any]:
        """Return the terms of what a year costs, in thousands of euros."""
        return [
            cost / KILO * binary
            for action in self.problem.actions
            for start, binary in self.starts[action.key].items()
            if (cost := action.cost_at(start, year)) > 0
        ]

    def hold(self, group: Group, excess: Any = None) -> None:
        """Add the constraints of a group; `excess`, a variable, may go over them."""
        limits = self.problem.limits
        if group.kind is LimitKind.CAPACITY:
            for terms in self.loads(group.lead):
                self.at_most(terms, limits.capacity_of(group.lead), excess)
        elif group.kind is LimitKind.CEILING:
            self.at_most(self.spending(group.year), limits.ceilings[group.year] / KILO, excess)

    def at_most(self, terms: list[Any], limit: float, excess: Any = None) -> None:
        if not terms:
            return
        # HiGHS forgives 1e-6 on each row; the limit does too, so that sums of thirds fit where they exactly fit.
        slack = limit + 1e-7
        self.highs.addConstr(_total(terms) - excess <= slack if excess is not None else _total(terms) <= slack)

    def solve(self) -> Found:
        if not self.problem.actions:
            return Found(Answer.OPTIMAL, {})
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Found(Answer.IMPOSSIBLE, {})
        solution = self.highs.getSolution()
        if not solution.value_valid or not solution.col_value:
            return Found(Answer.UNKNOWN, {})
        values = solution.col_value
        dropped = tuple(key for key, binary in self.drops.items() if values[binary.index] > 0.5)
        starts = {
            key: max(binaries, key=lambda rank: (values[binaries[rank].index], -rank))
            for key, binaries in self.starts.items()
            if key not in dropped
        }
        is_optimal = status == highspy.HighsModelStatus.kOptimal
        value = float(self.highs.getObjectiveValue())
        return Found(Answer.OPTIMAL if is_optimal else Answer.FEASIBLE, starts, value, dropped)


def _total(terms: Iterable[Any]) -> Any:
    return _QuietHighs.qsum(terms)


def groups_of(problem: Problem) -> list[Group]:
    """Return the groups of constraints that a person declared firm: the end first, then years, then leads."""
    firm = problem.limits.firm
    groups = [Group(LimitKind.END)] if LimitKind.END in firm else []
    if LimitKind.CEILING in firm:
        groups += [Group(LimitKind.CEILING, year=year) for year in sorted(problem.limits.ceilings)]
    if LimitKind.CAPACITY in firm:
        groups += [Group(LimitKind.CAPACITY, lead=lead) for lead in problem.leads]
    return groups


# The proposal --------------------------------------------------------------------------------------------------------
def best_starts(problem: Problem, *, max_nodes: int = MAX_NODES) -> Found:
    """Return the best schedule that holds the firm limits; what is not firm is paid when it does not hold."""
    firm = problem.limits.firm
    program = _Program(problem, problem.horizon(is_end_firm=LimitKind.END in firm), max_nodes=max_nodes)
    costs: list[Any] = []
    for position, action in enumerate(problem.actions):
        costs += [
            cost * binary
            for rank, binary in program.starts[action.key].items()
            if (cost := _start_cost(problem, action, rank, position))
        ]
    costs += _pay_load(program, is_firm=LimitKind.CAPACITY in firm)
    costs += _pay_budget(program, is_firm=LimitKind.CEILING in firm)
    costs += _pay_order(program)
    program.highs.setObjective(_total(costs), highspy.ObjSense.kMinimize)
    return program.solve()


def _start_cost(problem: Problem, action: PlannedAction, rank: int, position: int) -> float:
    if action.fixed_start is not None:
        return 0.0
    ease = 6 - action.effort
    lateness = QUICK_WIN_WEIGHT if action.is_quick_win else LATENESS_WEIGHT * (action.impact + ease)
    beyond = max(0, rank + action.duration - problem.period)
    return lateness * rank + BEYOND_WEIGHT * beyond + TIE_BREAK * (position + 1) * rank


def _pay_load(program: _Program, *, is_firm: bool) -> list[Any]:
    highs, limits = program.highs, program.problem.limits
    total_peak = highs.addVariable(lb=0)
    costs = [TOTAL_PEAK_WEIGHT * total_peak]
    totals: list[list[Any]] = [[] for _ in range(program.horizon)]
    for lead in program.problem.leads:
        peak = highs.addVariable(lb=0)
        costs.append(LEAD_PEAK_WEIGHT * peak)
        for rank, terms in enumerate(program.loads(lead)):
            if not terms:
                continue
            excess = None
            if not is_firm:
                excess = highs.addVariable(lb=0)
                costs.append(OVERLOAD_WEIGHT * excess)
            program.at_most(terms, limits.capacity_of(lead), excess)
            highs.addConstr(_total(terms) - peak <= 0)
            totals[rank] += terms
    for terms in totals:
        if terms:
            highs.addConstr(_total(terms) - total_peak <= 0)
    return costs


def _pay_budget(program: _Program, *, is_firm: bool) -> list[Any]:
    costs = []
    for year in sorted(program.problem.limits.ceilings):
        excess = None
        if not is_firm:
            excess = program.highs.addVariable(lb=0)
            costs.append(OVERSPEND_WEIGHT * excess)
        program.hold(Group(LimitKind.CEILING, year=year), excess)
    return costs


def _pay_order(program: _Program) -> list[Any]:
    highs, costs = program.highs, []
    by_key = {action.key: action for action in program.problem.actions}
    for action in program.problem.actions:
        for before_key in action.prerequisites:
            before = by_key.get(before_key)
            if before is None or (action.fixed_start is not None and before.fixed_start is not None):
                continue
            advance = highs.addVariable(lb=0)
            costs.append(ORDER_WEIGHT * advance)
            start = _total(rank * binary for rank, binary in program.starts[action.key].items())
            ends = _total((rank + before.duration) * binary for rank, binary in program.starts[before_key].items())
            highs.addConstr(start - ends + advance >= 0)
    return costs


# Questions about the limits ------------------------------------------------------------------------------------------
def _question(problem: Problem, groups: Collection[Group], extra: int = BEYOND, **options: Any) -> _Program:
    """Return the program about these groups, of the actions that they touch.

    The end of the period is `extra` half-years later when it is not one of the groups.
    """
    is_end_firm = any(group.kind is LimitKind.END for group in groups)
    horizon = problem.period if is_end_firm else problem.period + extra
    leads = {group.lead for group in groups if group.kind is LimitKind.CAPACITY}
    years = {group.year for group in groups if group.kind is LimitKind.CEILING}
    touched = tuple(action for action in problem.actions if action.lead in leads or action.costs_in(years))
    return _Program(replace(problem, actions=touched), horizon, max_nodes=MAX_QUESTION_NODES, **options)


def can_hold(problem: Problem, groups: Collection[Group], *, extra: int = BEYOND) -> Found:
    """Tell whether some placement holds these groups together, whatever it is worth."""
    program = _question(problem, groups, extra)
    for group in groups:
        program.hold(group)
    return program.solve()


def least_excess(problem: Problem, groups: Collection[Group], over: Group) -> Found:
    """Return how far over one of the groups the best placement goes, the others held: days, or euros."""
    program = _question(problem, groups)
    excess = program.highs.addVariable(lb=0)
    for group in groups:
        program.hold(group, excess if group == over else None)
    program.highs.setObjective(1.0 * excess, highspy.ObjSense.kMinimize)
    found = program.solve()
    scale = KILO if over.kind is LimitKind.CEILING else 1.0
    return Found(found.answer, found.starts, found.value * scale)


def least_dropped(
    problem: Problem, groups: Collection[Group], droppable: Collection[int], weight: Callable[[PlannedAction], float]
) -> Found:
    """Return the actions to leave out so that the groups hold, the cheapest together by `weight`."""
    program = _question(problem, groups, droppable=droppable)
    for group in groups:
        program.hold(group)
    by_key = {action.key: action for action in problem.actions}
    costs = [weight(by_key[key]) * binary for key, binary in program.drops.items()]
    program.highs.setObjective(_total(costs), highspy.ObjSense.kMinimize)
    return program.solve()
