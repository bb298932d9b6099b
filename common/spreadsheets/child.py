"""Read one spreadsheet in a process of its own, with a memory and a time limit, and print it as JSON.

Run by `common.spreadsheets.process`, never imported by the site: it depends on the standard library and on
python-calamine alone. Standard input holds the file; the arguments are its kind (xlsx or ods) and the limits (JSON).
The output is {"refusal": code} or {"sheets": [{"name", "rows", "formulas", "errors"}]}; rows and columns count from 1.

The archive is checked before it is read: declared sizes, real sizes, macros, then the XML of each sheet (formulas,
and error values, which the reader drops silently, and cells far away, which make it abort).
"""

import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.parsers import expat

Limits = dict[str, int]
Positions = set[tuple[int, int]]
StartHandler = Callable[[str, dict[str, str]], None]
EndHandler = Callable[[str], None]

MACRO_NAMES = re.compile(r"(vbaProject\.bin|vbaData\.xml|^Basic/.|^Scripts/.)", re.IGNORECASE)
MACRO_TYPES = (b"macroEnabled", b"vnd.ms-office.vbaProject")
CHUNK = 1 << 16
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")


class Refusal(Exception):
    """The file is refused; the code is put in words by the parent."""


def limit_resources(limits: Limits) -> None:
    """Bound the memory and the processor time of this process; it writes no file and leaves no core."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform != "darwin":  # macOS does not honour it; the time limit and the checks below remain
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))


def check_archive(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse macros and archives that unfold too far: first by what they declare, then by what they really hold."""
    entries = archive.infolist()
    if any(MACRO_NAMES.search(entry.filename) for entry in entries):
        raise Refusal("macros")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("encrypted")
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_bomb = declared > limits["ratio_floor_bytes"] and declared > limits["ratio"] * max(packed, 1)
    if len(entries) > limits["entries"] or declared > limits["unpacked_bytes"] or is_bomb:
        raise Refusal("bomb")
    real = 0
    for entry in entries:
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                real += len(chunk)
                if real > limits["unpacked_bytes"]:
                    raise Refusal("bomb")


def parse(stream: IO[bytes], start: StartHandler, end: EndHandler | None = None) -> None:
    """Parse XML and refuse any document type: a workbook has none, an entity bomb needs one."""

    def refuse(*_args: Any) -> None:
        raise Refusal("damaged")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    while chunk := stream.read(CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def local(name: str) -> str:
    return name.rpartition(":")[2]


def split_reference(reference: str) -> tuple[int, int]:
    """« BC12 » → (12, 55)."""
    found = CELL.match(reference)
    if not found:
        raise Refusal("damaged")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)), column


class SheetScan:
    """What was met in one sheet: where the formulas and the error values are. Refuses a filled cell that is too far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.row = self.column = 0
        self.formulas: Positions = set()
        self.errors: Positions = set()
        self.is_error = False

    def check(self, row: int, column: int) -> None:
        if row > self.limits["rows"]:
            raise Refusal("too_many_rows")
        if column > self.limits["columns"]:
            raise Refusal("too_many_columns")

    def add_formulas(self, top: int, left: int, bottom: int, right: int) -> None:
        self.check(bottom, right)
        # One shared formula may claim a whole sheet: what is kept of it goes to the parent, whose memory has no limit.
        if len(self.formulas) + (bottom - top + 1) * (right - left + 1) > self.limits["cells"]:
            raise Refusal("too_many_cells")
        self.formulas |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}


# xlsx -------------------------------------------------------------------------------------------------------------


def scan_xlsx(archive: zipfile.ZipFile, limits: Limits) -> dict[str, SheetScan]:
    """Return sheet name → what was met in it."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        types = archive.read("[Content_Types].xml")
        if any(mark in types for mark in MACRO_TYPES):
            raise Refusal("macros")
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise Refusal("not_a_spreadsheet")
    sheets, targets = read_workbook(archive)
    if len(sheets) > limits["sheets"]:
        raise Refusal("too_many_sheets")
    found: dict[str, SheetScan] = {}
    for sheet, relation in sheets:
        path = targets.get(relation, "")
        if path in names and "worksheets/" in path:
            scan = XlsxScan(limits)
            with archive.open(path) as stream:
                parse(stream, scan.start)
            found[sheet] = scan
    return found


