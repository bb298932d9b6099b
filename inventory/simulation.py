"""Effects of levers on an inventory: the parameters change, then the line formula is computed once.

Savings of separate levers do not add up: `combined` is the figure to show, `alone` explains it. The order of the
effects, the groups of categories and the exclusive levers are data (`fixtures/simulation.yaml`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from inventory.footprint import (
    CRITERIA,
    REFERENCE,
    Estate,
    FactorTable,
    Footprint,
    FootprintLine,
    Range,
    resolve_lines,
    summarise,
)

REDUCE_COUNT = "reduce_count"
EXTEND_LIFETIME = "extend_lifetime"
REFURBISHED_SHARE = "refurbished_share"
REDUCE_ENERGY = "reduce_energy"
HOSTING_MOVE = "hosting_move"
KINDS = (REDUCE_COUNT, EXTEND_LIFETIME, REFURBISHED_SHARE, REDUCE_ENERGY, HOSTING_MOVE)

DEFAULT_FIRST_LIFE_YEARS = 3.0
SERVER_GROUP = "server"


@dataclass(frozen=True)
class SimulationRules:
    """How effects are read: group of a lever → categories, order of the effects, levers that exclude each other."""

    groups: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...] = KINDS
    exclusive: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a lever changes. Only the fields of its kind are read; shares and percents are 0–100."""

    lever: str
    kind: str
    categories: frozenset[str]
    percent: float = 0.0
    years: float = 0.0
    fleet_share_percent: float = 100.0
    first_life_years: float = DEFAULT_FIRST_LIFE_YEARS
    pue_to: float = 1.0


@dataclass(frozen=True)
class Discarded:
    """An effect set aside on one category because a stronger one may not be added to it."""

    lever: str
    category: str
    kept_lever: str


@dataclass(frozen=True)
class Simulation:
    """Result: the baseline is untouched; savings are positive when the impact falls."""

    baseline: Footprint
    simulated: Footprint
    combined: dict[str, Range]
    alone: dict[str, dict[str, Range]]
    discarded: tuple[Discarded, ...] = ()
    complete_after_years: float | None = None
    complete_after: frozenset[str] = field(default=frozenset())

    def percent(self, criterion: str) -> float | None:
        """Return the combined saving in % of the baseline, 0–100."""
        total = self.baseline[criterion].total
        if total is None or not total.central or criterion not in self.combined:
            return None
        return 100 * self.combined[criterion].central / total.central


def read_effect(lever: str, data: Mapping[str, Any], rules: SimulationRules) -> Effect:
    """Return the effect that a lever declares. Raises ValueError on an unknown kind, group or value out of bounds."""
    kind = data.get("type")
    if kind not in KINDS:
        raise ValueError(f"{lever}: unknown effect {kind!r}")
    if kind == HOSTING_MOVE:
        share = _number(lever, data, "servers_share_percent", 0, 100)
        categories = _expand(lever, [SERVER_GROUP], rules)
        return Effect(lever, kind, categories, fleet_share_percent=share, pue_to=_number(lever, data, "pue_to", 1, 10))
    return Effect(
        lever,
        kind,
        _expand(lever, data.get("categories") or (), rules),
        percent=0.0 if kind == EXTEND_LIFETIME else _number(lever, data, "percent", 0, 100),
        years=_number(lever, data, "years", 0, 50) if kind == EXTEND_LIFETIME else 0.0,
        fleet_share_percent=_number(lever, {"fleet_share_percent": 100, **data}, "fleet_share_percent", 0, 100),
        first_life_years=_number(
            lever, {"first_life_years": DEFAULT_FIRST_LIFE_YEARS, **data}, "first_life_years", 0, 50
        ),
    )


def _expand(lever: str, names: Sequence[str], rules: SimulationRules) -> frozenset[str]:
    unknown = [name for name in names if name not in rules.groups]
    if unknown or not names:
        raise ValueError(f"{lever}: unknown group of categories {', '.join(unknown) or '(none)'}")
    return frozenset(category for name in names for category in rules.groups[name])


def _number(lever: str, data: Mapping[str, Any], name: str, least: float, most: float) -> float:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{lever}: {name} is a number between {least:g} and {most:g}")
    return float(value)


def simulate(
    lines: Sequence[FootprintLine],
    effects: Sequence[Effect],
    table: FactorTable,
    *,
    rules: SimulationRules,
    agent_count: int | None = None,
    years_after: float | None = None,
) -> Simulation:
    """Return the effect of the levers together, and of each one alone.

    `years_after`: years since the decision; None is the full regime. An extension of life works only as the estate
    ages: L(t) = L + min(t, d). Energy and hosting count from the year after. Reductions and refurbished purchases are
    shown at full regime, which the renewals bring.
    """
    estate = resolve_lines(lines, table, view=REFERENCE)
    baseline = summarise(estate, table, agent_count=agent_count)
    applied, discarded = _settle(estate, effects, table, rules)
    simulated = summarise(_apply(estate, applied, rules, years_after), table, agent_count=agent_count)
    alone = {}
    for lever in sorted({effect.lever for effect in effects}):
        own = [effect for effect in effects if effect.lever == lever]
        alone[lever] = savings(baseline, summarise(_apply(estate, own, rules, years_after), table))
    return Simulation(
        baseline=baseline,
        simulated=simulated,
        combined=savings(baseline, simulated),
        alone=alone,
        discarded=discarded,
        complete_after_years=max((e.years for e in effects if e.kind == EXTEND_LIFETIME), default=None),
        complete_after=frozenset(effect.kind for effect in effects),
    )


