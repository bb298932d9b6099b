"""The roadmap as a PDF, rendered from a snapshot only."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from common.pdf import PdfAttachment, make_pdf
from common.text import NARROW_NO_BREAK_SPACE, map_html_text, typography
from roadmap.documents.presentation import Adoption, present
from roadmap.enums import PublicationStatus

ATTACHMENT_NAME = "feuille-de-route.json"
_PLAIN_ELEMENTS = re.compile(r"(<svg\b.*?</svg>|<title>.*?</title>)", re.DOTALL)
_ORDINAL = re.compile(r"\b(1er|2e)\b")
_HALF_YEAR = re.compile(r"\b(1er|2e) (?=semestre)")
_REFERENCE = re.compile(r"\b(S[12]|semestre|action|objectif|niveau|page|lot|fiche) (?=\d)")


def render_roadmap_pdf(
    content: dict[str, Any],
    *,
    status: PublicationStatus,
    created_at: datetime,
    version_number: int | None = None,
    adoption: Adoption | None = None,
    attachments: Sequence[PdfAttachment] = (),
) -> bytes:
    """Lay out a snapshot as a PDF, the snapshot attached as open data. The same arguments give the same bytes.

    `version_number` is None for a draft. `adoption` adds one page after the content that was voted, whose pages keep
    their numbers. Raises `PdfError` when the libraries are missing.
    """
    html = render_roadmap_html(
        content, status=status, created_at=created_at, version_number=version_number, adoption=adoption
    )
    data = json.dumps(_open_data(content), ensure_ascii=False, indent=1, sort_keys=True).encode()
    snapshot = PdfAttachment(ATTACHMENT_NAME, "Données ouvertes de la feuille de route", data)
    return make_pdf(html, created_at=created_at, attachments=[snapshot, *attachments])


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
    context["ill"] = _illustration_mark(content["is_demonstration"])
    html = render_to_string("pdf/roadmap.html", context)
    return _finish_html(html)


def _open_data(content: dict[str, Any]) -> dict[str, Any]:
    """Return the snapshot as it is published: the logo by its digest, for its bytes are on the cover."""
    authority = content["authority"]
    if not authority.get("logo"):
        return content
    logo = {name: value for name, value in authority["logo"].items() if name != "data"}
    return {**content, "authority": {**authority, "logo": logo}}


def _illustration_mark(is_demonstration: bool) -> SafeString:
    """Return the mark of illustration data, tied to the word before it, or nothing."""
    if not is_demonstration:
        return SafeString("")
    return mark_safe(f'{NARROW_NO_BREAK_SPACE}<span class="ill">◊</span>')  # noqa: S308 (nothing typed by anybody)


def _finish_html(html: str) -> str:
    """Apply French typography; ordinals are raised, but in drawings and titles, which hold plain text only."""
    pieces = _PLAIN_ELEMENTS.split(html)
    return "".join(
        map_html_text(piece, _finish_plain_text if index % 2 else _finish_text) for index, piece in enumerate(pieces)
    )


def _finish_plain_text(text: str) -> str:
    return _HALF_YEAR.sub("\\1\u00a0", _REFERENCE.sub("\\1\u00a0", typography(text)))


def _finish_text(text: str) -> str:
    return _ORDINAL.sub(lambda match: f"{match[1][0]}<sup>{match[1][1:]}</sup>", _finish_plain_text(text))
