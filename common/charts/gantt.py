"""Gantt by half-year for the screen: one drawing per row, in percentages, so that the text never shrinks.

The vertical lines come from the pattern `half`, written once in the page by `half_year_pattern`.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PINE = "#0b4f4a"
QUICK_WIN = "#a9d0c8"
LINE = "#d9d5cb"
SAND = "#f5f3ee"
WHITE = "#ffffff"
MARGIN = 0.6  # percent of the width, on each side of a bar


def half_year_pattern(count: int) -> SafeString:
    """Return the sprite that holds the line at the left of each half-year. Print it once, in the block icons."""
    return format_html(
        '<svg class="sprite" aria-hidden="true"><pattern id="half" width="{}" height="1">'
        '<path d="M0 0v300" stroke="{}" stroke-width="2"/></pattern></svg>',
        f"{1 / max(1, count):.5f}",
        LINE,
    )


def draw_header(labels: Sequence[str], *, period: int | None = None) -> SafeString:
    """Draw the names of the half-years, « S1 2026 » written S1 under 2026; those after the period on sand."""
    count = max(1, len(labels))
    years: dict[str, list[int]] = {}
    for rank, label in enumerate(labels):
        years.setdefault(label.split()[-1], []).append(rank)
    title = f"De {labels[0]} à {labels[-1]}" if labels else "Aucun semestre"
    if period is not None and period < len(labels):
        title += f", dont {len(labels) - period} après la période"
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
    return format_html(
        '<svg class="chart" height="36" role="img"><title>{}</title>{}{}{}</svg>',
        title,
        _after(period, count),
        above,
        below,
    )


def _after(period: int | None, count: int) -> SafeString:
    """Return the ground of the half-years after the period."""
    if period is None or period >= count:
        return SafeString("")
    left, width = _percent(period / count), _percent((count - period) / count)
    return format_html('<rect x="{}" width="{}" height="100%" fill="{}"/>', left, width, SAND)


def draw_span(
    first: int | None,
    last: int | None,
    count: int,
    *,
    title: str,
    is_quick_win: bool = False,
    is_by_hand: bool = False,
    period: int | None = None,
    former: tuple[int, int] | None = None,
) -> SafeString:
    """Draw the row of an action: a bar from its first to its last half-year (ranks), light when it is a quick win.

    A dot marks a place chosen by hand; `former`, a place that the action leaves, is drawn as a dashed outline. Without
    ranks the row is empty and `title` says so. Ranks outside the drawing are cut at its ends.
    """
    parts = [_after(period, count), SafeString('<rect width="100%" height="100%" fill="url(#half)"/>')]
    if former is not None and (left := _ends(*former, count)) is not None:
        parts.append(
            format_html(
                '<rect x="{}" y="50%" width="{}" height="16" rx="3" transform="translate(0,-8)" fill="none" '
                'stroke="{}" stroke-width="1.5" stroke-dasharray="4 3"/>',
                *left,
                PINE,
            )
        )
    ends = _ends(first, last, count) if first is not None and last is not None else None
    if ends is not None:
        parts.append(_bar(*ends, is_quick_win=is_quick_win))
        if is_by_hand:
            parts.append(_dot(ends[0], is_quick_win=is_quick_win))
    return format_html('<svg class="chart" role="img"><title>{}</title>{}</svg>', title, SafeString("".join(parts)))


def _ends(first: int, last: int, count: int) -> tuple[str, str] | None:
    """Return the left and the width of a bar; nothing when it lies wholly outside the drawing."""
    if last < 0 or first >= count:
        return None
    first, last = max(0, first), min(count - 1, last)
    return f"{100 * first / count + MARGIN:.2f}%", f"{100 * (last - first + 1) / count - 2 * MARGIN:.2f}%"


def _bar(left: str, width: str, *, is_quick_win: bool) -> SafeString:
    return format_html(
        '<rect x="{}" y="50%" width="{}" height="16" rx="3" transform="translate(0,-8)" fill="{}" stroke="{}" '
        'stroke-width="2"/>',
        left,
        width,
        QUICK_WIN if is_quick_win else PINE,
        PINE,
    )


def _dot(left: str, *, is_quick_win: bool) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="50%" r="3.5" transform="translate(11,0)" fill="{}"/>',
        left,
        PINE if is_quick_win else WHITE,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
