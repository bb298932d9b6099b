"""Live minutes of the workshop: what is decided so far on a page, the document as odt, docx and PDF."""

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
from common.pdf import PdfError
from common.refusals import refusal_page
from levers import services
from levers.forms_workshop import WorkshopMinutesForm
from levers.selectors.workshop import proposed_place
from levers.selectors.workshop_minutes import people_present, workshop_facts, workshop_people
from levers.views.workshop_frame import begun_board
from levers.workshop_minutes import PARTS, write_workshop_minutes

WRITERS = {
    "odt": (odt.build_odt, odt.CONTENT_TYPE),
    "docx": (docx.build_docx, docx.CONTENT_TYPE),
    "pdf": (document_pdf.build_pdf, document_pdf.CONTENT_TYPE),
}


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_minutes(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Say what is decided so far, keep who was there and the notes, give the document."""
    begun = begun_board(request, access)
    if isinstance(begun, HttpResponse):
        return begun
    board, workshop = begun
    now = timezone.now()
    present = people_present(workshop)
    form = WorkshopMinutesForm(
        posted(request),
        workshop=workshop,
        present=present,
        proposed_place=workshop.place or proposed_place(access.initiative),
        people=workshop_people(workshop.ballot),
    )
    submission = submit(
        request,
        form,
        lambda: services.save_workshop_minutes(
            workshop=workshop, expected_version=form.expected_version, values=form.values, actor=access.user, now=now
        ),
    )
    if submission.is_saved:
        messages.success(request, f"Compte rendu enregistré à {timezone.localtime(now):%H:%M}.")
        return redirect("levers:workshop_minutes", access.authority.slug)
    facts = workshop_facts(board, workshop, present, now=now)
    context = {
        "form": form,
        "facts": facts,
        "workshop": workshop,
        "parts": [(title, none, facts.decided(verdict)) for verdict, title, none in PARTS],
        "undecided": facts.decided(None),
        "extensions": WRITERS,
    }
    return render(request, "levers/workshop_minutes.html", context, status=submission.status)


@authority_view(Permission.DECIDE_LEVERS)
@require_safe
def workshop_document(request: HttpRequest, access: AuthorityAccess, extension: str) -> HttpResponse:
    """Give the minutes as they are at this moment."""
    if extension not in WRITERS:
        raise Http404
    begun = begun_board(request, access, has_advice=True)
    if isinstance(begun, HttpResponse):
        return begun
    board, workshop = begun
    build, content_type = WRITERS[extension]
    facts = workshop_facts(board, workshop, people_present(workshop), now=timezone.now())
    try:
        content = build(write_workshop_minutes(facts))
    except PdfError as error:
        return refusal_page(request, str(error), "levers:workshop_minutes", access.authority.slug, status=503)
    name = f"compte-rendu-atelier-{workshop.ballot.number}-{access.authority.slug}.{extension}"
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
