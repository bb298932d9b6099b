"""Dates and numbers of an estate, as they come."""

import pytest

from inventory.devices.cells import BAD_MONTH, NO_MONTH, CellError, read_month, read_number


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("2020-03-15", (2020, 3)),
        ("2020-03-15 08:21:00", (2020, 3)),
        ("2020-03-15T08:21", (2020, 3)),
        ("2020/03/15", (2020, 3)),
        ("2020-03", (2020, 3)),
        ("15/03/2020", (2020, 3)),
        ("15.03.2020 10:00", (2020, 3)),
        ("15-03-20", (2020, 3)),
        # The day comes first, unless it cannot.
        ("03/04/2020", (2020, 4)),
        ("03/25/2020", (2020, 3)),
        ("03/2020", (2020, 3)),
        # A year alone is its middle, so that mean ages do not lean to one side.
        ("2020", (2020, 7)),
        (2020, (2020, 7)),
        # A date whose format was lost: days since 30 December 1899.
        (43905, (2020, 3)),
    ],
)
def test_dates(cell, month):
    year, number = month
    assert read_month(cell) == year * 12 + number - 1


@pytest.mark.parametrize("cell", ["", " ", "-", "N/A", "0000-00-00", "1970-01-01 00:00:00", "00/00/0000", 0, "null"])
def test_no_date(cell):
    assert read_month(cell) == NO_MONTH


@pytest.mark.parametrize("cell", ["demain", "31/02/2020", "2020-13-01", "1812-01-01", "9999", -5, 99999999])
def test_bad_dates(cell):
    assert read_month(cell) == BAD_MONTH


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("quantity", "1 250", 1250),
        ("quantity", "1\u00a0250", 1250),
        ("quantity", "1\u202f250 postes", 1250),
        ("quantity", 12, 12),
        ("mean_age_years", "4,5 ans", 4.5),
        ("mean_age_years", 4.5, 4.5),
        ("refurbished_percent", "12 %", 12),
        ("quantity", "", None),
        ("quantity", "–", None),
    ],
)
def test_numbers(name, cell, value):
    assert read_number(name, cell) == value


@pytest.mark.parametrize(
    ("name", "cell"), [("quantity", "-3"), ("quantity", "douze"), ("mean_age_years", "140"), ("quantity", "1.5")]
)
def test_numbers_out_of_bounds_say_what_to_write(name, cell):
    with pytest.raises(CellError) as caught:
        read_number(name, cell)
    assert str(caught.value).startswith("Lu\u00a0: «\u00a0")