def savings(before: Footprint, after: Footprint) -> dict[str, Range]:
    """Return criterion → saving: differences of the lows, the centres and the highs, under the same assumptions."""
    found = {}
    for criterion in CRITERIA:
        old, new = before[criterion].total, after[criterion].total
        if old is not None and new is not None:
            values = sorted([old.low - new.low, old.high - new.high])
            found[criterion] = Range(values[0], old.central - new.central, values[1])
    return found


def _settle(
    estate: Estate, effects: Sequence[Effect], table: FactorTable, rules: SimulationRules
) -> tuple[list[Effect], tuple[Discarded, ...]]:
    """Keep, category by category, the strongest of the effects that may not be added to each other."""
    rivals = [[effect for effect in effects if effect.kind == EXTEND_LIFETIME]]
    rivals += [[effect for effect in effects if effect.lever in group] for group in rules.exclusive]
    lost: dict[int, set[str]] = {id(effect): set() for effect in effects}
    discarded = set()
    for category in estate.names:
        own = estate.take(np.flatnonzero(estate.belongs_to([category])))
        for group in rivals:
            present = [e for e in group if category in e.categories and category not in lost[id(e)]]
            if len({effect.lever for effect in present}) < 2:
                continue
            strength = {effect: _strength(own, effect, table, rules) for effect in present}
            best = min(present, key=lambda effect: (-strength[effect], effect.lever))
            for effect in present:
                if effect.lever != best.lever:
                    lost[id(effect)].add(category)
                    discarded.add((effect.lever, category, best.lever))
    kept = [replace(effect, categories=effect.categories - lost[id(effect)]) for effect in effects]
    return kept, tuple(Discarded(*item) for item in sorted(discarded))


def _strength(estate: Estate, effect: Effect, table: FactorTable, rules: SimulationRules) -> float:
    found = savings(summarise(estate, table), summarise(_apply(estate, [effect], rules, None), table))
    return found["GWP"].central if "GWP" in found else 0.0


def _apply(estate: Estate, effects: Sequence[Effect], rules: SimulationRules, years_after: float | None) -> Estate:
    for kind in rules.order:
        for effect in sorted((e for e in effects if e.kind == kind), key=lambda effect: effect.lever):
            estate = _STEPS[kind](estate, effect, years_after)
    return estate


def _touched(estate: Estate, effect: Effect) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return estate.belongs_to(effect.categories).astype(np.float64)


def _reduce_count(estate: Estate, effect: Effect, years_after: float | None) -> Estate:
    return replace(estate, quantity=estate.quantity * (1 - _touched(estate, effect) * effect.percent / 100))


def _extend_lifetime(estate: Estate, effect: Effect, years_after: float | None) -> Estate:
    share = effect.fleet_share_percent / 100
    years = effect.years if years_after is None else min(max(years_after, 0.0), effect.years)
    touched = _touched(estate, effect)
    if share < 1:
        # The line is cut in two: the part that ages more, then the rest, untouched.
        count = len(estate)
        estate = estate.take([*range(count), *np.flatnonzero(touched).tolist()])
        rest = np.array([0.0] * count + [1.0] * (len(estate) - count))
        touched = np.concatenate([touched, np.zeros(len(estate) - count)])
        parts = np.where(touched > 0, share, np.where(rest > 0, 1 - share, 1.0))
        estate = replace(estate, quantity=estate.quantity * parts)
    return replace(estate, lifetime_years=estate.lifetime_years + touched * years)


def _refurbished_share(estate: Estate, effect: Effect, years_after: float | None) -> Estate:
    added = effect.percent / 100 * effect.first_life_years
    return replace(estate, lifetime_years=estate.lifetime_years + _touched(estate, effect) * added)


def _reduce_energy(estate: Estate, effect: Effect, years_after: float | None) -> Estate:
    if years_after is not None and years_after < 1:
        return estate
    left = 1 - _touched(estate, effect) * effect.percent / 100
    return replace(estate, electricity_kwh_per_year=estate.electricity_kwh_per_year * left)


def _hosting_move(estate: Estate, effect: Effect, years_after: float | None) -> Estate:
    if years_after is not None and years_after < 1:
        return estate
    # Linear in the PUE: the mean over the moved share and the rest. A worse room is never simulated as a gain.
    share = _touched(estate, effect) * effect.fleet_share_percent / 100
    return replace(estate, pue=estate.pue * (1 - share) + share * np.minimum(estate.pue, effect.pue_to))


_STEPS = {
    REDUCE_COUNT: _reduce_count,
    EXTEND_LIFETIME: _extend_lifetime,
    REFURBISHED_SHARE: _refurbished_share,
    REDUCE_ENERGY: _reduce_energy,
    HOSTING_MOVE: _hosting_move,
}
