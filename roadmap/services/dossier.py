"""The dossier of a roadmap: its documents made from one edition, kept as files, made again when they change."""

from datetime import datetime

from django.utils import timezone

from common.errors import DomainError
from common.pdf import PdfError
from roadmap.documents.catalogue import FULL_PDF, DossierDocument
from roadmap.documents.content import build_content
from roadmap.documents.edition import Edition, draft_edition
from roadmap.documents.presentation import Adoption
from roadmap.documents.shelf import FOLDER, Shelf
from roadmap.enums import PublicationStatus
from roadmap.models import Roadmap, RoadmapVersion
from roadmap.models.versions import document_folder


def edition_of_draft(roadmap: Roadmap, *, now: datetime) -> Edition:
    """Return the roadmap as it is today."""
    return draft_edition(build_content(roadmap, on=timezone.localdate(now), now=now))


def edition_of_version(version: RoadmapVersion) -> Edition:
    """Return a frozen version, from its snapshot only, adopted when it is."""
    resolution = version.resolution_or_none
    if resolution is None:
        return Edition(version.content, PublicationStatus.FROZEN, version.frozen_at, version.number)
    adoption = Adoption(resolution.adopted_on, resolution.reference, resolution.body)
    return Edition(version.content, PublicationStatus.ADOPTED, resolution.recorded_at, version.number, adoption)


def shelf_of(roadmap: Roadmap, edition: Edition) -> Shelf:
    """Return where the files of an edition are kept."""
    return Shelf(f"{document_folder(roadmap)}/{FOLDER}/{edition.suffix}")


def take_document(*, roadmap: Roadmap, edition: Edition, document: DossierDocument) -> bytes:
    """Return a document, made only when its content changed. Raises `DomainError` when it cannot be made."""
    try:
        return shelf_of(roadmap, edition).take(document.code, document.key(edition), lambda: document.build(edition))
    except PdfError as error:
        raise DomainError(str(error)) from error


def render_draft_pdf(*, roadmap: Roadmap, now: datetime) -> bytes:
    """Return the PDF of the roadmap as it is, marked « Projet »; laid out again only when something changed."""
    edition = edition_of_draft(roadmap, now=now)
    return take_document(roadmap=roadmap, edition=edition, document=FULL_PDF)
