"""Long tables read in a child process: what passes, what is refused, and that nothing takes the server down."""

import io
import zipfile

import pytest

from bench.spreadsheets import BOMB_BYTES, build_file, text_row
from common.spreadsheets import long_tables
from common.spreadsheets.long_tables import TableRefused, kind_of_table, open_table


def rows_of(data: bytes, name: str, *, columns: tuple[int, ...] = (1, 2)) -> list[tuple[int, list]]:
    with open_table(data, name) as reader:
        sheet = reader.starts[0].name
        return [row for batch in reader.batches(sheet=sheet, after=1, columns=columns) for row in batch.rows]


def refusal(data: bytes, name: str = "parc.xlsx") -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        rows_of(data, name)
    return caught.value


def ods_of(content: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return target.getvalue()


def test_only_the_columns_asked_for_leave_the_child():
    data = "Type;Usager;Série\nPortable;Agent 1;A1\n;;\nÉcran;Agent 2;\n".encode()
    assert rows_of(data, "a.csv", columns=(3, 1)) == [(2, ["A1", "Portable"]), (4, ["", "Écran"])]


def test_rows_of_unequal_length_and_lines_within_a_cell():
    data = b'a;b\n1\n"two\nlines";2;3;4\n'
    assert rows_of(data, "a.csv") == [(2, ["1", ""]), (3, ["two\nlines", "2"])]


def test_many_rows_come_in_several_batches():
    data = "\n".join(["a;b", *(f"{rank};x" for rank in range(2_500))]).encode()
    with open_table(data, "a.csv") as reader:
        sizes = [(len(batch.rows), batch.share) for batch in reader.batches(sheet="", after=1, columns=[1])]
    assert [size for size, _share in sizes] == [1000, 1000, 500]
    assert sizes[-1][1] == 1.0


def test_workbook_rows_and_numbers():
    found = rows_of(build_file(iter([text_row("a", "b"), "<row><c><v>3</v></c><c><v>4.5</v></c></row>"])), "a.xlsx")
    assert found == [(2, [3, 4.5])]


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ('<row r="2"><c r="XFD2"><v>1</v></c></row>', "too_many_columns"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
    ],
)
def test_a_cell_far_away(last, code):
    assert refusal(build_file(iter([text_row("a"), last]))).code == code


def test_formatted_cells_far_away_are_nothing():
    data = build_file(iter([text_row("a"), text_row("b"), '<row r="3"><c r="XFD3" s="1"/></row>']))
    assert rows_of(data, "a.xlsx", columns=(1,)) == [(2, ["b"])]


def test_zip_bomb():
    blank = " " * 1_000_000
    assert refusal(build_file(blank for _ in range(BOMB_BYTES // 1_000_000))).code == "bomb"


def test_entities():
    doctype = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]>"
    data = build_file(iter([text_row("a"), text_row("b")]))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry)
            archive.writestr(entry, doctype.encode() + content if "sheet1" in entry.filename else content)
    assert refusal(target.getvalue()).code == "damaged"


def test_macros_by_name_and_by_content():
    data = build_file(iter([text_row("a"), text_row("b")]))
    assert refusal(data, "parc.xlsm").code == "macros"
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(target.getvalue()).code == "macros"


def test_repeated_rows_of_an_ods():
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}"><office:body><office:spreadsheet>'
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'office:value-type="float" office:value="1"/></table:table-row></table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    assert refusal(ods_of(content), "parc.ods").code == "too_many_rows"


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 500], ids=["short", "zeros"])
def test_damaged_archives(data):
    assert refusal(data).code == "damaged"


def test_memory_and_time_are_bounded(monkeypatch):
    data = "\n".join(f"{rank};{'x' * 50}" for rank in range(50_000)).encode()
    monkeypatch.setitem(long_tables.LIMITS, "memory_bytes", 30 * 1024 * 1024)
    assert refusal(data, "a.csv").code in {"too_big", "damaged"}
    monkeypatch.undo()
    monkeypatch.setattr(long_tables, "WALL_SECONDS", 0)
    assert refusal(data, "a.csv").code == "too_slow"


def test_every_refusal_is_a_sentence_that_says_what_to_do():
    for code in long_tables.TABLE_REFUSALS:
        assert TableRefused(code).message.endswith(".")
    assert TableRefused("quotes", 12).message.startswith("Ligne 12\u00a0: guillemets mal fermés")


@pytest.mark.parametrize(("name", "kind"), [("a.csv", "csv"), ("a.TSV", "csv"), ("a.txt", "csv")])
def test_kinds(name, kind):
    assert kind_of_table(b"a;b", name) == kind
