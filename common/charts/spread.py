"""Spread of the ratings of one question: one dot per person on the 0–4 line, the agreed level as a bar.

Positions are percentages, not a viewBox: the text and the dots keep their size at every width.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK = "#16262b"
EDGE = "#7b8788"
LINE = "#d9d5cb"
DOT = "#35796f"
LEVEL_COUNT = 5
DOT_Y = 22
DOT_RADIUS = 6.5
DOT_CIRCLE = f"a{DOT_RADIUS} {DOT_RADIUS} 0 1 0 .01 0z"
DOT_STEP_PX = 14.0
# Room for the dots of one level on a phone; beyond, they overlap and the title keeps the count.
LEVEL_WIDTH_PX = 42.0


def draw_scale() -> SafeString:
    """Draw the figures 0 to 4 that head a column of spreads."""
    texts = format_html_join(
        "",
        '<text x="{}%" y="14" text-anchor="middle">{}</text>',
        ((_percent(level), level) for level in range(LEVEL_COUNT)),
    )
    return format_html('<svg class="chart" height="18" role="img"><title>Échelle de 0 à 4</title>{}</svg>', texts)


def draw_spread(counts: Sequence[int], *, agreed: int | None = None, proposed: int | None = None) -> SafeString:
    """Draw one row. `counts`: number of ratings at each level, 0 to 4.

    The agreed level is a full bar; while there is none, the proposed one is an outlined bar.
    """
    return format_html(
        '<svg class="chart" height="44" role="img"><title>{}</title>'
        '<rect x="10%" y="21.5" width="80%" height="1" fill="{}" class="ln"/>{}{}{}</svg>',
        describe_spread(counts, agreed=agreed, proposed=proposed),
        EDGE,
        _draw_range(counts),
        _draw_mark(agreed, proposed),
        _draw_dots(counts),
    )


def describe_spread(counts: Sequence[int], *, agreed: int | None = None, proposed: int | None = None) -> str:
    """Say the row in words: « Avis : 1 au niveau 0, 2 au niveau 3. Niveau retenu : 2. »"""
    said = ", ".join(f"{count} au niveau {level}" for level, count in enumerate(counts) if count)
    sentence = f"Avis\u00a0: {said}." if said else "Aucun avis."
    if agreed is not None:
        return f"{sentence} Niveau retenu\u00a0: {agreed}."
    return f"{sentence} Niveau proposé\u00a0: {proposed}." if proposed is not None else sentence


def _draw_range(counts: Sequence[int]) -> SafeString:
    levels = [level for level, count in enumerate(counts) if count]
    if len(levels) < 2:
        return SafeString("")
    width = _percent(levels[-1]) - _percent(levels[0])
    return format_html(
        '<rect x="{}%" y="18" width="{}%" height="8" rx="4" fill="{}"/>', _percent(levels[0]), width, LINE
    )


def _draw_mark(agreed: int | None, proposed: int | None) -> SafeString:
    if agreed is not None:
        return format_html(
            '<rect x="{}%" y="2" width="4" height="40" rx="1" transform="translate(-2)" fill="{}" class="mk"/>',
            _percent(agreed),
            INK,
        )
    if proposed is not None:
        return format_html(
            '<rect x="{}%" y="2" width="6" height="40" rx="1" transform="translate(-3)" fill="#fff" stroke="{}" '
            'stroke-width="1.5" class="mk"/>',
            _percent(proposed),
            INK,
        )
    return SafeString("")


def _draw_dots(counts: Sequence[int]) -> SafeString:
    """Draw the dots of one level as one path, so that a large committee does not make a heavy page."""
    rows = []
    for level, count in enumerate(counts):
        step = min(DOT_STEP_PX, LEVEL_WIDTH_PX / (count - 1)) if count > 1 else 0.0
        offsets = [(index - (count - 1) / 2) * step for index in range(count)]
        if offsets:
            dots = "".join(f"M{offset:.4g} {DOT_Y - DOT_RADIUS}{DOT_CIRCLE}" for offset in offsets)
            rows.append((_percent(level), dots, DOT))
    return format_html_join(
        "",
        '<svg x="{}%" overflow="visible"><path d="{}" fill="{}" stroke="#fff" stroke-width="1.5"/></svg>',
        rows,
    )


def _percent(level: int) -> int:
    return 10 + 20 * level
