"""Bars of the footprint by family and by stage, with a whisker for the range: SVG for the screen.

Pure functions that return SVG. Percentages instead of a viewBox, so that nothing is stretched on a narrow screen;
colours as presentation attributes, for the security policy forbids inline styles. The table that holds the bars gives
the same figures in words.
"""

from collections.abc import Mapping
from html import escape

from django.utils.safestring import SafeString, mark_safe

from common.numbers import format_range, format_significant

# Part → (name, fill). « Not split » is hatched, so that the key reads without colours.
PARTS: dict[str, tuple[str, str]] = {
    "manufacturing": ("Fabrication", "#0b4f4a"),
    "other": ("Distribution et fin de vie", "#7fb0a8"),
    "use": ("Utilisation", "#d8b47a"),
    "embodied": ("Hors utilisation, non ventilé", "url(#mix)"),
}
# The pattern that the page must hold once: `{% block icons %}`.
PATTERN = (
    '<svg class="sprite" aria-hidden="true"><pattern id="mix" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 0h6v6H0z" fill="#e3efed"/>'
    '<path d="M-1 1l2-2M0 6l6-6M5 7l2-2" stroke="#0b4f4a" stroke-width="1.4"/></pattern></svg>'
)


def draw_bar(parts: Mapping[str, float], low: float, high: float, maximum: float, unit: str) -> SafeString:
    """Return one bar: its parts one after the other, then the whisker from low to high.

    `maximum`: right end of the scale, the same for every bar of the page, in `unit` as every value.
    """
    scale = 100 / maximum if maximum > 0 else 0
    rectangles, left = [], 0.0
    for part, (_name, fill) in PARTS.items():
        width = parts.get(part, 0.0) * scale
        if width > 0:
            rectangles.append(f'<rect x="{left:.2f}%" width="{width:.2f}%" height="18" fill="{fill}"/>')
            left += width
    begin, end = low * scale, high * scale
    whisker = (
        f'<rect x="{begin:.2f}%" y="24" width="{end - begin:.2f}%" height="2" fill="#4c5b60"/>'
        f'<rect x="{begin:.2f}%" y="21" width="2" height="8" fill="#4c5b60"/>'
        f'<rect x="{end:.2f}%" y="21" width="2" height="8" fill="#4c5b60" transform="translate(-2)"/>'
    )
    title = escape(_describe(parts, low, high, unit))
    return mark_safe(  # noqa: S308 - figures, constants and an escaped title
        f'<svg class="chart" height="30" role="img"><title>{title}</title>{"".join(rectangles)}{whisker}</svg>'
    )


def draw_key() -> SafeString:
    """Return the key of the bars."""
    items = "".join(
        f'<li><svg aria-hidden="true"><rect width="16" height="16" fill="{fill}"/></svg>{escape(name)}</li>'
        for name, fill in PARTS.values()
    )
    return mark_safe(f'<ul class="key">{items}</ul>')  # noqa: S308 - constants


def draw_pattern() -> SafeString:
    """Return the hatching that the bars use."""
    return mark_safe(PATTERN)  # noqa: S308 - a constant


def _describe(parts: Mapping[str, float], low: float, high: float, unit: str) -> str:
    """« Fabrication 16 t, utilisation 1,6 t ; total entre 14 et 36 t »."""
    words = [
        f"{name[:1].lower()}{name[1:]} {format_significant(parts[part])} {unit}"
        for part, (name, _fill) in PARTS.items()
        if parts.get(part)
    ]
    text = ", ".join(words)
    return f"{text[:1].upper()}{text[1:]}\u202f; total {format_range(low, high)} {unit}"
