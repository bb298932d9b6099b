"""Effort against impact: one numbered disc per lever on a grid of marks out of five. Its table stands beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MARKS = 5
CELL_WIDTH, CELL_HEIGHT = 128, 88
LEFT, TOP = 56, 28
PER_ROW, STEP_X, STEP_Y, RADIUS = 4, 29, 28, 12.5
MOST_SHOWN = 12


@dataclass(frozen=True)
class MatrixPoint:
    """A lever on the matrix: its number in the table, effort and impact from 1 to 5."""

    number: int
    effort: int
    impact: int
    is_quick_win: bool = False


def effort_impact_matrix(points: Sequence[MatrixPoint], title: str) -> SafeString:
    """Draw the levers: less effort on the left, more impact above. Quick wins are light with an outline.

    A cell shows twelve levers at most, then their number: the table always has them all.
    """
    width, height = LEFT + MARKS * CELL_WIDTH + 8, TOP + MARKS * CELL_HEIGHT + 52
    grid = "".join(f"M{LEFT} {TOP + row * CELL_HEIGHT}h{MARKS * CELL_WIDTH}" for row in range(MARKS + 1)) + "".join(
        f"M{LEFT + column * CELL_WIDTH} {TOP}v{MARKS * CELL_HEIGHT}" for column in range(MARKS + 1)
    )
    bottom = TOP + MARKS * CELL_HEIGHT
    pieces = [
        f'<svg class="chart matrix" viewBox="0 0 {width} {height}" role="img"><title>{escape(title)}</title>',
        f'<path d="M{LEFT} {TOP}h{2 * CELL_WIDTH}v{3 * CELL_HEIGHT}h-{2 * CELL_WIDTH}z" fill="#e3efed"/>',
        f'<path d="{grid}" fill="none" stroke="#d9d5cb"/>',
    ]
    for mark in range(1, MARKS + 1):
        x, y = LEFT + (mark - 0.5) * CELL_WIDTH, bottom - (mark - 0.5) * CELL_HEIGHT
        pieces.append(f'<text x="{x:g}" y="{bottom + 20}" text-anchor="middle">{mark}</text>')
        pieces.append(f'<text x="{LEFT - 12}" y="{y + 5:g}" text-anchor="end">{mark}</text>')
    pieces.append(f'<text x="{LEFT}" y="{bottom + 42}" font-weight="600">Effort, du plus léger au plus lourd</text>')
    pieces.append(f'<text x="0" y="{TOP - 12}" font-weight="600">Impact</text>')
    cells: dict[tuple[int, int], list[MatrixPoint]] = defaultdict(list)
    for point in points:
        cells[point.effort, point.impact].append(point)
    for (effort, impact), inside in sorted(cells.items()):
        x, y = LEFT + (effort - 1) * CELL_WIDTH + 20, bottom - impact * CELL_HEIGHT + 16
        pieces += [
            _disc(point, x + rank % PER_ROW * STEP_X, y + rank // PER_ROW * STEP_Y)
            for rank, point in enumerate(inside[:MOST_SHOWN])
        ]
        if len(inside) > MOST_SHOWN:
            more = len(inside) - MOST_SHOWN
            pieces.append(f'<text x="{x + 3.2 * STEP_X:g}" y="{y - 6}" text-anchor="end">+ {more}</text>')
    return mark_safe("".join([*pieces, "</svg>"]))  # noqa: S308 - numbers, and an escaped title


def _disc(point: MatrixPoint, x: float, y: float) -> str:
    # The style sheet paints the text of charts with the current colour: `color` sets it, `fill` would be ignored.
    fill, ink = ("#fff", "#0b4f4a") if point.is_quick_win else ("#0b4f4a", "#fff")
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS:g}" fill="{fill}" stroke="#0b4f4a" stroke-width="2"/>'
        f'<text x="{x:g}" y="{y + 4.5:g}" text-anchor="middle" font-weight="600" color="{ink}">{point.number}</text>'
    )
