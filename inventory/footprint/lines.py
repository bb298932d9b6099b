"""Lines of an inventory, and the parameters that the formula reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Literal

import numpy as np

from inventory.footprint.factors import CENTRAL, DEFAULT_ZONE, Booleans, FactorTable, Floats, Range
from inventory.footprint.sums import Indexes

# Confidence of a quantity → relative error (measured ±1 %, estimated ±10 %, unknown ±20 %).
# Source: ADEME, RCP « systèmes d'information », Nov. 2024, data quality classes high, medium, low.
QUANTITY_ERROR: dict[str, float] = {"measured": 0.01, "estimated": 0.10, "unknown": 0.20}

View = Literal["reference", "observed"]
REFERENCE: View = "reference"
OBSERVED: View = "observed"

MINIMUM_LIFETIME_YEARS = 1.0
_SIGNS = (-1.0, 0.0, 1.0)


@dataclass(frozen=True)
class FootprintLine:
    """One family of equipment of one organisation. None means « not known ».

    `reuse_rate`: share of the retired units handed over for reuse with a certificate, 0–1; they then live
    `total_life_years` in all. `host` names the physical host that the line is, or that it is a part of.
    `factor_category`: family whose factors, lifetime and electricity are taken, when it is not its own: the part of a
    host that virtual machines take counts in their family, with the factors of the host.
    """

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
    reuse_rate: float = 0.0
    total_life_years: float = 0.0
    host: str = ""
    is_part_of_host: bool = False
    factor_category: str = ""

    @property
    def source(self) -> str:
        """Family whose factors, lifetime and electricity are taken."""
        return self.factor_category or self.category

    @property
    def name(self) -> str:
        """Name of the line in the columns: its family, and the family of its factors when it is another one."""
        return f"{self.category}{_FACTORS_OF}{self.factor_category}" if self.factor_category else self.category

    def internal_lifetime(self, view: View) -> tuple[float | None, str]:
        """Return the lifetime known to the organisation and its origin: observed, declared or default (None)."""
        if view == OBSERVED and self.observed_lifetime_years is not None:
            return self.observed_lifetime_years, "observed"
        if self.lifetime_years is not None:
            return self.lifetime_years, "declared"
        return None, "default"


# Between the family of a line and the family of its factors, in the names of the columns; no code holds it.
_FACTORS_OF = "@"


def family_of(name: str) -> str:
    """Return the family that a line of this name counts in."""
    return name.partition(_FACTORS_OF)[0]


def source_of(name: str) -> str:
    """Return the family whose factors a line of this name takes."""
    return name.rpartition(_FACTORS_OF)[2]


def is_shared(name: str) -> bool:
    """Return whether a line of this name is a part of equipment of another family."""
    return _FACTORS_OF in name


# What a column of numbers holds → the name of the field of a line that it comes from.
_PLAIN_COLUMNS = ("refurbished_share", "upstream_years", "use_share", "pue", "reuse_rate", "total_life_years")
_OPTIONAL_COLUMNS = ("quantity", "lifetime_years", "observed_lifetime_years")


@dataclass(frozen=True)
class LineColumns:
    """Many lines, one array per field: what a large inventory is read into. NaN means « not known ».

    `category` and `zone` are ranks in `categories` (see `FootprintLine.name`) and `zones`, which are sorted. `error` is
    the relative error of the quantity and of the lifetime.
    """

    categories: tuple[str, ...]
    category: Indexes
    zones: tuple[str, ...]
    zone: Indexes
    error: Floats
    quantity: Floats
    lifetime_years: Floats
    observed_lifetime_years: Floats
    refurbished_share: Floats
    upstream_years: Floats
    use_share: Floats
    pue: Floats
    reuse_rate: Floats
    total_life_years: Floats

    @property
    def numbers(self) -> dict[str, Floats]:
        return {name: getattr(self, name) for name in ("error", *_OPTIONAL_COLUMNS, *_PLAIN_COLUMNS)}

    def filled(self) -> "LineColumns":
        """Return the lines that have a quantity; the names that no line bears any more stay."""
        kept = ~np.isnan(self.quantity)
        if kept.all():
            return self
        numbers: dict[str, Any] = {name: column[kept] for name, column in self.numbers.items()}
        return replace(self, category=self.category[kept], zone=self.zone[kept], **numbers)

    def check(self) -> None:
        """Raise ValueError on a negative or infinite value; the message names the family of the first line."""
        for name, column in self.numbers.items():
            # The least and the greatest tell everything: NaN, where it may stand, is neither.
            known = column[~np.isnan(column)] if name in _OPTIONAL_COLUMNS else column
            if len(known) and not (known.min() >= 0 and known.max() < inf):
                bad = ~(column >= 0) | (column == inf)
                if name in _OPTIONAL_COLUMNS:
                    bad &= ~np.isnan(column)
                family = self.categories[self.category[int(np.flatnonzero(bad)[0])]]
                raise ValueError(f"{family}: a quantity, a lifetime, a PUE or a share is negative or infinite ({name})")


def columns_of(lines: Sequence[FootprintLine]) -> LineColumns:
    """Return the lines as columns. Raises ValueError on a value that is not a number."""
    categories, category = _ranks([line.name for line in lines])
    zones, zone = _ranks([line.zone for line in lines])
    for line in lines:
        for name in _OPTIONAL_COLUMNS:
            value = getattr(line, name)
            if value is not None and value != value:
                raise ValueError(f"{line.category}: {name} is not a number")
    optional = {name: _column(_or_nan(getattr(line, name)) for line in lines) for name in _OPTIONAL_COLUMNS}
    plain = {name: _column(getattr(line, name) for line in lines) for name in _PLAIN_COLUMNS}
    return LineColumns(
        categories=categories,
        category=category,
        zones=zones,
        zone=zone,
        error=_column(QUANTITY_ERROR[line.confidence] for line in lines),
        **optional,
        **plain,
    )


def _ranks(names: Sequence[str]) -> tuple[tuple[str, ...], Indexes]:
    known = tuple(sorted(set(names)))
    rank = {name: index for index, name in enumerate(known)}
    return known, np.array([rank[name] for name in names], dtype=np.intp)


def _column(values: Iterable[float]) -> Floats:
    return np.fromiter(values, dtype=np.float64)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else float(value)


@dataclass(frozen=True)
class Estate:
    """Parameters of the formula, one column per line; bounds come first (low, central, high).

    `category` and `zone` are ranks in `names` (see `FootprintLine.name`) and `zone_names`, which are sorted. A
    simulation changes a copy of it, then the formula is computed once.
    """

    names: tuple[str, ...]
    category: Indexes
    zone_names: tuple[str, ...]
    zone: Indexes
    quantity: Floats
    lifetime_years: Floats
    electricity_kwh_per_year: Floats
    use_share: Floats
    pue: Floats

    def __len__(self) -> int:
        return len(self.category)

    def take(self, index: Sequence[int] | Indexes) -> "Estate":
        """Return the lines of the index, in its order; a line may be taken twice."""
        chosen = np.asarray(index, dtype=np.intp)
        return replace(
            self,
            category=self.category[chosen],
            zone=self.zone[chosen],
            quantity=self.quantity[:, chosen],
            lifetime_years=self.lifetime_years[:, chosen],
            electricity_kwh_per_year=self.electricity_kwh_per_year[:, chosen],
            use_share=self.use_share[chosen],
            pue=self.pue[chosen],
        )

    def joined(self, other: "Estate") -> "Estate":
        """Return the lines of both."""
        names = tuple(sorted({*self.names, *other.names}))
        zones = tuple(sorted({*self.zone_names, *other.zone_names}))
        both = (self, other)
        return Estate(
            names=names,
            category=np.concatenate([_renamed(item.names, names)[item.category] for item in both]),
            zone_names=zones,
            zone=np.concatenate([_renamed(item.zone_names, zones)[item.zone] for item in both]),
            quantity=np.concatenate([item.quantity for item in both], axis=1),
            lifetime_years=np.concatenate([item.lifetime_years for item in both], axis=1),
            electricity_kwh_per_year=np.concatenate([item.electricity_kwh_per_year for item in both], axis=1),
            use_share=np.concatenate([item.use_share for item in both]),
            pue=np.concatenate([item.pue for item in both]),
        )

    def compact(self) -> "Estate":
        """Return the same lines without the names that none of them bears: they would change the order of the sums."""
        names, category = _used(self.names, self.category)
        zone_names, zone = _used(self.zone_names, self.zone)
        return replace(self, names=names, category=category, zone_names=zone_names, zone=zone)

    def belongs_to(self, categories: Iterable[str]) -> Booleans:
        """Return, for each line, whether it is of one of these families."""
        wanted = set(categories)
        chosen: Booleans = np.array([family_of(name) in wanted for name in self.names], dtype=np.bool_)[self.category]
        return chosen

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


def _renamed(names: tuple[str, ...], wanted: tuple[str, ...]) -> Indexes:
    rank = {name: index for index, name in enumerate(wanted)}
    return np.array([rank[name] for name in names], dtype=np.intp)


def _used(names: tuple[str, ...], ranks: Indexes) -> tuple[tuple[str, ...], Indexes]:
    is_used = np.bincount(ranks, minlength=len(names)) > 0
    if is_used.all():
        return names, ranks
    moved: Indexes = (np.cumsum(is_used) - 1).astype(np.intp)
    return tuple(name for name, kept in zip(names, is_used, strict=True) if kept), moved[ranks]


def _flat(bounds: Floats) -> Floats:
    return np.repeat(bounds[CENTRAL : CENTRAL + 1], 3, axis=0)


def lifetime_range(line: FootprintLine, table: FactorTable, view: View) -> Range | None:
    """Return the amortisation of one line in years; see `resolve_columns`."""
    estate = resolve_columns(columns_of([replace(line, quantity=1.0)]), table, view=view)
    return _range_of(estate.lifetime_years)


def electricity_range(line: FootprintLine, table: FactorTable) -> Range | None:
    defaults = table.defaults.get(line.source)
    return defaults.electricity_kwh_per_year if defaults else None


def _range_of(bounds: Floats) -> Range | None:
    low, central, high = (float(value) for value in bounds[:, 0])
    return None if np.isnan(central) else Range(low, central, high)


def resolve_lines(lines: Sequence[FootprintLine], table: FactorTable, *, view: View = REFERENCE) -> Estate:
    """Return the parameters of the lines that have a quantity. Raises ValueError on a negative or infinite value."""
    return resolve_columns(columns_of([line for line in lines if line.quantity is not None]), table, view=view)


def resolve_columns(columns: LineColumns, table: FactorTable, *, view: View = REFERENCE) -> Estate:
    """Return the parameters of the lines that have a quantity. Raises ValueError on a negative or infinite value.

    The lifetime is the declared one (with the error of the line) or the default one (with the bounds of the file); the
    observed one takes the place of the declared in the other view. A refurbished share with a proven first life adds
    share × years. Handing over for reuse adds rate × what is left of the whole life. The floor of one year is applied
    by the formula.
    """
    columns = columns.filled()
    columns.check()
    known = columns.lifetime_years
    if view == OBSERVED:
        known = np.where(np.isnan(columns.observed_lifetime_years), known, columns.observed_lifetime_years)
    is_default = np.isnan(known)
    usual = _per_category(columns.categories, [_lifetime(table, name) for name in columns.categories])
    added = columns.refurbished_share * columns.upstream_years
    has_reuse = bool((columns.reuse_rate * columns.total_life_years).any())
    quantity, lifetime = np.empty((3, len(known))), np.empty((3, len(known)))
    for bound, sign in enumerate(_SIGNS):
        error = 1 + sign * columns.error
        np.multiply(columns.quantity, error, out=quantity[bound])
        np.multiply(known, error, out=lifetime[bound])
        np.copyto(lifetime[bound], usual[bound][columns.category], where=is_default)
        if has_reuse:
            left = np.maximum(columns.total_life_years - lifetime[bound], 0.0)
            lifetime[bound] += columns.reuse_rate * left
        lifetime[bound] += added
    usual_electricity = _per_category(columns.categories, [_electricity(table, name) for name in columns.categories])
    return Estate(
        names=columns.categories,
        category=columns.category,
        zone_names=columns.zones,
        zone=columns.zone,
        quantity=quantity,
        lifetime_years=lifetime,
        electricity_kwh_per_year=usual_electricity[:, columns.category],
        use_share=columns.use_share,
        pue=columns.pue,
    )


def _lifetime(table: FactorTable, name: str) -> Range | None:
    defaults = table.defaults.get(source_of(name))
    return defaults.lifetime_years if defaults else None


def _electricity(table: FactorTable, name: str) -> Range | None:
    defaults = table.defaults.get(source_of(name))
    return defaults.electricity_kwh_per_year if defaults else None


def _per_category(categories: Sequence[str], ranges: Sequence[Range | None]) -> Floats:
    rows = [(item.low, item.central, item.high) if item else (np.nan,) * 3 for item in ranges]
    return np.array(rows, dtype=np.float64).reshape(len(categories), 3).T.copy()
