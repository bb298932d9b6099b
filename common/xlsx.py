"""Spreadsheets to write: their sheets and their columns.

A sheet is a list of `Column(header, value, kind)` and the objects of its rows. A text is always written as a text: a
leading = + - @ never becomes a formula, in this file or when a reader types in the cell again.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What XML 1.0 forbids, and the tab and the return, which some spreadsheets read as the beginning of a formula.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_TEXT = 32_000
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")

# Excel shows no row taller than 409 points.
_MOST_LINES, LINE_HEIGHT_PT = 25, 15

# Width of the columns that an A4 page shows with letters that one still reads, in characters.
_PAGE_WIDTH = 240
WORD_WARNING = "Ce mot n’est pas dans la liste\u00a0: le garder\u202f?"


class Kind(StrEnum):
    """How the values of a column are written. `WHOLE`: numbers without a thousands separator (years, ranks)."""

    TEXT = "text"
    INTEGER = "integer"
    WHOLE = "whole"
    DECIMAL = "decimal"
    PLAIN = "plain"
    PERCENT = "percent"
    SCIENTIFIC = "scientific"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column: its header, how to read the value of a row, how to write it.

    A percent is written 0–100. `choices`: list offered in the cell; `choices_from`: cells that hold it, when it is
    long, and then another word is only warned about; `minimum` and `maximum`: limits checked by the spreadsheet itself;
    `is_editable`: unlocked in a protected sheet; `is_hidden`: kept out of sight (keys).
    """

    header: str
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int = 14
    is_editable: bool = False
    is_hidden: bool = False
    choices: tuple[str, ...] = ()
    choices_from: str = ""
    minimum: float | None = None
    maximum: float | None = None
    note: str = ""
    wraps: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook. `intro`: lines of text above the headers; `is_protected`: only editable cells change.

    `is_hidden`: kept out of sight; `frozen_columns`: how many stay in sight when one scrolls.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    intro: Sequence[str] = field(default=())
    is_protected: bool = False
    is_hidden: bool = False
    frozen_columns: int = 1

    @property
    def safe_title(self) -> str:
        """The title as every spreadsheet takes it: 31 characters, none of those that a reference uses."""
        return _SHEET_NAME.sub(" ", self.title)[:31]

    @property
    def page_count(self) -> int:
        """How many landscape pages its columns take side by side: past one, the text would be too small to read."""
        width = sum(column.width for column in self.columns if not column.is_hidden)
        return max(1, -(-width // _PAGE_WIDTH))


def build_workbook(sheets: Sequence[Sheet], *, title: str, created_at: datetime) -> bytes:
    """Return a workbook as the bytes of an xlsx file. The same content gives the same bytes."""
    # Imported on use: openpyxl takes 19 MB, which every process of the site would hold.
    from common.xlsx_writer import write_workbook

    return write_workbook(sheets, title=title, created_at=created_at)


def clean_text(value: object, *, is_cut: bool = True) -> str:
    """Return a text that a cell can hold: no control character, no more than what a spreadsheet reads.

    `is_cut`: False for a file that is not opened cell by cell, and holds the whole of a text.
    """
    text = _CONTROL.sub("", str(value).replace("\r\n", "\n").replace("\t", " "))
    return text[:_LONGEST_TEXT] if is_cut else text


def lines_needed(columns: Sequence[Column], values: Sequence[object]) -> int:
    """Return how many lines of text the tallest wrapped cell of a row takes, at least one."""
    needed = [
        sum(-(-max(len(line), 1) // max(column.width - 2, 1)) for line in clean_text(value).split("\n"))
        for column, value in zip(columns, values, strict=True)
        if column.wraps and value is not None
    ]
    return min(max(needed, default=1), _MOST_LINES)
