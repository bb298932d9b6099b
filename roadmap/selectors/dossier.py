"""The page « Dossier »: every document of an edition, whether it is ready, and how far the work is."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.urls import reverse

from roadmap.documents.catalogue import FULL_PDF, DossierDocument, documents_of
from roadmap.documents.edition import Edition
from roadmap.models import DossierOrder, Publication, Roadmap, RoadmapVersion
from roadmap.services.dossier import edition_of_draft, edition_of_version, shelf_of


@dataclass(frozen=True)
class DocumentLine:
    """A document of the page. `size_bytes` is None until it is made."""

    document: DossierDocument
    url: str
    size_bytes: int | None

    @property
    def is_ready(self) -> bool:
        return self.size_bytes is not None


@dataclass(frozen=True)
class DocumentSection:
    """The documents under one title."""

    title: str
    lines: tuple[DocumentLine, ...]

    @property
    def ready_count(self) -> int:
        return sum(line.is_ready for line in self.lines)


@dataclass(frozen=True)
class DossierPage:
    """The dossier of an edition. `state`: « none », « expected », « working », « stopped », « done »."""

    edition: Edition
    sections: tuple[DocumentSection, ...]
    order: DossierOrder | None
    state: str

    @property
    def count(self) -> int:
        return sum(len(section.lines) for section in self.sections)

    @property
    def ready_count(self) -> int:
        return sum(section.ready_count for section in self.sections)

    @property
    def size_bytes(self) -> int:
        return sum(line.size_bytes or 0 for section in self.sections for line in section.lines)

    @property
    def is_whole(self) -> bool:
        return self.ready_count == self.count

    @property
    def percent(self) -> int:
        return 100 * self.ready_count // self.count if self.count else 0


def dossier_page(roadmap: Roadmap, version: RoadmapVersion | None, slug: str, *, now: datetime) -> DossierPage:
    """Return the documents of the roadmap as it is, or of a version. One query besides those of the snapshot."""
    edition = edition_of_draft(roadmap, now=now) if version is None else edition_of_version(version)
    lines = [_line(roadmap, version, edition, document, slug) for document in documents_of(edition.content)]
    order = latest_order(roadmap, version)
    return DossierPage(
        edition=edition,
        sections=tuple(
            DocumentSection(str(title), tuple(group))
            for title, group in groupby(lines, lambda line: line.document.group)
        ),
        order=order,
        state=state_of(order, now),
    )


def latest_order(roadmap: Roadmap, version: RoadmapVersion | None) -> DossierOrder | None:
    """Return the last time that the dossier was asked for. One query."""
    return DossierOrder.objects.filter(roadmap=roadmap, version=version).first()


def state_of(order: DossierOrder | None, now: datetime) -> str:
    """Say how far an order is."""
    if order is None:
        return "none"
    if order.ended_at is not None:
        return "done"
    if order.is_stopped(now):
        return "stopped"
    return "working" if order.is_at_work(now) else "expected"


def _line(
    roadmap: Roadmap, version: RoadmapVersion | None, edition: Edition, document: DossierDocument, slug: str
) -> DocumentLine:
    if version is not None and document.code == FULL_PDF.code:
        resolution = version.resolution_or_none
        size = resolution.pdf_size_bytes if resolution is not None else version.pdf_size_bytes
        return DocumentLine(document, document_url(slug, version, document.code), size)
    key = document.key(edition)
    kept = shelf_of(roadmap, edition.suffix).find(document.code, key)
    url = document_url(slug, version, document.code, key[:32] if kept else "")
    return DocumentLine(document, url, kept.size_bytes if kept else None)


def document_url(slug: str, version: RoadmapVersion | None, code: str, key: str = "") -> str:
    """Return where a document is downloaded; with its key, the file that is ready, else made when it is asked."""
    name = "dossier_document" if version is None else "version_document"
    arguments = [slug, *([] if version is None else [version.number]), code]
    if key:
        return reverse(f"roadmap:{name.replace('document', 'file')}", args=[*arguments, key])
    return reverse(f"roadmap:{name}", args=arguments)


def publication_of(version: RoadmapVersion) -> Publication | None:
    """Return the publication of a version, if any. One query."""
    return Publication.objects.filter(version=version).first()
