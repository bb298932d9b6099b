"""Radar of the dimensions, from 0 to 4. Its values are always in a table beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LEVEL_MAX = 4
MIN_AXES = 3
RADIUS = 150.0
CENTRE = (230.0, 205.0)

INK_LINE = "#d9d5cb"
SAND = "#f5f3ee"
PINE = "#0b4f4a"
AMBER = "#b45309"


@dataclass(frozen=True)
class RadarAxis:
    """One axis: its label, its value from 0 to 4 (None: not assessed) and how the value is written."""

    label: str
    value: float | None
    value_label: str
    previous: float | None = None


def draw_radar(axes: Sequence[RadarAxis], *, title: str, description: str, chart_id: str = "radar") -> SafeString:
    """Draw the radar; an axis that was not assessed bears no point. `previous` values are drawn as a dashed line.

    `chart_id` must be unique in the page. Raises `ValueError` under three axes, where a radar says nothing.
    """
    if len(axes) < MIN_AXES:
        raise ValueError(f"a radar needs at least {MIN_AXES} axes")
    count = len(axes)
    rings = [_polygon([_point(index, count, level) for index in range(count)]) for level in range(LEVEL_MAX, 0, -1)]
    spokes = "".join(f"M{CENTRE[0]:g} {CENTRE[1]:g}L{_xy(_point(index, count, LEVEL_MAX))}" for index in range(count))
    return format_html(
        '<svg class="chart radar" viewBox="-14 0 488 400" role="img" aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>'
        '<path d="{ground}" fill="{sand}" fill-rule="evenodd"/>'
        '<path d="{grid}" fill="none" stroke="{line}" class="ln"/>{previous}{area}{scale}{labels}</svg>',
        id=chart_id,
        title=title,
        description=description,
        ground="".join(rings),
        sand=SAND,
        grid="".join(rings) + spokes,
        line=INK_LINE,
        previous=_draw_previous(axes),
        area=_draw_area(axes),
        scale=_draw_scale(),
        labels=_draw_labels(axes),
    )


def _draw_area(axes: Sequence[RadarAxis]) -> SafeString:
    points = [_point(index, len(axes), axis.value) for index, axis in enumerate(axes) if axis.value is not None]
    if not points:
        return SafeString("")
    dots = "".join(f"M{x:.1f} {y - 5:.1f}a5 5 0 1 0 .01 0z" for x, y in points)
    return format_html(
        '<path d="{}" fill="{}" fill-opacity=".16" stroke="{}" stroke-width="2.5" stroke-linejoin="round"/>'
        '<path d="{}" fill="{}"/>',
        _polygon(points),
        PINE,
        PINE,
        dots,
        PINE,
    )


def _draw_previous(axes: Sequence[RadarAxis]) -> SafeString:
    points = [_point(index, len(axes), axis.previous) for index, axis in enumerate(axes) if axis.previous is not None]
    if not points:
        return SafeString("")
    return format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="5 4" stroke-linejoin="round"/>',
        _polygon(points),
        AMBER,
    )


def _draw_scale() -> SafeString:
    rows = ((f"{CENTRE[1] - RADIUS * level / LEVEL_MAX + 14:.0f}", level) for level in range(1, LEVEL_MAX + 1))
    return format_html_join("", '<text class="sc" x="225" y="{}" text-anchor="end">{}</text>', rows)


def _draw_labels(axes: Sequence[RadarAxis]) -> SafeString:
    rows = []
    for index, axis in enumerate(axes):
        x, y = _point(index, len(axes), LEVEL_MAX)
        across = (x - CENTRE[0]) / RADIUS
        up = (CENTRE[1] - y) / RADIUS
        if abs(across) < 0.01:
            anchor, y = "middle", y - 29 if up > 0 else y + 22
        else:
            anchor, x = ("start", x + 5) if across > 0 else ("end", x - 5)
            y += -13 if up > 0.5 else 20 if up < -0.5 else 0
        rows.append((f"{x:.0f}", f"{y:.0f}", anchor, axis.label, f"{x:.0f}", axis.value_label))
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}" class="ax">{}'
        '<tspan x="{}" dy="1.25em" font-weight="400">{}</tspan></text>',
        rows,
    )


def _point(index: int, count: int, level: float) -> tuple[float, float]:
    angle = 2 * math.pi * index / count
    length = RADIUS * level / LEVEL_MAX
    return CENTRE[0] + length * math.sin(angle), CENTRE[1] - length * math.cos(angle)


def _polygon(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(_xy(point) for point in points) + "z"


def _xy(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
