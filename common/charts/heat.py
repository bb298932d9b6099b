"""Load of each lead per half-year as a heat map for the screen, in percentages, so that the text never shrinks.

What exceeds the capacity is written (« +5 ») and outlined: the colour is never the only sign. The vertical lines come
from the pattern `half` (see `gantt.half_year_pattern`). The table of the figures stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common.numbers import format_number

HEAD, NAME, STRIP, GAP = 20, 22, 24, 10
FILLS = ("#e3efed", "#a9d0c8", "#35796f")
OVER_FILL, OVER_LINE = "#fdf3e3", "#8a5a00"
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
            return 4
        return min(3, int(3 * (self.days - ROUNDING) / self.capacity) + 1)


@dataclass(frozen=True)
class HeatRow:
    """A lead: its name, what is said beside it, and its half-years."""

    name: str
    note: str
    cells: tuple[HeatCell, ...]


def draw_heat(rows: Sequence[HeatRow], half_years: Sequence[str]) -> SafeString:
    """Draw one strip per lead; empty without rows. Half-years of the same level are drawn in one piece."""
    if not rows or not half_years:
        return SafeString("")
    count = len(half_years)
    height = HEAD + len(rows) * (NAME + STRIP + GAP)
    parts = [f'<svg class="chart heat" height="{height}" role="img"><title>{escape(_title(rows, half_years))}</title>']
    parts += [
        f'<text x="{_share(rank + 0.5, count)}" y="13" text-anchor="middle">{escape(_short(name, count))}</text>'
        for rank, name in enumerate(half_years)
    ]
    for number, row in enumerate(rows):
        top = HEAD + number * (NAME + STRIP + GAP)
        parts.append(f'<text x="0" y="{top + 15}" font-weight="600">{escape(f"{row.name}, {row.note}")}</text>')
        parts += _strip(row, top + NAME, count)
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308 - numbers, and escaped texts


def _strip(row: HeatRow, top: int, count: int) -> list[str]:
    parts = []
    ranked = list(enumerate(row.cells))
    for level, run in groupby(ranked, key=lambda item: item[1].level):
        ranks = [rank for rank, _cell in run]
        left, width = _share(ranks[0], count), _share(len(ranks), count)
        box = f'x="{left}" y="{top}" width="{width}" height="{STRIP}"'
        if level == 4:
            parts.append(f'<rect {box} fill="{OVER_FILL}" stroke="{OVER_LINE}" stroke-width="3"/>')
        elif level:
            parts.append(f'<rect {box} fill="{FILLS[level - 1]}"/>')
    parts.append(f'<rect y="{top}" width="100%" height="{STRIP}" fill="url(#half)" stroke="#d9d5cb"/>')
    parts += [
        f'<text x="{_share(rank + 0.5, count)}" y="{top + 17}" text-anchor="middle" font-weight="700">'
        f"+{_days(cell.excess)}</text>"
        for rank, cell in ranked
        if cell.excess
    ]
    return parts


def _title(rows: Sequence[HeatRow], half_years: Sequence[str]) -> str:
    over = [
        f"{row.name} au {half_years[rank]}, {_days(cell.excess)} de trop"
        for row in rows
        for rank, cell in enumerate(row.cells)
        if cell.excess
    ]
    found = f"Au-dessus de la capacité, en jours : {' ; '.join(over)}." if over else "Aucun dépassement."
    return f"Charge de {len(rows)} pilotes de {half_years[0]} à {half_years[-1]}. {found} Le tableau donne les jours."


def _days(count: float) -> str:
    rounded = round(count, 1)
    return format_number(int(rounded) if rounded == int(rounded) else rounded)


def _short(name: str, count: int) -> str:
    """Write « S1 2026 », or « S1 26 » when there are more than six half-years."""
    return name if count <= 6 else name.replace(" 20", " ")


def _share(value: float, count: int) -> str:
    return f"{100 * value / count:.2f}%"
