"""Trajectories year by year, one or two on one scale, with the target: SVG for the screen.

Positions across are percentages, so that nothing is stretched on a narrow screen; the second line is dashed and its
points are squares, so that the two read without colours. The table beside it gives the same figures in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.numbers import format_significant

PINE = "#0b4f4a"
SAND = "#b45309"
GROUND = "#d9d5cb"
MUTED = "#4c5b60"
HEIGHT, TOP, BOTTOM = 252, 48, 222
LEFT, RIGHT = 4.0, 97.0


@dataclass(frozen=True)
class Line:
    """A trajectory: year → value, in the unit of the chart."""

    name: str
    points: Sequence[tuple[int, float]]


def draw_trajectory(
    lines: Sequence[Line], *, unit: str, title: str, target: tuple[int, float, str] | None = None
) -> SafeString:
    """Draw one or two lines from zero up. `target`: its year, its value, its words."""
    years = sorted({year for line in lines for year, _value in line.points} | ({target[0]} if target else set()))
    top = max([value for line in lines for _year, value in line.points] + ([target[1]] if target else []), default=0)
    scale = _Scale(years[0], max(years[-1], years[0] + 1), top or 1.0)
    parts: list[str] = [_axes(scale, years, unit)]
    if target:
        parts.append(_target(scale, target))
    ends = [line.points[-1][1] for line in lines[:2]]
    parts += [_line(scale, line, rank, is_above=ends[rank] == max(ends)) for rank, line in enumerate(lines[:2])]
    return format_html(
        '<svg class="chart" height="{}" role="img"><title>{}</title>{}</svg>', HEIGHT, title, SafeString("".join(parts))
    )


def draw_line_key(names: Sequence[str], target: str = "") -> SafeString:
    """Return the key: a stroke and a mark by line, then the target."""
    items = [(SafeString(_stroke(rank) + _mark(f"{8}", 8, rank)), name) for rank, name in enumerate(names[:2])]
    if target:
        items.append(
            (SafeString(f'<path d="M0 8h16" stroke="{SAND}" stroke-width="2" stroke-dasharray="2 3"/>'), target)
        )
    rows = format_html_join("", '<li><svg aria-hidden="true">{}</svg>{}</li>', items)
    return format_html('<ul class="key">{}</ul>', rows)


def _stroke(rank: int) -> str:
    dash = ' stroke-dasharray="5 3"' if rank else ""
    return f'<path d="M0 8h16" stroke="{_colour(rank)}" stroke-width="2.5"{dash}/>'


def _colour(rank: int) -> str:
    return "#1c4f8a" if rank else PINE


@dataclass(frozen=True)
class _Scale:
    first: int
    last: int
    top: float

    def across(self, year: int) -> str:
        return f"{LEFT + (RIGHT - LEFT) * (year - self.first) / (self.last - self.first):.2f}%"

    def down(self, value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * max(value, 0.0) / self.top, 1)


def _axes(scale: _Scale, years: Sequence[int], unit: str) -> SafeString:
    # Every year has its line in the table; a long chart names one in two, the first and the last always.
    step = 2 if len(years) > 7 else 1
    named = [year for rank, year in enumerate(years) if (len(years) - 1 - rank) % step == 0]
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((scale.across(year), BOTTOM + 22, _anchor(scale, year), year) for year in named),
    )
    return format_html(
        '<text x="0" y="12">{}</text><rect x="{}%" y="{}" width="{}%" height="1" fill="{}"/>'
        '<text x="0" y="{}">0</text>{}',
        unit,
        f"{LEFT:.0f}",
        BOTTOM,
        f"{RIGHT - LEFT:.0f}",
        GROUND,
        BOTTOM + 5,
        labels,
    )


def _anchor(scale: _Scale, year: int) -> str:
    """The words of the two ends stay inside the drawing."""
    return {scale.first: "start", scale.last: "end"}.get(year, "middle")


def _target(scale: _Scale, target: tuple[int, float, str]) -> SafeString:
    year, value, words = target
    down = scale.down(value)
    return format_html(
        '<line x1="{}%" x2="{}" y1="{}" y2="{}" stroke="{}" stroke-width="2" stroke-dasharray="2 4"/>'
        '<text x="{}%" y="{}" fill="{}">{}</text>',
        f"{LEFT:.0f}",
        scale.across(year),
        down,
        down,
        SAND,
        f"{LEFT:.0f}",
        down + 20,
        SAND,
        words,
    )


def _line(scale: _Scale, line: Line, rank: int, *, is_above: bool) -> str:
    dash = ' stroke-dasharray="6 4"' if rank else ""
    pairs = list(zip(line.points, line.points[1:], strict=False))
    strokes = "".join(
        f'<line x1="{scale.across(a)}" y1="{scale.down(x)}" x2="{scale.across(b)}" y2="{scale.down(y)}" '
        f'stroke="{_colour(rank)}" stroke-width="2.5"{dash}/>'
        for (a, x), (b, y) in pairs
    )
    marks = "".join(_mark(scale.across(year), scale.down(value), rank) for year, value in line.points)
    # The two ends bear their figure: over the upper line, under the other; the start is the same for both.
    ends = [line.points[0], line.points[-1]] if rank == 0 else line.points[-1:]
    figures = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}" font-weight="700">{}</text>',
        (
            (
                scale.across(year),
                scale.down(value) + (-12 if is_above or year == scale.first else 24),
                _anchor(scale, year),
                format_significant(value),
            )
            for year, value in ends
        ),
    )
    return strokes + marks + figures


def _mark(across: str, down: float, rank: int) -> str:
    if rank == 0:
        return f'<circle cx="{across}" cy="{down}" r="4" fill="{PINE}"/>'
    return f'<rect x="{across}" y="{down - 4}" width="8" height="8" transform="translate(-4)" fill="{_colour(1)}"/>'
