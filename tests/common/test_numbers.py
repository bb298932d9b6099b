from decimal import Decimal

import pytest

from common.numbers import format_number, format_range, format_significant, format_weight, pluralise


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, None, "0"),
        (1234, None, "1\u202f234"),
        (1234567.5, None, "1\u202f234\u202f567,5"),
        (Decimal("-12.40"), None, "\u221212,40"),
        (2.345, 2, "2,35"),
        (2.5, 0, "3"),
        (None, None, "–"),
    ],
)
def test_format_number(value, decimals, expected):
    assert format_number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (59.44, 2, "59"),
        (1.739, 2, "1,7"),
        (12345, 2, "12\u202f000"),
        (0.0456, 2, "0,046"),
        (9.96, 2, "10"),
        (99.6, 2, "100"),
        (0.996, 2, "1,0"),
        (0, 2, "0"),
        (-1.84, 2, "\u22121,8"),
        (6, 2, "6,0"),
        (None, 2, "–"),
    ],
)
def test_format_significant(value, digits, expected):
    assert format_significant(value, digits) == expected


def test_format_range_names_the_missing_bound():
    assert format_range(32.4, 151.7) == "entre 32 et 150"
    assert format_range(None, 151.7) == "au plus 150"
    assert format_range(32.4, None) == "au moins 32"
    assert format_range(None, None) == ""


def test_format_weight_rounds_up():
    assert format_weight(1) == "1\u00a0ko"
    assert format_weight(27_001) == "28\u00a0ko"


@pytest.mark.parametrize(("count", "word"), [(0, "levier"), (1, "levier"), (1.9, "levier"), (2, "leviers")])
def test_pluralise_takes_zero_and_one_as_singular(count, word):
    assert pluralise(count, "levier", "leviers") == word
