"""What stood in a lot before an import: kept when it is confirmed, put back when it is undone."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from common.errors import DomainError
from common.versioning import save_versioned
from inventory.columns import COLUMNS_BY_NAME
from inventory.models import Inventory, InventoryFigure, InventoryLine

PURCHASES = "purchases"
# How many devices of the last list had no family: they count nowhere, and the lot says so.
UNSORTED = "unsorted"


class UndoChoice(StrEnum):
    """What becomes of what was changed after an import, when it is undone."""

    ALL = "all"
    UNTOUCHED = "untouched"


class ChangedSinceError(DomainError):
    """Something that the import had written was changed afterwards; `items`: key → its name for people."""

    def __init__(self, items: Mapping[str, str]) -> None:
        self.items = dict(items)
        super().__init__("Des lignes ont changé depuis cet import\u00a0: choisissez ce qui revient en arrière.")


def typed_value(name: str, value: Any) -> Any:
    """Return a value kept as JSON as the column holds it; `name`: a column of a line, or `value` of a figure."""
    if value is None:
        return None
    if name == "value":
        return Decimal(str(value))
    return COLUMNS_BY_NAME[name].form_field().clean(value)


def keep_before(inventory: Inventory, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what it takes to undo changes that are about to be written, as JSON can carry it."""
    lines = {line.category.code: line for line in inventory.lines.select_related("category")}
    figures = {item.kind.code: item for item in inventory.figures.select_related("kind")}
    return {
        "lines": _before(lines, changes.get("lines", {}), InventoryLine()),
        "figures": _before(figures, changes.get("figures", {}), InventoryFigure()),
        PURCHASES: {
            code: {"old": inventory.purchases.get(code), "new": years}
            for code, years in changes.get(PURCHASES, {}).items()
        },
        UNSORTED: inventory.unsorted_devices,
    }


def _before(stored: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]], blank: Any) -> dict[str, Any]:
    return {
        code: {
            "is_new": code not in stored,
            "old": {name: _plain(getattr(stored.get(code, blank), name)) for name in fields},
            "new": dict(fields),
        }
        for code, fields in changes.items()
    }


def changed_since(inventory: Inventory, before: Mapping[str, Any]) -> dict[str, str]:
    """Return what was changed after an import, among what it had written: key → name of the family or the figure."""
    found: dict[str, str] = {}
    for part, rows in _rows(inventory).items():
        for code, kept in before.get(part, {}).items():
            row = rows.get(code)
            # A family that the import had added and that is gone since has nothing left to put back.
            if row is not None and any(
                getattr(row, name) != typed_value(name, new) for name, new in kept["new"].items()
            ):
                found[f"{part}:{code}"] = str(row)
    for code, kept in before.get(PURCHASES, {}).items():
        if inventory.purchases.get(code) != kept["new"]:
            line = _rows(inventory)["lines"].get(code)
            found[f"lines:{code}"] = str(line) if line is not None else code
    return found


def put_back(inventory: Inventory, before: Mapping[str, Any], *, skipped: frozenset[str]) -> int:
    """Write back what stood before, but for the keys skipped; a row that the import had added goes.

    The years of purchase and the devices without family change on the lot in memory: whoever calls saves it. Return
    how many rows came back.
    """
    count = 0
    for part, rows in _rows(inventory).items():
        for code, kept in before.get(part, {}).items():
            row = rows.get(code)
            if row is None or f"{part}:{code}" in skipped:
                continue
            count += 1
            if kept["is_new"] and _holds_only(row, kept["new"]):
                row.delete()
                continue
            for name, old in kept["old"].items():
                setattr(row, name, typed_value(name, old))
            save_versioned(row, expected_version=row.version, update_fields=list(kept["old"]))
    for code, kept in before.get(PURCHASES, {}).items():
        if f"lines:{code}" not in skipped:
            inventory.purchases = {key: years for key, years in inventory.purchases.items() if key != code}
            if kept["old"] is not None:
                inventory.purchases[code] = kept["old"]
    inventory.unsorted_devices = before.get(UNSORTED, inventory.unsorted_devices)
    return count


def _holds_only(row: InventoryLine | InventoryFigure, written: Mapping[str, Any]) -> bool:
    """Tell whether nothing was added, after the import, to a row that it had made."""
    if isinstance(row, InventoryLine) and row.known_hosting is not None:
        return False
    blank = type(row)()
    names = COLUMNS_BY_NAME if isinstance(row, InventoryLine) else ("value", "confidence", "source")
    return all(getattr(row, name) == getattr(blank, name) for name in names if name not in written)


def _rows(inventory: Inventory) -> dict[str, dict[str, Any]]:
    return {
        "lines": {line.category.code: line for line in inventory.lines.select_related("category")},
        "figures": {item.kind.code: item for item in inventory.figures.select_related("kind")},
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
