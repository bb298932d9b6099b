"""The roadmap as a PDF, ours and WeasyPrint alone."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from bench.site import demonstration_authority, demonstration_client
from roadmap.documents.catalogue import DOCUMENTS, build_full_pdf, documents_of
from roadmap.documents.pdf import render_roadmap_html
from roadmap.documents.presentation import Adoption
from roadmap.documents.shelf import KEY_LENGTH
from roadmap.enums import PublicationStatus
from roadmap.models import CouncilResolution, RoadmapVersion
from roadmap.services import edition_of_version, take_document


def _arguments() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the snapshot of the adopted roadmap, and how it was rendered."""
    resolution = CouncilResolution.objects.select_related("version").get(
        version__roadmap__initiative__authority=demonstration_authority()
    )
    return resolution.version.content, {
        "status": PublicationStatus.ADOPTED,
        "created_at": resolution.recorded_at,
        "version_number": resolution.version.number,
        "adoption": Adoption(resolution.adopted_on, resolution.reference, resolution.body),
    }


def prepare_roadmap_pdf() -> Callable[[], object]:
    """Return the rendering of the adopted file: HTML, drawings, layout, tags, PDF/A-3a and PDF/UA-1, attached data."""
    edition = edition_of_version(_version())
    return lambda: build_full_pdf(edition)


def prepare_weasyprint_alone() -> Callable[[], object]:
    """Return the layout of the same HTML by the library with its own options: no tags, no archive format, no data."""
    return _library()


def prepare_weasyprint_tagged() -> Callable[[], object]:
    """Return the layout of the same HTML by the library alone, in the archive format that we ask of it."""
    return _library(pdf_variant="pdf/a-3a")


def _library(**options: str) -> Callable[[], object]:
    # Imported here because it loads system libraries; the bare library is what is measured.
    import weasyprint  # noqa: TID251

    content, arguments = _arguments()
    html = render_roadmap_html(content, **arguments)
    base_url = f"{(settings.BASE_DIR / 'static').as_uri()}/"
    return lambda: weasyprint.HTML(string=html, base_url=base_url).write_pdf(**options)


def prepare_second_download() -> Callable[[], object]:
    """Return the download of a document that is ready, request to response: its file, as the page leads to it."""
    version = _version()
    edition = edition_of_version(version)
    document = next(item for item in DOCUMENTS if item.code == "synthese-elus")
    take_document(roadmap=version.roadmap, edition=edition, document=document, version=version)
    client, slug = demonstration_client(), version.roadmap.initiative.authority.slug
    key = document.key(edition)[:KEY_LENGTH]
    address = reverse("roadmap:version_file", args=[slug, version.number, document.code, key])
    return lambda: _download(client, address)


def prepare_changed_sheet() -> Callable[[], object]:
    """Return the making of what a change of one sheet asks for, the whole PDF left out: its own page, the summary."""
    version = _version()
    edition = edition_of_version(version)
    documents = [item for item in documents_of(edition.content) if item.code in {"fiche-1", "synthese-elus"}]
    return lambda: [document.build(edition) for document in documents]


def _download(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")


def _version() -> RoadmapVersion:
    versions = RoadmapVersion.objects.select_related("resolution", "roadmap__initiative__authority")
    return versions.get(roadmap__initiative__authority=demonstration_authority())
