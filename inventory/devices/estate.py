"""From the groups of a table to the figures of each family. Pure.

The observed lifetime follows docs/calculs.md: the mean of the age at the end of the retired devices and, for those in
service, of the larger of their age and the theoretical lifetime.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from inventory.devices.cells import NO_MONTH
from inventory.devices.tally import MEANS, SUMS, Group
from inventory.enums import DeviceState
from inventory.models import InventoryLine

_AGE_MAX = float(InventoryLine.AGE_MAX_YEARS)
_LIFE_MAX = float(InventoryLine.LIFETIME_MAX_YEARS)


@dataclass
class FamilyEstate:
    """What a table says of a family. `purchases`: year → devices bought."""

    counts: dict[DeviceState, int] = field(default_factory=lambda: dict.fromkeys(DeviceState, 0))
    age_months: int = 0
    aged_count: int = 0
    life_years: float = 0.0
    life_count: int = 0
    purchases: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    retired_by_year: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sums: dict[str, list[float]] = field(default_factory=dict)

    @property
    def in_service(self) -> int:
        return self.counts[DeviceState.IN_SERVICE]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def estate_of(
    groups: Iterable[tuple[str, Group]], *, on_month: int, lifetimes: Mapping[str, float]
) -> dict[str, FamilyEstate]:
    """Return family → its estate. `groups`: (family, group); `lifetimes`: family → theoretical lifetime in years."""
    found: dict[str, FamilyEstate] = {}
    for family, group in groups:
        estate = found.setdefault(family, FamilyEstate())
        _add(estate, group, on_month=on_month, lifetime=lifetimes.get(family))
        for name, (total, count) in group.sums.items():
            own = estate.sums.setdefault(name, [0.0, 0])
            own[0] += total
            own[1] += count
    return found


def _add(estate: FamilyEstate, group: Group, *, on_month: int, lifetime: float | None) -> None:
    for cell in group.cells:
        estate.counts[cell.state] += cell.count
        if cell.is_purchase:
            estate.purchases[cell.month // 12] += cell.count
        if cell.state is DeviceState.RETIRED and cell.retired_month != NO_MONTH:
            estate.retired_by_year[cell.retired_month // 12] += cell.count
        if cell.month == NO_MONTH:
            continue
        end = cell.retired_month if cell.state is DeviceState.RETIRED else on_month
        if end == NO_MONTH or cell.state is DeviceState.STOCK:
            continue
        months = max(0, end - cell.month)
        if cell.state is DeviceState.IN_SERVICE:
            estate.age_months += months * cell.count
            estate.aged_count += cell.count
            if lifetime is None:
                continue
            estate.life_years += max(months / 12, lifetime) * cell.count
        else:
            estate.life_years += months / 12 * cell.count
        estate.life_count += cell.count


def figures_of(estate: FamilyEstate, *, fields: Iterable[str], on_month: int) -> dict[str, int | Decimal]:
    """Return field of a line → value, for what the table tells and nothing else. `fields`: those of the table."""
    given = set(fields)
    last_year = on_month // 12 - 1
    found: dict[str, int | Decimal] = {"quantity": min(estate.in_service, InventoryLine.QUANTITY_MAX)}
    if "state" in given:
        found["stock_quantity"] = estate.counts[DeviceState.STOCK]
    if estate.aged_count:
        found["mean_age_years"] = _tenth(estate.age_months / 12 / estate.aged_count, 0, _AGE_MAX)
    if estate.life_count:
        found["observed_lifetime_years"] = _tenth(estate.life_years / estate.life_count, 1, _LIFE_MAX)
    if "purchased_on" in given and estate.purchases:
        found["bought_last_year"] = estate.purchases.get(last_year, 0)
    if "state" in given and "retired_on" in given:
        found["retired_last_year"] = estate.retired_by_year.get(last_year, 0)
    for name, (total, count) in estate.sums.items():
        if name in MEANS and count:
            low, high = (0, 100) if name == "refurbished_percent" else (1, _LIFE_MAX)
            found[name] = _tenth(total / count, low, high)
        elif name in SUMS:
            found[name] = min(int(total), InventoryLine.QUANTITY_MAX)
    return found


def _tenth(value: float, low: float, high: float) -> Decimal:
    return Decimal(repr(min(max(value, low), high))).quantize(Decimal("0.1"), ROUND_HALF_UP)
