"""The formula, vectorised over bounds, lines, criteria and steps."""

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
    resolve_lines,
)


@dataclass(frozen=True)
class Coverage:
    """What could be evaluated for a criterion, among the lines that have a quantity."""

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


def evaluate(estate: Estate, table: FactorTable, *, has_factor_bounds: bool = True) -> tuple[Floats, Booleans]:
    """Return the impact (bound × line × criterion × step) and what is evaluated (line × criterion).

    What is not evaluated holds 0 in the first array: read it only where the second one is true.
    """
    factors, is_known = table.rows_of(estate.categories)
    if not has_factor_bounds:
        factors = np.repeat(factors[CENTRAL : CENTRAL + 1], 3, axis=0)
    mix = table.mix_rows(estate.zones)
    units = estate.quantity * estate.use_share
    # The longest life gives the lowest impact.
    lifetime = np.maximum(estate.lifetime_years[::-1], MINIMUM_LIFETIME_YEARS)
    impact = units[:, :, None, None] * factors / lifetime[:, :, None, None]
    energy = units * estate.electricity_kwh_per_year * estate.pue
    impact[..., USE_INDEX] = energy[:, :, None] * mix[None, :, :]
    is_evaluated = is_known & ~np.isnan(impact).any(axis=(0, 3))
    return np.where(is_evaluated[None, :, :, None], impact, 0.0), is_evaluated


def compute_footprint(
    lines: Sequence[FootprintLine],
    table: FactorTable,
    *,
    agent_count: int | None = None,
    view: View = REFERENCE,
) -> Footprint:
    """Return the yearly footprint of the lines. The order of the lines does not change a bit of it.

    `view` is « reference » (declared lifetime) or « observed » (observed lifetime where it is known).
    """
    missing = tuple(sorted({line.category for line in lines if line.quantity is None}))
    estate = resolve_lines(lines, table, view=view)
    return summarise(estate, table, agent_count=agent_count, lines_without_quantity=missing)


def summarise(
    estate: Estate,
    table: FactorTable,
    *,
    agent_count: int | None = None,
    lines_without_quantity: tuple[str, ...] = (),
) -> Footprint:
    """Return the footprint of an estate, which a simulation may have changed."""
    estate = estate.sorted()
    impact, is_evaluated = evaluate(estate, table)
    names = sorted(set(estate.categories))
    position = np.array([names.index(category) for category in estate.categories], dtype=np.intp)
    by_category = np.zeros((len(names), 3, len(CRITERIA), len(STEPS)))
    # Sequential and in a canonical order: two identical inventories give the same bits.
    np.add.at(by_category, position, np.moveaxis(impact, 1, 0))
    criteria = {
        code: _criterion(index, code, estate, names, position, by_category, impact, is_evaluated, agent_count)
        for index, code in enumerate(CRITERIA)
    }
    return Footprint(criteria, agent_count=agent_count, lines_without_quantity=lines_without_quantity)


def _criterion(
    index: int,
    code: str,
    estate: Estate,
    names: Sequence[str],
    position: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
    by_category: Floats,
    impact: Floats,
    is_evaluated: Booleans,
    agent_count: int | None,
) -> CriterionFootprint:
    known = is_evaluated[:, index]
    evaluated_names = {names[i] for i in position[known]}
    categories = {
        name: CategoryFootprint(
            total=_range(by_category[i, :, index].sum(axis=1)),
            steps={step: _range(by_category[i, :, index, s]) for s, step in enumerate(STEPS)},
        )
        for i, name in enumerate(names)
        if name in evaluated_names
    }
    by_step = {step: _range(by_category[:, :, index, s].sum(axis=0)) for s, step in enumerate(STEPS)}
    total = _range(by_category[:, :, index].sum(axis=(0, 2))) if known.any() else None
    units = estate.quantity[CENTRAL]
    return CriterionFootprint(
        code=code,
        unit=CRITERIA[code],
        total=total,
        independent=_independent(impact[:, :, index].sum(axis=2), total),
        by_category=categories,
        by_step=by_step,
        not_evaluated=tuple(sorted(set(names) - evaluated_names)),
        coverage=Coverage(int(known.sum()), len(known), float(units[known].sum()), float(units.sum())),
        per_agent=total.scaled(1 / agent_count) if total and agent_count else None,
    )


def _independent(line_totals: Floats, total: Range | None) -> Range | None:
    """Root of the sum of squares around the centre, each side apart, over the lines."""
    if total is None:
        return None
    below = float(np.sqrt(((line_totals[CENTRAL] - line_totals[LOW]) ** 2).sum()))
    above = float(np.sqrt(((line_totals[HIGH] - line_totals[CENTRAL]) ** 2).sum()))
    return Range(total.central - below, total.central, total.central + above)


def _range(values: Floats) -> Range:
    return Range(float(values[LOW]), float(values[CENTRAL]), float(values[HIGH]))
