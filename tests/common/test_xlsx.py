"""Spreadsheets that the site writes, read back with openpyxl."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from common.spreadsheets.process import read_spreadsheet
from common.xlsx import Column, Kind, Sheet, build_workbook

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def write(rows, *columns: Column, **options) -> Worksheet:
    data = build_workbook([Sheet("Parc", columns, rows, **options)], title="Essai", created_at=NOON)
    return load_workbook(io.BytesIO(data))["Parc"]


def test_headers_then_rows():
    sheet = write(
        [("Portables", 318, Decimal("3.5"), date(2026, 3, 4))],
        Column("Famille", lambda row: row[0]),
        Column("Nombre", lambda row: row[1], Kind.INTEGER),
        Column("Âge", lambda row: row[2], Kind.DECIMAL),
        Column("Date", lambda row: row[3], Kind.DATE),
    )
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Famille", "Nombre", "Âge", "Date"],
        ["Portables", 318, 3.5, datetime(2026, 3, 4)],
    ]
    assert [cell.number_format for cell in sheet[2]] == ["General", "#,##0", "#,##0.##", "dd/mm/yyyy"]


@pytest.mark.parametrize("text", ["=1+1", "+33 6 12", "-2", "@SUM(A1)", "=cmd|'/c calc'!A1"])
def test_user_text_never_becomes_a_formula(text):
    cell = write([text], Column("Texte", str))["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize("text", ["\t=1+1", "\r=1+1"])
def test_tabs_and_returns_do_not_hide_a_formula(text):
    cell = write([text], Column("Texte", str))["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value.strip() == "=1+1"
    assert "\t" not in cell.value
    assert "\r" not in cell.value


def test_a_text_in_a_column_of_numbers_stays_a_text():
    cell = write(["=1+1"], Column("Nombre", str, Kind.INTEGER))["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_control_characters_are_dropped():
    sheet = write(["a\x00b\x0bc\x1fd\ud800e\nf"], Column("Texte", str))
    assert sheet["A2"].value == "abcde\nf"


def test_very_long_text_is_cut():
    assert len(write(["x" * 40_000], Column("Texte", str))["A2"].value) == 32_000


def test_nothing_is_an_empty_cell():
    sheet = write([None, ""], Column("Texte", lambda value: value))
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [None, None]


def test_booleans_are_words():
    assert write([True], Column("Oui", lambda value: value))["A2"].value == "oui"


def test_protection_locks_what_is_not_asked():
    sheet = write(
        ["x"], Column("Famille", str), Column("Nombre", lambda _row: None, Kind.INTEGER, is_editable=True),
        is_protected=True,
    )  # fmt: skip
    assert sheet.protection.sheet
    assert [cell.protection.locked for cell in sheet[2]] == [True, False]


def test_lists_and_limits_are_checked_by_the_spreadsheet():
    sheet = write(
        ["x", "y"],
        Column("Confiance", str, choices=("mesuré", "estimé")),
        Column("Nombre", lambda _row: 1, Kind.INTEGER, minimum=0, maximum=1_000_000),
        Column("Durée", lambda _row: 1, Kind.DECIMAL, minimum=0.5, maximum=30),
    )
    rules = sheet.data_validations.dataValidation
    found = [(rule.type, rule.formula1, rule.formula2, str(rule.sqref)) for rule in rules]
    assert found == [
        ("list", '"mesuré,estimé"', None, "A2:A3"),
        ("whole", "0", "1000000", "B2:B3"),
        ("decimal", "0.5", "30", "C2:C3"),
    ]


def test_intro_hidden_column_and_frozen_headers():
    sheet = write(["x"], Column("Code", str, is_hidden=True), Column("Nom", str), intro=["Titre", "Conseil"])
    assert [sheet.cell(row, 1).value for row in (1, 2, 3, 4)] == ["Titre", "Conseil", "Code", "x"]
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "B4"


@pytest.mark.parametrize(("columns", "pages", "repeated"), [(6, 1, None), (12, 2, "$A:$B")])
def test_every_column_prints_with_its_headers(columns, pages, repeated):
    wide = [Column(f"Colonne {rank}", str, width=36) for rank in range(columns)]
    sheet = write(["a"], *wide, intro=["Titre"], frozen_columns=2)

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    # 6 × 36 = 216 characters fit on a page; 12 × 36 = 432 take two, with the first columns on both.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (pages, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$2:$2", repeated)


def test_name_of_the_sheet_and_properties():
    data = build_workbook([Sheet("Parc : 2026/2027 [essai] bien trop long", [], [])], title="Parc", created_at=NOON)
    workbook = load_workbook(io.BytesIO(data))
    assert workbook.sheetnames == ["Parc   2026 2027  essai  bien t"]
    assert (workbook.properties.title, workbook.properties.creator) == ("Parc", "Jalons")
    assert workbook.properties.created == datetime(2026, 3, 10, 12)


def test_a_hidden_sheet_wraps_and_freezes_what_it_is_told():
    columns = [Column("Code", str), Column("Texte", lambda _row: "mot " * 30, width=20, wraps=True)]
    workbook = build_workbook(
        [Sheet("Vue", columns, ["a"], frozen_columns=2), Sheet("Cachée", columns[:1], ["a"], is_hidden=True)],
        title="Essai",
        created_at=NOON,
    )
    shown, hidden = load_workbook(io.BytesIO(workbook)).worksheets

    assert (shown.sheet_state, hidden.sheet_state) == ("visible", "hidden")
    assert shown.freeze_panes == "C2"
    assert shown["B2"].alignment.wrap_text
    # 120 characters in a column of 20: seven lines of 15 points, and a margin of 4.
    assert shown.row_dimensions[2].height == 109


def test_a_text_that_looks_like_an_escape_is_read_as_it_was_written():
    sheet = Sheet("Textes", [Column("Texte", str)], ["_x000D_ et _x0041_", "x_x00"])
    content = build_workbook([sheet], title="Essai", created_at=NOON)
    assert read_spreadsheet(content, "textes.xlsx")[0].rows == [["Texte"], ["_x000D_ et _x0041_"], ["x_x00"]]
