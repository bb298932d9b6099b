"""From the cells of a workbook to what it would change, line by line, each refusal with its reason. Nothing is written.

The workbook comes from outside: what it says of its démarche is compared with the démarche, and a mark that it bears
only tells what was in a cell when the workbook was made.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.errors import DomainError
from common.spreadsheets.process import SheetContent
from common.spreadsheets.tables import LineRefused, Refused, Table, candidate_tables, refuse_computed
from common.text import normalise, typography
from roadmap.exchange import columns as words
from roadmap.exchange.cells import CellRefused, plain_text, read_cell
from roadmap.exchange.columns import ExchangeColumn, digest
from roadmap.exchange.names import Names
from roadmap.sheet_rows import ROW_KINDS
from roadmap.sheet_texts import join_row

UNKNOWN_FILE = "Ce fichier n’est pas un tableur de fiches de Jalons : repartez d’un tableur téléchargé sur cette page."
OTHER_AUTHORITY = "Ce tableur est celui d’une autre collectivité : rien n’a été lu."
OTHER_INITIATIVE = "Ce tableur vient d’une autre démarche : téléchargez celui de la démarche en cours."
NOTHING_REMOVED = "Une ligne vidée ne retire rien. Retirez-la sur le site, ou remettez son texte."

MISSING_COLUMN = (
    "Cette colonne manque, parfois masquée : rien de cette feuille n’est lu. Repartez d’un nouveau tableur."
)
UNKNOWN_ROW = "Cette ligne n’est pas reconnue : recopiez-la dans une ligne vide, en bas de la feuille."


@dataclass(frozen=True)
class KnownSheet:
    """A sheet of the site: its key, and its texts that a cell cannot hold."""

    pk: int
    too_long: frozenset[str] = frozenset()


@dataclass
class ReadRow:
    """A row of a sheet. `rank`: where it was when the workbook was made, 0 for a new one; `exported`: its mark then."""

    text: str
    rank: int = 0
    exported: str = ""


@dataclass
class ReadEntry:
    """What a workbook says of one sheet, and where. `number` and `pk`: None for a new one.

    `fields`: field → text; `exported`: field → its mark when the workbook was made, for those and for all the rows.
    """

    place: str
    row: int
    number: int | None = None
    pk: int | None = None
    fields: dict[str, str] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[ReadRow]] = field(default_factory=dict)


@dataclass
class ExchangeReading:
    """What a workbook says. `untouched_count`: sheets in which nobody changed anything."""

    entries: list[ReadEntry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    untouched_count: int = 0


@dataclass(frozen=True)
class _Marks:
    """What the hidden sheet says: values by name, number of a sheet → its key, and field → mark."""

    values: dict[str, str]
    sheets: dict[int, tuple[int, dict[str, str]]]


def read_exchange(
    sheets: Sequence[SheetContent], *, expected: Mapping[str, str], known: Mapping[int, KnownSheet], names: Names
) -> ExchangeReading:
    """Return what a workbook says, against the sheets of the site by number.

    Raises `DomainError` when the workbook is not one of ours, or is that of another authority or démarche.
    """
    marks = _read_marks(sheets)
    _check_marks(marks, expected)
    by_name = {normalise(sheet.name): sheet for sheet in sheets}
    reader = _Reader(marks, known, names)
    main = by_name.get(normalise(words.SHEETS_SHEET))
    table = _find_table(main, words.SHEET_COLUMNS, {words.NUMBER_HEADER: words.NUMBER}) if main else None
    if table is None:
        raise DomainError(typography(UNKNOWN_FILE))
    reader.read_sheets(table)
    fixed = {words.KEY_HEADER: words.KEY, words.ROW_NUMBER_HEADER: words.NUMBER, words.TITLE_HEADER: words.TITLE}
    for kind, title in words.ROW_SHEETS.items():
        content = by_name.get(normalise(title))
        rows = _find_table(content, words.ROW_COLUMNS[kind], fixed) if content else None
        if rows is not None:
            reader.read_rows(kind, rows)
    return reader.finish()


# What the workbook says of itself -------------------------------------------------------------------------------------
def _read_marks(sheets: Sequence[SheetContent]) -> _Marks:
    sheet = next((sheet for sheet in sheets if sheet.name == words.MARKS_SHEET), None)
    values: dict[str, str] = {}
    found: dict[int, tuple[int, dict[str, str]]] = {}
    for row in sheet.rows[1:] if sheet else []:
        name, value, marks = (str(cell).strip() for cell in [*row, "", "", ""][:3])
        if name != words.SHEET_MARK:
            values[name] = value
            continue
        number, _colon, key = value.partition(":")
        if all(part.isascii() and part.isdecimal() and len(part) < 16 for part in (number, key)):
            found[int(number)] = int(key), _digests(marks)
    return _Marks(values, found)


def _digests(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(mark)[:12] for name, mark in found.items()} if isinstance(found, dict) else {}


def _check_marks(marks: _Marks, expected: Mapping[str, str]) -> None:
    for name, message in (
        (words.FORMAT_MARK, UNKNOWN_FILE),
        (words.AUTHORITY_MARK, OTHER_AUTHORITY),
        (words.INITIATIVE_MARK, OTHER_INITIATIVE),
    ):
        if marks.values.get(name) != expected[name]:
            raise DomainError(typography(message))


def _find_table(sheet: SheetContent, columns: Sequence[ExchangeColumn], fixed: Mapping[str, str]) -> Table | None:
    """Return the table of a sheet, under headers in any order; what is only shown is not read."""
    headers = {normalise(header): name for header, name in fixed.items()}
    headers |= {normalise(column.header): column.name for column in columns if column.is_read}
    first = columns[0].name
    for table in candidate_tables(sheet, headers):
        if {words.NUMBER, first} <= set(table.columns):
            return table
    return None


# Lines ----------------------------------------------------------------------------------------------------------------
class _Reader:
    """Reads the lines of a workbook, and keeps what it read."""

    def __init__(self, marks: _Marks, known: Mapping[int, KnownSheet], names: Names) -> None:
        self.marks, self.known, self.names = marks, known, names
        self.refused: list[Refused] = []
        self.entries: dict[int, ReadEntry] = {}
        self.added: dict[str, ReadEntry] = {}
        self.seen: dict[int, int] = {}
        self.refused_titles: set[str] = set()
        self.seen_keys: set[tuple[str, str]] = set()

    def finish(self) -> ExchangeReading:
        changed = [entry for entry in self.entries.values() if entry.fields or entry.rows]
        wrong = {line.row for line in self.refused if line.sheet == words.SHEETS_SHEET}
        touched = {entry.number for entry in changed}
        untouched = sum(number not in touched and row not in wrong for number, row in self.seen.items())
        return ExchangeReading([*changed, *self.added.values()], self.refused, untouched)

    def refuse(self, table: Table, row: int, column: str, reason: str) -> None:
        self.refused.append(Refused(table.sheet.name, row, column, typography(reason)))

    def is_computed(self, table: Table, row: int) -> bool:
        """Refuse a line that holds a formula or an error value, and tell whether it was."""
        try:
            refuse_computed(table, row)
        except LineRefused as refusal:
            self.refuse(table, row, refusal.column, refusal.message)
            return True
        return False

    # Sheets
    def read_sheets(self, table: Table) -> None:
        self.refuse_unknown_columns(table, words.SHEET_COLUMNS)
        for row, cells in table.rows():
            number = plain_text(table.cell(cells, words.NUMBER))
            if self.is_computed(table, row):
                self.refused_titles.add(normalise(plain_text(table.cell(cells, "title"))))
                continue
            if number:
                self.read_known(table, row, cells, number)
            else:
                self.read_added(table, row, cells)

    def read_known(self, table: Table, row: int, cells: Sequence[Any], text: str) -> None:
        try:
            number = self.known_number(text)
        except CellRefused as refusal:
            self.refuse(table, row, table.headers[words.NUMBER], str(refusal))
            return
        if number in self.seen:
            message = f"La fiche {number} est déjà à la ligne {self.seen[number]} : gardez une ligne par fiche."
            self.refuse(table, row, table.headers[words.NUMBER], message)
            return
        self.seen[number] = row
        if not plain_text(table.cell(cells, "title")):
            self.refuse(table, row, table.headers["title"], NOTHING_REMOVED)
            return
        exported, too_long = self.marks.sheets[number][1], self.known[number].too_long
        texts: dict[str, str] = {}
        errors: list[tuple[str, str]] = []
        for column in words.SHEET_COLUMNS:
            if column.name not in table.columns:
                continue
            try:
                edited = self.edited(column, table.cell(cells, column.name), exported.get(column.name, digest("")))
                if edited is not None and column.name in too_long:
                    raise CellRefused("Ce texte est trop long pour un tableur : modifiez-le sur le site.")
            except CellRefused as refusal:
                errors.append((table.headers[column.name], str(refusal)))
                continue
            if edited is not None:
                texts[column.name] = edited
        for header, reason in errors:
            self.refuse(table, row, header, reason)
        if texts and not errors:
            self.entry(table, row, number).fields = texts

    def edited(self, column: ExchangeColumn, cell: Any, exported: str) -> str | None:
        """Return the new text of a cell, None when it says what it said when the workbook was made."""
        if digest(plain_text(cell)) == exported:
            return None
        text = read_cell(column, cell, self.names)
        return None if digest(text) == exported else text

    def known_number(self, text: str) -> int:
        """Return the number of a sheet that is still the one of the workbook. Raises `CellRefused`."""
        digits = normalise(text).removeprefix("n").removeprefix("fiche").strip()
        number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else 0
        marked, found = self.marks.sheets.get(number), self.known.get(number)
        if marked is None:
            raise CellRefused(
                f"« {text[:40]} » n’est le numéro d’aucune fiche de ce tableur. Laissez vide pour en ajouter."
            )
        if found is None or found.pk != marked[0]:
            raise CellRefused(f"La fiche {number} a été retirée du site. Videz ce numéro pour la recréer.")
        return number

    def entry(self, table: Table, row: int, number: int) -> ReadEntry:
        if number not in self.entries:
            pk, exported = self.marks.sheets[number]
            self.entries[number] = ReadEntry(table.sheet.name, row, number, pk, exported=exported)
        return self.entries[number]

    def read_added(self, table: Table, row: int, cells: Sequence[Any]) -> None:
        texts: dict[str, str] = {}
        title = plain_text(table.cell(cells, "title"))
        is_refused = False
        for column in words.SHEET_COLUMNS:
            cell = table.cell(cells, column.name)
            if column.name != "title" and not plain_text(cell):
                continue
            try:
                texts[column.name] = read_cell(column, cell, self.names)
            except CellRefused as refusal:
                is_refused = True
                self.refuse(table, row, table.headers[column.name], str(refusal))
        key = normalise(title) or title
        if not is_refused and key in self.added:
            is_refused = True
            self.refuse(
                table, row, table.headers["title"], "Deux fiches ajoutées ont cet intitulé : changez l’un d’eux."
            )
        if is_refused:
            self.refused_titles.add(key)
        else:
            self.added[key] = ReadEntry(table.sheet.name, row, fields=texts)

    def refuse_unknown_columns(self, table: Table, columns: Sequence[ExchangeColumn]) -> None:
        """Say that a column that somebody added is not read."""
        fixed = (words.NUMBER_HEADER, words.ROW_NUMBER_HEADER, words.TITLE_HEADER, words.KEY_HEADER)
        known = {normalise(header) for header in (*fixed, *(column.header for column in columns))}
        for position, cell in enumerate(table.sheet.rows[table.header_row - 1]):
            header = plain_text(cell)
            if not header or normalise(header) in known:
                continue
            if any(position < len(row) and plain_text(row[position]) for _number, row in table.rows()):
                message = "Cette colonne n’est pas celle d’un champ : elle n’est pas lue."
                self.refuse(table, table.header_row, header[:60], message)

    # Rows of sheets
    def read_rows(self, kind: str, table: Table) -> None:
        columns = words.ROW_COLUMNS[kind]
        headers = {words.KEY: words.KEY_HEADER, **{column.name: column.header for column in columns}}
        missing = [header for name, header in headers.items() if name not in table.columns]
        if missing:
            self.refuse(table, table.header_row, missing[0], MISSING_COLUMN)
            return
        self.refuse_unknown_columns(table, columns)
        for row, cells in table.rows():
            if self.is_computed(table, row):
                continue
            try:
                self.read_row(kind, table, row, cells)
            except LineRefused as refusal:
                self.refuse(table, row, refusal.column, refusal.message)

    def read_row(self, kind: str, table: Table, row: int, cells: Sequence[Any]) -> None:
        number, rank = self.place_of(kind, table, cells)
        columns = words.ROW_COLUMNS[kind]
        plain = {column.name: plain_text(table.cell(cells, column.name)) for column in columns}
        if not any(plain.values()) and not rank:
            return
        if not plain[columns[0].name]:
            reason = NOTHING_REMOVED if rank else f"Remplissez la colonne « {columns[0].header} »."
            raise LineRefused(table.headers[columns[0].name], reason)
        exported = ""
        if isinstance(number, int):
            exported = self.marks.sheets[number][1].get(f"{kind}.{rank}", "")
            if rank and not exported:
                raise LineRefused(table.headers[words.NUMBER], UNKNOWN_ROW)
            if rank and digest(join_row(ROW_KINDS[kind], plain)) == exported:
                return
        text = join_row(ROW_KINDS[kind], self.row_texts(table, row, cells, columns))
        if exported and digest(text) == exported:
            return
        entry = self.entry(table, row, number) if isinstance(number, int) else self.added[number]
        entry.rows.setdefault(kind, []).append(ReadRow(text, rank if exported else 0, exported))

    def row_texts(
        self, table: Table, row: int, cells: Sequence[Any], columns: Sequence[ExchangeColumn]
    ) -> dict[str, str]:
        texts: dict[str, str] = {}
        refusals: list[LineRefused] = []
        for column in columns:
            try:
                texts[column.name] = read_cell(column, table.cell(cells, column.name), self.names)
            except CellRefused as refusal:
                refusals.append(LineRefused(table.headers.get(column.name, column.header), str(refusal)))
        for other in refusals[1:]:
            self.refuse(table, row, other.column, other.message)
        if refusals:
            raise refusals[0]
        return texts

    def place_of(self, kind: str, table: Table, cells: Sequence[Any]) -> tuple[int | str, int]:
        """Return the number of the sheet of a row, or the key of a new one, and the rank of the row there, 0 if new."""
        header = table.headers[words.NUMBER]
        text, key = plain_text(table.cell(cells, words.NUMBER)), plain_text(table.cell(cells, words.KEY))
        if not text:
            raise LineRefused(header, "Indiquez le numéro de la fiche, ou l’intitulé d’une fiche ajoutée.")
        title = normalise(text) or text
        if title in self.added and not key:
            return title, 0
        if title in self.refused_titles:
            raise LineRefused(header, "La ligne de cette fiche est à corriger d’abord, dans la feuille « Fiches ».")
        try:
            number = self.known_number(text)
        except CellRefused as refusal:
            raise LineRefused(header, str(refusal)) from refusal
        if not key:
            return number, 0
        owner, _slash, rank = key.partition("/")
        if owner != str(number) or not (rank.isascii() and rank.isdecimal() and len(rank) < 4):
            raise LineRefused(
                header, "Cette ligne est celle d’une autre fiche : remettez son numéro, ou copiez-la en bas."
            )
        if (kind, key) in self.seen_keys:
            raise LineRefused(
                header, "Cette ligne y est deux fois : gardez-en une, ou recopiez-la dans une ligne vide."
            )
        self.seen_keys.add((kind, key))
        return number, int(rank)
