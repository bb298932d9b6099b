"""The cards of a shortlist, to print and cut for a meeting: four a page, readable in black and white."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.template.loader import render_to_string

from common.pdf import make_pdf
from levers.models import Lever, Shortlist

CARDS_PER_PAGE = 4


def render_lever_cards(*, shortlist: Shortlist, levers: Sequence[Lever], created_at: datetime) -> bytes:
    """Lay out one card per lever as a PDF of A4 pages. Raises `PdfError` when the libraries are missing."""
    context = {"initiative": shortlist.initiative, "pages": list(_pages(levers)), "count": len(levers)}
    return make_pdf(render_to_string("pdf/lever_cards.html", context), created_at=created_at)


def _pages(levers: Sequence[Lever]) -> Iterator[Sequence[Lever]]:
    for start in range(0, len(levers), CARDS_PER_PAGE):
        yield levers[start : start + CARDS_PER_PAGE]
