"""Factories of the inventory, on the real reference files."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from authorities.models import Initiative
from inventory.devices.preview import compare, sorter_of
from inventory.devices.tally import TallyMaker
from inventory.devices.vocabulary import vocabulary
from inventory.models import Inventory, InventoryImport
from inventory.services import create_inventory, freeze_inventory, page_version, save_figures, save_lines
from tests.factories import PARIS_NOON

# The worked example of docs/calculs.md.
EXAMPLE: dict[str, tuple[int, str]] = {
    "laptop": (100, "measured"),
    "monitor_24": (150, "estimated"),
    "smartphone": (80, "estimated"),
    "server_rack": (3, "measured"),
    "printer_mfp": (5, "unknown"),
}


def make_inventory(initiative: Initiative, **fields: Any) -> Inventory:
    """An empty lot in preparation."""
    return create_inventory(
        initiative=initiative, **{"dated_on": date(2026, 3, 1), "actor": None, "now": PARIS_NOON, **fields}
    )


def fill(inventory: Inventory, **lines: dict[str, Any]) -> Inventory:
    """Save lines: category code → fields; decimals may be given as numbers."""
    values = {
        code: {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in fields.items()}
        for code, fields in lines.items()
    }
    rows = {
        line.category.code: line for line in inventory.lines.select_related("category") if line.category.code in values
    }
    save_lines(inventory=inventory, values=values, expected_version=page_version(rows), actor=None, now=PARIS_NOON)
    inventory.refresh_from_db(fields=["version"])
    return inventory


def fill_figures(inventory: Inventory, **figures: float) -> Inventory:
    """Save key figures: code → measured value."""
    values = {code: {"value": Decimal(str(value)), "confidence": "measured"} for code, value in figures.items()}
    rows = {item.kind.code: item for item in inventory.figures.select_related("kind") if item.kind.code in values}
    save_figures(inventory=inventory, values=values, expected_version=page_version(rows), actor=None, now=PARIS_NOON)
    inventory.refresh_from_db(fields=["version"])
    return inventory


def make_example(initiative: Initiative) -> Inventory:
    """A lot in preparation that holds the worked example."""
    lines = {code: {"quantity": quantity, "confidence": word} for code, (quantity, word) in EXAMPLE.items()}
    return fill(make_inventory(initiative), **lines)


def make_frozen(initiative: Initiative, actor: User) -> Inventory:
    """A frozen lot that holds the worked example."""
    inventory = make_example(initiative)
    return freeze_inventory(
        inventory=inventory,
        dated_on=date(2026, 3, 1),
        expected_version=inventory.version,
        actor=actor,
        now=PARIS_NOON,
    )


def make_table_import(inventory: Inventory, *, state: str = "pending") -> InventoryImport:
    """The list of an asset tool, read: 40 types that no rule knows, 30 laptops, 14 columns."""
    fields = ["type", "model", "serial"]
    maker = TallyMaker(fields, {name: name for name in fields}, vocabulary(), on_month=2026 * 12)
    maker.add([(rank, [f"Bidule {rank}", "X", f"S{rank:05d}"]) for rank in range(40)])
    maker.add([(rank, ["Portable", f"L{rank}", f"P{rank:05d}"]) for rank in range(30)])
    headers = [f"Colonne {rank}" for rank in range(14)]
    waiting = make_import(
        inventory,
        file_name="glpi.csv",
        state=state,
        applied_at=PARIS_NOON,
        tally=maker.finish().as_json,
        layout={
            "sheet": "",
            "header_row": 1,
            "headers": headers,
            "samples": [["un", "deux", "trois"]] * len(headers),
            "columns": {"type": 1, "model": 2, "serial": 3},
            "guessed": {},
        },
        before={"lines": {"laptop": {"is_new": False, "old": {"quantity": 1}, "new": {"quantity": 12}}}},
    )
    waiting.changes, waiting.report = compare(waiting, sorter_of(inventory.initiative.authority, inventory))
    waiting.save()
    return waiting


def make_import(inventory: Inventory, **fields: Any) -> InventoryImport:
    """A spreadsheet that waits for a confirmation: 12 laptops."""
    return InventoryImport.objects.create(
        **{
            "inventory": inventory,
            "inventory_version": inventory.version,
            "file_name": "parc.xlsx",
            "changes": {"lines": {"laptop": {"quantity": 12}}, "figures": {}},
            "report": {
                "added": [
                    {
                        "name": "Ordinateurs portables",
                        "changes": [{"label": "Nombre en service", "before": "–", "after": "12"}],
                    }
                ],
                "changed": [],
                "unchanged_count": 0,
                "refused": [],
                "refused_count": 0,
                "ignored_columns": [],
            },
            "created_at": PARIS_NOON,
            **fields,
        }
    )
