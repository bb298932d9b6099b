"""Two inventories under the same factors: what changed, and what it changes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.footprint import REFERENCE, FactorTable, FootprintLine, Range, compute_footprint

CLIMATE = "GWP"


@dataclass(frozen=True)
class FamilyChange:
    """A family on both dates: units in service, and kg CO2e a year. None where it is not known, or not evaluated."""

    category: str
    units_before: float | None
    units_after: float | None
    before: Range | None
    after: Range | None

    @property
    def difference_kg(self) -> float:
        """Central difference; a family that is absent on one date weighs nothing then."""
        return (self.after.central if self.after else 0.0) - (self.before.central if self.before else 0.0)


@dataclass(frozen=True)
class InventoryComparison:
    """Both totals in kg CO2e a year, and their difference under the same assumptions on both dates."""

    before: Range | None
    after: Range | None
    difference: Range | None
    families: tuple[FamilyChange, ...]

    @property
    def difference_percent(self) -> float | None:
        """Central difference in percent of the first total."""
        if self.before is None or self.difference is None or not self.before.central:
            return None
        return 100 * self.difference.central / self.before.central


def compare_inventories(
    first: Sequence[FootprintLine], second: Sequence[FootprintLine], table: FactorTable
) -> InventoryComparison:
    """Compare two inventories, both computed with these factors and their declared lifetimes.

    The difference is taken bound by bound: the errors of the factors are the same on both dates, and do not add up.
    Families come by the size of their change, then by code.
    """
    before, after = (compute_footprint(lines, table, view=REFERENCE)[CLIMATE] for lines in (first, second))
    units = [_units(lines) for lines in (first, second)]
    families = [
        FamilyChange(
            category=code,
            units_before=units[0].get(code),
            units_after=units[1].get(code),
            before=before.by_category[code].total if code in before.by_category else None,
            after=after.by_category[code].total if code in after.by_category else None,
        )
        for code in sorted(units[0].keys() | units[1].keys())
        if units[0].get(code) is not None or units[1].get(code) is not None
    ]
    return InventoryComparison(
        before=before.total,
        after=after.total,
        difference=_difference(before.total, after.total),
        families=tuple(sorted(families, key=lambda item: (-abs(item.difference_kg), item.category))),
    )


def _units(lines: Sequence[FootprintLine]) -> dict[str, float | None]:
    """Return family → units in service; the virtual machines that hosts carry are a line of their own."""
    found: dict[str, float | None] = {}
    for line in lines:
        known = found.get(line.category)
        found[line.category] = line.quantity if known is None else known + (line.quantity or 0)
    return found


def _difference(before: Range | None, after: Range | None) -> Range | None:
    if before is None or after is None:
        return None
    central = after.central - before.central
    values = (after.low - before.low, central, after.high - before.high)
    return Range(min(values), central, max(values))
