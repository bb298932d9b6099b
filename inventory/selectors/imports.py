"""Comparison of a received spreadsheet with a lot."""

from typing import Protocol

from common.errors import DomainError
from common.spreadsheets.process import MAX_FILE_BYTES, SpreadsheetRefused, read_spreadsheet
from inventory.enums import ImportState
from inventory.models import EquipmentCategory, Inventory, InventoryImport
from inventory.readers.rows import Preview, read_rows
from inventory.selectors.data import current_factor_set
from inventory.selectors.pages import figure_kinds


class NotOurSpreadsheetError(DomainError):
    """No sheet of the file is one of ours, nor written like ours."""


class ReceivedFile(Protocol):
    """An uploaded file, as Django gives it."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


def preview_import(inventory: Inventory, received: ReceivedFile) -> Preview:
    """Return what a spreadsheet would change. Nothing is written.

    Raises SpreadsheetRefused when the file itself is refused, NotOurSpreadsheetError when no table of it is recognised.
    """
    if (received.size or 0) > MAX_FILE_BYTES:
        raise SpreadsheetRefused("too_heavy")
    sheets = read_spreadsheet(received.read(), received.name or "")
    factor_set = inventory.factor_set or current_factor_set()
    preview = read_rows(
        sheets,
        categories=list(EquipmentCategory.objects.filter(is_offered=True).select_related("group")),
        labels=dict(factor_set.parameters.values_list("category_code", "label")),
        lines={line.category.code: line for line in inventory.lines.select_related("category")},
        kinds=figure_kinds(inventory.initiative),
        figures={item.kind.code: item for item in inventory.figures.select_related("kind")},
    )
    if not preview.is_recognised:
        raise NotOurSpreadsheetError(
            "Aucune feuille n’a les colonnes «\u00a0Famille\u00a0» et «\u00a0Nombre en service\u00a0»\u00a0: "
            "repartez du tableur proposé."
        )
    return preview


def applied_imports(inventory: Inventory) -> list[InventoryImport]:
    """Return the confirmed imports of a lot that can be undone, latest first. One query."""
    applied = inventory.imports.filter(state=ImportState.APPLIED).select_related("created_by", "created_by_participant")
    return list(applied.defer("before", "layout", "report", "changes").order_by("-applied_at", "-pk"))
