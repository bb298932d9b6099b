"""Printed schedule: Gantt of the actions, small calendar of a sheet, load of each lead, milestones of the démarche."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from common.charts.print_base import (
    AMBER,
    FULL_WIDTH,
    INK,
    LINE,
    MUTED,
    PINE,
    PINE_MID,
    SAND,
    box,
    fit,
    hatched,
    label,
    line,
    picture,
    sentence,
    text_width,
    wrap,
)
from common.numbers import format_number

LANDSCAPE_WIDTH = 1028.0
GANTT_ROWS_PER_PAGE = 17
LOADS_PER_PAGE = 12


@dataclass(frozen=True)
class GanttRow:
    """An action on the schedule: ranks of its first and last half-year, None when it is not placed."""

    number: int
    title: str
    lead: str
    first: int | None
    last: int | None
    is_quick_win: bool = False


@dataclass(frozen=True)
class LoadRow:
    """Days of a lead in each half-year, and what it can give in each of them."""

    lead: str
    days: tuple[float, ...]
    capacity: float


@dataclass(frozen=True)
class Milestone:
    """A dated event of the démarche."""

    day: date
    name: str


def draw_printed_gantt(rows: Sequence[GanttRow], half_years: Sequence[str]) -> SafeString:
    """Draw the schedule at the width of a landscape page. `half_years`: « S1 2026 », in order."""
    if not rows or not half_years:
        return SafeString("")
    lead_left, left, row_height, top = 392.0, 520.0, 28.4, 40.0
    column = (LANDSCAPE_WIDTH - left) / len(half_years)
    bottom = top + row_height * len(rows)
    parts = _gantt_head(half_years, left, column, bottom, top)
    parts.append(label(0, 32, "Action", size=10, colour=MUTED, weight=600))
    parts.append(label(lead_left, 32, "Pilote", size=10, colour=MUTED, weight=600))
    for rank, row in enumerate(rows):
        y = top + rank * row_height
        parts.append(label(0, y + 17.5, str(row.number), size=11.4, colour=PINE, weight=700))
        parts += _two_lines(24, y, row.title, lead_left - 32, colour=INK)
        parts += _two_lines(lead_left, y, row.lead or "à désigner", left - lead_left - 8, colour=MUTED)
        if row.first is None or row.last is None:
            parts.append(label(left + 8, y + 17.5, "à placer", size=10.4, colour=AMBER, weight=600))
        else:
            start, width = left + row.first * column, (row.last - row.first + 1) * column
            if row.last + 1 < len(half_years):
                parts.append(hatched(start + width - 0.6, y + 8, (len(half_years) - row.last - 1) * column - 1, 11))
            parts.append(box(start + 1, y + 5, width - 2, 17, PINE))
            if row.is_quick_win and width > text_width("gain rapide", 10.2) + 14:
                parts.append(label(start + 9, y + 17, "gain rapide", size=10.2, colour="#fff", weight=600))
        parts.append(line(0, y + row_height - 1, LANDSCAPE_WIDTH, y + row_height - 1, width=0.8))
    facts = [f"{row.number}, {row.title} : {span_of(row, half_years)}" for row in rows]
    title = f"Calendrier de {len(rows)} actions sur {len(half_years)} semestres. {sentence(facts)}"
    return picture(LANDSCAPE_WIDTH, bottom, title, parts)


def _two_lines(x: float, y: float, text: str, width: float, *, colour: str) -> list[str]:
    """Write a text in the row of a Gantt that begins at `y`: on one line, else on two smaller ones."""
    if text_width(text, 10.7) <= width:
        return [label(x, y + 17.5, text, size=10.7, colour=colour)]
    lines = wrap(text, width, 9.8)
    return [label(x, y + 12 + 10.5 * rank, part, size=9.8, colour=colour) for rank, part in enumerate(lines)]


def _gantt_head(half_years: Sequence[str], left: float, column: float, bottom: float, top: float) -> list[str]:
    parts = []
    for rank, half_year in enumerate(half_years):
        short, _, year = half_year.partition(" ")
        if short == "S1" or rank == 0:
            width = column * (2 if short == "S1" and rank + 1 < len(half_years) else 1)
            fill = PINE if rank // 2 % 2 == 0 else PINE_MID
            parts.append(box(left + rank * column, 0, width, 18, fill, stroke="#fff", stroke_width=1.2))
            middle = left + rank * column + width / 2
            parts.append(label(middle, 13, year, size=11, anchor="middle", colour="#fff", weight=700))
        name = f"semestre {short[1:]}" if column > 64 else short
        parts.append(label(left + (rank + 0.5) * column, 32, name, size=10.4, anchor="middle", colour=MUTED))
    parts.append(line(0, top - 1, LANDSCAPE_WIDTH, top - 1, colour=INK, width=1.4))
    for rank in range(len(half_years) + 1):
        x = left + rank * column
        colour, width_px = ("#bdb8ab", 1.0) if rank % 2 == 0 else (LINE, 0.7)
        parts.append(line(x, top - 1, x, bottom - 1, colour=colour, width=width_px))
    return parts


def draw_small_calendar(number: int, first: int | None, last: int | None, half_years: Sequence[str]) -> SafeString:
    """Draw the half-years of one action at the width of a sheet's text; empty when it is not placed."""
    if first is None or last is None or not half_years:
        return SafeString("")
    column = 505 / len(half_years)
    parts = []
    for rank, half_year in enumerate(half_years):
        is_inside = first <= rank <= last
        parts.append(box(rank * column, 0, column - 4, 14, SAND))
        colour, weight = (INK, 700) if is_inside else (MUTED, 400)
        name = half_year if column > 48 else half_year.replace(" 20", " ")
        parts.append(label(rank * column, 30, name, size=10.4, colour=colour, weight=weight))
    if last + 1 < len(half_years):
        parts.append(hatched((last + 1) * column, 2, (len(half_years) - last - 1) * column - 4, 10))
    parts.append(box(first * column, 0, (last - first + 1) * column - 4, 14, PINE))
    span = span_of(GanttRow(0, "", "", first, last), half_years)
    running = ", puis régime courant" if last + 1 < len(half_years) else ""
    return picture(505, 34, f"Calendrier de l’action {number} : mise en œuvre {span}{running}.", parts)


