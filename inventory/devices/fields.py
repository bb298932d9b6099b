"""What a column of a table of the estate may be, and how the columns of a file are guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from common.text import normalise

HEADER_SEARCH_ROWS = 30
SAMPLE_COUNT = 3
SAMPLE_LENGTH = 40


@dataclass(frozen=True)
class FieldKind:
    """A field: the words of the screen, and whether one row of the file may then stand for many devices."""

    name: str
    label: str
    is_counted: bool = False


_FIELDS = (
    FieldKind("type", "Type ou famille"),
    FieldKind("model", "Modèle"),
    FieldKind("chassis", "Châssis"),
    FieldKind("serial", "Numéro de série"),
    FieldKind("state", "État (en service, en stock, réformé)"),
    FieldKind("purchased_on", "Date ou année d’achat"),
    FieldKind("used_from", "Date de mise en service"),
    FieldKind("inventoried_on", "Date d’inventaire"),
    FieldKind("retired_on", "Date de réforme"),
    FieldKind("quantity", "Quantité", is_counted=True),
    FieldKind("stock_quantity", "Quantité en stock", is_counted=True),
    FieldKind("mean_age_years", "Âge en années"),
    FieldKind("lifetime_years", "Durée d’usage visée", is_counted=True),
    FieldKind("observed_lifetime_years", "Durée d’usage observée", is_counted=True),
    FieldKind("refurbished_percent", "Part reconditionnée (%)", is_counted=True),
    FieldKind("bought_last_year", "Achetés l’an dernier", is_counted=True),
    FieldKind("retired_last_year", "Réformés l’an dernier", is_counted=True),
    FieldKind("reused_last_year", "Dont réemployés", is_counted=True),
)
FIELDS: dict[str, FieldKind] = {field.name: field for field in _FIELDS}
CHOICES: list[tuple[str, str]] = [("", "Ne pas lire"), *((field.name, field.label) for field in _FIELDS)]


@dataclass(frozen=True)
class Layout:
    """The table of a file: its sheet, the row of its headers, what its columns hold.

    `columns`: field → column, from 1. `samples`: some values of each column, in the order of `headers`.
    """

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    columns: Mapping[str, int]

    @property
    def key(self) -> str:
        """What tells that two files have the same headers."""
        return sha256("\n".join(normalise(header) for header in self.headers).encode()).hexdigest()

    @property
    def names_devices(self) -> bool:
        """Whether the file is surely the list of an asset tool: nothing is to be asked about its columns."""
        return "serial" in self.columns and bool({"type", "model"} & set(self.columns))

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "headers": list(self.headers),
            "samples": [list(values) for values in self.samples],
            "columns": dict(self.columns),
            "guessed": dict(self.columns),
        }


def check_columns(columns: Mapping[str, int]) -> str:
    """Return what is missing for a table to be counted, in French; empty when it can be."""
    if not {"type", "model"} & set(columns):
        return "Indiquez la colonne du type ou de la famille, ou à défaut celle du modèle."
    return ""


def find_layout(
    sheets: Sequence[tuple[str, Sequence[tuple[int, Sequence[Any]]]]],
    headers: Mapping[str, str],
    priorities: Sequence[str],
) -> Layout | None:
    """Return the table of a file: the row whose cells are best known as headers, else the first row of texts.

    `sheets`: (name, rows); a row is (number, cells). None when no sheet holds two rows.
    """
    best: Layout | None = None
    best_score = -1
    for name, rows in sheets:
        for position, (number, cells) in enumerate(rows[:HEADER_SEARCH_ROWS]):
            texts = [_text(cell) for cell in cells]
            filled = sum(bool(text) for text in texts)
            if not filled or position + 1 >= len(rows):
                continue
            columns = guess_columns(texts, headers, priorities)
            # A row of texts above the table is a title; a row of many texts may be headers that nobody knows.
            score = len(columns) * 100 + (min(filled, 50) if not columns else 0) - position
            if score > best_score:
                best_score = score
                best = Layout(name, number, tuple(texts), _samples(len(texts), rows[position + 1 :]), columns)
    return best


def guess_columns(texts: Sequence[str], headers: Mapping[str, str], priorities: Sequence[str]) -> dict[str, int]:
    """Return field → column, from 1, for the headers that are known: written so, or at the end of a longer one."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for is_exact in (True, False):
        for position, text in enumerate(texts, start=1):
            name = _field_of(normalise(text), headers, is_exact=is_exact)
            if name is not None and name not in found and position not in taken:
                found[name] = position
                taken.add(position)
    return {name: found[name] for name in priorities if name in found}


def _field_of(key: str, headers: Mapping[str, str], *, is_exact: bool) -> str | None:
    if is_exact:
        return headers.get(key)
    words = key.split()
    # « informations financieres et administratives date d achat »: what follows two words or more.
    for start in range(1, len(words)):
        ending = " ".join(words[start:])
        if ending in headers and len(ending.split()) > 1:
            return headers[ending]
    # « quantite (unites) », « age moyen des postes »: what the header begins with.
    for stop in range(len(words) - 1, 1, -1):
        beginning = " ".join(words[:stop])
        if beginning in headers:
            return headers[beginning]
    return None


def _text(cell: Any) -> str:
    return " ".join(str(cell).split())[:80] if isinstance(cell, str) else ""


def _samples(width: int, rows: Sequence[tuple[int, Sequence[Any]]]) -> tuple[tuple[str, ...], ...]:
    found = []
    for position in range(width):
        values: list[str] = []
        for _number, cells in rows:
            text = " ".join(str(cells[position]).split())[:SAMPLE_LENGTH] if position < len(cells) else ""
            if text and text not in values:
                values.append(text)
                if len(values) == SAMPLE_COUNT:
                    break
        found.append(tuple(values))
    return tuple(found)
