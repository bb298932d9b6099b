"""Small writings of the pages of the roadmap: dates of steps, values of indicators, money, tonnes, votes."""

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from common.charts.merit import hatch_pattern, merit_bar
from common.dates import format_day
from common.numbers import (
    NARROW_NO_BREAK_SPACE,
    NO_VALUE,
    format_number,
    format_range,
    format_significant,
    format_weight,
)
from roadmap.desk import SheetDesk
from roadmap.half_years import HalfYear
from roadmap.models import ActionStep

register = template.Library()

KG_PER_T = 1000
YES_NO_UNIT = "oui/non"
GRADE_LETTERS = "EPICN"
MISSING = "à établir"


@register.simple_tag
def desk_url(desk: SheetDesk, action: str, *arguments: int | str) -> str:
    """Return where the desk of a sheet leads for an action: « detail », « update » and a part, « notes », « files »."""
    return desk.url(action, *arguments)


@register.simple_tag
def step_date(step: ActionStep) -> str:
    """Write when a step is due: the exact date, else the half-year, else « à dater »."""
    if step.due_on is not None:
        return format_day(step.due_on)
    return HalfYear.from_code(step.due_half).label if step.due_half else "à dater"


@register.simple_tag
def indicator_value(value: Decimal | None, unit: str) -> str:
    """Write a value: « oui » and « non » for that unit, « à établir » when it is not known."""
    if value is None:
        return MISSING
    if unit.strip().casefold() == YES_NO_UNIT:
        return "oui" if value else "non"
    return plain(value)


@register.filter
def plain(value: Decimal | None) -> str:
    """Write a stored figure without its useless zeros: 12.0 gives « 12 »."""
    return NO_VALUE if value is None else format_number(Decimal(f"{value.normalize():f}"))


@register.simple_tag
def euros(value: Decimal | None) -> str:
    """Write an amount: « 3 000 € »; « à préciser » when it is not known."""
    return "à préciser" if value is None else f"{plain(value)}{NARROW_NO_BREAK_SPACE}€"


@register.simple_tag
def tonnes(kilograms: Decimal) -> str:
    """Write kilograms as tonnes, with two significant digits."""
    return format_significant(kilograms / KG_PER_T)


@register.simple_tag
def tonnes_range(low: Decimal, high: Decimal) -> str:
    """Write a range of kilograms as tonnes: « entre 1,2 et 5,6 »."""
    return format_range(low / KG_PER_T, high / KG_PER_T)


@register.simple_tag
def vote_pattern() -> SafeString:
    """Print the pattern that the bars of votes need, once in the page."""
    return hatch_pattern()


@register.simple_tag
def vote_bar(counts: Mapping[str, int]) -> SafeString:
    """Draw how the committee voted; abstentions are left out of the bar."""
    return merit_bar([counts.get(letter, 0) for letter in GRADE_LETTERS])


@register.simple_tag
def file_weight(size_bytes: int) -> str:
    """Write the weight of a file: « 312 ko »."""
    return format_weight(size_bytes)


@register.filter
def in_groups(digest: str) -> str:
    """Write a long digest in groups of eight, so that it wraps on a narrow screen."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
