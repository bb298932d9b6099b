"""What the pages of the steps « Construire » and « Valider » share: their tabs, their roadmap, their files."""

import logging

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from authorities.access import AuthorityAccess
from authorities.models import Authority, Initiative
from authorities.permissions import Permission
from roadmap.models import Roadmap
from roadmap.selectors.sheets import roadmap_of

logger = logging.getLogger(__name__)

PDF = "application/pdf"


def building_tabs(access: AuthorityAccess) -> list[tuple[str, str, str]]:
    """Return the tabs of the step « Construire »: code, text, address; those of forms only for who may write."""
    slug = access.authority.slug
    tabs = [
        ("sheets", "Fiches", reverse("roadmap:roadmap_detail", args=[slug])),
        ("objectives", "Objectifs", reverse("roadmap:objective_list", args=[slug])),
        ("schedule", "Calendrier", reverse("roadmap:schedule_detail", args=[slug])),
        ("load", "Charge", reverse("roadmap:load_detail", args=[slug])),
    ]
    if Permission.EDIT_ROADMAP not in access.permissions:
        return tabs
    return [
        *tabs,
        ("themes", "Thèmes", reverse("roadmap:theme_list", args=[slug])),
        ("texts", "Textes", reverse("roadmap:texts_update", args=[slug])),
    ]


def get_roadmap_or_404(initiative: Initiative) -> Roadmap:
    """Return the roadmap of a démarche; 404 before anybody wrote in it."""
    roadmap = roadmap_of(initiative)
    if roadmap is None:
        raise Http404
    return roadmap


def pdf_name(authority: Authority, number: int | None) -> str:
    """Return « feuille-de-route-<slug>-v2.pdf », « …-projet.pdf » for a draft."""
    suffix = f"v{number}" if number is not None else "projet"
    return f"feuille-de-route-{authority.slug}-{suffix}.pdf"


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Send a PDF made in memory, as a download."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=PDF, headers={"Content-Disposition": disposition})


def stored_pdf_response(file: FieldFile, name: str) -> HttpResponse:
    """Send a stored PDF, as a download; 404 when the storage lost it, which is logged."""
    try:
        with file.open("rb") as stream:
            return pdf_response(stream.read(), name)
    except FileNotFoundError as error:
        logger.error("a frozen document is missing from the storage: %s", file.name)
        raise Http404 from error
