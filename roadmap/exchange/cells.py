"""From one cell to the text that the trail would keep of it, or to the reason why it is refused. No query."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from common.fields import FIRST_YEAR, LAST_YEAR, FrenchDateField, FrenchDecimalField, FrenchIntegerField, YearField
from common.numbers import format_number
from common.text import normalise
from roadmap.exchange.columns import LONGEST_TEXT, ExchangeColumn
from roadmap.exchange.names import Names
from roadmap.half_years import HalfYear
from roadmap.sheet_rows import MAX_DAYS, MAX_EUROS
from roadmap.sheet_texts import DAY_FORMAT, DAYS_BY_HALF_YEAR, HALF_YEARS, NO, SEPARATOR, YES, write_number

MAX_FIGURE = Decimal(10) ** 10
_YES, _NO = {"oui", "o", "vrai", "true", "x", "1"}, {"non", "n", "faux", "false", "0"}
_HALF_YEARS = (
    re.compile(r"(?:s|semestre ?)?(?P<half>[12])(?:er|e|eme|nd)?(?: semestre)? (?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4}) (?:s|semestre ?)(?P<half>[12])"),
)
_SEVERAL = re.compile(r"[\n;]")


class CellRefused(Exception):
    """Why a cell is refused: what to do, in French."""


def _days() -> forms.Field:
    return FrenchDecimalField(min_value=0, max_value=MAX_DAYS, decimal_places=1)


def _euros() -> forms.Field:
    return FrenchDecimalField(min_value=0, max_value=MAX_EUROS, decimal_places=2)


def _figure() -> forms.Field:
    return FrenchDecimalField(min_value=-MAX_FIGURE, max_value=MAX_FIGURE, decimal_places=3)


def _score() -> forms.Field:
    return FrenchIntegerField(min_value=1, max_value=5)


# The fields of the pages: a cell is refused with their words.
_FIELDS: dict[str, Callable[[], forms.Field]] = {
    "human_days": _days,
    "days": _days,
    **dict.fromkeys(("budget_eur", "investment_eur", "operation_eur", "funding_eur"), _euros),
    **dict.fromkeys(("baseline", "target"), _figure),
    **dict.fromkeys(("effort", "impact"), _score),
    **dict.fromkeys(("year", "baseline_year", "target_year"), YearField),
    "due_on": FrenchDateField,
}


def plain_text(cell: Any) -> str:
    """Return a cell as the trail writes values: « 12,5 », « 31/12/2026 », a text as it is."""
    if isinstance(cell, dict):
        day = _day(cell)
        return f"{day:{DAY_FORMAT}}" if day else str(cell.get("date", ""))
    if isinstance(cell, int | float):
        return write_number(round(cell, 9) if isinstance(cell, float) else cell)
    return "" if cell is None else str(cell).strip()


def read_cell(column: ExchangeColumn, cell: Any, names: Names) -> str:
    """Return the text of a cell for its field. Raises `CellRefused`."""
    text = plain_text(cell)
    if len(text) > LONGEST_TEXT:
        raise CellRefused(f"Ce texte dépasse {format_number(LONGEST_TEXT)} caractères : raccourcissez-le.")
    if not text:
        return _when_empty(column)
    if column.name == DAYS_BY_HALF_YEAR:
        return _days_by_half_year(text)
    if column.name in HALF_YEARS:
        return _half_year(cell, text)
    if column.name in _FIELDS:
        return _by_form(_FIELDS[column.name](), text)
    if isinstance(column.field, models.BooleanField):
        return _yes_or_no(text)
    if column.is_list:
        items = [item.strip() for item in _SEVERAL.split(text) if item.strip()]
        return "\n".join(dict.fromkeys(_word(column, item, names) for item in items))
    if column.name in names.words:
        return _word(column, text, names)
    return _text(column, text)


def _when_empty(column: ExchangeColumn) -> str:
    """Return what an empty cell means: nothing, or the usual value of a field that always has one."""
    field: Any = column.field
    if column.name in {"title", "status", "perimeter"}:
        raise CellRefused("Remplissez cette cellule : ce champ ne peut pas être vide.")
    if column.name == "is_quick_win":
        return NO
    if column.name == "days":
        raise CellRefused("Indiquez combien de jours ce rôle donne, même 0.")
    if field.choices and field.has_default():
        return str(dict(field.flatchoices)[field.get_default()])
    return write_number(field.get_default()) if field.has_default() and column.name.endswith("_eur") else ""


def _text(column: ExchangeColumn, text: str) -> str:
    if isinstance(column.field, models.TextField):
        return text
    line = " ".join(text.split())
    longest = column.field.max_length
    if longest and len(line) > longest:
        raise CellRefused(
            f"Ce texte a {format_number(len(line))} caractères : gardez-en {format_number(longest)} au plus."
        )
    return line


def _word(column: ExchangeColumn, text: str, names: Names) -> str:
    found = names.found(column.name, text)
    if len(found) == 1:
        return found[0]
    shown = text[:60]
    if found:
        raise CellRefused(f"« {shown} » désigne plusieurs choses ici : choisissez sur le site.")
    if column.name == "lead_participant":
        raise CellRefused(
            f"« {shown} » n’est le nom de personne dans la démarche : reprenez un nom de la feuille « Listes », ou "
            "écrivez-le dans « Nom ou fonction du pilote »."
        )
    raise CellRefused(f"« {shown} » n’est pas dans la feuille « Listes » : reprenez un de ses mots.")


def _yes_or_no(text: str) -> str:
    word = normalise(text)
    if word in _YES:
        return YES
    if word in _NO:
        return NO
    raise CellRefused("Écrivez oui ou non.")


def _by_form(field: forms.Field, text: str) -> str:
    try:
        value = field.clean(text)
    except ValidationError as error:
        raise CellRefused(str(error.messages[0])) from error
    return f"{value:{DAY_FORMAT}}" if isinstance(value, date) else write_number(value)


def _half_year(cell: Any, text: str) -> str:
    day = _day(cell) if isinstance(cell, dict) else None
    if day is not None:
        return HalfYear.containing(day).label
    key = normalise(text)
    for pattern in _HALF_YEARS:
        match = pattern.fullmatch(key)
        if match and FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
            return HalfYear(int(match["year"]), int(match["half"])).label
    raise CellRefused("Écrivez un semestre, par exemple « S1 2026 ».")


def _days_by_half_year(text: str) -> str:
    found: dict[str, tuple[str, str]] = {}
    for line in (line for line in _SEVERAL.split(text) if line.strip()):
        half, colon, days = line.rpartition(":")
        if not colon:
            raise CellRefused("Écrivez une ligne par semestre, par exemple « S1 2026 : 12 ».")
        label = _half_year(half, half)
        number, _word, year = label.partition(" semestre ")
        if label in {label for label, _days in found.values()}:
            raise CellRefused(f"Le {label} y est deux fois : gardez une ligne.")
        found[f"{year} {number}"] = label, _by_form(_days(), days)
    return "\n".join(f"{label}{SEPARATOR}{days}" for _key, (label, days) in sorted(found.items()))


def _day(cell: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(cell.get("date", ""))[:10])
    except ValueError:
        return None
