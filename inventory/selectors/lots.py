"""Lots beside each other: the same factors on two dates, or two sets of factors on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from authorities.models import Initiative
from inventory.comparison import FamilyChange, InventoryComparison, compare_inventories
from inventory.enums import InventoryState
from inventory.footprint import Range
from inventory.models import EquipmentCategory, FactorSet, Inventory, Recalculation
from inventory.selectors.data import current_factor_set, factor_table, read_data

KG_PER_T = 1000


@dataclass(frozen=True)
class FamilyRow:
    """A family of the comparison with its name, in the unit of the page."""

    name: str
    change: FamilyChange
    before: Range | None
    after: Range | None
    difference: float

    @property
    def is_changed(self) -> bool:
        change = self.change
        return change.units_before != change.units_after or bool(change.difference_kg)


@dataclass(frozen=True)
class LotComparison:
    """Two lots computed with one set of factors. Totals per agent are kg CO2e a year, None without agents."""

    first: Inventory
    second: Inventory
    factor_set: FactorSet
    result: InventoryComparison
    names: dict[str, str]
    per_agent: tuple[float | None, float | None]

    @property
    def is_in_tonnes(self) -> bool:
        """Whether the page is in tonnes: one of the totals reaches one."""
        totals = (self.result.before, self.result.after)
        return any(total is not None and total.central >= KG_PER_T for total in totals)

    @property
    def unit(self) -> str:
        return "t" if self.is_in_tonnes else "kg"

    @property
    def scale(self) -> float:
        return KG_PER_T if self.is_in_tonnes else 1

    @property
    def before(self) -> Range | None:
        return _scaled(self.result.before, self.scale)

    @property
    def after(self) -> Range | None:
        return _scaled(self.result.after, self.scale)

    @property
    def difference(self) -> Range | None:
        return _scaled(self.result.difference, self.scale)

    @property
    def rows(self) -> list[FamilyRow]:
        """The families, the largest change first."""
        return [
            FamilyRow(
                self.names[change.category],
                change,
                _scaled(change.before, self.scale),
                _scaled(change.after, self.scale),
                change.difference_kg / self.scale,
            )
            for change in self.result.families
        ]

    @property
    def changed_rows(self) -> list[FamilyRow]:
        """The families whose number or footprint is not the same on both dates."""
        return [row for row in self.rows if row.is_changed]

    @property
    def same_count(self) -> int:
        return len(self.rows) - len(self.changed_rows)

    @property
    def is_clear(self) -> bool:
        """Whether the whole range of the difference is on one side of zero."""
        found = self.result.difference
        return found is not None and (found.low > 0 or found.high < 0)


@dataclass(frozen=True)
class ResultRow:
    """A result of a frozen lot: the set of factors, the day, the total and the figure per agent in kg CO2e a year."""

    factor_set: FactorSet
    computed_on: date
    total: Range | None
    per_agent: Range | None
    is_original: bool


def _scaled(found: Range | None, scale: float) -> Range | None:
    return found.scaled(1 / scale) if found else None


def comparable_lots(initiative: Initiative) -> list[Inventory]:
    """Return the lots that may be compared, latest first: those of the démarche, and the frozen ones of the former."""
    own = Q(initiative=initiative) | Q(initiative__authority=initiative.authority_id, state=InventoryState.FROZEN)
    lots = Inventory.objects.filter(own).select_related("factor_set", "initiative__authority").defer("result")
    return list(lots.order_by("-dated_on", "-pk"))


def compare_lots(first: Inventory, second: Inventory) -> LotComparison:
    """Compare two lots with the set of factors of the second, in force when it is not frozen."""
    data = [read_data(lot) for lot in (first, second)]
    factor_set = second.factor_set or current_factor_set()
    result = compare_inventories(data[0].engine_lines, data[1].engine_lines, factor_table(factor_set))
    names = dict(EquipmentCategory.objects.values_list("code", "name"))
    agents = [item.agent_count for item in data]
    totals = (result.before, result.after)
    return LotComparison(
        first=first,
        second=second,
        factor_set=factor_set,
        result=result,
        names=names,
        per_agent=(_per_agent(totals[0], agents[0]), _per_agent(totals[1], agents[1])),
    )


def result_rows(inventory: Inventory) -> list[ResultRow]:
    """Return every result of a frozen lot, that of the day of freezing first. One query."""
    if inventory.factor_set is None or inventory.frozen_at is None or inventory.result is None:
        return []
    original = ResultRow(
        inventory.factor_set,
        inventory.frozen_at.date(),
        *_figures(inventory.result["reference"]["criteria"]["GWP"]),
        is_original=True,
    )
    recalculations: list[Recalculation] = list(inventory.recalculations.select_related("factor_set"))
    return [original] + [
        ResultRow(
            item.factor_set,
            item.computed_at.date(),
            *_figures(item.result["reference"]["criteria"]["GWP"]),
            is_original=False,
        )
        for item in recalculations
    ]


def set_to_recalculate(rows: Sequence[ResultRow]) -> FactorSet | None:
    """Return the set in force when no result used it yet."""
    current = current_factor_set()
    return None if any(row.factor_set == current for row in rows) else current


def _figures(criterion: dict[str, dict[str, float] | None]) -> tuple[Range | None, Range | None]:
    total, per_agent = criterion.get("total"), criterion.get("per_agent")
    return Range(**total) if total else None, Range(**per_agent) if per_agent else None


def _per_agent(total: Range | None, agents: int | None) -> float | None:
    return None if total is None or not agents else total.central / agents
