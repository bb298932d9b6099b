"""Drawing primitives of the printed charts. One unit is a quarter of a millimetre: charts are drawn at final size.

Every chart bears a `<title>`: it is its alternative text in the PDF. Colours are presentation attributes.
"""

from collections.abc import Iterable, Sequence
from html import escape
from zlib import crc32

from django.utils.safestring import SafeString

INK, MUTED, LINE, SAND = "#16262b", "#4c5b60", "#d9d5cb", "#f5f3ee"
PINE, PINE_MID, TINT, AMBER = "#0b4f4a", "#35796f", "#e3efed", "#b45309"
FONT = "Public Sans Jalons"
SIZE = 10.6  # 7.5 points, the body of a chart
FULL_WIDTH = 680.0  # the text of a portrait page: 170 mm

_PATTERNS = {
    "running": (
        '<pattern id="{id}" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5" fill="#e3efed"/>'
        '<path d="M-1,1 L1,-1 M0,5 L5,0 M4,6 L6,4" stroke="#35796f" stroke-width="0.9"/></pattern>'
    ),
    "complex": (
        '<pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#d8b47a"/>'
        '<path d="M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5" stroke="#c79f5f" stroke-width="1.2"/></pattern>'
    ),
    "unsuitable": (
        '<pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#6f675c"/>'
        '<path d="M-1,5 L1,7 M0,0 L6,6 M5,-1 L7,1" stroke="#857c6f" stroke-width="1.2"/></pattern>'
    ),
}
# Widths of the letters of the face, in hundredths of its size: what fits is worked out without laying anything out.
_WIDTHS = {
    **dict.fromkeys("ijlI!.,:;'’|·()[]° \u00a0\u202f", 27),
    **dict.fromkeys('frt-–«»"', 40),
    **dict.fromkeys("sxyzvckJ1", 52),
    **dict.fromkeys("mwMWœŒ%@—…", 88),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 68),
}
_OTHER_WIDTH = 59


def text_width(text: str, size: float = SIZE, *, is_bold: bool = False) -> float:
    """Estimate the width of a text, in units, a little on the wide side."""
    hundredths = sum(_WIDTHS.get(letter, _OTHER_WIDTH) for letter in text)
    return hundredths / 100 * size * (1.06 if is_bold else 1.0)


def fit(text: str, width: float, size: float = SIZE, *, is_bold: bool = False) -> str:
    """Cut a text that does not fit in a width, between words when it can, and end it with « … »."""
    if text_width(text, size, is_bold=is_bold) <= width:
        return text
    words, kept = text.split(" "), ""
    for word in words:
        longer = f"{kept} {word}".strip()
        if text_width(longer + "…", size, is_bold=is_bold) > width:
            break
        kept = longer
    if not kept:
        kept = words[0]
        while kept and text_width(kept + "…", size, is_bold=is_bold) > width:
            kept = kept[:-1]
    return kept.rstrip(" ,;:\u00a0\u202f") + "…"


def wrap(text: str, width: float, size: float = SIZE, *, lines: int = 2, is_bold: bool = False) -> list[str]:
    """Cut a text in at most `lines` lines; the last one ends with « … » when something is left."""
    result: list[str] = []
    rest = text.split(" ")
    while rest and len(result) < lines - 1:
        line = rest.pop(0)
        while rest and text_width(f"{line} {rest[0]}", size, is_bold=is_bold) <= width:
            line = f"{line} {rest.pop(0)}"
        result.append(fit(line, width, size, is_bold=is_bold))
    if rest:
        result.append(fit(" ".join(rest), width, size, is_bold=is_bold))
    return result


def label(
    x: float,
    y: float,
    text: str,
    *,
    size: float = SIZE,
    anchor: str = "start",
    colour: str = INK,
    weight: int = 400,
) -> str:
    """Write a text; `y` is its base line."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = LINE, width: float = 1.0, dashes: str = ""
) -> str:
    """Draw a straight line."""
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dash}/>'


def box(
    x: float, y: float, width: float, height: float, fill: str, *, stroke: str = "", stroke_width: float = 0
) -> str:
    """Draw a rectangle."""
    border = f' stroke="{stroke}" stroke-width="{stroke_width}"' if stroke else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}"{border}/>'


def dot(x: float, y: float, radius: float, fill: str, *, stroke: str = "", stroke_width: float = 0) -> str:
    """Draw a disc."""
    border = f' stroke="{stroke}" stroke-width="{stroke_width}"' if stroke else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}"{border}/>'


def whisker(left: float, right: float, y: float) -> str:
    """Draw a range: a line with its two ends."""
    ends = [line(x, y - 3, x, y + 3, colour=INK, width=1.1) for x in (left, right)]
    return line(left, y, right, y, colour=INK, width=1.1) + "".join(ends)


def hatched(x: float, y: float, width: float, height: float) -> str:
    """Draw a hatched rectangle: what runs on, or what comes from use."""
    return box(x, y, width, height, "url(#running)", stroke=PINE_MID, stroke_width=0.7)


def picture(width: float, height: float, title: str, parts: Iterable[str]) -> SafeString:
    """Put the parts together as an SVG with its alternative text. Every text in it was escaped when it was drawn."""
    body = "".join(parts)
    # Patterns are named after the drawing, so that two charts of a document never share an identifier.
    suffix = f"{crc32((title + body).encode()):08x}"
    definitions = ""
    for name, pattern in _PATTERNS.items():
        if f"url(#{name})" in body:
            body = body.replace(f"url(#{name})", f"url(#{name}-{suffix})")
            definitions += pattern.format(id=f"{name}-{suffix}")
    definitions = definitions and f"<defs>{definitions}</defs>"
    return SafeString(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width / 4:g}mm" height="{height / 4:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}"><title>{escape(title)}</title>'
        f"{definitions}{body}</svg>"
    )


def nice_scale(highest: float, steps: int = 4) -> list[float]:
    """Return round graduations from 0 that cover the highest value: at most `steps` intervals, plus one."""
    if highest <= 0:
        return [0.0, 1.0]
    raw = highest / steps
    power = 1.0
    while power * 10 <= raw:
        power *= 10
    while power > raw:
        power /= 10
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw)
    count = int(-(-highest // step))
    return [step * rank for rank in range(count + 1)]


def sentence(items: Sequence[str]) -> str:
    """Join the facts of an alternative text: « a ; b ; c. »."""
    return " ; ".join(items) + "." if items else ""
