"""Gantt by half-year for the screen: one drawing per row, in percentages, so that the text never shrinks.

The vertical lines come from the pattern `half`, written once in the page by `half_year_pattern`.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PINE = "#0b4f4a"
QUICK_WIN = "#a9d0c8"
LINE = "#d9d5cb"
MARGIN = 0.6  # percent of the width, on each side of a bar


def half_year_pattern(count: int) -> SafeString:
    """Return the sprite that holds the line at the left of each half-year. Print it once, in the block icons."""
    return format_html(
        '<svg class="sprite" aria-hidden="true"><pattern id="half" width="{}" height="1">'
        '<path d="M0 0v300" stroke="{}" stroke-width="2"/></pattern></svg>',
        f"{1 / max(1, count):.5f}",
        LINE,
    )


def draw_header(labels: Sequence[str]) -> SafeString:
    """Draw the names of the half-years, « S1 2026 » written S1 under 2026."""
    count = max(1, len(labels))
    years: dict[str, list[int]] = {}
    for rank, label in enumerate(labels):
        years.setdefault(label.split()[-1], []).append(rank)
    title = f"De {labels[0]} à {labels[-1]}" if labels else "Aucun semestre"
    above = format_html_join(
        "",
        '<text x="{}" y="12" text-anchor="middle" font-weight="700">{}</text>',
        ((_percent((sum(ranks) / len(ranks) + 0.5) / count), year) for year, ranks in years.items()),
    )
    below = format_html_join(
        "",
        '<text x="{}" y="31" text-anchor="middle">{}</text>',
        ((_percent((rank + 0.5) / count), label.split()[0]) for rank, label in enumerate(labels)),
    )
    return format_html('<svg class="chart" height="36" role="img"><title>{}</title>{}{}</svg>', title, above, below)


def draw_span(first: int | None, last: int | None, count: int, *, title: str, is_quick_win: bool = False) -> SafeString:
    """Draw the row of an action: a bar from its first to its last half-year (ranks), light when it is a quick win.

    Without ranks the row is empty and `title` says so.
    """
    lines = SafeString('<rect width="100%" height="100%" fill="url(#half)"/>')
    if first is None or last is None:
        return format_html('<svg class="chart" role="img"><title>{}</title>{}</svg>', title, lines)
    left = 100 * first / count + MARGIN
    width = 100 * (last - first + 1) / count - 2 * MARGIN
    bar = format_html(
        '<rect x="{}" y="50%" width="{}" height="16" rx="3" transform="translate(0,-8)" fill="{}" stroke="{}" '
        'stroke-width="2"/>',
        f"{left:.2f}%",
        f"{width:.2f}%",
        QUICK_WIN if is_quick_win else PINE,
        PINE,
    )
    return format_html('<svg class="chart" role="img"><title>{}</title>{}{}</svg>', title, lines, bar)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
