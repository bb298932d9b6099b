"""The roadmap as a PDF, rendered from a snapshot only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from common.pdf import PdfAttachment
from roadmap.documents.office.open_data import build_open_json
from roadmap.documents.pages import print_pdf, write_html
from roadmap.documents.presentation import Adoption, present
from roadmap.enums import PublicationStatus

ATTACHMENT_NAME = "feuille-de-route.json"


def render_roadmap_pdf(
    content: dict[str, Any],
    *,
    status: PublicationStatus,
    created_at: datetime,
    version_number: int | None = None,
    adoption: Adoption | None = None,
    attachments: Sequence[PdfAttachment] = (),
) -> bytes:
    """Lay out a snapshot as a PDF, its open data attached. The same arguments give the same bytes.

    `version_number` is None for a draft. `adoption` adds one page after the content that was voted, whose pages keep
    their numbers. Raises `PdfError` when the libraries are missing.
    """
    html = render_roadmap_html(
        content, status=status, created_at=created_at, version_number=version_number, adoption=adoption
    )
    data = PdfAttachment(ATTACHMENT_NAME, "Données ouvertes de la feuille de route", build_open_json(content))
    return print_pdf(html, content=content, created_at=created_at, attachments=[data, *attachments])


def render_roadmap_html(
    content: dict[str, Any],
    *,
    status: PublicationStatus,
    created_at: datetime,
    version_number: int | None = None,
    adoption: Adoption | None = None,
) -> str:
    """Return the HTML that is laid out, with its French typography."""
    context = present(content, status=status, created_at=created_at, version_number=version_number, adoption=adoption)
    return write_html("pdf/roadmap.html", context)
