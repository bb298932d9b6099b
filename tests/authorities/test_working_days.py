"""Public holidays and working days. Expected dates: published calendars of the French administration."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities.working_days import day_off_reason, easter_sunday, public_holidays, working_day_on_or_before


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),  # among the earliest
        (2023, date(2023, 4, 9)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),  # the latest
        (2049, date(2049, 4, 18)),  # an exception of the algorithm
    ],
)
def test_easter_falls_on_its_known_date(year, expected):
    assert easter_sunday(year) == expected


@given(st.integers(1583, 4000))
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_holidays_of_2026():
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


@pytest.mark.parametrize(
    ("department_code", "day", "reason"),
    [
        ("67", date(2026, 4, 3), "Vendredi saint"),
        ("74", date(2026, 4, 3), ""),
        ("57", date(2024, 12, 26), "26 décembre"),
        ("974", date(2024, 12, 20), "abolition de l’esclavage"),
        ("972", date(2024, 5, 22), "abolition de l’esclavage"),
        ("", date(2024, 12, 20), ""),
    ],
)
def test_holidays_of_some_departments(department_code, day, reason):
    assert day_off_reason(day, department_code) == reason


@pytest.mark.parametrize(
    ("day", "reason", "expected"),
    [
        (date(2026, 11, 10), "", date(2026, 11, 10)),
        (date(2026, 11, 11), "11 novembre", date(2026, 11, 10)),
        (date(2026, 11, 14), "samedi", date(2026, 11, 13)),
        (date(2026, 11, 15), "dimanche", date(2026, 11, 13)),
        (date(2026, 4, 6), "lundi de Pâques", date(2026, 4, 3)),  # over the week-end
        (date(2027, 1, 1), "jour de l’An", date(2026, 12, 31)),  # over the year
        (date(2026, 5, 8), "8 mai", date(2026, 5, 7)),
        (date(2026, 8, 15), "Assomption", date(2026, 8, 14)),  # a holiday on a Saturday
    ],
)
def test_a_day_off_goes_back_to_the_working_day_before(day, reason, expected):
    assert day_off_reason(day) == reason
    assert working_day_on_or_before(day) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_the_working_day_is_at_most_five_days_before(day):
    result = working_day_on_or_before(day)
    assert day - timedelta(days=5) <= result <= day
    assert day_off_reason(result) == ""
