"""Whatever is sent, the readers give a tally or a sentence: bounded examples of hostile and careless files."""

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from common.spreadsheets import table_child
from common.spreadsheets.long_tables import LIMITS, TableRefused, open_table
from common.spreadsheets.process import SpreadsheetRefused, read_spreadsheet
from inventory.devices.cells import BAD_MONTH, CellError, read_month, read_number
from inventory.devices.fields import find_layout, guess_columns
from inventory.devices.tally import Tally, TallyMaker, TallyRefused
from inventory.devices.vocabulary import vocabulary
from inventory.models import EquipmentCategory
from inventory.readers.rows import read_rows
from tests.fuzz.tables import test_one_input as feed

WORDS = vocabulary()
ON_MONTH = 2026 * 12 + 2
# In this process: hundreds of files a second. In the child: a few, for each one starts a process.
FAST = settings(max_examples=150, deadline=None)
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])

AGES = st.sampled_from(["4", "4,5", "4.5 ans", "-2", "140", "1e9", "½", "=1+1", "#N/A", "", "–", "NaN", "inf"])
QUANTITIES = st.sampled_from(["12", "1 250", "1\u00a0250", "1\u202f250", "-3", "0", "1,5", "99999999999", "douze", ""])
DATES = st.sampled_from(
    ["2020-01-31", "31/01/2020", "01/31/2020", "31/02/2020", "2020", "1812", "0000-00-00", "demain", "", "2099-01-01"]
)  # fmt: skip
TEXTS = st.text(max_size=30) | st.sampled_from(["Portable", "Écran 24 pouces", "VMware", "=cmd()", "<b>", "x" * 300])
CELLS = AGES | QUANTITIES | DATES | TEXTS
HEADERS = st.sampled_from([*WORDS.headers, "Nom", "Bidule", "", "  TYPE ", "n° de série", "Qté"])
FIELDS = st.lists(st.sampled_from(WORDS.priorities), min_size=1, max_size=8, unique=True)


@FAST
@given(st.binary(max_size=400))
def test_any_bytes_end_as_a_tally_or_a_refusal(data):
    feed(data)


@FAST
@given(
    st.lists(st.lists(CELLS, max_size=8), max_size=8),
    st.lists(HEADERS, min_size=1, max_size=8),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.integers(min_value=0, max_value=30),
)
def test_csv_of_any_separator_encoding_and_length(rows, headers, separator, encoding, cut):
    lines = [separator.join(headers), *(separator.join(row) for row in rows)]
    data = "\r\n".join(lines).encode(encoding, errors="replace")
    feed(b"\x00" + data[: len(data) - cut])


@FAST
@given(FIELDS, st.lists(st.lists(CELLS | st.integers() | st.floats(), min_size=8, max_size=8), max_size=12))
def test_any_rows_are_counted_once_each_and_kept_as_they_are(fields, rows):
    maker = TallyMaker(fields, {name: name for name in fields}, WORDS, on_month=ON_MONTH)
    try:
        maker.add(list(enumerate(rows, start=2)))
    except TallyRefused:
        return
    tally = maker.finish()
    assert Tally.from_json(tally.as_json) == tally
    assert all(cell.month <= ON_MONTH and cell.count >= 0 for group in tally.groups for cell in group.cells)
    if "quantity" not in fields:
        assert tally.device_count + tally.duplicate_count + tally.refused_count == tally.row_count == len(rows)


@FAST
@given(CELLS | st.integers() | st.floats())
def test_any_cell_is_a_date_or_none(cell):
    assert BAD_MONTH <= read_month(cell) < 2100 * 12


@FAST
@given(st.sampled_from(["quantity", "mean_age_years", "refurbished_percent"]), CELLS | st.integers() | st.floats())
def test_any_cell_is_a_number_within_bounds_or_a_sentence(name, cell):
    try:
        value = read_number(name, cell)
    except CellError as error:
        assert str(error)
    else:
        assert value is None or 0 <= value <= 1_000_000


@FAST
@given(st.lists(HEADERS | st.text(max_size=60), max_size=250))
def test_any_headers_give_each_column_once(headers):
    found = guess_columns(headers, WORDS.headers, WORDS.priorities)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(range(1, len(headers) + 1))


@FAST
@given(st.lists(st.lists(CELLS | st.integers(), max_size=6), max_size=10))
def test_any_sheet_has_a_layout_or_none(rows):
    numbered = [(rank, row) for rank, row in enumerate(rows, start=1) if row]
    layout = find_layout([("", numbered)], WORDS.headers, WORDS.priorities)
    assert layout is None or len(layout.samples) == len(layout.headers)


def workbook_of(rows: list[list[object]], *, is_merged: bool) -> bytes:
    book = Workbook()
    for row in rows:
        # What openpyxl refuses to write cannot be in a file made by people.
        book.active.append([table_child.as_cell(_printable(cell)) for cell in row])
    if is_merged:
        book.active.merge_cells("A1:B2")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _printable(cell: object) -> object:
    return "".join(sign for sign in cell if sign.isprintable()) if isinstance(cell, str) else cell


@SLOW
@given(
    st.lists(st.lists(CELLS | st.integers(-5, 99999), min_size=1, max_size=5), min_size=1, max_size=5),
    st.booleans(),
    st.integers(min_value=0, max_value=4000),
)
def test_workbooks_with_merged_cells_formulas_and_cuts(rows, is_merged, cut):
    data = workbook_of([["Famille", "Quantité", "Âge"], *rows], is_merged=is_merged)
    data = data[: len(data) - cut] if cut > 2000 else data
    try:
        with open_table(data, "parc.xlsx") as reader:
            assert [start.name for start in reader.starts] == ["Sheet"]
            for batch in reader.batches(sheet="Sheet", after=1, columns=[1, 2, 3]):
                assert all(len(cells) == 3 for _number, cells in batch.rows)
    except TableRefused as error:
        assert error.message
    try:
        sheets = read_spreadsheet(data, "parc.xlsx")
    except SpreadsheetRefused as error:
        assert error.message
        return
    laptop = EquipmentCategory(code="laptop", name="Ordinateurs portables")
    preview = read_rows(sheets, categories=[laptop], labels={}, lines={}, kinds=[], figures={})
    assert set(preview.line_values) <= {"laptop"}


def test_limits_of_the_readers_are_those_of_the_page():
    assert (LIMITS["rows"], LIMITS["columns"]) == (200_060, 200)
