"""Reading of the cells of an estate: dates written in many ways, French numbers. Pure.

A date is a month, counted from year 0 (2020-03 is 2020 × 12 + 2): ages are told in tenths of a year.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError

from inventory.columns import COLUMNS_BY_NAME

OLDEST_YEAR = 1985
NO_MONTH = -1
BAD_MONTH = -2
MID_YEAR = 7
_EMPTY = {"", "-", "–", "—", "n/a", "na", "null", "none", "0", "nc", "n.c."}
# What databases write for « no date ».
_NO_DATE = re.compile(r"(?:0000-00-00|1970-01-01|1900-01-0[01]|1899-12-3[01]|00/00/0000|01/01/1970)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?=$|[ T])")
_FRENCH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?=$|[ T,])")
_MONTH = re.compile(r"(\d{1,2})[-/.](\d{4})$")
_YEAR = re.compile(r"(\d{4})$")
_SUFFIX = re.compile(r"\s*(%|ans?|années?|unités?|postes?|pièces?|pcs)\s*\Z", re.IGNORECASE)
# Days since this day are how a spreadsheet keeps a date whose format was lost.
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_SPREADSHEET_DAYS = range(29_000, 60_000)


class CellError(Exception):
    """A cell cannot be taken; the message is French and says what to write."""


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=20_000)
def read_month(cell: Any) -> int:
    """Return the month of a date cell; NO_MONTH when it is empty, BAD_MONTH when it is no date.

    The day comes before the month (31/12/2020), unless it cannot; a year alone is its middle.
    """
    if isinstance(cell, int | float):
        return _month_of_number(cell)
    text = cell.strip()
    if text.lower() in _EMPTY or _NO_DATE.match(text):
        return NO_MONTH
    if found := _ISO.match(text):
        return _month(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _FRENCH.match(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        year += 0 if year > 99 else 2000 if year < 70 else 1900
        return _month(year, second, first) if second <= 12 else _month(year, first, second)
    if found := _MONTH.match(text):
        return _month(int(found[2]), int(found[1]), 1)
    if found := _YEAR.match(text):
        return _month(int(found[1]), MID_YEAR, 1)
    return BAD_MONTH


def _month_of_number(number: float) -> int:
    if number == 0:
        return NO_MONTH
    if OLDEST_YEAR <= number < 2100:
        return _month(int(number), MID_YEAR, 1)
    if _SPREADSHEET_DAYS.start <= number < _SPREADSHEET_DAYS.stop:
        return month_of(_SPREADSHEET_EPOCH + timedelta(days=int(number)))
    return BAD_MONTH


def _month(year: int, month: int, day: int) -> int:
    try:
        found = date(year, month, day)
    except ValueError:
        return BAD_MONTH
    return month_of(found) if OLDEST_YEAR <= year < 2100 else BAD_MONTH


@lru_cache(maxsize=20_000)
def read_number(name: str, cell: Any) -> float | None:
    """Return the number of a cell by the rules of the screen; None when it is empty. Raises CellError.

    `name`: field of a line of inventory, which gives the limits.
    """
    text = " ".join(str(cell).split())
    if not isinstance(cell, int | float) and text in {"", "-", "–", "—"}:
        return None
    try:
        value = COLUMNS_BY_NAME[name].form_field().clean(_SUFFIX.sub("", text))
    except ValidationError as error:
        raise CellError(f"Lu\u00a0: «\u00a0{text[:40]}\u00a0». {' '.join(map(str, error.messages))}") from None
    return None if value is None else float(value)
