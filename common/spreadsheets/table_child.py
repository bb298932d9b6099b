"""Read one long table in a process of its own, with a memory and a time limit, and print it piece by piece.

Run by `common.spreadsheets.long_tables`, never imported by the site. The arguments are the kind of the file (csv, xlsx,
ods), the limits (JSON) and its size in bytes. Standard input holds the file, then, if its rows are wanted, one line:
{"sheet", "after", "columns"}. Each line of the output is one JSON object:

    {"sheets": [{"name", "row_count", "rows"}]}   the first rows of each sheet, at once
    {"rows": [[number, cell…]], "done": n}        what was asked for
    {"refusal": code, "row": n}                   the file is refused, at this row when it is known

Rows and columns count from 1. A cell is a text, an integer or a float; a date is its ISO text. Only the columns asked
for leave this process: names of people, which such files often hold, do not.
"""

import codecs
import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __name__ != "__main__":
    from common.spreadsheets.child import (
        CHUNK,
        MACRO_TYPES,
        Limits,
        Refusal,
        check_archive,
        limit_resources,
        read_workbook,
        scan_ods,
    )
else:
    # A program of its own, isolated: its neighbour is found by its folder.
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from child import CHUNK, MACRO_TYPES, Limits, Refusal, check_archive, limit_resources, read_workbook, scan_ods

PEEK_ROWS = 60
BATCH = 1_000
LONGEST_TEXT = 200
DELIMITERS = ";,\t|"
# A cell that holds something (its tag is not closed at once) past column GR or from row 100 000 on.
FAR_CELL = re.compile(rb'r="(?:([A-Z]{3}|[H-Z][A-Z]|G[S-Z])\d+|[A-Z]{1,3}(\d{6,}))"([^>]*)>')
TAIL = 400


class RowRefusal(Refusal):
    """The file is refused at a row that is known."""

    def __init__(self, code: str, row: int) -> None:
        self.row = row
        super().__init__(code)


def as_cell(value: Any) -> str | int | float:
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time | timedelta):
        return str(value)
    return "" if value is None else str(value)[:LONGEST_TEXT]


