"""The roadmap as a PDF, ours and WeasyPrint alone."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from bench.site import demonstration_authority
from roadmap.documents.pdf import render_roadmap_html, render_roadmap_pdf
from roadmap.documents.presentation import Adoption
from roadmap.enums import PublicationStatus
from roadmap.models import CouncilResolution


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
    """Return the rendering of the adopted file: HTML, drawings, layout, tags, PDF/A-3a and PDF/UA-1, open data."""
    content, options = _arguments()
    return lambda: render_roadmap_pdf(content, **options)


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
