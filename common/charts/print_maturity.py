"""Printed radar and bars of the dimensions of maturity, from 0 to 4."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from django.utils.safestring import SafeString

from common.charts.print_base import (
    AMBER,
    FULL_WIDTH,
    LINE,
    MUTED,
    PINE,
    box,
    dot,
    fit,
    label,
    line,
    picture,
    sentence,
    whisker,
)
from common.numbers import format_number

LEVEL_MAX = 4
EXPECTED_LEVEL = 3
MIN_AXES = 3


@dataclass(frozen=True)
class PrintedDimension:
    """A dimension: its score (None: not assessed), the extent of the ratings, how many questions were answered.

    `previous`: its score in the round before, if any.
    """

    name: str
    short_name: str
    score: float | None
    low: float | None
    high: float | None
    answered: int
    total: int
    previous: float | None = None


def draw_printed_radar(dimensions: Sequence[PrintedDimension]) -> SafeString:
    """Draw the radar of the agreed levels; empty under three dimensions, where a radar says nothing."""
    if len(dimensions) < MIN_AXES:
        return SafeString("")
    width, centre_x, centre_y, radius, count = 340.0, 170.0, 150.0, 98.0, len(dimensions)

    def point(rank: int, level: float) -> tuple[float, float]:
        angle = 2 * pi * rank / count
        return centre_x + radius * level / LEVEL_MAX * sin(angle), centre_y - radius * level / LEVEL_MAX * cos(angle)

    def polygon(points: Sequence[tuple[float, float]], attributes: str) -> str:
        return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" {attributes}/>'

    parts = [
        polygon(
            [point(rank, level) for rank in range(count)],
            f'fill="none" stroke="{LINE}" stroke-width="{1.4 if level == LEVEL_MAX else 0.8}"',
        )
        for level in range(1, LEVEL_MAX + 1)
    ]
    parts += [line(centre_x, centre_y, *point(rank, LEVEL_MAX), width=0.8) for rank in range(count)]
    expected = f'fill="none" stroke="{AMBER}" stroke-width="1.4" stroke-dasharray="4 3"'
    parts.append(polygon([point(rank, EXPECTED_LEVEL) for rank in range(count)], expected))
    before = [(rank, item.previous) for rank, item in enumerate(dimensions) if item.previous is not None]
    if len(before) >= MIN_AXES:
        dotted = f'fill="none" stroke="{MUTED}" stroke-width="1.6" stroke-dasharray="1.5 2.5"'
        parts.append(polygon([point(rank, score) for rank, score in before], dotted))
    known = [(rank, item.score) for rank, item in enumerate(dimensions) if item.score is not None]
    if len(known) >= MIN_AXES:
        area = f'fill="{PINE}" fill-opacity=".16" stroke="{PINE}" stroke-width="2.6" stroke-linejoin="round"'
        parts.append(polygon([point(rank, score) for rank, score in known], area))
    parts += [dot(*point(rank, score), 4.2, PINE, stroke="#fff", stroke_width=1.4) for rank, score in known]
    for rank, item in enumerate(dimensions):
        x, y = point(rank, LEVEL_MAX * 1.11)
        anchor = "middle" if abs(x - centre_x) < 14 else "start" if x > centre_x else "end"
        y += -4 if y < centre_y - 60 else 4 if y < centre_y + 60 else 8
        room = {"start": width - x, "end": x, "middle": 2 * min(x, width - x)}[anchor]
        parts.append(label(x, y - 3, fit(item.short_name, room, is_bold=True), anchor=anchor, weight=600))
        parts.append(label(x, y + 9, format_number(item.score, 1), anchor=anchor, colour=PINE, weight=700))
    parts += [
        label(centre_x + 4, centre_y - radius * level / LEVEL_MAX + 11, str(level), size=10, colour=MUTED)
        for level in range(1, EXPECTED_LEVEL + 1)
    ]
    facts = ", ".join(f"{item.name} {_score(item)}" for item in dimensions)
    title = f"Radar de maturité, de 0 à 4 : {facts}. La ligne en tirets marque le niveau 3, pratique généralisée."
    if len(before) >= MIN_AXES:
        told = ", ".join(f"{dimensions[rank].name} {format_number(score, 1)}" for rank, score in before)
        title += f" En pointillés, le diagnostic précédent : {told}."
    return picture(width, 296, title, parts)


def draw_printed_bars(dimensions: Sequence[PrintedDimension]) -> SafeString:
    """Draw one bar per dimension with the extent of the expressed ratings under it."""
    left, row = 212.0, 27.0
    scale = (FULL_WIDTH - left - 120) / LEVEL_MAX
    top = 24.0
    bottom = top + row * len(dimensions)
    parts = []
    for level in range(LEVEL_MAX + 1):
        x = left + level * scale
        parts.append(line(x, top - 4, x, bottom - 4, width=0.8))
        parts.append(label(x, 12, str(level), size=10.4, anchor="middle", colour=MUTED))
    parts.append(label(FULL_WIDTH, 12, "répondues", size=10.4, anchor="end", colour=MUTED))
    for rank, item in enumerate(dimensions):
        y = top + rank * row
        parts.append(label(0, y + 13, fit(item.name, left - 8)))
        if item.score is not None:
            parts.append(box(left, y + 1, item.score * scale, 13, PINE))
        if item.low is not None and item.high is not None:
            parts.append(whisker(left + item.low * scale, left + item.high * scale, y + 19))
        x = left + LEVEL_MAX * scale + 14
        parts.append(label(x, y + 14, format_number(item.score, 1), size=14, colour=PINE, weight=700))
        answered = f"{item.answered} sur {item.total}"
        parts.append(label(FULL_WIDTH, y + 13, answered, size=10, anchor="end", colour=MUTED))
    facts = [f"{item.name} {_score(item)}{_extent(item)}" for item in dimensions]
    return picture(FULL_WIDTH, bottom, f"Niveau retenu par dimension et étendue des avis : {sentence(facts)}", parts)


def _score(item: PrintedDimension) -> str:
    return "non évaluée" if item.score is None else format_number(item.score, 1)


def _extent(item: PrintedDimension) -> str:
    if item.low is None or item.high is None:
        return ""
    return f", avis de {format_number(item.low, 0)} à {format_number(item.high, 0)}"
