"""Lines of an inventory, and the parameters that the formula reads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np

from inventory.footprint.factors import CENTRAL, DEFAULT_ZONE, FactorTable, Floats, Range

# Confidence of a quantity → relative error (measured ±1 %, estimated ±10 %, unknown ±20 %).
# Source: ADEME, RCP « systèmes d'information », Nov. 2024, data quality classes high, medium, low.
QUANTITY_ERROR: dict[str, float] = {"measured": 0.01, "estimated": 0.10, "unknown": 0.20}

View = Literal["reference", "observed"]
REFERENCE: View = "reference"
OBSERVED: View = "observed"

MINIMUM_LIFETIME_YEARS = 1.0
_BOUNDS = np.array([-1.0, 0.0, 1.0])[:, None]


@dataclass(frozen=True)
class FootprintLine:
    """One family of equipment of one organisation. None means « not known »."""

    category: str
    quantity: float | None
    confidence: str = "unknown"
    lifetime_years: float | None = None
    observed_lifetime_years: float | None = None
    refurbished_share: float = 0.0
    upstream_years: float = 0.0
    use_share: float = 1.0
    pue: float = 1.0
    zone: str = DEFAULT_ZONE

    def internal_lifetime(self, view: View) -> tuple[float | None, str]:
        """Return the lifetime known to the organisation and its origin: observed, declared or default (None)."""
        if view == OBSERVED and self.observed_lifetime_years is not None:
            return self.observed_lifetime_years, "observed"
        if self.lifetime_years is not None:
            return self.lifetime_years, "declared"
        return None, "default"


@dataclass(frozen=True)
class Estate:
    """Parameters of the formula, one column per line; bounds come first (low, central, high).

    A simulation changes a copy of it, then the formula is computed once.
    """

    categories: tuple[str, ...]
    zones: tuple[str, ...]
    quantity: Floats
    lifetime_years: Floats
    electricity_kwh_per_year: Floats
    use_share: Floats
    pue: Floats

    def __len__(self) -> int:
        return len(self.categories)

    def take(self, index: Sequence[int]) -> "Estate":
        """Return the lines of the index, in its order; a line may be taken twice."""
        chosen = np.asarray(index, dtype=np.intp)
        return Estate(
            categories=tuple(self.categories[i] for i in chosen),
            zones=tuple(self.zones[i] for i in chosen),
            quantity=self.quantity[:, chosen],
            lifetime_years=self.lifetime_years[:, chosen],
            electricity_kwh_per_year=self.electricity_kwh_per_year[:, chosen],
            use_share=self.use_share[chosen],
            pue=self.pue[chosen],
        )

    def sorted(self) -> "Estate":
        """Return the lines in an order that depends on their content only, so that sums do not depend on theirs."""
        keys = [
            self.pue,
            self.use_share,
            *self.electricity_kwh_per_year,
            *self.lifetime_years,
            *self.quantity,
            np.array(self.zones, dtype=np.str_),
            np.array(self.categories, dtype=np.str_),
        ]
        return self.take(np.lexsort(keys).tolist()) if len(self) else self

    def only_bounds_of(self, parameter: str) -> "Estate":
        """Return a copy in which every parameter but the named one is held at its centre."""
        return replace(
            self,
            quantity=self.quantity if parameter == "quantity" else _flat(self.quantity),
            lifetime_years=self.lifetime_years if parameter == "lifetime_years" else _flat(self.lifetime_years),
            electricity_kwh_per_year=self.electricity_kwh_per_year
            if parameter == "electricity_kwh_per_year"
            else _flat(self.electricity_kwh_per_year),
        )


def _flat(bounds: Floats) -> Floats:
    return np.repeat(bounds[CENTRAL : CENTRAL + 1], 3, axis=0)


def lifetime_range(line: FootprintLine, table: FactorTable, view: View) -> Range | None:
    """Return the amortisation in years: declared (with the error of the line) or default (with the bounds of the file).

    A refurbished share with a proven first life adds share × years. The floor of one year is applied by the formula.
    """
    known, _origin = line.internal_lifetime(view)
    if known is not None:
        error = QUANTITY_ERROR[line.confidence]
        base: Range | None = Range(known * (1 - error), known, known * (1 + error))
    else:
        defaults = table.defaults.get(line.category)
        base = defaults.lifetime_years if defaults else None
    if base is None:
        return None
    added = line.refurbished_share * line.upstream_years
    return Range(base.low + added, base.central + added, base.high + added)


def electricity_range(line: FootprintLine, table: FactorTable) -> Range | None:
    defaults = table.defaults.get(line.category)
    return defaults.electricity_kwh_per_year if defaults else None


def resolve_lines(lines: Sequence[FootprintLine], table: FactorTable, *, view: View = REFERENCE) -> Estate:
    """Return the parameters of the lines that have a quantity. Raises ValueError on a negative or infinite value."""
    kept = [line for line in lines if line.quantity is not None]
    for line in kept:
        values = (line.quantity, line.lifetime_years, line.observed_lifetime_years, line.pue, line.use_share)
        if any(value is not None and not 0 <= value < inf for value in values):
            raise ValueError(f"{line.category}: a quantity, a lifetime, a PUE or a share is negative or infinite")
    errors = np.array([QUANTITY_ERROR[line.confidence] for line in kept])
    quantity = np.array([float(line.quantity or 0.0) for line in kept])
    return Estate(
        categories=tuple(line.category for line in kept),
        zones=tuple(line.zone for line in kept),
        quantity=quantity * (1 + _BOUNDS * errors),
        lifetime_years=_columns([lifetime_range(line, table, view) for line in kept]),
        electricity_kwh_per_year=_columns([electricity_range(line, table) for line in kept]),
        use_share=np.array([line.use_share for line in kept], dtype=np.float64),
        pue=np.array([line.pue for line in kept], dtype=np.float64),
    )


def _columns(ranges: Sequence[Range | None]) -> Floats:
    rows = [(item.low, item.central, item.high) if item else (np.nan,) * 3 for item in ranges]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 3).T.copy()
