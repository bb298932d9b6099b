"""The words of the workbook of action sheets, written then read back: sheets, columns, marks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from authorities.models import Initiative
from common.xlsx import Kind, clean_text
from roadmap.models import ActionSheet
from roadmap.sheet_rows import BUDGET_LINES, HUMAN_MEANS, INDICATORS, ROW_KINDS, STEPS
from roadmap.sheet_texts import DAYS_BY_HALF_YEAR, LISTS, TEXT_FIELDS, column_label

FORMAT = "jalons-fiches-1"
GUIDE_SHEET, SHEETS_SHEET, WORDS_SHEET, MARKS_SHEET = "Lisez-moi", "Fiches", "Listes", "Repères"
ROW_SHEETS: dict[str, str] = {
    STEPS: "Étapes",
    INDICATORS: "Indicateurs",
    HUMAN_MEANS: "Rôles",
    BUDGET_LINES: "Budget",
}
NUMBER, TITLE, KEY = "number", "sheet_title", "key"
NUMBER_HEADER, ROW_NUMBER_HEADER = "N°", "N° de fiche"
TITLE_HEADER, KEY_HEADER = "Fiche", "Repère"
MARK_HEADERS = ("Repère", "Valeur", "Empreintes")
FORMAT_MARK, AUTHORITY_MARK, INITIATIVE_MARK, SHEET_MARK = "format", "collectivité", "démarche", "fiche"
# What a cell can hold; a longer text is changed on the site.
LONGEST_TEXT = 32_000

# Placed on the page of the schedule, which moves the steps along: shown, not read.
SHOWN_FIELDS = frozenset({"start_half", "end_half"})
_LEFT_OUT = frozenset({"is_placed_by_hand", "placement_reason"})
LONG_FIELDS = frozenset(
    {
        "context", "aim", "description", "partners", "expected_effect", "rebound", "risks", "mitigation",
        "legal_references", "links",
    }
)  # fmt: skip
_YEARS = frozenset({"year", "baseline_year", "target_year"})
_NOTES = {
    "objectives": "Un objectif par ligne, comme dans la feuille « Listes ».",
    "associated_services": "Un service par ligne, comme dans la feuille « Listes ».",
    DAYS_BY_HALF_YEAR: "Une ligne par semestre : « S1 2026 : 12 ».",
}


@dataclass(frozen=True)
class ExchangeColumn:
    """A field of a sheet, or a column of one of its rows. `is_list`: it names several things, one a line."""

    model: type[models.Model]
    name: str
    header: str
    is_read: bool = True
    is_list: bool = False
    note: str = ""

    @property
    def field(self) -> Any:
        return self.model._meta.get_field(self.name)

    @property
    def kind(self) -> Kind:
        """How its values are written in a cell."""
        if self.name in _YEARS:
            return Kind.WHOLE
        if isinstance(self.field, models.DecimalField):
            return Kind.DECIMAL
        if isinstance(self.field, models.DateField):
            return Kind.DATE
        return Kind.INTEGER if isinstance(self.field, models.IntegerField) else Kind.TEXT

    @property
    def width(self) -> int:
        if self.name in LONG_FIELDS:
            return 44
        if self.kind is not Kind.TEXT:
            return 13
        return 30 if self.name in {"title", "text", "name"} or self.is_list else 22


def _columns(model: type[models.Model], names: Sequence[str]) -> tuple[ExchangeColumn, ...]:
    return tuple(
        ExchangeColumn(
            model, name, column_label(model, name), name not in SHOWN_FIELDS, name in LISTS, _NOTES.get(name, "")
        )
        for name in names
    )


# In the order of the page.
SHEET_COLUMNS = _columns(ActionSheet, [name for name in TEXT_FIELDS if name not in _LEFT_OUT])
ROW_COLUMNS: dict[str, tuple[ExchangeColumn, ...]] = {
    name: _columns(kind.model, kind.columns) for name, kind in ROW_KINDS.items()
}


def marks_of(initiative: Initiative) -> dict[str, str]:
    """Return what ties a workbook to its démarche; read back, it is compared and never believed."""
    return {
        FORMAT_MARK: FORMAT,
        AUTHORITY_MARK: initiative.authority.slug,
        INITIATIVE_MARK: str(initiative.number),
    }


def squash(text: str) -> str:
    """Return what is compared of a text: spreadsheets and browsers do not keep the same spaces and line ends."""
    lines = (" ".join(line.split()) for line in clean_text(text).replace("\u2028", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def digest(text: str) -> str:
    """Return a short mark of a text: the same when none of its words moved."""
    return hashlib.sha256(squash(text).encode()).hexdigest()[:12]


def digests_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Return field → mark, for the fields that say something."""
    return {name: digest(text) for name, text in texts.items() if text}
