"""The schedule on half a page, for the summary: short titles, one thin row for each action."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from common.charts.print_base import (
    AMBER,
    FULL_WIDTH,
    INK,
    MUTED,
    PINE,
    box,
    dot,
    fit,
    hatched,
    label,
    line,
    picture,
    sentence,
)
from common.charts.print_schedule import GanttRow, span_of

ROWS = 20
_LEFT, _TOP, _TITLE_WIDTH = 356.0, 34.0, 326.0


def draw_compact_gantt(rows: Sequence[GanttRow], half_years: Sequence[str]) -> SafeString:
    """Draw at most `ROWS` actions at the width of a portrait page. `half_years`: « S1 2026 », in order."""
    if not rows or not half_years:
        return SafeString("")
    shown = rows[:ROWS]
    column = (FULL_WIDTH - _LEFT) / len(half_years)
    row_height = 23.6 if len(shown) <= 17 else 20.4
    bottom = _TOP + row_height * len(shown)
    parts = _head(half_years, column, bottom)
    for rank, row in enumerate(shown):
        parts += _row(row, _TOP + rank * row_height, row_height, column, len(half_years))
    facts = [f"{row.number}, {row.title} : {span_of(row, half_years)}" for row in shown]
    return picture(FULL_WIDTH, bottom, f"Calendrier de {len(shown)} actions. {sentence(facts)}", parts)


def _head(half_years: Sequence[str], column: float, bottom: float) -> list[str]:
    parts = []
    years = [half_year.partition(" ")[2] for half_year in half_years]
    for rank, half_year in enumerate(half_years):
        if rank == 0 or years[rank] != years[rank - 1]:
            width = column * years.count(years[rank])
            parts.append(box(_LEFT + rank * column, 0, width, 16, PINE, stroke="#fff", stroke_width=1.2))
            middle = _LEFT + rank * column + width / 2
            parts.append(label(middle, 12, years[rank], anchor="middle", colour="#fff", weight=700))
        name = half_year.partition(" ")[0]
        parts.append(label(_LEFT + (rank + 0.5) * column, 28, name, size=10.2, anchor="middle", colour=MUTED))
    parts.append(line(0, _TOP - 2, FULL_WIDTH, _TOP - 2, colour=INK, width=1.3))
    for rank in range(len(half_years) + 1):
        x = min(_LEFT + rank * column, FULL_WIDTH - 0.5)
        parts.append(line(x, _TOP - 2, x, bottom - 2, width=0.8))
    return parts


def _row(row: GanttRow, y: float, height: float, column: float, count: int) -> list[str]:
    base = y + height / 2 + 1.8
    parts = [
        label(0, base, str(row.number), size=10.8, colour=PINE, weight=700),
        label(20, base, fit(row.title, _TITLE_WIDTH, 10.6), size=10.6),
    ]
    if row.first is None or row.last is None:
        parts.append(label(_LEFT + 8, base, "à placer", size=10.2, colour=AMBER, weight=600))
    else:
        start, width = _LEFT + row.first * column, (row.last - row.first + 1) * column
        if row.last + 1 < count:
            parts.append(hatched(start + width - 0.6, y + height / 2 - 6.6, (count - row.last - 1) * column - 1, 9))
        parts.append(box(start + 1, y + height / 2 - 9.6, width - 2, 15, PINE))
        if row.is_quick_win:
            parts.append(dot(start + 10, y + height / 2 - 2.1, 3.2, "#fff"))
    parts.append(line(0, y + height - 2, FULL_WIDTH, y + height - 2, width=0.7))
    return parts
