"""Hostile and clumsy files: refused in a sentence, quickly, with bounded memory, in a process of its own."""

import io
import resource
import time
import zipfile
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from common.spreadsheets import process
from common.spreadsheets.process import LIMITS, REFUSALS, SpreadsheetRefused, read_spreadsheet
from common.xlsx import Column, Kind, Sheet, build_workbook

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def xlsx(rows: list[list], *, title: str = "Parc") -> bytes:
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def rewrite(data: bytes, **parts: bytes | None) -> bytes:
    """Return the archive with these parts replaced or added; the names use « __ » for « / » and « _dot_ » for « . »."""
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as output:
        for entry in source.infolist():
            if entry.filename not in named:
                output.writestr(entry.filename, source.read(entry))
        for name, content in named.items():
            if content is not None:
                output.writestr(name, content)
    return target.getvalue()


def sheet_xml(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def with_cells(cells: str) -> bytes:
    return rewrite(xlsx([["Famille", "Nombre"]]), xl__worksheets__sheet1_dot_xml=sheet_xml(cells))


def ods(table: str, *, extra: dict[str, bytes] | None = None) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Parc">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    media = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{media}"/></m:manifest>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as output:
        output.writestr("mimetype", media)
        output.writestr("content.xml", content)
        output.writestr("META-INF/manifest.xml", manifest)
        for name, data in (extra or {}).items():
            output.writestr(name, data)
    return target.getvalue()


def text_cell(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def number_cell(value: float, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}" {attributes}/>'


def refusal(data: bytes, name: str = "parc.xlsx", **options) -> str:
    with pytest.raises(SpreadsheetRefused) as caught:
        read_spreadsheet(data, name, **options)
    return caught.value.code


# What is read ---------------------------------------------------------------------------------------------------------


def test_values_come_as_plain_values():
    [sheet] = read_spreadsheet(xlsx([["a", 3, 2.5, None, True, date(2026, 3, 4), " é "]]), "parc.xlsx")
    assert sheet.name == "Parc"
    assert sheet.rows == [["a", 3, 2.5, "", "oui", {"date": "2026-03-04"}, " é "]]
    assert sheet.formulas == frozenset()


def test_rows_and_columns_keep_their_place():
    """The first rows and columns are empty: what stands in C4 is found in C4."""
    workbook = Workbook()
    workbook.active["C4"] = "là"
    workbook.active["D5"] = "=1+1"
    target = io.BytesIO()
    workbook.save(target)
    [sheet] = read_spreadsheet(target.getvalue(), "parc.xlsx")
    assert sheet.rows[3][2] == "là"
    assert sheet.formulas == {(5, 4)}


def test_ods_is_read_and_its_formulas_are_seen():
    formula = number_cell(12, 'table:formula="of:=6*2"')
    table = (
        f"<table:table-row>{text_cell('Famille')}{text_cell('Nombre')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{text_cell('Tablettes')}{formula}</table:table-row>"
    )
    [sheet] = read_spreadsheet(ods(table), "parc.ods")
    assert sheet.rows[0] == ["Famille", "Nombre"]
    assert sheet.rows[3] == ["Tablettes", 12]
    assert sheet.formulas == {(4, 2)}


def test_a_shared_or_array_formula_covers_its_whole_range():
    cells = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A3">B1:B3*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>4</v></c></row><row r="3"><c r="A3"><v>6</v></c></row>'
    )
    [sheet] = read_spreadsheet(with_cells(cells), "parc.xlsx")
    assert sheet.formulas == {(1, 1), (2, 1), (3, 1)}


def test_cells_without_reference_are_counted():
    cells = "<row><c><v>1</v></c><c><f>A1</f><v>1</v></c></row><row><c><f>A1</f><v>1</v></c></row>"
    [sheet] = read_spreadsheet(with_cells(cells), "parc.xlsx")
    assert sheet.formulas == {(1, 2), (2, 1)}


def test_our_own_workbook_is_read_back():
    columns = [Column("Nom", lambda row: row[0]), Column("Nombre", lambda row: row[1], Kind.INTEGER)]
    data = build_workbook([Sheet("Parc", columns, [("=cmd|'/c calc'!A1", 3)])], title="Parc", created_at=NOON)
    [sheet] = read_spreadsheet(data, "parc.xlsx")
    assert sheet.rows == [["Nom", "Nombre"], ["=cmd|'/c calc'!A1", 3]]
    assert sheet.formulas == frozenset()


def test_formatted_empty_cells_far_away_are_harmless():
    """A style on a whole column or on the last row holds no value: nothing to refuse."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    [sheet] = read_spreadsheet(with_cells(cells), "parc.xlsx")
    assert sheet.rows[0][0] == 1


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "parc.xlsx", "empty"),
        (b"Famille;Nombre\nTablettes;12\n", "parc.csv", "text"),
        (b"Famille;Nombre\nTablettes;12\n", "parc.xlsx", "text"),
        (b"<html><table></table></html>", "parc.xlsx", "text"),
        (b"%PDF-1.7 ...", "parc.xlsx", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "parc.xlsx", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "parc.xls", "old_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "parc.xlsx", "encrypted"),
        (b"PK\x03\x04 and then nothing", "parc.xlsx", "damaged"),
    ],
)
def test_other_formats(data, name, code):
    assert refusal(data, name) == code


@pytest.mark.parametrize("name", ["parc.xlsm", "parc.XLSM", "parc.xlsb", "parc.xltm"])
def test_macro_extensions(name):
    assert refusal(xlsx([["a"]]), name) == "macros"


@pytest.mark.parametrize("name", ["parc.docx", "parc", "parc.xlsx.zip"])
def test_other_extensions(name):
    assert refusal(xlsx([["a"]]), name) == "extension"


def test_macros_under_another_name():
    data = rewrite(xlsx([["a"]]), xl__vbaProject_dot_bin=b"\x00" * 100)
    assert refusal(data) == "macros"


def test_macros_told_by_the_content_types():
    source = xlsx([["a"]])
    types = zipfile.ZipFile(io.BytesIO(source)).read("[Content_Types].xml")
    named = types.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    data = rewrite(source, **{"[Content_Types]_dot_xml": named})
    assert refusal(data) == "macros"


def test_macros_of_an_ods():
    assert refusal(ods("", extra={"Basic/Standard/Module1.xml": b"<x/>"}), "parc.ods") == "macros"


def test_encrypted_ods():
    data = ods("", extra={})
    manifest = b'<?xml version="1.0"?><m xmlns="x"><encryption-data/></m>'
    assert refusal(rewrite_ods(data, manifest), "parc.ods") == "encrypted"


def rewrite_ods(data: bytes, manifest: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as output:
        for entry in source.infolist():
            content = manifest if entry.filename == "META-INF/manifest.xml" else source.read(entry)
            output.writestr(entry.filename, content)
    return target.getvalue()


def test_truncated_and_renamed():
    data = xlsx([["a", 1]] * 50)
    assert refusal(data[: len(data) // 2]) == "damaged"
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as output:
        output.writestr("word/document.xml", "<w/>")
    assert refusal(document.getvalue()) == "not_a_spreadsheet"


@pytest.mark.parametrize("content", [b"<worksheet><row", b"\xff\xfe\x00", b""])
def test_broken_xml(content):
    assert refusal(rewrite(xlsx([["a"]]), xl__worksheets__sheet1_dot_xml=content)) == "damaged"


def test_entity_bomb():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
    )
    assert refusal(rewrite(xlsx([["a"]]), xl__worksheets__sheet1_dot_xml=bomb)) == "damaged"


@pytest.mark.parametrize(
    ("reference", "code"),
    [("A1048576", "too_many_rows"), ("XFD1", "too_many_columns"), ("XFD1048576", "too_many_rows")],
)
def test_far_away_cell(reference, code):
    """Measured: such a cell makes the reader abort the whole process."""
    row = "".join(filter(str.isdigit, reference))
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    assert refusal(with_cells(cells)) == code


def test_far_away_cell_of_an_ods():
    rows = f"<table:table-row>{number_cell(1)}</table:table-row>"
    rows += '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    rows += f"<table:table-row>{number_cell(2)}</table:table-row>"
    assert refusal(ods(rows), "parc.ods") == "too_many_rows"
    repeated = number_cell(1, 'table:number-columns-repeated="300"')
    wide = f"<table:table-row>{repeated}</table:table-row>"
    assert refusal(ods(wide), "parc.ods") == "too_many_columns"


@pytest.mark.parametrize(("rows", "is_read"), [(5_000, True), (5_021, False)])
def test_limit_of_rows(rows, is_read):
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Parc")
    for _ in range(rows):
        sheet.append(["Tablettes", 1])
    target = io.BytesIO()
    workbook.save(target)
    if is_read:
        assert len(read_spreadsheet(target.getvalue(), "parc.xlsx")[0].rows) == rows
    else:
        assert refusal(target.getvalue()) == "too_many_rows"


@pytest.mark.parametrize(("columns", "is_read"), [(200, True), (201, False)])
def test_limit_of_columns(columns, is_read):
    data = xlsx([["x"] * columns])
    if is_read:
        assert len(read_spreadsheet(data, "parc.xlsx")[0].rows[0]) == columns
    else:
        assert refusal(data) == "too_many_columns"


def test_limit_of_sheets():
    workbook = Workbook()
    for number in range(31):
        workbook.create_sheet(f"Feuille {number}")
    target = io.BytesIO()
    workbook.save(target)
    assert refusal(target.getvalue()) == "too_many_sheets"


def test_heavy_file():
    assert refusal(b"PK\x03\x04" + b"\x00" * (20 * 1024 * 1024)) == "too_heavy"


# Bombs: quickly, with bounded memory ----------------------------------------------------------------------------------


def measured(data: bytes, **options) -> tuple[str, float]:
    start = time.monotonic()
    code = refusal(data, **options)
    return code, time.monotonic() - start


def bomb(size: int) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for entry in source.infolist():
            out.writestr(entry.filename, source.read(entry))
        with out.open("xl/media/zeros.bin", "w") as stream:
            for _ in range(size // (1 << 20)):
                stream.write(b"\x00" * (1 << 20))
    return target.getvalue()


def test_bomb_by_its_declared_size():
    data = bomb(300 << 20)
    assert len(data) < 1 << 20
    code, seconds = measured(data)
    assert code == "bomb"
    assert seconds < 10


def test_bomb_that_lies_about_its_size():
    """The declared sizes are forged to 1 000 bytes: the real ones are counted while unfolding, and no more."""
    data = bytearray(bomb(300 << 20))
    size = (300 << 20).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (1000).to_bytes(4, "little")
    code, seconds = measured(bytes(data))
    assert code in {"bomb", "damaged"}
    assert seconds < 10


def test_bomb_of_repeated_text():
    """Rows that unfold to a hundred megabytes of XML."""
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{"x" * 2000}</t></is></c></row>' for n in range(1, 4000)
    )
    code, seconds = measured(with_cells(cells * 8))
    assert code in {"bomb", "damaged", "too_many_rows", "too_big"}
    assert seconds < 15


def test_memory_stays_in_the_child():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # The peak of all the children of the session so far: others before this one may have needed more.
    children_before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    refusal(bomb(400 << 20))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200 * 1024  # kilobytes; the bomb itself is built here, by pieces
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(children_before, 600 * 1024)


def test_memory_limit_kills_the_reading_only():
    """With little memory the child dies or gives up; the site answers a sentence."""
    data = xlsx([[f"texte {row} {column}" for column in range(60)] for row in range(900)])
    assert refusal(data, limits={**LIMITS, "memory_bytes": 20 << 20}) in {"too_big", "damaged"}


def test_abort_of_the_reader_is_a_sentence(monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(process, "_CHILD", child)
    assert refusal(xlsx([["a"]])) == "too_big"


def test_slow_reader_is_a_sentence(monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(30)\n")
    monkeypatch.setattr(process, "_CHILD", child)
    monkeypatch.setattr(process, "WALL_SECONDS", 0.5)
    code, seconds = measured(xlsx([["a"]]))
    assert code == "too_slow"
    assert seconds < 5


def test_reader_that_says_nothing_is_a_sentence(monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("print('not json')\n")
    monkeypatch.setattr(process, "_CHILD", child)
    assert refusal(xlsx([["a"]])) == "damaged"


def test_every_refusal_says_what_to_do():
    for code in REFUSALS:
        message = SpreadsheetRefused(code).message
        assert message.endswith(".")
        assert " :" not in message
        assert len(message) > 40


def test_the_workbook_of_the_tests_is_real():
    """The helper that edits archives leaves the others readable."""
    assert load_workbook(io.BytesIO(rewrite(xlsx([["a"]]), extra_dot_txt=b"x"))).active["A1"].value == "a"


def test_shared_formula_over_a_whole_sheet_is_refused_in_the_child():
    """Fourteen hundred bytes made the server hold a million positions."""
    data = with_cells('<row r="1"><c r="A1"><f t="shared" ref="A1:GR5020">1</f><v>1</v></c></row>')
    assert refusal(data) == "too_many_cells"


def test_one_text_repeated_in_every_cell_is_refused_in_the_child():
    data = xlsx([["x" * 400] * 50] * 300)
    assert refusal(data) == "too_big"