# csv --------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """Return the text of a csv file: Unicode with its mark, UTF-8, else the Western encoding of French spreadsheets."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if data.count(b"\x00"):
        raise Refusal("not_a_text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def find_delimiter(text: str) -> str:
    """Return the separator that the first lines use most; a line « sep=; » tells it."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    if lines and re.fullmatch(r"sep=.", lines[0].strip(), re.IGNORECASE):
        return lines[0].strip()[-1]
    return max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))


class CsvTable:
    """A csv file as one sheet. Its number of rows is guessed from its lines."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.text = decode(data)
        self.limits = limits
        self.delimiter = find_delimiter(self.text)
        self.count = self.text.count("\n") + 1

    def names(self) -> list[str]:
        return [""]

    def row_count(self, _name: str) -> int:
        return self.count

    def rows(self, _name: str) -> Iterator[tuple[int, list[Any]]]:
        csv.field_size_limit(self.limits["field"])
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        cells = 0
        while True:
            first_line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise RowRefusal("quotes", first_line) from None
            if first_line > self.limits["rows"]:
                raise Refusal("too_many_rows")
            if len(row) > self.limits["columns"]:
                raise RowRefusal("too_many_columns", first_line)
            cells += len(row)
            if cells > self.limits["cells"]:
                raise Refusal("too_many_cells")
            if first_line == 1 and len(row) <= 2 and row and row[0].lower().startswith("sep="):
                continue
            yield first_line, row


# xlsx and ods -------------------------------------------------------------------------------------------------------


def check_far_cells(archive: zipfile.ZipFile, path: str, limits: Limits) -> None:
    """Refuse a document type and a filled cell that is too far, which would make the reader abort."""
    tail = b""
    is_first = True
    with archive.open(path) as stream:
        while chunk := stream.read(CHUNK):
            if is_first and b"<!DOCTYPE" in chunk:
                raise Refusal("damaged")
            is_first = False
            for found in FAR_CELL.finditer(tail + chunk):
                if found.group(3).endswith(b"/"):
                    continue
                if found.group(1):
                    raise Refusal("too_many_columns")
                if int(found.group(2)) > limits["rows"]:
                    raise Refusal("too_many_rows")
            tail = chunk[-TAIL:]


def check_workbook(archive: zipfile.ZipFile, kind: str, limits: Limits) -> set[str]:
    """Return the sheets that may be read."""
    check_archive(archive, limits)
    if kind == "ods":
        return set(scan_ods(archive, limits))
    names = set(archive.namelist())
    if "[Content_Types].xml" in names and any(mark in archive.read("[Content_Types].xml") for mark in MACRO_TYPES):
        raise Refusal("macros")
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise Refusal("not_a_spreadsheet")
    sheets, targets = read_workbook(archive)
    if len(sheets) > limits["sheets"]:
        raise Refusal("too_many_sheets")
    found = set()
    for sheet, relation in sheets:
        path = targets.get(relation, "")
        if path in names and "worksheets/" in path:
            check_far_cells(archive, path, limits)
            found.add(sheet)
    return found


class WorkbookTable:
    """The sheets of an xlsx or ods file."""

    def __init__(self, data: bytes, kind: str, limits: Limits) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            allowed = check_workbook(archive, kind, limits)
        # Imported here: the limits are set and the archive is checked before a line of the reader runs.
        from python_calamine import CalamineWorkbook

        self.limits = limits
        self.workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        self.kept = [name for name in self.workbook.sheet_names if name in allowed]
        self.sheets: dict[str, Any] = {}

    def names(self) -> list[str]:
        return self.kept

    def sheet(self, name: str) -> Any:
        if name not in self.sheets:
            # One sheet is held at a time: the last that was asked for.
            self.sheets = {name: self.workbook.get_sheet_by_name(name)}
        return self.sheets[name]

    def row_count(self, name: str) -> int:
        return int(self.sheet(name).total_height) + 1

    def rows(self, name: str) -> Iterator[tuple[int, list[Any]]]:
        sheet = self.sheet(name)
        if sheet.total_height > self.limits["rows"]:
            raise Refusal("too_many_rows")
        if sheet.total_width > self.limits["columns"]:
            raise Refusal("too_many_columns")
        if sheet.total_height * sheet.total_width > self.limits["cells"]:
            raise Refusal("too_many_cells")
        if sheet.start is None:
            return
        # The reader begins at A1, whatever the first filled cell.
        yield from enumerate(sheet.iter_rows(), start=1)


# Output -------------------------------------------------------------------------------------------------------------


def write(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")


def peek(table: CsvTable | WorkbookTable) -> None:
    sheets = []
    for name in table.names():
        rows = []
        for number, row in table.rows(name):
            if number > PEEK_ROWS:
                break
            rows.append([number, *(as_cell(value) for value in row)])
        sheets.append({"name": name, "row_count": table.row_count(name), "rows": rows})
    write({"sheets": sheets})
    sys.stdout.flush()


def stream(table: CsvTable | WorkbookTable, name: str, after: int, columns: list[int]) -> None:
    if name not in table.names():
        raise Refusal("damaged")
    positions = [column - 1 for column in columns]
    for batch in batches(table.rows(name), after, positions):
        write({"rows": batch, "done": batch[-1][0]})
        sys.stdout.flush()


def batches(rows: Iterable[tuple[int, list[Any]]], after: int, positions: list[int]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    for number, row in rows:
        if number <= after:
            continue
        width = len(row)
        cells = [as_cell(row[position]) if position < width else "" for position in positions]
        if any(cell != "" for cell in cells):
            batch.append([number, *cells])
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def main(kind: str, limits: Limits, size: int) -> None:
    limit_resources(limits)
    data = sys.stdin.buffer.read(size)
    try:
        table = CsvTable(data, limits) if kind == "csv" else WorkbookTable(data, kind, limits)
        del data
        peek(table)
        wanted = sys.stdin.buffer.readline()
        if wanted:
            request = json.loads(wanted)
            stream(table, request["sheet"], request["after"], request["columns"])
    except RowRefusal as refusal:
        write({"refusal": str(refusal), "row": refusal.row})
    except Refusal as refusal:
        write({"refusal": str(refusal)})
    except MemoryError:
        write({"refusal": "too_big"})
    except Exception as error:
        # Whatever a hostile file does to the parsers, the parent gets an answer that it can put in words.
        sys.stderr.write(f"{type(error).__name__}\n")
        write({"refusal": "damaged"})


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]))
