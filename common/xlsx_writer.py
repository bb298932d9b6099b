"""Writing of workbooks, behind `common.xlsx`: the only module that imports openpyxl."""

import io
import re
from collections.abc import Sequence
from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from common.packages import settle
from common.xlsx import FORMULA_START, LINE_HEIGHT_PT, WORD_WARNING, Column, Kind, Sheet, clean_text, lines_needed

_ESCAPE = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
MARGIN_IN = 0.5
_FONT = "Calibri"
_PINE, _SAND, _LINE, _MUTED = "FF0B4F4A", "FFF5F3EE", "FFD9D5CB", "FF4C5B60"
_FORMATS = {
    Kind.TEXT: "General",
    Kind.INTEGER: "#,##0",
    Kind.WHOLE: "0",
    Kind.DECIMAL: "#,##0.##",
    # As many digits as the cell shows: small and large values in one column.
    Kind.PLAIN: "General",
    Kind.PERCENT: "0.#",
    Kind.SCIENTIFIC: "0.00E+00",
    Kind.DATE: "dd/mm/yyyy",
}


def write_workbook(sheets: Sequence[Sheet], *, title: str, created_at: datetime) -> bytes:
    """Return a workbook as the bytes of an xlsx file. The same content gives the same bytes."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    # Dates of a workbook bear no time zone: they are in UTC.
    stamp = created_at.astimezone(UTC).replace(tzinfo=None)
    workbook.properties.title = clean_text(title)
    workbook.properties.creator = "Jalons"
    workbook.properties.created = workbook.properties.modified = stamp
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(sheet.safe_title), sheet)
    target = io.BytesIO()
    workbook.save(target)
    return settle(target.getvalue(), created_at)


def write_text(cell: Cell, value: object) -> None:
    """Write a text as a text. What looks like a formula is also marked so that retyping it does not make one."""
    text = clean_text(value)
    # A text that looks like the escape of a character would be read as this character.
    cell.value = _ESCAPE.sub(r"_x005F_\1", text)
    cell.data_type = "s"
    if str(value).startswith(FORMULA_START) or text.startswith(FORMULA_START):
        cell.quotePrefix = True


def _write_sheet(target: Worksheet, sheet: Sheet) -> None:
    row_number = 0
    for text in sheet.intro:
        row_number += 1
        write_text(target.cell(row_number, 1), text)
        target.cell(row_number, 1).font = Font(name=_FONT, size=11, color=_MUTED, bold=row_number == 1)
    header_row = row_number + 1
    _write_headers(target, sheet, header_row)
    last_row, looks = header_row, _Looks()
    for last_row, item in enumerate(sheet.rows, start=header_row + 1):  # noqa: B007 - used after the loop
        values = [column.value(item) for column in sheet.columns]
        for index, (column, value) in enumerate(zip(sheet.columns, values, strict=True), start=1):
            _write_value(target.cell(last_row, index), column, value, looks)
        if any(column.wraps for column in sheet.columns):
            target.row_dimensions[last_row].height = LINE_HEIGHT_PT * lines_needed(sheet.columns, values) + 4
    for index, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(index)
        target.column_dimensions[letter].width = column.width
        target.column_dimensions[letter].hidden = column.is_hidden
        if last_row > header_row:
            _add_rule(target, column, f"{letter}{header_row + 1}:{letter}{last_row}")
    target.freeze_panes = target.cell(header_row + 1, sheet.frozen_columns + 1)
    target.sheet_state = "hidden" if sheet.is_hidden else "visible"
    target.sheet_view.showGridLines = False
    _set_page(target, sheet, header_row)
    if sheet.is_protected:
        target.protection.sheet = True
        target.protection.formatColumns = False


def _set_page(target: Worksheet, sheet: Sheet, header_row: int) -> None:
    """Print on landscape A4, the headers on each page: every column on one, a very wide sheet on a few of them."""
    target.page_setup.orientation = target.ORIENTATION_LANDSCAPE
    target.page_setup.paperSize = target.PAPERSIZE_A4
    target.page_setup.fitToWidth, target.page_setup.fitToHeight = sheet.page_count, 0
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.print_title_rows = f"{header_row}:{header_row}"
    if sheet.page_count > 1:
        target.print_title_cols = f"A:{get_column_letter(sheet.frozen_columns)}"
    for side in ("left", "right", "top", "bottom"):
        setattr(target.page_margins, side, MARGIN_IN)


def _write_headers(target: Worksheet, sheet: Sheet, row_number: int) -> None:
    for index, column in enumerate(sheet.columns, start=1):
        cell = target.cell(row_number, index)
        write_text(cell, column.header)
        cell.font = Font(name=_FONT, size=11, bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=_PINE)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    target.row_dimensions[row_number].height = 34


class _Looks:
    """The looks of the cells of a sheet, each worked out once: the library compares them one by one otherwise."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Any] = {}

    def apply(self, cell: Cell, column: Column) -> None:
        """Give a cell, its value written, the look of its column."""
        is_number = cell.data_type == "n" and cell.value is not None
        key = (column.kind, column.is_editable, column.wraps, is_number, bool(cell.quotePrefix))
        if key not in self._known:
            _set_look(cell, column, is_number=is_number)
            self._known[key] = copy(cell._style)
        else:
            cell._style = copy(self._known[key])


def _write_value(cell: Cell, column: Column, value: Any, looks: _Looks) -> None:
    if isinstance(value, bool):
        value = "oui" if value else "non"
    if value is not None and value != "":
        if column.kind is not Kind.TEXT and isinstance(value, int | float | Decimal | date):
            cell.value = value
        else:
            write_text(cell, value)
    looks.apply(cell, column)


def _set_look(cell: Cell, column: Column, *, is_number: bool) -> None:
    cell.number_format = _FORMATS[column.kind]
    cell.border = Border(bottom=Side("thin", color=_LINE))
    cell.protection = Protection(locked=not column.is_editable)
    # In a tall row, every cell begins where the long text does; a number stands off from the text that follows it.
    cell.alignment = Alignment(
        horizontal="right" if is_number else None,
        indent=1 if is_number else 0,
        vertical="top",
        wrap_text=column.wraps or None,
    )
    if not column.is_editable:
        cell.fill = PatternFill("solid", fgColor=_SAND)


def _add_rule(target: Worksheet, column: Column, cells: str) -> None:
    """Add the rule that the spreadsheet itself checks: a list of words, or limits."""
    if column.choices:
        rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        rule.error = "Choisissez dans la liste."
    elif column.choices_from:
        rule = DataValidation(type="list", formula1=column.choices_from, allow_blank=True, errorStyle="warning")
        rule.error = WORD_WARNING
    elif column.minimum is not None and column.maximum is not None:
        kind = "whole" if column.kind is Kind.INTEGER else "decimal"
        limits = f"{column.minimum:g}", f"{column.maximum:.0f}"
        rule = DataValidation(type=kind, operator="between", formula1=limits[0], formula2=limits[1], allow_blank=True)
        rule.error = f"Indiquez un nombre entre {column.minimum:g} et {column.maximum:.0f}."
    else:
        return
    rule.showErrorMessage = True
    if column.note:
        rule.promptTitle, rule.prompt, rule.showInputMessage = column.header[:32], column.note[:250], True
    target.add_data_validation(rule)
    rule.add(cells)
