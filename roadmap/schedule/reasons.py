"""Why each action stands where it does, in one French sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.numbers import format_number
from roadmap.schedule.items import TOLERANCE, PlannedAction, Problem


@dataclass(frozen=True)
class Surroundings:
    """What a reason looks at: every start, the load of each lead and the spending of each year."""

    problem: Problem
    starts: Mapping[int, int]
    loads: Mapping[str, list[float]]
    spending: Mapping[int, float]


def explain_placement(action: PlannedAction, around: Surroundings) -> str:
    """Return why an action stands where it does."""
    if action.fixed_start is not None:
        return action.fixed_reason
    start = around.starts[action.key]
    by_key = {item.key: item for item in around.problem.actions}
    before = [by_key[key] for key in action.prerequisites if key in by_key]
    late = [item for item in before if around.starts[item.key] + item.duration > start]
    if late:
        return f"Commence avant la fin de « {late[0].label} », conseillée avant : l’ordre ne tient pas avec la charge."
    if start + action.duration > around.problem.period:
        return "Finit après la période : la place manque avant."
    if start == 0:
        if action.is_quick_win:
            return "Gain rapide : placé dès le début."
        return "Placée dès le début : la charge le permet."
    ends = ((around.starts[item.key] + item.duration, item.label) for item in before)
    last_end, last_label = max(ends, default=(-1, ""))
    if last_end == start:
        return f"Après « {last_label} », conseillée avant."
    return _blocked_earlier(action, start, around) or "Place qui équilibre la charge de son pilote."


def _blocked_earlier(action: PlannedAction, start: int, around: Surroundings) -> str:
    """Say which limit a half-year earlier would exceed; nothing when none would."""
    limits = around.problem.limits
    row, capacity = around.loads[action.lead], limits.capacity_of(action.lead)
    for rank in range(start - 1, min(len(row), start - 1 + len(action.profile))):
        others = row[rank] - action.days_at(start, rank)
        if others + action.days_at(start - 1, rank) > capacity + TOLERANCE:
            name = around.problem.half_year(rank).label
            return f"Plus tôt, la charge de son pilote dépasserait {_days(capacity)} au {name}."
    for year, ceiling in sorted(limits.ceilings.items()):
        others = around.spending[year] - action.cost_at(start, year)
        if others + action.cost_at(start - 1, year) > ceiling + TOLERANCE:
            return f"Plus tôt, le budget {year} dépasserait son plafond de {format_number(ceiling, 0)} €."
    return ""


def _days(count: float) -> str:
    return f"{format_number(count, 0)} jours"
