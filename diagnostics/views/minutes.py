"""Minutes of the meeting: heading and free texts on a page, the document as odt, docx and PDF."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common import document_pdf, docx, odt
from common.errors import DomainError
from common.pdf import PdfError
from diagnostics import services
from diagnostics.forms_minutes import MinutesForm
from diagnostics.minutes import write_minutes
from diagnostics.selectors import minutes_facts, minutes_people, proposed_minutes, stored_minutes
from diagnostics.selectors.meeting import NOT_CLOSED
from diagnostics.views.common import find_diagnosis, refuse

WRITERS = {
    "odt": (odt.build_odt, odt.CONTENT_TYPE),
    "docx": (docx.build_docx, docx.CONTENT_TYPE),
    "pdf": (document_pdf.build_pdf, document_pdf.CONTENT_TYPE),
}


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Keep the heading and the texts of the minutes, and give the document."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    if not diagnosis.is_revealed(now):
        return refuse(request, access, DomainError(NOT_CLOSED), now, status=409)
    minutes = stored_minutes(diagnosis)
    proposed = {} if minutes else proposed_minutes(diagnosis, today=timezone.localdate(now))
    form = MinutesForm(
        posted(request),
        minutes=minutes,
        proposed=proposed,
        people=minutes_people(diagnosis),
        may_write_names=diagnosis.are_names_shown,
    )
    submission = submit(
        request,
        form,
        lambda: services.save_minutes(
            diagnosis=diagnosis, expected_version=form.expected_version, values=form.values, actor=access.user, now=now
        ),
    )
    if submission.is_saved:
        messages.success(
            request, f"Compte rendu enregistré à {timezone.localtime(now):%H:%M}. Vous pouvez le télécharger."
        )
        return redirect("diagnostics:minutes_update", access.authority.slug, pk)
    context = {
        "form": form,
        "diagnosis": diagnosis,
        "minutes": minutes,
        "extensions": WRITERS,
        "is_proposed": any(proposed.values()),
    }
    return render(request, "diagnostics/minutes_update.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def minutes_document(request: HttpRequest, access: AuthorityAccess, pk: int, extension: str) -> HttpResponse:
    """Give the minutes as they are at this moment."""
    if extension not in WRITERS:
        raise Http404
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    build, content_type = WRITERS[extension]
    try:
        content = build(write_minutes(minutes_facts(diagnosis, now=now)))
    except DomainError as error:
        return refuse(request, access, error, now, status=409)
    except PdfError as error:
        return refuse(request, access, DomainError(str(error)), now, status=503)
    name = f"compte-rendu-diagnostic-{diagnosis.number}-{access.authority.slug}.{extension}"
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
