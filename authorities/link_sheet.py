"""The sheet of personal links of a meeting, to print and cut: a name, a QR code, an address to type for each person.

A token is long. Whoever has an e-mail address types the short page that sends them a new link; the others have their
own address in full, cut into groups that one follows with a finger.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from authorities.models import Initiative, PersonalLink
from common.pdf import make_pdf
from common.qr import qr_svg

TICKETS_PER_PAGE = 8
# Beyond, a name is written smaller: the longest one leaves room for the rest of its ticket.
LONG_NAME = 50
TYPED_GROUP = 6


@dataclass(frozen=True)
class LinkTicket:
    """What one person cuts out: the link, its address in full and its drawing as a data address."""

    link: PersonalLink
    url: str

    @property
    def is_long(self) -> bool:
        return len(self.link.participant.name) > LONG_NAME

    @property
    def has_email(self) -> bool:
        return bool(self.link.participant.email)

    @property
    def typed_groups(self) -> list[str]:
        """The address in full, in pieces between which a line may end: the site, the path, six signs of the token."""
        head, _, token = without_scheme(self.url).rstrip("/").rpartition("/")
        groups = [token[start : start + TYPED_GROUP] for start in range(0, len(token), TYPED_GROUP)]
        return [f"{head}/", *groups]

    @property
    def qr_data(self) -> str:
        return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(self.url).encode()).decode()


def without_scheme(url: str) -> str:
    """Return an address as one types it."""
    return url.partition("://")[2] or url


def _pages(tickets: Sequence[LinkTicket]) -> Iterator[Sequence[LinkTicket]]:
    """Cut the tickets into pages."""
    for start in range(0, len(tickets), TICKETS_PER_PAGE):
        yield tickets[start : start + TICKETS_PER_PAGE]


def render_link_sheet(
    *, initiative: Initiative, links: Sequence[tuple[PersonalLink, str]], created_at: datetime
) -> bytes:
    """Lay out the sheet as a PDF of A4 pages, eight people a page. Raises `PdfError` when the libraries are missing."""
    tickets = [LinkTicket(link, url) for link, url in links]
    context = {
        "initiative": initiative,
        "pages": list(_pages(tickets)),
        "expires_at": links[0][0].expires_at,
        "lost_address": without_scheme(settings.SITE_URL + reverse("authorities:invitation_lost")),
    }
    return make_pdf(render_to_string("pdf/link_sheet.html", context), created_at=created_at)
