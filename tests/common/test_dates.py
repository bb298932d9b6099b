import re
from datetime import UTC, date, datetime

from django.conf import settings

from common.dates import format_day, format_moment, format_short_day

_PLAIN = re.compile(r"""\|date:["'][^"']*j [FMb]""")


def test_first_of_the_month_is_an_ordinal():
    assert format_day(date(2027, 1, 1)) == "1er janvier 2027"
    assert format_day(date(2027, 1, 11)) == "11 janvier 2027"


def test_date_time_is_taken_in_paris():
    # 23:30 UTC on 31 December is already the first of January in Paris.
    assert format_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1er janvier 2027"


def test_short_day_and_moment_keep_the_ordinal():
    moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert format_short_day(moment) == "1er décembre"
    assert format_moment(moment) == "1er décembre 2026 à 00:30"
    assert format_moment(moment, is_short=True) == "1er décembre à 00:30"


def test_no_template_writes_a_date_without_the_ordinal():
    """« 1 décembre » comes from the filter of Django: `jour`, `jour_court`, `moment` and `moment_court` know better."""
    folder = settings.BASE_DIR / "templates"
    plain = [str(path.relative_to(folder)) for path in folder.rglob("*.*") if _PLAIN.search(path.read_text())]
    assert plain == []