def read_workbook(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return (sheet name, relation) in order, and relation → path in the archive."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def read_sheet(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            relation = next((value for key, value in attributes.items() if ":" in key and local(key) == "id"), "")
            sheets.append((attributes.get("name", ""), relation))

    def read_relation(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            target = attributes.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = path

    with archive.open("xl/workbook.xml") as stream:
        parse(stream, read_sheet)
    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        parse(stream, read_relation)
    return sheets, targets


class XlsxScan(SheetScan):
    """Scan of `xl/worksheets/sheetN.xml`."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "c":
            if "r" in attributes:
                self.row, self.column = split_reference(attributes["r"])
            else:
                self.column += 1
            self.is_error = attributes.get("t") == "e"
        elif tag in {"v", "is"}:
            self.check(self.row, self.column)
            if self.is_error:
                self.errors.add((self.row, self.column))
        elif tag == "f":
            self.add_formulas(self.row, self.column, self.row, self.column)
            first, colon, last = attributes.get("ref", "").partition(":")
            if colon:
                self.add_formulas(*split_reference(first), *split_reference(last))


# ods --------------------------------------------------------------------------------------------------------------


def scan_ods(archive: zipfile.ZipFile, limits: Limits) -> dict[str, SheetScan]:
    """Return sheet name → what was met in it; repeated rows and cells count as many times."""
    names = set(archive.namelist())
    if "content.xml" not in names:
        raise Refusal("not_a_spreadsheet")
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refusal("encrypted")
    scan = OdsScan(limits)
    with archive.open("content.xml") as stream:
        parse(stream, scan.start, scan.end)
    return scan.found


class OdsScan:
    """Scan of `content.xml`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.found: dict[str, SheetScan] = {}
        self.sheet: SheetScan | None = None
        self.name = ""
        self.rows_left = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "table":
            if len(self.found) >= self.limits["sheets"]:
                raise Refusal("too_many_sheets")
            self.sheet, self.name, self.rows_left = SheetScan(self.limits), attributes.get("table:name", ""), 0
        elif self.sheet is None:
            return
        elif tag == "table-row":
            # `row` is the first of the repeated rows, `rows_left` how many follow it.
            self.sheet.row += self.rows_left + 1
            self.rows_left = int(attributes.get("table:number-rows-repeated", 1)) - 1
            self.sheet.column = 0
        elif tag in {"table-cell", "covered-table-cell"}:
            self.read_cell(self.sheet, attributes)

    def read_cell(self, sheet: SheetScan, attributes: dict[str, str]) -> None:
        first = sheet.column + 1
        sheet.column += int(attributes.get("table:number-columns-repeated", 1))
        last_row = sheet.row + self.rows_left
        if "table:formula" in attributes:
            sheet.add_formulas(sheet.row, first, last_row, sheet.column)
        elif "office:value-type" in attributes:
            sheet.check(last_row, sheet.column)

    def end(self, name: str) -> None:
        if local(name) == "table" and self.sheet is not None:
            self.found[self.name] = self.sheet
            self.sheet = None


# Reading ----------------------------------------------------------------------------------------------------------


def as_plain(value: Any, longest: int) -> Any:
    """Return a cell as JSON can carry it: whole numbers as integers, dates as {"date": …}, texts cut at `longest`."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime | date | time):
        return {"date": value.isoformat()}
    if isinstance(value, timedelta):
        return {"date": str(value)}
    return "" if value is None else str(value)[:longest]


def read_sheets(data: bytes, scans: dict[str, SheetScan], limits: Limits) -> list[dict[str, Any]]:
    # Imported here: the limits are set and the archive is checked before a line of the reader runs.
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: list[dict[str, Any]] = []
    cells = marks = characters = 0
    for name in workbook.sheet_names:
        if name not in scans:
            continue
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if len(rows) > limits["rows"]:
            raise Refusal("too_many_rows")
        cells += sum(len(row) for row in rows)
        if cells > limits["cells"]:
            raise Refusal("too_many_cells")
        plain = [[as_plain(value, limits["text"]) for value in row] for row in rows]
        # One shared text may fill every cell: counted as many times as the parent will hold it.
        characters += sum(len(value) for row in plain for value in row if isinstance(value, str))
        if characters > limits["characters"]:
            raise Refusal("too_big")
        scan = scans[name]
        marks += len(scan.formulas) + len(scan.errors)
        if marks > limits["cells"]:
            raise Refusal("too_many_cells")
        sheets.append({"name": name, "rows": plain, "formulas": sorted(scan.formulas), "errors": sorted(scan.errors)})
    return sheets


def main(kind: str, limits: Limits) -> None:
    limit_resources(limits)
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive, limits)
            scans = scan_xlsx(archive, limits) if kind == "xlsx" else scan_ods(archive, limits)
        answer = {"sheets": read_sheets(data, scans, limits)}
    except Refusal as refusal:
        answer = {"refusal": str(refusal)}
    except MemoryError:
        answer = {"refusal": "too_big"}
    except Exception as error:
        # Whatever a hostile file does to the parsers, the parent gets an answer that it can put in words.
        sys.stderr.write(f"{type(error).__name__}\n")
        answer = {"refusal": "damaged"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
