"""Plain horizontal bar that repeats a value of the table that holds it."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

GROUND = "#ece9e1"
PINE = "#0b4f4a"


def draw_bar(value: float | None, *, maximum: float, height_px: int = 8, colour: str = PINE) -> SafeString:
    """Draw a value over its maximum, hidden from screen readers: the figure beside it says the same.

    A missing value leaves the bar empty. Raises `ValueError` when the maximum is not positive.
    """
    if maximum <= 0:
        raise ValueError("the maximum of a bar must be positive")
    share = 0.0 if value is None else min(max(value / maximum, 0.0), 1.0)
    return format_html(
        '<svg class="chart" height="{0}" aria-hidden="true"><rect width="100%" height="{0}" rx="2" fill="{1}"/>'
        '<rect width="{2}%" height="{0}" rx="2" fill="{3}"/></svg>',
        height_px,
        GROUND,
        f"{100 * share:.1f}",
        colour,
    )
