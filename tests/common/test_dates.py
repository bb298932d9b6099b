from datetime import UTC, date, datetime

from common.dates import format_day


def test_first_of_the_month_is_an_ordinal():
    assert format_day(date(2027, 1, 1)) == "1er janvier 2027"
    assert format_day(date(2027, 1, 11)) == "11 janvier 2027"


def test_date_time_is_taken_in_paris():
    # 23:30 UTC on 31 December is already the first of January in Paris.
    assert format_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1er janvier 2027"
