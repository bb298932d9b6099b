"""The formula, vectorised over bounds, lines, criteria and steps.

The lines are first summed by family and zone, N × u / L and N × u × C × PUE; the factors, which are the same for every
line of a family, are applied to these sums, all criteria and steps at once. Time and memory grow with the number of
lines, not with lines × criteria × steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from inventory.footprint.factors import (
    CENTRAL,
    CRITERIA,
    HIGH,
    LOW,
    STEPS,
    USE,
    USE_INDEX,
    Booleans,
    FactorTable,
    Floats,
    Range,
)
from inventory.footprint.lines import (
    MINIMUM_LIFETIME_YEARS,
    REFERENCE,
    Estate,
    FootprintLine,
    View,
    family_of,
    is_shared,
    resolve_lines,
    source_of,
)
from inventory.footprint.sharing import check_hosts
from inventory.footprint.sums import CHUNK, GroupSum


@dataclass(frozen=True)
class Coverage:
    """What could be evaluated for a criterion, among the lines that have a quantity.

    Machines carried by a host are units, but not one more line: their family has a line of its own.
    """

    lines_evaluated: int
    lines_total: int
    units_evaluated: float
    units_total: float

    @property
    def lines_percent(self) -> float:
        return 100 * self.lines_evaluated / self.lines_total if self.lines_total else 0.0

    @property
    def units_percent(self) -> float:
        return 100 * self.units_evaluated / self.units_total if self.units_total else 0.0


@dataclass(frozen=True)
class CategoryFootprint:
    """Yearly impact of one category: total and by step, in the unit of the criterion."""

    total: Range
    steps: dict[str, Range]


@dataclass(frozen=True)
class CriterionFootprint:
    """Yearly impact for one criterion. `total` is None when nothing could be evaluated: never a zero.

    `total` adds lows and highs (worst case); `independent` is the narrower range of independent errors.
    """

    code: str
    unit: str
    total: Range | None
    independent: Range | None
    by_category: dict[str, CategoryFootprint]
    by_step: dict[str, Range]
    not_evaluated: tuple[str, ...]
    coverage: Coverage
    per_agent: Range | None = None

    @property
    def embodied_percent(self) -> float | None:
        """Share of the steps other than use in the central value, 0–100."""
        if self.total is None or not self.total.central:
            return None
        return 100 * (1 - self.by_step[USE].central / self.total.central)


@dataclass(frozen=True)
class Footprint:
    """Yearly impact of an inventory, per criterion. Criteria are never added together."""

    criteria: dict[str, CriterionFootprint]
    agent_count: int | None = None
    lines_without_quantity: tuple[str, ...] = field(default=())

    def __getitem__(self, criterion: str) -> CriterionFootprint:
        return self.criteria[criterion]


def compute_footprint(
    lines: Sequence[FootprintLine],
    table: FactorTable,
    *,
    agent_count: int | None = None,
    view: View = REFERENCE,
) -> Footprint:
    """Return the yearly footprint of the lines. The order of the lines does not change a bit of it.

    `view` is « reference » (declared lifetime) or « observed » (observed lifetime where it is known). Raises ValueError
    on an impossible value, or on a host counted with its virtual machines.
    """
    check_hosts(lines)
    missing = tuple(sorted({line.category for line in lines if line.quantity is None}))
    estate = resolve_lines(lines, table, view=view)
    return summarise(estate, table, agent_count=agent_count, lines_without_quantity=missing)


def summarise(
    estate: Estate,
    table: FactorTable,
    *,
    agent_count: int | None = None,
    lines_without_quantity: tuple[str, ...] = (),
    has_factor_bounds: bool = True,
) -> Footprint:
    """Return the footprint of an estate, which a simulation may have changed.

    `has_factor_bounds`: without them every factor is held at its centre, to tell what the other parameters do.
    """
    estate = estate.compact()
    sums = _Sums.of(estate)
    factors, is_known = table.rows_of([source_of(name) for name in estate.names])
    if not has_factor_bounds:
        factors = np.repeat(factors[CENTRAL : CENTRAL + 1], 3, axis=0)
    mix = table.mix_rows(estate.zone_names)
    # Family × zone × criterion.
    known = is_known[:, None, :] & ~np.isnan(mix)[None, :, :]
    mix = np.where(np.isnan(mix), 0.0, mix)
    owned = np.einsum("bcz,czk->bck", sums.amortised, known.astype(np.float64))
    impact = owned[:, :, :, None] * factors
    impact[..., USE_INDEX] = np.einsum("bcz,czk,zk->bck", sums.energy, known.astype(np.float64), mix)
    spread = _independent(sums, factors, mix, known)
    found = _Found(estate.names, np.moveaxis(impact, 0, 1), sums, known, spread)
    criteria = {code: found.criterion(index, code, agent_count) for index, code in enumerate(CRITERIA)}
    return Footprint(criteria, agent_count=agent_count, lines_without_quantity=lines_without_quantity)


def evaluate(
    estate: Estate, table: FactorTable, *, criteria: Sequence[str] = tuple(CRITERIA)
) -> tuple[Floats, Booleans]:
    """Return the impact of each line (bound × line × criterion × step) and what is evaluated (line × criterion).

    What is not evaluated holds 0 in the first array: read it only where the second one is true. For totals, `summarise`
    is faster and its memory does not grow with criteria and steps.
    """
    chosen = [_RANK_OF_CRITERION[code] for code in criteria]
    factors, is_known = table.rows_of([source_of(name) for name in estate.names])
    mix = table.mix_rows(estate.zone_names)[:, chosen]
    units = estate.quantity * estate.use_share
    amortised = units / np.maximum(estate.lifetime_years[::-1], MINIMUM_LIFETIME_YEARS)
    energy = units * estate.electricity_kwh_per_year * estate.pue
    known = is_known[:, None, chosen] & ~np.isnan(mix)[None, :, :]
    evaluated: Booleans = known[estate.category, estate.zone]
    has_parameters = ~np.isnan(amortised[CENTRAL] + energy[CENTRAL])
    if not has_parameters.all():
        evaluated &= has_parameters[:, None]
        amortised, energy = np.nan_to_num(amortised), np.nan_to_num(energy)
    impact: Floats = factors[:, :, chosen][:, estate.category]
    impact *= amortised[:, :, None, None]
    np.multiply(energy[:, :, None], np.nan_to_num(mix)[estate.zone], out=impact[..., USE_INDEX])
    if not evaluated.all():
        impact *= evaluated[None, :, :, None]
    return impact, evaluated


_RANK_OF_CRITERION = {code: rank for rank, code in enumerate(CRITERIA)}

# Sums over the lines -------------------------------------------------------------------------------------------------

_PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))


@dataclass(frozen=True)
class _Sums:
    """What the lines come down to, by family and zone; bounds come first.

    `products`: side (low, high) × pair × family × zone, sums over the lines of the products of
    x = N × u / L at the near bound, the same at the far bound, N × u × C × PUE at the near less the far bound.
    """

    amortised: Floats
    energy: Floats
    products: Floats
    lines: Floats
    units: Floats
    units_of_all: float
    lines_of_all: int

    @classmethod
    def of(cls, estate: Estate) -> "_Sums":
        lines_of_all = _count_own(estate)
        whole = GroupSum(1, bound=_top(estate.quantity[CENTRAL]), count=len(estate))
        for part in _chunks(len(estate)):
            whole.add(estate.quantity[CENTRAL, part].copy(), np.zeros(part.stop - part.start, dtype=np.intp))
        has_parameters = ~np.isnan(estate.lifetime_years[CENTRAL] + estate.electricity_kwh_per_year[CENTRAL])
        if not has_parameters.all():
            estate = estate.take(np.flatnonzero(has_parameters))
        size = len(estate.names) * len(estate.zone_names)
        group = estate.category * len(estate.zone_names) + estate.zone
        adders = _adders(estate, size)
        for part in _chunks(len(estate)):
            _add_chunk(estate, part, group[part], adders)
        shape = (len(estate.names), len(estate.zone_names))
        totals = np.array([adder.total.reshape(shape) for adder in adders]).reshape(len(adders), *shape)
        return cls(
            amortised=totals[0:3],
            energy=totals[3:6],
            products=totals[7:].reshape(2, len(_PAIRS), *shape),
            lines=np.bincount(group, minlength=size).reshape(shape).astype(np.float64),
            units=totals[6],
            units_of_all=float(whole.total[0]),
            lines_of_all=lines_of_all,
        )


def _count_own(estate: Estate) -> int:
    """Return how many lines are not a part of equipment of another family."""
    own = np.array([not is_shared(name) for name in estate.names], dtype=np.bool_)
    return int(own[estate.category].sum())


def _chunks(count: int) -> list[slice]:
    return [slice(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


def _top(column: Floats) -> float:
    return float(column.max()) if len(column) else 0.0


def _adders(estate: Estate, size: int) -> list[GroupSum]:
    """Return what adds each column: three amortised, three of energy, the units, then the products of both sides.

    Bounds are worked out from the greatest value of each parameter: no line is above them.
    """
    units = _top(estate.quantity[HIGH]) * _top(estate.use_share)
    energy = units * _top(estate.electricity_kwh_per_year[HIGH]) * _top(estate.pue)
    bounds = [units] * 3 + [energy] * 3 + [_top(estate.quantity[CENTRAL])]
    tops = (units, units, energy)
    bounds += [tops[i] * tops[j] for i, j in _PAIRS] * 2
    return [GroupSum(size, bound=bound, count=len(estate)) for bound in bounds]


def _add_chunk(
    estate: Estate, part: slice, group: "np.ndarray[tuple[int, ...], np.dtype[np.intp]]", adders: Sequence[GroupSum]
) -> None:
    units = estate.quantity[:, part] * estate.use_share[part]
    # The longest life gives the lowest impact.
    amortised = units / np.maximum(estate.lifetime_years[::-1, part], MINIMUM_LIFETIME_YEARS)
    energy = units * estate.electricity_kwh_per_year[:, part] * estate.pue[part]
    for side, (near, far) in enumerate(((CENTRAL, LOW), (HIGH, CENTRAL))):
        terms = (amortised[near], amortised[far], energy[near] - energy[far])
        for rank, (i, j) in enumerate(_PAIRS):
            adders[7 + side * len(_PAIRS) + rank].add(terms[i] * terms[j], group)
    for bound in (LOW, CENTRAL, HIGH):
        adders[bound].add(amortised[bound], group)
        adders[3 + bound].add(energy[bound], group)
    adders[6].add(estate.quantity[CENTRAL, part].copy(), group)


def _independent(sums: _Sums, factors: Floats, mix: Floats, known: Booleans) -> Floats:
    """Return side × criterion: root of the sum over the lines of the squared distance to the centre.

    The distance of a line is x₁f₁ − x₂f₂ + x₃m: its square is a sum of products that the lines have in common.
    """
    embodied = factors.sum(axis=3)  # bound × family × criterion; the step of use is empty here
    found = np.zeros((2, len(CRITERIA)))
    for side, (near, far) in enumerate(((CENTRAL, LOW), (HIGH, CENTRAL))):
        weights = np.broadcast_arrays(embodied[near][:, None, :], -embodied[far][:, None, :], mix[None, :, :])
        squares = np.zeros(known.shape)
        for rank, (i, j) in enumerate(_PAIRS):
            times = 1.0 if i == j else 2.0
            squares += times * sums.products[side, rank][:, :, None] * weights[i] * weights[j]
        found[side] = np.sqrt(np.maximum(np.where(known, squares, 0.0), 0.0).sum(axis=(0, 1)))
    return found


# Results -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """What was computed, before it is told by criterion. `impact`: family × bound × criterion × step."""

    names: tuple[str, ...]
    impact: Floats
    sums: _Sums
    known: Booleans
    spread: Floats

    def criterion(self, index: int, code: str, agent_count: int | None) -> CriterionFootprint:
        evaluated = np.where(self.known[:, :, index], self.sums.lines, 0.0)
        is_evaluated = evaluated.sum(axis=1) > 0
        is_own = np.array([not is_shared(name) for name in self.names], dtype=np.bool_)
        impact = self.impact[:, :, index]
        categories = {}
        for family, ranks in self._ranks_by_family(is_evaluated).items():
            found = impact[ranks].sum(axis=0)
            categories[family] = CategoryFootprint(
                total=_range(found.sum(axis=1)), steps={step: _range(found[:, s]) for s, step in enumerate(STEPS)}
            )
        total = _range(impact.sum(axis=(0, 2))) if is_evaluated.any() else None
        below, above = (float(value) for value in self.spread[:, index])
        return CriterionFootprint(
            code=code,
            unit=CRITERIA[code],
            total=total,
            independent=Range(total.central - below, total.central, total.central + above) if total else None,
            by_category=categories,
            by_step={step: _range(impact[:, :, s].sum(axis=0)) for s, step in enumerate(STEPS)},
            not_evaluated=tuple(family for family in self._ranks_by_family() if family not in categories),
            coverage=Coverage(
                int(evaluated[is_own].sum()),
                self.sums.lines_of_all,
                float(np.where(self.known[:, :, index], self.sums.units, 0.0).sum()),
                self.sums.units_of_all,
            ),
            per_agent=total.scaled(1 / agent_count) if total and agent_count else None,
        )

    def _ranks_by_family(self, among: Booleans | None = None) -> dict[str, list[int]]:
        """Return family → ranks of its names: its own equipment, and its parts of hosts."""
        ranks: dict[str, list[int]] = {}
        for rank, name in enumerate(self.names):
            if among is None or among[rank]:
                ranks.setdefault(family_of(name), []).append(rank)
        return ranks


def _range(values: Floats) -> Range:
    return Range(float(values[LOW]), float(values[CENTRAL]), float(values[HIGH]))
