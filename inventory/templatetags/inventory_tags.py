"""Tags of the pages of the inventory: `{% load inventory_tags %}`."""

from decimal import Decimal
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.charts.bars import draw_bar as draw_plain_bar
from common.charts.footprint import draw_bar, draw_key, draw_pattern
from common.charts.trajectory import Line, draw_line_key, draw_trajectory
from common.form_rendering import widget_attrs
from common.numbers import NO_VALUE, format_number, format_range, format_significant
from common.text import typography
from inventory.columns import COLUMNS_BY_NAME
from inventory.desk import Desk
from inventory.footprint import Range
from inventory.models import InventoryLine
from inventory.selectors.hosting import hosting_sentence
from inventory.selectors.impact_pages import BarRow
from inventory.selectors.impact_views import PARAMETER_LABELS
from inventory.selectors.scenarios import Outcome

register = template.Library()


@register.simple_tag
def desk_url(desk: Desk, name: str, *args: Any) -> str:
    """Print the address of a page of the inventory: `{% desk_url desk "group_update" inventory.pk group.code %}`."""
    return desk.url(name, *args)


@register.simple_tag
def line_value(line: InventoryLine, column: str) -> str:
    """Print a value of a line for reading; what is not known is « – »."""
    return COLUMNS_BY_NAME[column].written(line)


@register.filter
def hosting(line: InventoryLine) -> str:
    """Say what carries the virtual machines of a line."""
    return hosting_sentence(line)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Print a control of a sheet and, under it, its errors."""
    attrs = widget_attrs(field)
    if not field.errors:
        return field.as_widget(attrs=attrs)
    error_id = f"{field.auto_id}_error"
    widget = field.as_widget(attrs={**attrs, "aria-invalid": "true", "aria-describedby": error_id})
    return format_html('{}<span class="err" id="{}">{}</span>', widget, error_id, " ".join(map(str, field.errors)))


@register.filter
def scientific(value: float | None) -> SafeString | str:
    """Write a figure with two significant digits, as a power of ten when it is far from one: « 1,2 × 10⁻⁵ »."""
    if value is None:
        return NO_VALUE
    if value == 0 or 0.001 <= abs(value) < 10_000_000:
        return format_significant(value)
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    power = f"{int(exponent)}".replace("-", "\u2212")
    return format_html("{}\u00a0×\u00a010<sup>{}</sup>", format_number(float(mantissa), 1), power)


@register.filter
def mass(found: Range) -> str:
    """Write a range of kgCO2e a year in the unit that suits it: « 12 t CO₂e par an, entre 9,1 et 22 »."""
    unit, scale = ("t", 1000) if found.central >= 1000 else ("kg", 1)
    value = found.scaled(1 / scale)
    bounds = format_range(value.low, value.high)
    return f"{format_significant(value.central)}\u00a0{unit} CO₂e par an, {bounds}"


@register.filter
def rounded(value: float | None, decimals: int = 1) -> str:
    """Write a parameter without digits that say nothing: 5.0 gives « 5 », 4.95 « 5 » or « 4,95 »."""
    return NO_VALUE if value is None else format_number(Decimal(str(round(value, decimals))).normalize())


@register.simple_tag
def parameter_label(parameter: str) -> str:
    """Print the words of a parameter of the formula."""
    return PARAMETER_LABELS[parameter]


@register.simple_tag
def plain_bar(value: float, maximum: float) -> SafeString:
    """Print a value over the greatest of the page; without any the bar is empty."""
    return draw_plain_bar(value, maximum=maximum or 1.0)


@register.simple_tag
def footprint_bar(bar: BarRow, maximum: float, unit: str) -> SafeString:
    """Print the bar of a group of families, on the scale of the widest range of the page."""
    return draw_bar(bar.parts, bar.total.low, bar.total.high, maximum, unit)


@register.simple_tag
def footprint_key() -> SafeString:
    """Print the key of the bars."""
    return draw_key()


@register.simple_tag
def trajectory_chart(outcome: Outcome, name: str) -> SafeString:
    """Print the trajectory of a scenario with its target, and its key."""
    return _trajectories([(name, outcome)])


@register.simple_tag
def trajectories_chart(outcomes: tuple[Outcome, Outcome], first: str, second: str) -> SafeString:
    """Print two trajectories on one scale, and their key."""
    return _trajectories([(first, outcomes[0]), (second, outcomes[1])])


def _trajectories(named: list[tuple[str, Outcome]]) -> SafeString:
    last = max(found.points[-1][0] for _name, found in named)
    lines = [Line(name, _until(last, found)) for name, found in named]
    first = named[0][1]
    target = None
    if len(named) == 1 and first.trajectory.target and first.target_value is not None:
        target = (first.trajectory.target.year, first.target_value, first.target_label)
    words = " ; ".join(_told(name, found) for name, found in named)
    chart = draw_trajectory(lines, unit=f"{first.unit} par an", title=typography(words), target=target)
    key = draw_line_key([name for name, _found in named], f"cible {first.target_label}" if target else "")
    return format_html("{}{}", chart, key)


def _until(last: int, found: Outcome) -> list[tuple[int, float]]:
    """Return the central values of a trajectory, the last one kept as far as the other goes."""
    points = [(year, total.central) for year, total, _change in found.points]
    year, value = points[-1]
    return points + [(later, value) for later in range(year + 1, last + 1)]


def _told(name: str, found: Outcome) -> str:
    """« Sobriété, de 59 à 48 t CO₂e en 2028 »."""
    (_first_year, start, _start_change), (year, end, _end_change) = found.points[0], found.points[-1]
    return f"{name}, de {format_significant(start.central)} à {format_significant(end.central)} {found.unit} en {year}"


@register.simple_tag
def footprint_pattern() -> SafeString:
    """Print the hatching of the bars, once in the page."""
    return draw_pattern()
