"""The workbook of the action sheets, as xlsx or ods: what it says, its lists, and what detects conflicts, hidden."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from operator import itemgetter
from typing import Any

from django.db import models

from authorities.models import Initiative
from common import ods, xlsx
from common.text import typography
from common.xlsx import Column, Kind, Sheet
from roadmap.exchange import columns as words
from roadmap.exchange.columns import ExchangeColumn
from roadmap.exchange.names import Names, listed
from roadmap.models import ActionSheet
from roadmap.sheet_rows import ROW_KINDS
from roadmap.sheet_texts import column_label, write_row, write_sheet

WRITERS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "xlsx": (xlsx.CONTENT_TYPE, xlsx.build_workbook),
    "ods": (ods.CONTENT_TYPE, ods.build_ods),
}
# Rows left empty at the end of a sheet, to add.
BLANK_SHEETS, BLANK_ROWS = 20, 60
GUIDE = (
    "Chaque ligne de la feuille « Fiches » est une fiche action. Seules les cellules blanches se remplissent.",
    "Les étapes, les indicateurs, les rôles et le budget par année ont leur feuille, une ligne chacun.",
    "Pour ajouter une fiche : une ligne vide à la fin de « Fiches », sans numéro. Le site la numérotera.",
    "Pour lui donner des étapes, écrivez son intitulé dans la colonne « N° de fiche » des autres feuilles.",
    "Une ligne retirée ou vidée ne retire rien du site : une fiche ou une étape se retire sur sa page.",
    "Une cellule vidée vide le champ. Un champ que vous ne touchez pas n’est pas modifié, même s’il a changé ailleurs.",
    "Reprenez les mots de la feuille « Listes » : état, service, personne, objectif…",
    "Un semestre s’écrit « S1 2026 » ; une date, 31/12/2026 ; un nombre, 1 234,5. Plusieurs noms : un par ligne.",
    "Le début et la fin d’une action se changent sur le site, au calendrier : les étapes se décalent avec elle.",
    "Aucune formule : collez des valeurs. Une ligne qui contient une formule est refusée.",
    "Déposez ensuite le fichier dans Jalons : vous verrez chaque changement avant de l’accepter.",
)


@dataclass(frozen=True)
class WrittenSheet:
    """An action sheet and its texts; `sheet` is None for a row left empty."""

    sheet: ActionSheet | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WrittenRow:
    """A row of an action sheet, and its rank there; both None for a row left empty."""

    sheet: ActionSheet | None = None
    row: models.Model | None = None
    rank: int = 0


def build_exchange_file(
    initiative: Initiative, sheets: Sequence[ActionSheet], names: Names, extension: str, *, now: datetime
) -> bytes:
    """Return the bytes of the workbook of sheets read by `sheets_with_texts`. No query."""
    written = [WrittenSheet(sheet, write_sheet(sheet)) for sheet in sheets]
    places = _places(names)
    workbook = [
        _guide(initiative),
        _sheets(written, places),
        *(_rows(kind, title, sheets, places) for kind, title in words.ROW_SHEETS.items()),
        _words(names),
        _marks(initiative, written),
    ]
    title = exchange_title(initiative)
    return WRITERS[extension][1](workbook, title=title, created_at=now)


def exchange_title(initiative: Initiative) -> str:
    return typography(f"Fiches actions, {initiative.authority.name}, {initiative.period_label}")


def _places(names: Names) -> dict[str, str]:
    """Return field → the cells of the sheet of lists that hold its words."""
    places = {}
    for rank, (name, choices) in enumerate(listed(names)):
        letter = chr(ord("A") + rank)
        places[name] = f"{words.WORDS_SHEET}!${letter}$2:${letter}${1 + len(choices)}"
    return places


def _guide(initiative: Initiative) -> Sheet:
    column = Column("Comment remplir", typography, width=110, wraps=True)
    return Sheet(words.GUIDE_SHEET, [column], GUIDE, intro=[exchange_title(initiative)], is_protected=True)


def _sheets(written: Sequence[WrittenSheet], places: Mapping[str, str]) -> Sheet:
    number = Column(
        words.NUMBER_HEADER, lambda item: item.sheet.number if item.sheet else None, Kind.WHOLE, width=6, wraps=True
    )
    columns = [number, *(_column(column, _sheet_value(column), places) for column in words.SHEET_COLUMNS)]
    rows = [*written, *([WrittenSheet()] * BLANK_SHEETS)]
    return Sheet(words.SHEETS_SHEET, columns, rows, is_protected=True, frozen_columns=2)


def _sheet_value(column: ExchangeColumn) -> Callable[[WrittenSheet], Any]:
    def value(item: WrittenSheet) -> Any:
        if item.sheet is None:
            return None
        return item.texts[column.name] if column.kind is Kind.TEXT else _number(item.sheet, column)

    return value


def _number(row: models.Model, column: ExchangeColumn) -> int | float | date | None:
    value = getattr(row, column.name)
    return float(value) if isinstance(value, Decimal) else value


def _rows(kind: str, title: str, sheets: Sequence[ActionSheet], places: Mapping[str, str]) -> Sheet:
    rows = [
        WrittenRow(sheet, row, rank) for sheet in sheets for rank, row in enumerate(getattr(sheet, kind).all(), start=1)
    ]
    columns = [
        Column(words.KEY_HEADER, _key, is_hidden=True),
        Column(
            words.ROW_NUMBER_HEADER,
            lambda item: str(item.sheet.number) if item.sheet else None,
            width=12,
            is_editable=True,
        ),
        Column(words.TITLE_HEADER, lambda item: item.sheet.label if item.sheet else None, width=30, wraps=True),
        *(_column(column, _row_value(column), places) for column in words.ROW_COLUMNS[kind]),
    ]
    return Sheet(title, columns, [*rows, *([WrittenRow()] * BLANK_ROWS)], is_protected=True, frozen_columns=3)


def _key(item: WrittenRow) -> str | None:
    return f"{item.sheet.number}/{item.rank}" if item.sheet else None


def _row_value(column: ExchangeColumn) -> Callable[[WrittenRow], Any]:
    def value(item: WrittenRow) -> Any:
        if item.row is None:
            return None
        if column.kind is Kind.TEXT:
            return write_row(item.row, (column.name,))[column.name]
        return _number(item.row, column)

    return value


def _column(column: ExchangeColumn, value: Callable[[Any], Any], places: Mapping[str, str]) -> Column:
    has_scale = column.name in {"effort", "impact"}
    return Column(
        column.header,
        value,
        column.kind,
        width=column.width,
        is_editable=column.is_read,
        choices_from="" if column.is_list else places.get(column.name, ""),
        minimum=1 if has_scale else None,
        maximum=5 if has_scale else None,
        note=typography(column.note),
        wraps=True,
    )


def _words(names: Names) -> Sheet:
    lists = listed(names)
    columns = [
        Column(_list_header(name), itemgetter(rank), width=28, wraps=False) for rank, (name, _words) in enumerate(lists)
    ]
    rows = list(zip_longest(*(choices for _name, choices in lists)))
    return Sheet(words.WORDS_SHEET, columns, rows, is_protected=True)


def _list_header(name: str) -> str:
    tables: list[type[models.Model]] = [ActionSheet, *(kind.model for kind in ROW_KINDS.values())]
    model = next(model for model in tables if name in {item.name for item in model._meta.get_fields()})
    return column_label(model, name)


def _marks(initiative: Initiative, written: Sequence[WrittenSheet]) -> Sheet:
    """Return the hidden sheet: the démarche, then, for each action sheet, a mark of each thing that it said."""
    columns = [Column(header, itemgetter(rank), width=24) for rank, header in enumerate(words.MARK_HEADERS)]
    rows = [(name, value, "") for name, value in words.marks_of(initiative).items()]
    rows += [(words.SHEET_MARK, *_mark(item)) for item in written]
    return Sheet(words.MARKS_SHEET, columns, rows, is_protected=True, is_hidden=True)


def _mark(item: WrittenSheet) -> tuple[str, str]:
    sheet = item.sheet
    if sheet is None:
        raise ValueError("a row left empty has no mark")
    return f"{sheet.number}:{sheet.pk}", json.dumps(words.digests_of(item.texts), separators=(",", ":"))
