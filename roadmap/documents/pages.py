"""What the printed documents share: from a context to HTML in French typography, and to the bytes of a PDF."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from common.colours import palette_of, read_colour
from common.pdf import PdfAttachment, make_pdf
from common.text import NARROW_NO_BREAK_SPACE, map_html_text, typography
from roadmap.documents.edition import Edition
from roadmap.documents.presentation import present_frame

_PLAIN_ELEMENTS = re.compile(r"(<svg\b.*?</svg>|<title>.*?</title>)", re.DOTALL)
_ORDINAL = re.compile(r"\b(1er|2e)\b")
_HALF_YEAR = re.compile(r"\b(1er|2e) (?=semestre)")
_REFERENCE = re.compile(r"\b(S[12]|semestre|action|objectif|niveau|page|lot|fiche) (?=\d)")


def write_html(template_name: str, context: dict[str, Any]) -> str:
    """Return the HTML that is laid out, with its French typography. `context`: `present_frame`, and more."""
    html = render_to_string(template_name, {**context, "ill": _illustration_mark(context["is_demonstration"])})
    return _finish_html(html)


def lay_out(
    template_name: str, edition: Edition, *, title: str, more: Callable[[dict[str, Any]], dict[str, Any]]
) -> bytes:
    """Return the PDF of a short document. `more` gives, from the snapshot, what is printed inside its frame."""
    frame = present_frame(
        edition.content,
        status=edition.status,
        created_at=edition.created_at,
        version_number=edition.version_number,
        adoption=edition.adoption,
        title=title,
    )
    html = write_html(template_name, {**frame, **more(edition.content)})
    return print_pdf(html, content=edition.content, created_at=edition.created_at)


def print_pdf(
    html: str, *, content: dict[str, Any], created_at: datetime, attachments: Sequence[PdfAttachment] = ()
) -> bytes:
    """Return the PDF of an HTML, in the colour of its authority; versions frozen before have none."""
    palette = palette_of(read_colour(content["authority"].get("color", "")) or "")
    return make_pdf(html, created_at=created_at, attachments=attachments, palette=palette)


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
