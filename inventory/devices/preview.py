"""What a table of the estate would change in a lot: family by family, and what it leaves out. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from authorities.models import Authority
from inventory.before import UNSORTED
from inventory.columns import COLUMNS_BY_NAME, check_together
from inventory.devices.cells import month_of
from inventory.devices.estate import FamilyEstate, estate_of, figures_of
from inventory.devices.families import Fate, Verdict, classify, group_key, singular
from inventory.devices.tally import STATES, Group, Tally
from inventory.devices.vocabulary import vocabulary
from inventory.enums import Confidence, DeviceState
from inventory.models import DeviceChoice, EquipmentCategory, Inventory, InventoryImport, InventoryLine
from inventory.readers.rows import Change
from inventory.readers.shrink import as_rows, find_shrinks
from inventory.selectors.data import current_factor_set

SHOWN_ROWS = 40
SHOWN_STATES = 10


@dataclass(frozen=True)
class SortedGroup:
    """A group of the table and the family that it goes to."""

    group: Group
    verdict: Verdict

    @property
    def key(self) -> tuple[str, str]:
        return group_key(self.group)


@dataclass(frozen=True)
class Sorter:
    """The families of an instance and what an authority said of its own types and models."""

    categories: dict[str, EquipmentCategory]
    names: dict[str, str]
    learned: dict[tuple[str, str], str | None]
    labels: dict[str, str]
    lifetimes: dict[str, float]

    def sort(self, groups: Sequence[Group]) -> list[SortedGroup]:
        """Return each group with its family."""
        rules, known = vocabulary().rules, frozenset(self.categories)
        return [
            SortedGroup(group, classify(group, names=self.names, learned=self.learned, rules=rules, known=known))
            for group in groups
        ]

    def find(self, name: str) -> EquipmentCategory | None:
        """Return the family of a typed name, plural or not, with or without accents."""
        code = self.names.get(singular(name))
        return None if code is None else self.categories[code]


def sorter_of(authority: Authority, inventory: Inventory) -> Sorter:
    """Return what sorts the groups of an authority. Four queries."""
    categories = {item.code: item for item in EquipmentCategory.objects.filter(is_offered=True).select_related("group")}
    factor_set = inventory.factor_set or current_factor_set()
    parameters = list(factor_set.parameters.values_list("category_code", "label", "lifetime_years"))
    labels = {code: label for code, label, _years in parameters}
    names: dict[str, str] = {}
    for code, category in categories.items():
        for name in (category.name, code, labels.get(code, "")):
            if name:
                names.setdefault(singular(name), code)
    choices = DeviceChoice.objects.filter(authority=authority).values_list("type_key", "model_key", "category__code")
    return Sorter(
        categories=categories,
        names=names,
        learned={(kind, model): code for kind, model, code in choices if code is None or code in categories},
        labels={code: category.name for code, category in categories.items()},
        lifetimes={code: years for code, _label, years in parameters if years is not None},
    )


def compare(waiting: InventoryImport, sorter: Sorter) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a table would write and what its preview shows, as plain values. One query."""
    inventory = waiting.inventory
    tally = Tally.from_json(waiting.tally)
    groups = sorter.sort(tally.groups)
    lines = {line.category.code: line for line in inventory.lines.select_related("category")}
    on_month = month_of(inventory.dated_on)
    lifetimes = sorter.lifetimes | {
        code: float(line.lifetime_years) for code, line in lines.items() if line.lifetime_years is not None
    }
    estates = estate_of(
        [(item.verdict.family, item.group) for item in groups if item.verdict.fate is Fate.COUNTED],
        on_month=on_month,
        lifetimes=lifetimes,
    )
    writer = _Writer(waiting, tally, sorter, lines, inventory.purchases)
    for code in sorter.categories:
        if code in estates:
            writer.add(code, estates[code], figures_of(estates[code], fields=tally.fields, on_month=on_month))
    report = {
        "added": writer.added,
        "changed": writer.changed,
        "unchanged_count": writer.unchanged_count,
        "ignored_columns": [],
        **_refusals(tally, writer.refused),
        "shrinks": as_rows(
            find_shrinks(
                {code: (line.category.name, line.quantity) for code, line in lines.items()},
                {code: estate.counts[DeviceState.IN_SERVICE] for code, estate in estates.items()},
            )
        ),
        "table": _about_table(tally, groups, estates),
    }
    changes = {"lines": writer.values, "figures": {}, "purchases": writer.purchases}
    return changes | {UNSORTED: report["table"]["unknown"]["devices"]}, report


