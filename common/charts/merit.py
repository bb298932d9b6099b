"""Merit profile of a lever: one bar per grade, its letter and its number of votes. Screen and print.

The width is in percent, so that the text keeps its size whatever the width of the drawing. The place of the drawing
must hold the pattern of `hatch_pattern` once, for « inapproprié » is hatched: it is told from the others in grey.
"""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

HATCH_ID = "hatch"
# Letter, name, fill, colour of the text on it: from the best grade to the worst.
GRADES: tuple[tuple[str, str, str, str], ...] = (
    ("E", "essentiel", "#0b4f4a", "#fff"),
    ("P", "prioritaire", "#35796f", "#fff"),
    ("I", "intéressant", "#a9d0c8", "#16262b"),
    ("C", "trop complexe", "#d8b47a", "#16262b"),
    ("N", "inapproprié", f"url(#{HATCH_ID})", "#fff"),
)
# Under this width (percent of the bar) only the letter is written: the figures are in the title and in the table.
NARROW_PERCENT = 8


def hatch_pattern() -> SafeString:
    """Return the pattern of « inapproprié », to put once in the page before the bars."""
    return mark_safe(  # noqa: S308 - constants only
        f'<svg class="sprite" aria-hidden="true"><pattern id="{HATCH_ID}" width="6" height="6" '
        'patternUnits="userSpaceOnUse"><path d="M0 0h6v6H0z" fill="#6f675c"/>'
        '<path d="M0 6 6 0" stroke="#fff" stroke-opacity=".28"/></pattern></svg>'
    )


def merit_title(counts: Sequence[int]) -> str:
    """Say the profile in words: « 9 voix : essentiel 6, prioritaire 3 ». `counts`: from essentiel to inapproprié."""
    total = sum(counts)
    if total == 0:
        return "Aucune voix exprimée"
    parts = [f"{name} {count}" for count, (_letter, name, _fill, _ink) in zip(counts, GRADES, strict=True) if count]
    return f"{total}\u00a0voix\u00a0: {', '.join(parts)}"


def merit_bar(counts: Sequence[int]) -> SafeString:
    """Draw the votes of a lever, best grade on the left. `counts`: five numbers, from essentiel to inapproprié."""
    total = sum(counts)
    pieces = [f'<svg class="merit" role="img"><title>{escape(merit_title(counts))}</title>']
    if total == 0:
        pieces.append('<rect width="100%" height="22" fill="#f5f3ee" stroke="#d9d5cb"/>')
    left = 0.0
    for count, (letter, _name, fill, ink) in zip(counts, GRADES, strict=True):
        if not count:
            continue
        width = 100 * count / total
        words = f"{letter} {count}" if width >= NARROW_PERCENT else letter
        pieces.append(
            f'<rect x="{left:.2f}%" width="{width:.2f}%" height="22" fill="{fill}" stroke="#fff" stroke-width="1.5"/>'
            f'<text x="{left + width / 2:.2f}%" y="15.5" fill="{ink}">{words}</text>'
        )
        left += width
    return mark_safe("".join([*pieces, "</svg>"]))  # noqa: S308 - numbers, and words of our own


def grade_key() -> SafeString:
    """Return the key of the five grades, as the items of `<ul class="key">`."""
    return mark_safe(  # noqa: S308 - constants only
        "".join(
            f'<li><svg aria-hidden="true"><rect width="16" height="16" fill="{fill}"/></svg>{letter} {name}</li>'
            for letter, name, fill, _ink in GRADES
        )
    )
