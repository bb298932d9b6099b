"""What the actions save together, year by year, against the reduction objective. Pure: no base, no clock.

Snapshot, page and documents read the same plain values (`savings` of the content): kilograms of CO₂e a year, at the end
of each year. An action counts from the end of its last half-year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.numbers import MINUS, format_range, format_significant
from common.text import enumerate_french, typography
from roadmap.half_years import HalfYear

KG_PER_T = 1000
# Objectives are written with three figures: half a unit of the third is no gap.
ROUNDING = 0.005


@dataclass(frozen=True)
class SavingsYear:
    """A year of the path, in t CO₂e per year: what is left of the footprint, what is saved, with its range."""

    year: int
    total_t: float
    saving_t: float
    low_t: float
    high_t: float


@dataclass(frozen=True)
class SavingsPath:
    """The path of the footprint from the start of the period, and the objective when it is in tonnes and dated."""

    years: tuple[SavingsYear, ...]
    target_year: int | None = None
    target_t: float | None = None

    @property
    def baseline_t(self) -> float:
        return self.years[0].total_t

    def _is_reached(self, year: SavingsYear) -> bool:
        return self.target_t is not None and year.total_t <= self.target_t * (1 + ROUNDING)

    @property
    def reached_year(self) -> int | None:
        """The first year whose end is at or under the target."""
        return next((item.year for item in self.years if self._is_reached(item)), None)

    @property
    def at_target(self) -> SavingsYear | None:
        """The year of the target; the last one known when the path is complete before."""
        known = [item for item in self.years if self.target_year is not None and item.year <= self.target_year]
        return known[-1] if known else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the objective is reached in its year, at the middle of the range; None without objective."""
        found = self.at_target
        return None if found is None or self.target_t is None else self._is_reached(found)

    @property
    def verdict(self) -> str:
        """Say whether and when the objective is reached at the planned pace; empty without objective."""
        found, target = self.at_target, self.target_t
        if found is None or target is None or self.target_year is None:
            return ""
        if self._is_reached(found):
            reached = self.reached_year or self.target_year
            early = f", avant son échéance de {self.target_year}" if reached < self.target_year else ""
            text = f"Au rythme prévu, l’objectif est atteint en {reached}{early}."
            wanted = self.baseline_t - target * (1 + ROUNDING)
            return typography(
                text + (" Au bas de la plage du gain, il ne le serait pas." if found.low_t < wanted else "")
            )
        missing = format_significant(found.total_t - target)
        text = (
            f"Au rythme prévu, l’objectif n’est pas atteint en {self.target_year} : il manque {missing} t CO₂e par an"
        )
        late = f" ; il le serait en {self.reached_year}." if self.reached_year else "."
        return typography(text + late)


def read_path(savings: Mapping[str, Any] | None) -> SavingsPath | None:
    """Return the path of a snapshot; None when nothing was simulated, or in a version frozen before."""
    if not savings or not savings["years"]:
        return None
    target = savings["target"] or {"year": None, "value_kg": None}
    return SavingsPath(
        years=tuple(
            SavingsYear(year["year"], *(year[key] / KG_PER_T for key in ("total_kg", "saving_kg", "low_kg", "high_kg")))
            for year in savings["years"]
        ),
        target_year=target["year"],
        target_t=None if target["value_kg"] is None else target["value_kg"] / KG_PER_T,
    )


def years_before(end_half: str, first_year: int) -> float:
    """Return how many years after the first of January of a year an action counts: at the end of its last half-year."""
    end = HalfYear.from_code(end_half)
    return end.year - first_year + end.half / 2


def counts_from_label(end_half: str) -> str:
    """Write « à partir du 2e semestre 2026 », the half-year that follows the last one of an action."""
    return f"à partir du {HalfYear.from_code(end_half).plus(1).label}"


def is_weak(percent: float, low: float, high: float, low_yield_percent: float) -> bool:
    """Tell whether an action alone does little: under a share of the footprint, or not surely more than nothing."""
    return percent < low_yield_percent or low <= 0 <= high


def describe_weak(alone: Sequence[Mapping[str, Any]]) -> str:
    """Say which actions do little on the footprint, and that they may be kept for another reason; or nothing."""
    numbers = [str(row["number"]) for row in alone if row["is_weak"]]
    if not numbers:
        return ""
    many = len(numbers) > 1
    words = f"Les actions {enumerate_french(numbers)} ont" if many else f"L’action {numbers[0]} a"
    kept = "elles peuvent être gardées" if many else "elle peut être gardée"
    return typography(f"{words} un faible effet sur l’empreinte : {kept} pour la loi ou pour d’autres effets.")


@dataclass(frozen=True)
class YearRow:
    """A year in words, in t CO₂e per year."""

    year: int
    total: str
    saving: str
    range: str


def year_rows(path: SavingsPath) -> tuple[YearRow, ...]:
    """Return the years in words."""
    return tuple(
        YearRow(
            item.year,
            format_significant(item.total_t),
            signed_saving(item.saving_t),
            format_range(item.low_t, item.high_t) if item.saving_t else "–",
        )
        for item in path.years
    )


def signed_saving(value_t: float) -> str:
    """Write a saving as the change that it is: « −2,6 », « 0 »."""
    if abs(value_t) < 1e-6:
        return "0"
    return f"{MINUS if value_t > 0 else '+'}{format_significant(abs(value_t))}"
