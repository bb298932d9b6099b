"""What a personal link opens: the home, the published roadmap, the actions that the person leads."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from authorities.access import ParticipantAccess, participant_view
from authorities.enums import Scope
from authorities.ics import calendar_response
from common.errors import DomainError
from common.refusals import turn_back
from roadmap import services
from roadmap.documents.catalogue import DOCUMENTS, FULL_PDF, UnknownSheetError
from roadmap.ics import build_schedule_calendar
from roadmap.selectors.participant import own_dated_actions, published_version
from roadmap.selectors.participant import participant_home as read_home
from roadmap.selectors.person_copy import build_person_copy, person_copy_name
from roadmap.views.dossier import document_or_404, document_response
from roadmap.views.frame import pdf_name, stored_pdf_response


@participant_view(None)
@require_safe
def participant_home(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Show what is asked of this person."""
    home = read_home(access, now=timezone.now())
    is_own_account = request.user.is_authenticated and request.user.pk == access.participant.user_id
    return render(request, "roadmap/participant_home.html", {"home": home, "is_own_account": is_own_account})


@participant_view(None)
@require_safe
def participant_download(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Send to a person everything that concerns them, their own answers of an open round or ballot included."""
    now = timezone.now()
    content = build_person_copy(access.participant, is_self=True, now=now)
    name = person_copy_name(access.participant, now)
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": disposition})


@participant_view(Scope.READ)
@require_safe
def participant_roadmap(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Show the last frozen version, and its file."""
    version = published_version(access)
    if version is None:
        raise Http404
    others = [document for document in DOCUMENTS if document is not FULL_PDF]
    return render(request, "roadmap/participant_roadmap.html", {"version": version, "documents": others})


@participant_view(Scope.READ)
@require_safe
def participant_document(request: HttpRequest, access: ParticipantAccess, document_code: str) -> HttpResponse:
    """Send one document of the last frozen version, made when it is not ready."""
    version = published_version(access)
    if version is None:
        raise Http404
    document = document_or_404(document_code)
    version.roadmap.initiative = access.initiative
    edition = services.edition_of_version(version)
    try:
        content = services.take_document(roadmap=version.roadmap, edition=edition, document=document, version=version)
    except UnknownSheetError as error:
        raise Http404 from error
    except DomainError as error:
        return turn_back(request, error.message, "roadmap:participant_roadmap", access.participant.pk)
    return document_response(content, document, access.authority.slug, edition.suffix)


@participant_view(Scope.READ)
@require_safe
def participant_roadmap_pdf(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Send the file of the last frozen version; the adopted one when it is adopted."""
    version = published_version(access)
    if version is None:
        raise Http404
    resolution = version.resolution_or_none
    file = resolution.pdf if resolution is not None else version.pdf
    return stored_pdf_response(file, pdf_name(access.authority, version.number))


@participant_view(Scope.ACTIONS)
@require_safe
def participant_calendar(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Download the steps and the ends of the actions that this person leads, for an agenda."""
    content = build_schedule_calendar(
        access.initiative,
        own_dated_actions(access),
        url_of=lambda sheet: request.build_absolute_uri(
            reverse("roadmap:participant_sheet_detail", args=[access.participant.pk, sheet.pk])
        ),
    )
    return calendar_response(content, f"mes-actions-{access.authority.slug}.ics")
