"""What the screens of the inventory show."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from authorities.enums import Track
from authorities.models import Initiative
from common.numbers import format_number, format_significant, pluralise
from inventory.footprint import Range
from inventory.models import EquipmentCategory, FigureKind, Inventory, InventoryLine
from inventory.selectors.data import InventoryData, current_factor_set, read_data
from inventory.selectors.facts import EquipmentFacts, Ratio, facts_of, ratios_of

# The families proposed at first, and a few more, make one page of the table.
TABLE_PAGE_LINES = 28


@dataclass(frozen=True)
class GroupRow:
    """A group of families in an inventory: how many are filled, how many units."""

    code: str
    name: str
    hint: str
    lines: tuple[InventoryLine, ...]

    @property
    def filled_count(self) -> int:
        return sum(line.quantity is not None for line in self.lines)

    @property
    def unit_count(self) -> int | None:
        known = [line.quantity for line in self.lines if line.quantity is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class OverviewPage:
    """The page of a lot: families by group, key figures, ratios."""

    data: InventoryData
    groups: list[GroupRow]
    ratios: list[Ratio]
    facts: EquipmentFacts
    figure_count: int
    figure_total: int

    @property
    def filled_count(self) -> int:
        return len(self.data.filled_lines)

    @property
    def line_count(self) -> int:
        return len(self.data.lines)

    @property
    def finding(self) -> str:
        """Title of the page: what there is to know."""
        if self.filled_count == 0:
            return "Aucune famille n’est encore renseignée"
        count, ratio = self.facts.unit_count, self.facts.terminals_per_agent
        units = f"{format_number(count)} {pluralise(count, 'équipement', 'équipements')}"
        if ratio is not None:
            return f"{units}, {format_significant(ratio)} {pluralise(ratio, 'terminal', 'terminaux')} par agent"
        return f"{units} en service"


def overview_page(inventory: Inventory, *, on: date) -> OverviewPage:
    """Return the page of a lot. Seven queries."""
    data = read_data(inventory)
    facts = facts_of(data)
    kinds = figure_kinds(inventory.initiative)
    filled = sum(kind.code in data.figures and data.figures[kind.code].value is not None for kind in kinds)
    return OverviewPage(
        data=data,
        groups=group_rows(data.lines),
        ratios=ratios_of(data, facts, on=on),
        facts=facts,
        figure_count=filled,
        figure_total=len(kinds),
    )


def group_rows(lines: tuple[InventoryLine, ...]) -> list[GroupRow]:
    """Return the lines by group, in order."""
    by_group: dict[str, list[InventoryLine]] = defaultdict(list)
    for line in lines:
        by_group[line.category.group.code].append(line)
    return [
        GroupRow(code, own[0].category.group.name, own[0].category.group.hint, tuple(own))
        for code, own in by_group.items()
    ]


def table_pages(groups: list[GroupRow]) -> list[list[GroupRow]]:
    """Cut the groups into pages of the table, none of which grows heavy when many families were added."""
    pages: list[list[GroupRow]] = [[]]
    for group in groups:
        if pages[-1] and sum(len(item.lines) for item in pages[-1]) + len(group.lines) > TABLE_PAGE_LINES:
            pages.append([])
        pages[-1].append(group)
    return pages


def figure_kinds(initiative: Initiative) -> list[FigureKind]:
    """Return the key figures asked in this track. One query."""
    kinds = FigureKind.objects.all()
    return list(kinds.filter(is_light=True) if initiative.track == Track.LIGHT else kinds)


def offered_categories(inventory: Inventory) -> list[EquipmentCategory]:
    """Return the families that may still be added. One query."""
    taken = inventory.lines.values("category")
    return list(EquipmentCategory.objects.filter(is_offered=True).exclude(pk__in=taken).select_related("group"))


@dataclass(frozen=True)
class LotRow:
    """A lot of the list; `total_kg` is the frozen footprint, None before."""

    inventory: Inventory
    filled_count: int
    line_count: int
    total_kg: Range | None


def lot_rows(initiative: Initiative) -> list[LotRow]:
    """Return the lots of a démarche, latest first. One query."""
    lots = (
        Inventory.objects.for_initiative(initiative)
        .select_related("factor_set", "frozen_by")
        .annotate(total=Count("lines"), filled=Count("lines", filter=Q(lines__quantity__isnull=False)))
        .order_by("-number")
    )
    return [LotRow(lot, lot.filled, lot.total, _frozen_total(lot)) for lot in lots]


def _frozen_total(inventory: Inventory) -> Range | None:
    if not inventory.result:
        return None
    total = inventory.result["reference"]["criteria"]["GWP"]["total"]
    return Range(**total) if total else None


def default_lifetimes(inventory: Inventory) -> dict[str, float]:
    """Return category code → default lifetime in years, for the hints of the form. One query."""
    factor_set = inventory.factor_set or current_factor_set()
    rows = factor_set.parameters.values_list("category_code", "lifetime_years")
    return {code: years for code, years in rows if years is not None}
