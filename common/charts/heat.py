"""Load of a lead per half-year as a strip for the screen, in percentages, so that the text never shrinks.

What exceeds the capacity is written (« +5 ») and outlined: the colour is never the only sign. The vertical lines come
from the pattern `half` (see `gantt.half_year_pattern`). The table of the figures stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.numbers import format_number

FILLS = {1: "#e3efed", 2: "#a9d0c8", 3: "#35796f"}
OVER_FILL, OVER_LINE = "#fdf3e3", "#8a5a00"
OVER = 4
ROUNDING = 1e-6


@dataclass(frozen=True)
class HeatCell:
    """Days of a half-year, against what can be given."""

    days: float
    capacity: float

    @property
    def excess(self) -> float:
        return self.days - self.capacity if self.days > self.capacity + ROUNDING else 0.0

    @property
    def level(self) -> int:
        """0 for nothing, 1 up to a third of the capacity, 2 up to two thirds, 3 up to all of it, 4 above."""
        if self.days <= ROUNDING:
            return 0
        if self.excess:
            return OVER
        return min(3, int(3 * (self.days - ROUNDING) / self.capacity) + 1)


def draw_heat(cells: Sequence[HeatCell], half_years: Sequence[str]) -> SafeString:
    """Draw the strip of a lead. Half-years of the same level are drawn in one piece."""
    count = max(1, len(cells))
    boxes = format_html_join("", "{}", ((_box(level, ranks, count),) for level, ranks in _runs(cells)))
    words = format_html_join(
        "",
        '<text x="{}" y="50%" dy="5" text-anchor="middle" font-weight="700">+{}</text>',
        ((_share(rank + 0.5, count), _days(cell.excess)) for rank, cell in enumerate(cells) if cell.excess),
    )
    lines = SafeString('<rect width="100%" height="100%" fill="url(#half)"/>')
    title = ", ".join(_said(cell, name) for cell, name in zip(cells, half_years, strict=True))
    return format_html('<svg class="chart" role="img"><title>{}</title>{}{}{}</svg>', title, boxes, lines, words)


def _runs(cells: Sequence[HeatCell]) -> list[tuple[int, list[int]]]:
    """Return the ranks of each run of half-years of one level, those without days left out."""
    ranked = groupby(enumerate(cells), key=lambda item: item[1].level)
    return [(level, [rank for rank, _cell in run]) for level, run in ranked if level]


def _box(level: int, ranks: Sequence[int], count: int) -> SafeString:
    left, width = _share(ranks[0], count), _share(len(ranks), count)
    place = format_html('x="{}" y="50%" width="{}" height="28" transform="translate(0,-14)"', left, width)
    if level == OVER:
        return format_html('<rect {} fill="{}" stroke="{}" stroke-width="3"/>', place, OVER_FILL, OVER_LINE)
    return format_html('<rect {} fill="{}"/>', place, FILLS[level])


def _said(cell: HeatCell, half_year: str) -> str:
    over = f", dont {_days(cell.excess)} de trop" if cell.excess else ""
    return f"{half_year} : {_days(cell.days)}{over}"


def _days(count: float) -> str:
    rounded = round(count, 1)
    return format_number(int(rounded) if rounded == int(rounded) else rounded)


def _share(value: float, count: int) -> str:
    return f"{100 * value / count:.2f}%"