def draw_loads(rows: Sequence[LoadRow], half_years: Sequence[str]) -> SafeString:
    """Draw the days of each lead per half-year against its capacity; what exceeds it is amber."""
    if not rows or not half_years:
        return SafeString("")
    left = 152.0
    column = (FULL_WIDTH - left) / len(half_years)
    bar = min(44.0, column * 0.5)
    highest = max(max(max(row.days, default=0), row.capacity) for row in rows) or 1
    parts = []
    for rank, half_year in enumerate(half_years):
        name = half_year if column > 52 else half_year.replace(" 20", " ")
        parts.append(label(left + rank * column + bar / 2, 11, name, size=10.4, anchor="middle", colour=MUTED))
    y = 20.0
    for row in rows:
        top_value = max(max(row.days, default=0), row.capacity)
        names = wrap(row.lead, left - 10, lines=2, is_bold=True)
        height = max(14.0 + 12 * len(names), top_value / highest * 40 + 10)
        base = y + height - 2
        for rank, name in enumerate(reversed(names)):
            parts.append(label(0, base - 4 - 12 * rank, name, weight=600))
        for rank, days in enumerate(row.days):
            x = left + rank * column
            is_over = days > row.capacity + 1e-6
            if days:
                tall = days / highest * 40
                parts.append(box(x, base - tall, bar, tall, AMBER if is_over else PINE))
            colour = AMBER if is_over else INK if days else MUTED
            written = format_number(round(days, 1), 0 if days == int(days) else 1) if days else "–"
            weight = 700 if days else 400
            parts.append(label(x + bar + 5, base - 4, written, size=11, colour=colour, weight=weight))
            limit = base - row.capacity / highest * 40
            parts.append(line(x - 3, limit, x + bar + 2, limit, colour=INK, width=1.1, dashes="3 2"))
        parts.append(line(0, base + 0.5, FULL_WIDTH, base + 0.5, width=0.9))
        y += height + 5
    facts = [f"{row.lead} {', '.join(format_number(round(days, 1)) for days in row.days)}" for row in rows]
    return picture(FULL_WIDTH, y + 2, f"Charge en jours par pilote et par semestre : {sentence(facts)}", parts)


def draw_milestones(milestones: Sequence[Milestone]) -> SafeString:
    """Draw the dated events of the démarche on one line of time; empty under two of them."""
    events = sorted(milestones, key=lambda milestone: milestone.day)
    if len(events) < 2 or events[0].day == events[-1].day:
        return SafeString("")
    row, left, bar_right = 19.0, 86.0, 330.0
    length = (events[-1].day - events[0].day).days
    parts = [line(left + 8, 9, left + 8, 9 + row * (len(events) - 1), colour=LINE, width=1.4)]
    for rank, event in enumerate(events):
        y = 9 + rank * row
        share = (event.day - events[0].day).days / length
        parts.append(label(left - 6, y + 4, f"{event.day:%d/%m/%Y}", size=10.4, anchor="end", colour=MUTED))
        parts.append(line(left + 8, y, left + 8 + share * (bar_right - left - 8), y, colour="#a9d0c8", width=5))
        diamond = left + 8 + share * (bar_right - left - 8)
        fill = AMBER if rank == len(events) - 1 else PINE
        parts.append(f'<path d="M{diamond:.1f},{y - 6:.1f} l6,6 l-6,6 l-6,-6 z" fill="{fill}"/>')
        name = fit(event.name, FULL_WIDTH - bar_right - 16, 10.8, is_bold=True)
        parts.append(label(bar_right + 16, y + 4, name, size=10.8, weight=600))
    facts = [f"{event.day:%d/%m/%Y}, {event.name}" for event in events]
    return picture(FULL_WIDTH, row * len(events), f"Calendrier de la démarche : {sentence(facts)}", parts)


def draw_progress(baseline: float, target: float) -> SafeString:
    """Draw the way from a starting value to a target on a line that begins at 0."""
    width, length = 284.0, 271.0
    highest = max(baseline, target, 0.0) or 1.0
    first, last = (6 + length * max(value, 0) / highest for value in (baseline, target))
    title = f"De {_written(baseline)} à {_written(target)}."
    parts = [
        line(6, 13, 6 + length, 13, width=3),
        line(first, 13, last, 13, colour=PINE, width=5),
        f'<circle cx="{first:.1f}" cy="13" r="5" fill="#fff" stroke="{PINE}" stroke-width="2.4"/>',
        f'<circle cx="{last:.1f}" cy="13" r="6" fill="{PINE}"/>',
    ]
    return picture(width, 26, title, parts)


def _written(value: float) -> str:
    return format_number(int(value)) if value == int(value) else format_number(round(value, 3))


def span_of(row: GanttRow, half_years: Sequence[str]) -> str:
    """Write « S1 2026 à S2 2027 », or « à placer »."""
    if row.first is None or row.last is None:
        return "à placer"
    if row.first == row.last:
        return half_years[row.first]
    return f"{half_years[row.first]} à {half_years[row.last]}"
