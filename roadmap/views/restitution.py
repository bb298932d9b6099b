"""The deck of a finished diagnosis: editable, and as a PDF. Nothing is written in the base."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common import odp, pptx
from common.pdf import PdfError
from common.refusals import turn_back
from common.slides import Deck
from common.slides_pdf import build_pdf
from diagnostics.views.common import find_diagnosis
from roadmap.documents.restitution import restitution_deck
from roadmap.views.frame import PDF

NOT_FINISHED = "Le diagnostic n’est pas terminé : sa présentation se télécharge dès que la réunion l’a terminé."


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def restitution_pptx(request: HttpRequest, access: AuthorityAccess, diagnosis_pk: int) -> HttpResponse:
    """Send the slides as a PowerPoint file."""
    return _send(request, access, diagnosis_pk, pptx.build_pptx, pptx.CONTENT_TYPE, "pptx")


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def restitution_odp(request: HttpRequest, access: AuthorityAccess, diagnosis_pk: int) -> HttpResponse:
    """Send the same slides as a LibreOffice file."""
    return _send(request, access, diagnosis_pk, odp.build_odp, odp.CONTENT_TYPE, "odp")


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def restitution_pdf(request: HttpRequest, access: AuthorityAccess, diagnosis_pk: int) -> HttpResponse:
    """Send the same slides as a PDF."""
    return _send(request, access, diagnosis_pk, build_pdf, PDF, "pdf")


def _send(
    request: HttpRequest,
    access: AuthorityAccess,
    diagnosis_pk: int,
    build: Callable[[Deck], bytes],
    content_type: str,
    extension: str,
) -> HttpResponse:
    diagnosis = find_diagnosis(access, diagnosis_pk)
    slug = access.authority.slug
    if diagnosis.agreed_at is None:
        return turn_back(request, NOT_FINISHED, "diagnostics:diagnosis_detail", slug)
    try:
        content = build(restitution_deck(diagnosis, now=timezone.now()))
    except PdfError as error:
        return turn_back(request, str(error), "diagnostics:diagnosis_results", slug, diagnosis.pk)
    name = f"diagnostic-{slug}-{diagnosis.number}.{extension}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
