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
    family_of,
    resolve_lines,
    summarise,
)
from inventory.footprint.factors import CENTRAL, Floats

REDUCE_COUNT = "reduce_count"
EXTEND_LIFETIME = "extend_lifetime"
REFURBISHED_SHARE = "refurbished_share"
REDUCE_ENERGY = "reduce_energy"
HOSTING_MOVE = "hosting_move"
REPLACE = "replace"
# What a lever of the catalogue may declare; a scenario may replace a family by another too.
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
    """What a lever changes. Only the fields of its kind are read; shares and percents are 0–100.

    `starts_after`: years between the decision and the start of this change. `zone_to`: electricity of the destination
    of a move, empty when it stays. A replacement takes `units` out of its categories and brings `units_to` of
    `category_to`.
    """

    lever: str
    kind: str
    categories: frozenset[str]
    percent: float = 0.0
    years: float = 0.0
    fleet_share_percent: float = 100.0
    first_life_years: float = DEFAULT_FIRST_LIFE_YEARS
    pue_to: float = 1.0
    zone_to: str = ""
    units: float = 0.0
    units_to: float = 0.0
    category_to: str = ""
    starts_after: float = 0.0

    def elapsed(self, years_after: float | None) -> float | None:
        """Return how long this change has been at work, None at full regime; negative before it starts."""
        return None if years_after is None else years_after - self.starts_after

    def complete_after(self, longest_lifetime_years: float) -> float:
        """Return how many years after the decision this change gives all that it can."""
        delays = {
            EXTEND_LIFETIME: self.years,
            # The purchases that are avoided are so many years of renewal of the estate.
            REDUCE_COUNT: self.percent / 100 * longest_lifetime_years,
            REFURBISHED_SHARE: longest_lifetime_years,
        }
        return self.starts_after + delays.get(self.kind, 1.0)


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
    ages: L(t) = L + min(t, d). Energy, hosting and replacements count from the year after. A unit less draws no power
    at once, but weighs until the renewal that does not happen; refurbished purchases come with the renewals.
    """
    plan = Plan.of(lines, effects, table, rules=rules)
    simulated = plan.footprint(years_after, agent_count=agent_count)
    alone = {
        lever: savings(plan.baseline, plan.footprint(years_after, only=lever))
        for lever in sorted({effect.lever for effect in effects})
    }
    baseline = summarise(plan.estate, table, agent_count=agent_count)
    discarded = plan.discarded
    return Simulation(
        baseline=baseline,
        simulated=simulated,
        combined=savings(baseline, simulated),
        alone=alone,
        discarded=discarded,
        complete_after_years=max((e.years for e in effects if e.kind == EXTEND_LIFETIME), default=None),
        complete_after=frozenset(effect.kind for effect in effects),
    )


@dataclass(frozen=True)
class Plan:
    """An estate and the effects on it, settled once, to be looked at on several dates."""

    estate: Estate
    baseline: Footprint
    effects: tuple[Effect, ...]
    applied: tuple[Effect, ...]
    discarded: tuple[Discarded, ...]
    table: FactorTable
    rules: SimulationRules

    @classmethod
    def of(
        cls,
        lines: Sequence[FootprintLine],
        effects: Sequence[Effect],
        table: FactorTable,
        *,
        rules: SimulationRules,
    ) -> "Plan":
        estate = resolve_lines(lines, table, view=REFERENCE)
        applied, discarded = _settle(estate, effects, table, rules)
        baseline = summarise(estate, table)
        return cls(estate, baseline, tuple(effects), tuple(applied), discarded, table, rules)

    def footprint(
        self, years_after: float | None, *, only: str | None = None, agent_count: int | None = None
    ) -> Footprint:
        """Return the footprint so many years after the decision (None: full regime), with all levers or one alone."""
        chosen = self.applied if only is None else [effect for effect in self.effects if effect.lever == only]
        changed = _apply(self.estate, chosen, self.table, self.rules, years_after)
        return summarise(changed, self.table, agent_count=agent_count)

    @property
    def complete_after_years(self) -> float:
        """Years after the decision when everything counts; 0 without any effect."""
        return max((self.complete_after(effect) for effect in self.applied if effect.categories), default=0.0)

    def complete_after(self, effect: Effect) -> float:
        """Return how many years after the decision an effect gives all that it can on this estate."""
        lives = self.estate.lifetime_years[CENTRAL, self.estate.belongs_to(effect.categories)]
        known = lives[~np.isnan(lives)]
        return effect.complete_after(float(known.max()) if len(known) else 0.0)


def savings(before: Footprint, after: Footprint) -> dict[str, Range]:
    """Return criterion → saving: differences of the lows, the centres and the highs, under the same assumptions.

    The range holds the central value: with the floor of one year of life, a line near it may save less in the middle
    than at both ends.
    """
    found = {}
    for criterion in CRITERIA:
        old, new = before[criterion].total, after[criterion].total
        # A line that lost its factors would pass for a saving.
        has_lost = _not_evaluated(after, criterion) > _not_evaluated(before, criterion) + 1e-6
        if old is not None and new is not None and not has_lost:
            central = old.central - new.central
            values = (old.low - new.low, central, old.high - new.high)
            found[criterion] = Range(min(values), central, max(values))
    return found


def _not_evaluated(footprint: Footprint, criterion: str) -> float:
    coverage = footprint[criterion].coverage
    return coverage.units_total - coverage.units_evaluated


def _settle(
    estate: Estate, effects: Sequence[Effect], table: FactorTable, rules: SimulationRules
) -> tuple[list[Effect], tuple[Discarded, ...]]:
    """Keep, category by category, the strongest of the effects that may not be added to each other."""
    rivals = [[effect for effect in effects if effect.kind == EXTEND_LIFETIME]]
    rivals += [[effect for effect in effects if effect.lever in group] for group in rules.exclusive]
    lost: dict[int, set[str]] = {id(effect): set() for effect in effects}
    discarded = set()
    for category in sorted({family_of(name) for name in estate.names}):
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
    found = savings(summarise(estate, table), summarise(_apply(estate, [effect], table, rules, None), table))
    return found["GWP"].central if "GWP" in found else 0.0


def _apply(
    estate: Estate, effects: Sequence[Effect], table: FactorTable, rules: SimulationRules, years_after: float | None
) -> Estate:
    for kind in (REPLACE, *rules.order):
        for effect in sorted((e for e in effects if e.kind == kind), key=lambda effect: (effect.lever, str(effect))):
            elapsed = effect.elapsed(years_after)
            if elapsed is None or elapsed >= _FIRST_EFFECT_YEARS.get(kind, 0.0):
                estate = _STEPS[kind](estate, effect, elapsed, table)
    return estate


def _touched(estate: Estate, effect: Effect) -> Floats:
    return estate.belongs_to(effect.categories).astype(np.float64)


def _reduce_count(estate: Estate, effect: Effect, elapsed: float | None, table: FactorTable) -> Estate:
    touched = _touched(estate, effect)
    removed = touched * effect.percent / 100
    reduced = replace(estate, quantity=estate.quantity * (1 - removed))
    if elapsed is None:
        return reduced
    # A share 1 / L of the units is renewed each year: that is how fast purchases are avoided.
    lifetime = np.maximum(np.nan_to_num(estate.lifetime_years[CENTRAL], nan=1.0), 1.0)
    waiting = np.maximum(removed - elapsed / lifetime, 0.0) * touched
    index = np.flatnonzero(waiting > 0)
    if not len(index):
        return reduced
    # They draw no power any more, and weigh until the renewal that does not happen.
    idle = estate.take(index)
    idle = replace(
        idle,
        quantity=idle.quantity * waiting[index],
        electricity_kwh_per_year=np.where(np.isnan(idle.electricity_kwh_per_year), np.nan, 0.0),
    )
    return reduced.joined(idle)


def _replace(estate: Estate, effect: Effect, elapsed: float | None, table: FactorTable) -> Estate:
    touched = _touched(estate, effect)
    present = float((estate.quantity[CENTRAL] * touched).sum())
    if not present:
        return estate
    share = min(effect.units / present, 1.0)
    kept = replace(estate, quantity=estate.quantity * (1 - touched * share))
    leaving = estate.take([int(np.flatnonzero(touched)[0])])
    spread = leaving.quantity / leaving.quantity[CENTRAL] if leaving.quantity[CENTRAL, 0] else np.ones((3, 1))
    arriving = resolve_lines([FootprintLine(effect.category_to, 1.0)], table)
    # The family that is already there keeps its declared lifetime and its room.
    own = np.flatnonzero(estate.belongs_to([effect.category_to]))
    model = estate.take(own[:1]) if len(own) else replace(arriving, zone_names=leaving.zone_names, zone=leaving.zone)
    if not len(own) and effect.pue_to > 1:
        model = replace(model, pue=np.array([effect.pue_to]))
    return kept.joined(replace(model, quantity=spread * effect.units_to))


def _extend_lifetime(estate: Estate, effect: Effect, elapsed: float | None, table: FactorTable) -> Estate:
    share = effect.fleet_share_percent / 100
    years = effect.years if elapsed is None else min(elapsed, effect.years)
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


def _refurbished_share(estate: Estate, effect: Effect, elapsed: float | None, table: FactorTable) -> Estate:
    added = effect.percent / 100 * effect.first_life_years * _touched(estate, effect)
    if elapsed is not None:
        lifetime = np.maximum(np.nan_to_num(estate.lifetime_years[CENTRAL], nan=1.0), 1.0)
        added = added * np.minimum(elapsed / lifetime, 1.0)
    return replace(estate, lifetime_years=estate.lifetime_years + added)


def _reduce_energy(estate: Estate, effect: Effect, elapsed: float | None, table: FactorTable) -> Estate:
    left = 1 - _touched(estate, effect) * effect.percent / 100
    return replace(estate, electricity_kwh_per_year=estate.electricity_kwh_per_year * left)


def _hosting_move(estate: Estate, effect: Effect, elapsed: float | None, table: FactorTable) -> Estate:
    share = _touched(estate, effect) * effect.fleet_share_percent / 100
    if not effect.zone_to:
        # Linear in the PUE: the mean over the moved share and the rest. A worse room is never simulated as a gain.
        return replace(estate, pue=estate.pue * (1 - share) + share * np.minimum(estate.pue, effect.pue_to))
    # Another electricity: the moved share becomes a line of its own, whatever it gives.
    moved = estate.take(np.flatnonzero(share))
    if not len(moved):
        return estate
    moved = replace(
        moved,
        quantity=moved.quantity * share[np.flatnonzero(share)],
        pue=np.full(len(moved), effect.pue_to),
        zone_names=(effect.zone_to,),
        zone=np.zeros(len(moved), dtype=np.intp),
    )
    return replace(estate, quantity=estate.quantity * (1 - share)).joined(moved)


# Years that pass before a change counts at all: the figures of a year are those of the whole of it.
_FIRST_EFFECT_YEARS = {REDUCE_ENERGY: 1.0, HOSTING_MOVE: 1.0, REPLACE: 1.0}
_STEPS = {
    REPLACE: _replace,
    REDUCE_COUNT: _reduce_count,
    EXTEND_LIFETIME: _extend_lifetime,
    REFURBISHED_SHARE: _refurbished_share,
    REDUCE_ENERGY: _reduce_energy,
    HOSTING_MOVE: _hosting_move,
}
