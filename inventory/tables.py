"""From the rows of a set of factors to what the pure engine reads."""

from collections.abc import Iterable, Mapping
from typing import Any

from inventory.footprint import CategoryDefaults, Factor, FactorTable, MixFactor, Range
from inventory.models import CategoryParameter, ElectricityMix, ImpactFactor
from inventory.simulation import SimulationRules

# Rows « per unit per year » are a cross-check of the use step, rows « per GB » belong to no equipment.
BASIS = "per unit"
DATA_BASIS = "per GB"


def build_table(
    parameters: Iterable[CategoryParameter],
    factors: Iterable[ImpactFactor],
    mixes: Iterable[ElectricityMix],
    *,
    allowed_licence_classes: frozenset[str] | None = None,
    favoured_licence_classes: frozenset[str] = frozenset(),
) -> FactorTable:
    """Return the factors as the pure engine reads them. Raises ValueError when a level is both split and not."""
    rows = list(factors)
    return FactorTable(
        [_as_factor(row) for row in rows if row.basis == BASIS],
        [_as_defaults(row) for row in parameters],
        [_as_mix(row) for row in mixes],
        allowed_licence_classes=allowed_licence_classes,
        favoured_licence_classes=favoured_licence_classes,
        data_factors=[_as_factor(row) for row in rows if row.basis == DATA_BASIS],
    )


def _as_factor(row: ImpactFactor) -> Factor:
    return Factor(
        category=row.category_code,
        criterion=row.criterion,
        step=row.step,
        value=row.value,
        low=row.low,
        high=row.high,
        quality=row.quality,
        preference=row.preference,
        unit=row.unit,
        source=row.source,
        source_ref=row.source_ref,
        licence=row.licence,
        licence_class=row.licence_class,
        bounds_source=row.bounds_source,
        method_note=row.method_note,
    )


def _as_defaults(row: CategoryParameter) -> CategoryDefaults:
    return CategoryDefaults(
        category=row.category_code,
        lifetime_years=_range(row.lifetime_years, row.lifetime_years_low, row.lifetime_years_high),
        electricity_kwh_per_year=_range(
            row.electricity_kwh_per_year, row.electricity_kwh_per_year_low, row.electricity_kwh_per_year_high
        ),
        note=row.method_note,
    )


def _range(value: float | None, low: float | None, high: float | None) -> Range | None:
    """A bound that the file lacks is the value itself: only the charger, which draws nothing, has none."""
    if value is None:
        return None
    return Range(value if low is None else low, value, value if high is None else high)


def _as_mix(row: ElectricityMix) -> MixFactor:
    return MixFactor(
        zone=row.zone,
        criterion=row.criterion,
        value=row.value,
        preference=row.preference,
        quality=row.quality,
        reference_year=row.reference_year,
        source=row.source,
        source_ref=row.source_ref,
        licence=row.licence,
        licence_class=row.licence_class,
    )


def read_rules(data: Mapping[str, Any]) -> SimulationRules:
    """Return the rules of simulation kept with a set of factors."""
    return SimulationRules(
        groups={name: tuple(codes) for name, codes in data["groups"].items()},
        order=tuple(data["order"]),
        exclusive=tuple(frozenset(group) for group in data["exclusive"]),
    )