class _Writer:
    """Gathers the changes, family after family."""

    def __init__(
        self,
        waiting: InventoryImport,
        tally: Tally,
        sorter: Sorter,
        lines: Mapping[str, InventoryLine],
        purchases: Mapping[str, dict[str, int]],
    ) -> None:
        self.source = f"Fichier {waiting.file_name}"[:150]
        self.tally, self.sorter, self.lines, self.stored_purchases = tally, sorter, lines, purchases
        self.added: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []
        self.refused: list[tuple[int, str, str]] = []
        self.unchanged_count = 0
        self.values: dict[str, dict[str, Any]] = {}
        self.purchases: dict[str, dict[str, int]] = {}

    def add(self, code: str, estate: FamilyEstate, figures: Mapping[str, int | Decimal]) -> None:
        category = self.sorter.categories[code]
        line = self.lines.get(code) or InventoryLine(category=category)
        merged = {name: getattr(line, name) for name in COLUMNS_BY_NAME} | dict(figures)
        if check_together(merged):
            # The reused devices are among those retired, and the table says otherwise: neither is taken.
            figures = {name: figures[name] for name in figures if name not in {"retired_last_year", "reused_last_year"}}
            self.refused.append(
                (
                    0,
                    COLUMNS_BY_NAME["reused_last_year"].short,
                    f"{category.name}\u00a0: plus de réemployés que de réformés.",
                )
            )
        changed = {name: value for name, value in figures.items() if getattr(line, name) != value}
        years = {str(year): count for year, count in sorted(estate.purchases.items())}
        if years and years != self.stored_purchases.get(code):
            self.purchases[code] = years
        if not changed and code not in self.purchases:
            self.unchanged_count += 1
            return
        values: dict[str, Any] = {**changed, "confidence": Confidence.MEASURED.value, "source": self.source}
        self.values[code] = {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in values.items()
            if getattr(line, name) != value
        }
        shown = [
            Change(COLUMNS_BY_NAME[name].short, COLUMNS_BY_NAME[name].written(line), COLUMNS_BY_NAME[name].write(value))
            for name, value in changed.items()
        ]
        if not shown:
            shown = [Change("Achats par année", "–", f"{sum(estate.purchases.values())}")]
        item = {"name": category.name, "changes": [vars(change) for change in shown]}
        (self.changed if line.quantity is not None else self.added).append(item)


def _word(state: int) -> str:
    return str(STATES[state].label)


def _refusals(tally: Tally, own: Sequence[tuple[int, str, str]]) -> dict[str, Any]:
    rows = [*tally.refused, *own]
    return {
        "refused": [{"sheet": "", "row": row, "column": column, "reason": reason} for row, column, reason in rows],
        "refused_count": tally.refused_count + len(own),
    }


def _about_table(tally: Tally, groups: Sequence[SortedGroup], estates: Mapping[str, FamilyEstate]) -> dict[str, Any]:
    """Return what the table is made of: how many devices go where, and what was left out."""
    by_fate = {fate: [item.group.count for item in groups if item.verdict.fate is fate] for fate in Fate}
    years: dict[int, int] = {}
    for estate in estates.values():
        for year, count in estate.purchases.items():
            years[year] = years.get(year, 0) + count
    states = {state.value: sum(estate.counts[state] for estate in estates.values()) for state in DeviceState}
    return {
        "row_count": tally.row_count,
        "device_count": tally.device_count,
        "counted": sum(by_fate[Fate.COUNTED]),
        "states": states,
        "unknown": {"devices": sum(by_fate[Fate.UNKNOWN]), "groups": len(by_fate[Fate.UNKNOWN])},
        "out": {"devices": sum(by_fate[Fate.OUT]), "groups": len(by_fate[Fate.OUT])},
        "duplicate_count": tally.duplicate_count,
        "duplicates": tally.duplicates[:SHOWN_STATES],
        "state_conflicts": [
            {"serial": serial, "row": row, "first": first, "state": _word(state), "kept": _word(kept)}
            for serial, row, first, state, kept in tally.state_conflicts[:SHOWN_STATES]
        ],
        "state_conflict_count": tally.state_conflict_count,
        "remarks": [
            {"row": row, "column": column, "reason": reason} for row, column, reason in tally.remarks[:SHOWN_ROWS]
        ],
        "remark_count": tally.remark_count,
        "unknown_states": sorted(tally.unknown_states.items(), key=lambda item: -item[1])[:SHOWN_STATES],
        "undated": sum(
            cell.count
            for item in groups
            if item.verdict.fate is Fate.COUNTED
            for cell in item.group.cells
            if cell.month < 0 and cell.state is DeviceState.IN_SERVICE
        ),
        "purchases": [[str(year), count] for year, count in sorted(years.items())],
    }
