"""The spreadsheet of an inventory, prefilled: sent to the people who know, read back by `inventory.readers`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from common.ods import build_ods
from common.text import typography
from common.xlsx import Column, Kind, Sheet, build_workbook
from inventory.columns import LINE_COLUMNS, LineColumn
from inventory.enums import Confidence
from inventory.models import FigureKind, Inventory, InventoryFigure, InventoryLine
from inventory.selectors.data import current_factor_set
from inventory.selectors.pages import figure_kinds, offered_categories

LINES_SHEET = "Équipements"
FIGURES_SHEET = "Chiffres clés"
CODE_HEADER, GROUP_HEADER, FAMILY_HEADER = "Code", "Groupe", "Famille"
FIGURE_HEADER, UNIT_HEADER, VALUE_HEADER, HELP_HEADER = "Chiffre", "Unité", "Valeur", "Aide"
CONFIDENCE_HEADER, SOURCE_HEADER = "Confiance", "Source"

_KINDS = {"integer": Kind.INTEGER, "decimal": Kind.DECIMAL, "choice": Kind.TEXT, "text": Kind.TEXT}
_WIDTHS = {"integer": 12, "decimal": 12, "choice": 12, "text": 40}
_CHOICES = tuple(str(label) for label in Confidence.labels)


@dataclass(frozen=True)
class FigureRow:
    """A key figure and what the lot holds of it."""

    kind: FigureKind
    figure: InventoryFigure


def build_inventory_workbook(inventory: Inventory, *, now: datetime, is_ods: bool = False) -> bytes:
    """Return the spreadsheet of a lot: its families, those that may be added, its key figures, and how to fill it.

    As an xlsx file, or as an ods file with the same sheets, lists and limits.
    """
    lines = list(inventory.lines.select_related("category__group"))
    lines += [InventoryLine(category=category) for category in offered_categories(inventory)]
    lines.sort(key=_rank)
    figures = {item.kind.code: item for item in inventory.figures.select_related("kind")}
    rows = [
        FigureRow(kind, figures.get(kind.code) or InventoryFigure(kind=kind))
        for kind in figure_kinds(inventory.initiative)
    ]
    factor_set = inventory.factor_set or current_factor_set()
    years = factor_set.parameters.values_list("category_code", "lifetime_years")
    build = build_ods if is_ods else build_workbook
    return build(
        [_guide(inventory), _lines_sheet(lines, dict(years)), _figures_sheet(rows)],
        title=f"Inventaire flash, lot {inventory.number}",
        created_at=now,
    )


def _rank(line: InventoryLine) -> tuple[int, int]:
    return line.category.group.position, line.category.position


def _guide(inventory: Inventory) -> Sheet:
    authority = inventory.initiative.authority.name
    return Sheet(
        "Lisez-moi",
        columns=[Column("Comment remplir", typography, width=110)],
        rows=[
            "Remplissez les cellules blanches des feuilles « Équipements » et « Chiffres clés ».",
            "Laissez vide ce que vous ne savez pas : une cellule vide ne change rien à ce qui est déjà enregistré.",
            "Confiance : mesuré (compté dans un outil), estimé (calculé ou supposé), inconnu (deviné).",
            "Durée d’usage visée : la durée que vous décidez. Durée observée : l’âge moyen à la sortie du parc.",
            "Première vie prouvée : seulement si le fournisseur du reconditionné l’atteste.",
            "Aucune formule : collez des valeurs. Une ligne qui contient une formule est refusée.",
            "Déposez ensuite le fichier dans Jalons : vous verrez chaque changement avant de l’accepter.",
        ],
        intro=[f"{authority}\u00a0: inventaire flash, lot {inventory.number} du {inventory.dated_on:%d/%m/%Y}"],
        is_protected=True,
    )


def _lines_sheet(lines: Sequence[InventoryLine], default_years: dict[str, float | None]) -> Sheet:
    columns = [
        Column(CODE_HEADER, lambda line: line.category.code, is_hidden=True),
        Column(GROUP_HEADER, lambda line: line.category.group.name, width=24),
        Column(FAMILY_HEADER, lambda line: line.category.name, width=38),
        *(_line_column(column) for column in LINE_COLUMNS),
        Column(
            "Durée prise par défaut (ans)",
            lambda line: default_years.get(line.category.code),
            Kind.DECIMAL,
            width=14,
        ),
    ]
    return Sheet(LINES_SHEET, columns, lines, is_protected=True)


def _line_column(column: LineColumn) -> Column:
    is_number = column.kind in {"integer", "decimal"}
    return Column(
        column.header,
        lambda line: _line_value(column, line),
        _KINDS[column.kind],
        width=_WIDTHS[column.kind],
        is_editable=True,
        choices=_CHOICES if column.kind == "choice" else (),
        minimum=column.minimum if is_number else None,
        maximum=column.maximum if is_number else None,
    )


def _line_value(column: LineColumn, line: InventoryLine) -> Any:
    """Return the value to prefill; a family that nobody filled has neither confidence nor use share."""
    value = getattr(line, column.name)
    if column.name in {"confidence", "use_share_percent"} and line.quantity is None:
        return None
    if column.kind == "choice":
        return str(Confidence(value).label)
    return float(value) if isinstance(value, Decimal) else value


def _figures_sheet(rows: Iterable[FigureRow]) -> Sheet:
    columns = [
        Column(CODE_HEADER, lambda row: row.kind.code, is_hidden=True),
        Column(FIGURE_HEADER, lambda row: row.kind.name, width=46),
        Column(UNIT_HEADER, lambda row: row.kind.unit, width=14),
        Column(
            VALUE_HEADER,
            lambda row: None if row.figure.value is None else float(row.figure.value),
            Kind.DECIMAL,
            is_editable=True,
        ),
        Column(
            CONFIDENCE_HEADER,
            lambda row: None if row.figure.value is None else str(Confidence(row.figure.confidence).label),
            width=12,
            is_editable=True,
            choices=_CHOICES,
        ),
        Column(SOURCE_HEADER, lambda row: row.figure.source, width=40, is_editable=True),
        Column(HELP_HEADER, lambda row: row.kind.help_text, width=80),
    ]
    return Sheet(FIGURES_SHEET, columns, rows, is_protected=True)
