"""Purchases year by year: what each year of buying weighs, in the accounting of the flow. Pure.

Two accountings are never mixed in one figure. Amortised: E / L every year of service. Flow: E in the year of purchase,
nothing later, which tells how many purchases to avoid this year.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from inventory.footprint import FactorTable, Range


@dataclass(frozen=True)
class PurchaseRow:
    """So many units of a family bought in a year."""

    category: str
    year: int
    quantity: int


@dataclass(frozen=True)
class PurchaseYear:
    """What a year of purchases weighs. `not_evaluated`: families without factor, never counted as 0."""

    year: int
    units: int
    total: Range | None
    by_category: dict[str, Range]
    not_evaluated: tuple[str, ...]


def embodied_of(category: str, table: FactorTable, criterion: str = "GWP") -> Range | None:
    """Return E, the impact of one unit for the steps other than use; None without factor."""
    level = table.chosen.get((category, criterion))
    if not level:
        return None
    ranges = [factor.range for factor in level]
    return Range(sum(r.low for r in ranges), sum(r.central for r in ranges), sum(r.high for r in ranges))


def purchases_by_year(rows: Iterable[PurchaseRow], table: FactorTable, *, criterion: str = "GWP") -> list[PurchaseYear]:
    """Return the years of purchase, the oldest first; a year without purchase between two others is there, at zero.

    The order of the rows changes nothing. Raises ValueError on a negative quantity.
    """
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.quantity < 0:
            raise ValueError(f"{row.category}, {row.year}: a quantity is negative")
        counts[row.year][row.category] += row.quantity
    if not counts:
        return []
    return [_year(year, counts[year], table, criterion) for year in range(min(counts), max(counts) + 1)]


def _year(year: int, counts: dict[str, int], table: FactorTable, criterion: str) -> PurchaseYear:
    found, missing = {}, []
    for category in sorted(counts):
        unit = embodied_of(category, table, criterion)
        if unit is None:
            missing.append(category)
        else:
            found[category] = unit.scaled(counts[category])
    total = None
    if found or not counts:
        ranges = found.values()
        total = Range(sum(r.low for r in ranges), sum(r.central for r in ranges), sum(r.high for r in ranges))
    return PurchaseYear(year, sum(counts.values()), total, found, tuple(missing))
