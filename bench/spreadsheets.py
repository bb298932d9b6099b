"""Refusal of hostile spreadsheets. Each action checks that the refusal is the expected one."""

import io
import zipfile
from collections.abc import Callable, Iterator

from common.spreadsheets.process import SpreadsheetRefused, read_spreadsheet
from inventory.models import EquipmentCategory
from inventory.readers.rows import read_rows

ROWS = 5_000
ROWS_OF_FORMULAS = 1_000
FORMULAS_PER_ROW = 200
BOMB_BYTES = 1_000_000_000
_CHUNK = 1_000_000

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Équipements" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_WORKBOOK_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def build_file(rows: Iterator[str]) -> bytes:
    """Return an xlsx file of one sheet, its XML given in pieces."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("xl/workbook.xml", _WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _WORKBOOK_RELATIONS)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")
    return target.getvalue()


def text_row(*texts: str) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row>{cells}</row>"


def _refusal(data: bytes, code: str) -> Callable[[], object]:
    def refuse() -> None:
        try:
            read_spreadsheet(data, "inventaire.xlsx")
        except SpreadsheetRefused as refused:
            if refused.code != code:
                raise ValueError(f"refused as {refused.code}") from refused
        else:
            raise ValueError("accepted")

    return refuse


def prepare_zip_bomb() -> Callable[[], object]:
    """Return the refusal of a file of 1 MB that unfolds into 1 GB of spaces."""
    blank = " " * _CHUNK
    return _refusal(build_file(blank for _ in range(BOMB_BYTES // _CHUNK)), "bomb")


def prepare_far_cell() -> Callable[[], object]:
    """Return the refusal of a sheet whose second cell is in the last corner, which makes the reader abort."""
    rows = ['<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>']
    return _refusal(build_file(iter(rows)), "too_many_rows")


def prepare_formulas() -> Callable[[], object]:
    """Return the reading of 200 000 formulas without value among 5 000 rows: none may be taken, line by line."""
    formulas = f"<row>{'<c><f>1+1</f></c>' * FORMULAS_PER_ROW}</row>"
    header = text_row("Famille", "Quantité", "Durée d’usage (ans)")
    # The last row holds a text, so that the empty rows before it are part of the sheet.
    empty = ["<row/>"] * (ROWS - ROWS_OF_FORMULAS)
    data = build_file(iter([header, *[formulas] * ROWS_OF_FORMULAS, *empty, text_row("Total")]))
    category = EquipmentCategory(code="laptop", name="Ordinateurs portables")

    def read() -> None:
        sheets = read_spreadsheet(data, "inventaire.xlsx")
        preview = read_rows(sheets, categories=[category], labels={}, lines={}, kinds=[], figures={})
        if len(sheets[0].formulas) != ROWS_OF_FORMULAS * FORMULAS_PER_ROW or preview.line_values:
            raise ValueError("formulas were taken")

    return read
