"""Half-years: codes, labels, arithmetic."""

from datetime import date

import pytest

from roadmap.half_years import HalfYear, half_years_of, span_label


def test_codes_sort_in_the_order_of_time():
    codes = [half_year.code for half_year in half_years_of(2026, 3)]
    assert codes == ["2026-S1", "2026-S2", "2027-S1", "2027-S2", "2028-S1", "2028-S2"]
    assert codes == sorted(codes)


@pytest.mark.parametrize("code", ["2026", "2026-S3", "2026-s1", "S1 2026", "", "20261-S1", "2026-S1 "])
def test_from_code_refuses_anything_else(code):
    with pytest.raises(ValueError, match="not a half-year"):
        HalfYear.from_code(code)


def test_half_year_refuses_a_third_half():
    with pytest.raises(ValueError, match="1 or 2"):
        HalfYear(2026, 3)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 1, 1), "2026-S1"),
        (date(2026, 6, 30), "2026-S1"),
        (date(2026, 7, 1), "2026-S2"),
        (date(2026, 12, 31), "2026-S2"),
    ],
)
def test_containing_cuts_the_year_on_the_first_of_july(day, code):
    half_year = HalfYear.containing(day)
    assert half_year.code == code
    assert half_year.starts_on <= day <= half_year.ends_on


@pytest.mark.parametrize(
    ("count", "code"), [(0, "2026-S2"), (1, "2027-S1"), (3, "2028-S1"), (-1, "2026-S1"), (-2, "2025-S2")]
)
def test_plus_moves_both_ways(count, code):
    assert HalfYear(2026, 2).plus(count).code == code
    assert HalfYear.from_code(code).minus(HalfYear(2026, 2)) == count


def test_labels():
    assert HalfYear(2026, 1).label == "1er semestre 2026"
    assert HalfYear(2026, 2).label == "2e semestre 2026"
    assert HalfYear(2026, 2).short_label == "S2 2026"
    assert span_label("2026-S1", "2027-S1") == "du 1er semestre 2026 au 1er semestre 2027"
    assert span_label("2026-S1", "2026-S2") == "du 1er au 2e semestre 2026"
    assert span_label("2026-S1", "2026-S1") == "1er semestre 2026"
    assert span_label("", "") == "non placée"
