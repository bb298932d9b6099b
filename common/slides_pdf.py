"""A deck as a PDF: one 16:9 page for each slide, tagged, with the same words as the editable file."""

import base64

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.charts.print_maturity import PrintedDimension, draw_printed_radar
from common.pdf import make_pdf
from common.slides import Block, Deck, Grid, Points, Radar

LONG_FROM = 7
SHORT_TO = 5


def build_pdf(deck: Deck) -> bytes:
    """Return the bytes of the PDF. Raises `PdfError` when the libraries are missing."""
    return make_pdf(deck_html(deck), created_at=deck.written_at)


def deck_html(deck: Deck) -> str:
    """Return the HTML that is laid out; the template applies the typography."""
    slides = [
        {"number": rank, "slide": slide, "columns": [_column(block, len(slide.columns)) for block in slide.columns]}
        for rank, slide in enumerate(deck.slides, start=2)
    ]
    logo = ""
    if deck.cover.logo is not None:
        logo = f"data:{deck.cover.logo_type};base64,{base64.b64encode(deck.cover.logo).decode('ascii')}"
    return render_to_string("pdf/slides.html", {"deck": deck, "slides": slides, "logo": logo})


def _column(block: Block, count: int) -> dict[str, object]:
    """Return a block as the template reads it: its kind, and the drawing of a radar."""
    if isinstance(block, Points):
        return {"kind": "points", "block": block}
    if isinstance(block, Grid):
        return {"kind": "grid", "block": block, "widths": _widths(block), "size": _size(block, count)}
    return {"kind": "radar", "block": block, "drawing": _draw(block)}


def _size(block: Grid, count: int) -> str:
    """Return the class of a table: long ones are written smaller, a short one alone larger."""
    if len(block.rows) > LONG_FROM:
        return "long"
    return "short" if len(block.rows) <= SHORT_TO and count == 1 and not block.prose else ""


def _widths(block: Grid) -> list[int]:
    """Return the width of each column, in percent, as one of the classes of the style sheet: multiples of 5."""
    total = sum(block.widths)
    others = [max(5, 5 * round(20 * share / total)) for share in block.widths[1:]]
    return [max(5, 100 - sum(others)), *others]


def _draw(block: Radar) -> SafeString:
    return draw_printed_radar(
        [
            PrintedDimension(
                axis.name, axis.short_name, axis.value, None, None, axis.answered, axis.total, axis.previous
            )
            for axis in block.axes
        ]
    )
