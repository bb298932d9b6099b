"""What the readers of our templates share: the table under its headers, the lines refused with their reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.spreadsheets.process import SheetContent
from common.text import normalise

HEADER_SEARCH_ROWS = 20
_EMPTY_MARKS = {"", "-", "–", "—"}


@dataclass(frozen=True)
class Refused:
    """A line that cannot be taken: where it is, and what to do."""

    sheet: str
    row: int
    column: str
    reason: str


class LineRefused(Exception):
    """Why a line is refused."""

    def __init__(self, column: str, message: str) -> None:
        self.column, self.message = column, message
        super().__init__(message)


@dataclass(frozen=True)
class Table:
    """A sheet whose headers were recognised: field → column, counted from 1, and the header as it is written."""

    sheet: SheetContent
    header_row: int
    columns: dict[str, int]
    headers: dict[str, str]

    def rows(self) -> Iterable[tuple[int, list[Any]]]:
        """Return the rows under the headers that hold something."""
        marked = {row for row, _column in self.sheet.formulas | self.sheet.errors}
        for number, row in enumerate(self.sheet.rows[self.header_row :], start=self.header_row + 1):
            if number in marked or any(not is_empty(cell) for cell in row):
                yield number, row

    def cell(self, row: Sequence[Any], name: str) -> Any:
        index = self.columns.get(name, 0) - 1
        return row[index] if 0 <= index < len(row) else ""

    def first_among(self, number: int, positions: frozenset[tuple[int, int]]) -> str | None:
        """Return the header of the first known column of this row that is among the positions."""
        for name, column in sorted(self.columns.items(), key=lambda item: item[1]):
            if (number, column) in positions:
                return self.headers[name]
        return None


def candidate_tables(sheet: SheetContent, headers: Mapping[str, str]) -> Iterator[Table]:
    """Give, for each of the first rows, what it would be as headers. `headers`: normalised header → field."""
    for number, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS], start=1):
        columns: dict[str, int] = {}
        written: dict[str, str] = {}
        for position, cell in enumerate(row, start=1):
            name = headers.get(normalise(cell)) if isinstance(cell, str) else None
            # The first of two columns with the same name is the one that is read.
            if name is not None and name not in columns:
                columns[name], written[name] = position, " ".join(str(cell).split())
        yield Table(sheet, number, columns, written)


def refuse_computed(table: Table, number: int) -> None:
    """Refuse a line that holds a formula or an error value. Raises `LineRefused`."""
    header = table.first_among(number, table.sheet.formulas)
    if header is not None:
        raise LineRefused(header, "Formule\u00a0: remplacez-la par sa valeur (copier, puis collage spécial, valeurs).")
    header = table.first_among(number, table.sheet.errors)
    if header is not None:
        raise LineRefused(header, "Valeur d’erreur (#N/A, #REF…)\u00a0: tapez le nombre, ou videz la cellule.")


def is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip() in _EMPTY_MARKS)
