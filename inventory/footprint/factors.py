"""Impact factors and electricity mixes, chosen by preference and laid out in arrays."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

# Criterion → unit. Units are never mixed: no single score, no sum over criteria.
CRITERIA: dict[str, str] = {
    "GWP": "kgCO2eq",
    "ADPE": "kgSbeq",
    "PE": "MJ",
    "ADPF": "MJ",
    "AP": "mol H+ eq",
    "IR": "kBq U235 eq",
    "PM": "disease incidence",
}
MANUFACTURING, DISTRIBUTION, USE, END_OF_LIFE, EMBODIED = (
    "manufacturing",
    "distribution",
    "use",
    "end_of_life",
    "embodied",
)
STEPS = (MANUFACTURING, DISTRIBUTION, USE, END_OF_LIFE, EMBODIED)
SPLIT_STEPS = (MANUFACTURING, DISTRIBUTION, END_OF_LIFE)
USE_INDEX = STEPS.index(USE)
LOW, CENTRAL, HIGH = 0, 1, 2

DEFAULT_PUE = 1.6
DEFAULT_ZONE = "FRA"
UNUSABLE_QUALITY = "X-suspect"

# Quality class → (divisor-like multiplier of the low side, multiplier of the high side) where the file gives no bound.
_CLASS_BOUNDS: dict[str, tuple[float, float]] = {
    "A": (0.70, 1.30),
    "B": (0.70, 1.30),
    "C": (0.50, 1.50),
    "C-estimated": (1 / 3, 3.0),
    "D-estimated": (1 / 3, 3.0),
}


@dataclass(frozen=True)
class Range:
    """A value with its worst-case bounds, all in the same unit."""

    low: float
    central: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def scaled(self, by: float) -> "Range":
        return Range(self.low * by, self.central * by, self.high * by)


def factor_bounds(value: float, low: float | None, high: float | None, quality: str) -> tuple[float, float]:
    """Return the two bounds of a factor; a missing bound takes the rule of its quality class, on that side only."""
    below, above = _CLASS_BOUNDS[quality]
    return (value * below if low is None else low), (value * above if high is None else high)


@dataclass(frozen=True)
class Factor:
    """One row of the factor file: impact of one unit for a step other than use."""

    category: str
    criterion: str
    step: str
    value: float
    low: float | None
    high: float | None
    quality: str
    preference: int = 1
    unit: str = ""
    source: str = ""
    source_ref: str = ""
    licence: str = ""
    licence_class: str = ""
    bounds_source: str = ""
    method_note: str = ""

    @property
    def range(self) -> Range:
        low, high = factor_bounds(self.value, self.low, self.high, self.quality)
        return Range(low, self.value, high)

    @property
    def is_estimate(self) -> bool:
        """Whether the value bears a visible mark: an order of magnitude built by proxy."""
        return self.quality == "D-estimated"


@dataclass(frozen=True)
class CategoryDefaults:
    """Default lifetime and yearly electricity of a category; None when the file has none."""

    category: str
    lifetime_years: Range | None
    electricity_kwh_per_year: Range | None
    note: str = ""


@dataclass(frozen=True)
class MixFactor:
    """Impact of one kWh in a zone, location-based."""

    zone: str
    criterion: str
    value: float
    preference: int = 1
    quality: str = ""
    reference_year: str = ""
    source: str = ""
    source_ref: str = ""
    licence: str = ""
    licence_class: str = ""


class FactorTable:
    """One version of the factors, ready to compute with.

    Per (category, criterion) the lowest preference among the allowed licence classes wins, as a whole level: it is
    either split in steps or `embodied`. Rows of quality X-suspect are never used; rows of step `use` are a cross-check
    of the file and are ignored here. Raises ValueError when a level is both split and not split.

    `favoured_licence_classes`: a level of these classes goes before the others, whatever its preference (the sheets of
    the manufacturers, say); where there is none the usual level is kept, and `is_favoured` tells it. `data_factors` are
    those of one GB transferred: they belong to no equipment.
    """

    def __init__(
        self,
        factors: Iterable[Factor],
        defaults: Iterable[CategoryDefaults],
        mix: Iterable[MixFactor],
        *,
        allowed_licence_classes: frozenset[str] | None = None,
        favoured_licence_classes: frozenset[str] = frozenset(),
        data_factors: Iterable[Factor] = (),
    ) -> None:
        self.data_factors = {
            item.category: item
            for item in data_factors
            if allowed_licence_classes is None or item.licence_class in allowed_licence_classes
        }
        self.defaults = {item.category: item for item in defaults}
        self.favoured_licence_classes = favoured_licence_classes
        self.chosen = _choose_levels(factors, allowed_licence_classes, favoured_licence_classes)
        self.mix = _choose_mix(mix, allowed_licence_classes)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        return tuple(sorted(self.defaults))

    @cached_property
    def _position(self) -> dict[str, int]:
        return {category: index for index, category in enumerate(self.categories)}

    @cached_property
    def _factor_array(self) -> Floats:
        """Bound × category × criterion × step; the last category is the unknown one, empty."""
        array = np.zeros((3, len(self.categories) + 1, len(CRITERIA), len(STEPS)))
        criteria = list(CRITERIA)
        for (category, criterion), level in self.chosen.items():
            if category not in self._position:
                continue
            for factor in level:
                cell = (self._position[category], criteria.index(criterion), STEPS.index(factor.step))
                values = factor.range
                array[(LOW, *cell)] += values.low
                array[(CENTRAL, *cell)] += values.central
                array[(HIGH, *cell)] += values.high
        return array

    @cached_property
    def _has_factor(self) -> Booleans:
        array = np.zeros((len(self.categories) + 1, len(CRITERIA)), dtype=np.bool_)
        criteria = list(CRITERIA)
        for category, criterion in self.chosen:
            if category in self._position:
                array[self._position[category], criteria.index(criterion)] = True
        return array

    def is_favoured(self, category: str, criterion: str) -> bool:
        """Return whether the factors of a category come from the favoured classes, when there are some."""
        return any(
            item.licence_class in self.favoured_licence_classes for item in self.chosen.get((category, criterion), ())
        )

    def rows_of(self, categories: Sequence[str]) -> tuple[Floats, Booleans]:
        """Return (bound × line × criterion × step, line × criterion) for one category per line."""
        unknown = len(self.categories)
        index = [self._position.get(category, unknown) for category in categories]
        return self._factor_array[:, index], self._has_factor[index]

    def mix_rows(self, zones: Sequence[str]) -> Floats:
        """Return line × criterion, impact per kWh; NaN where the zone has no factor."""
        return np.array(
            [
                [
                    found.value if (found := self.mix.get((zone, criterion))) is not None else np.nan
                    for criterion in CRITERIA
                ]
                for zone in zones
            ],
            dtype=np.float64,
        ).reshape(len(zones), len(CRITERIA))


def _choose_levels(
    factors: Iterable[Factor], allowed: frozenset[str] | None, favoured: frozenset[str]
) -> dict[tuple[str, str], tuple[Factor, ...]]:
    levels: dict[tuple[str, str], dict[int, list[Factor]]] = defaultdict(lambda: defaultdict(list))
    for factor in factors:
        is_usable = factor.quality != UNUSABLE_QUALITY and factor.step in (*SPLIT_STEPS, EMBODIED)
        if is_usable and factor.criterion in CRITERIA and (allowed is None or factor.licence_class in allowed):
            levels[factor.category, factor.criterion][factor.preference].append(factor)
    chosen = {}
    for key, by_preference in levels.items():
        level = by_preference[min(by_preference, key=lambda rank: (not _is_of(by_preference[rank], favoured), rank))]
        steps = [factor.step for factor in level]
        if len(set(steps)) != len(steps) or (EMBODIED in steps and len(steps) > 1):
            raise ValueError(f"{key[0]}, {key[1]}: a preference level is either split in steps or embodied")
        chosen[key] = tuple(sorted(level, key=lambda factor: STEPS.index(factor.step)))
    return chosen


def _is_of(level: Iterable[Factor], classes: frozenset[str]) -> bool:
    return all(factor.licence_class in classes for factor in level)


def _choose_mix(mix: Iterable[MixFactor], allowed: frozenset[str] | None) -> dict[tuple[str, str], MixFactor]:
    chosen: dict[tuple[str, str], MixFactor] = {}
    for factor in mix:
        if allowed is not None and factor.licence_class not in allowed:
            continue
        current = chosen.get((factor.zone, factor.criterion))
        if current is None or factor.preference < current.preference:
            chosen[factor.zone, factor.criterion] = factor
    return chosen
