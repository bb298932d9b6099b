"""The dossier: its page, its preparation, the download of each document and of all of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.errors import DomainError
from common.refusals import refusal_page, turn_back
from roadmap import services
from roadmap.documents.catalogue import DossierDocument, UnknownSheetError, find_document
from roadmap.models import Roadmap, RoadmapVersion
from roadmap.selectors.dossier import dossier_page, latest_order, state_of
from roadmap.views.frame import get_roadmap_or_404

ZIP = "application/zip"
NOT_WHOLE = "Tous les documents ne sont pas prêts : préparez le dossier, puis téléchargez-le en une fois."


def frozen_version(access: AuthorityAccess, number: int) -> RoadmapVersion:
    """Return the version of a number, with its roadmap; 404 when there is none."""
    versions = RoadmapVersion.objects.for_initiative(access.initiative).select_related("resolution", "validation")
    version: RoadmapVersion = get_object_or_404(versions.select_related("roadmap"), number=number)
    version.roadmap.initiative = access.initiative
    return version


def version_of(access: AuthorityAccess, number: int | None) -> tuple[Roadmap, RoadmapVersion | None]:
    """Return the roadmap, and the version of a number, None without a number; 404 when there is none."""
    if number is None:
        return get_roadmap_or_404(access.initiative), None
    version = frozen_version(access, number)
    return version.roadmap, version


def page_url(access: AuthorityAccess, number: int | None) -> str:
    slug = access.authority.slug
    if number is None:
        return reverse("roadmap:dossier_detail", args=[slug])
    return reverse("roadmap:version_dossier", args=[slug, number])


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def dossier_detail(request: HttpRequest, access: AuthorityAccess, number: int | None = None) -> HttpResponse:
    """Show every document, whether it is ready, and how far the preparation is."""
    roadmap, version = version_of(access, number)
    now = timezone.now()
    if request.headers.get("X-Progress"):
        order = latest_order(roadmap, version)
        percent = 100 * order.done // order.total if order and order.total else 0
        return JsonResponse({"percent": percent, "is_read": state_of(order, now) in {"done", "stopped", "none"}})
    page = dossier_page(roadmap, version, access.authority.slug, now=now)
    context = {"page": page, "version": version, "here": page_url(access, number)}
    return render(request, "roadmap/dossier_detail.html", context)


@authority_view(Permission.VIEW_ROADMAP)
@require_POST
def dossier_prepare(request: HttpRequest, access: AuthorityAccess, number: int | None = None) -> HttpResponse:
    """Ask for all the documents; the worker makes them."""
    roadmap, version = version_of(access, number)
    try:
        services.ask_dossier(roadmap=roadmap, version=version, actor=access.user, now=timezone.now())
    except DomainError as error:
        return refusal_page(request, error.message, page_url(access, number))
    return redirect(page_url(access, number))


@authority_view(Permission.VIEW_ROADMAP)
@require_POST
def dossier_go_on(request: HttpRequest, access: AuthorityAccess, number: int | None = None) -> HttpResponse:
    """Make a few documents in the request, where no worker does."""
    roadmap, version = version_of(access, number)
    order = services.go_on_here(roadmap=roadmap, version=version, now=timezone.now())
    if order is not None and order.ended_at is None:
        messages.info(request, "Le travail avance ; continuez jusqu’au dernier document.")
    return redirect(page_url(access, number))


def document_response(content: bytes, document: DossierDocument, slug: str, suffix: str) -> HttpResponse:
    """Send a document, as a download."""
    return download(content, document.media_type, document.file_name(slug, suffix))


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def document_or_404(code: str) -> DossierDocument:
    document = find_document(code)
    if document is None:
        raise Http404
    return document


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def dossier_document(
    request: HttpRequest, access: AuthorityAccess, document_code: str, number: int | None = None
) -> HttpResponse:
    """Send one document as its content is now; it is made when it is not ready."""
    document = document_or_404(document_code)
    roadmap, version = version_of(access, number)
    try:
        edition = (
            services.edition_of_draft(roadmap, now=timezone.now())
            if version is None
            else services.edition_of_version(version)
        )
        content = services.take_document(roadmap=roadmap, edition=edition, document=document, version=version)
    except UnknownSheetError as error:
        raise Http404 from error
    except DomainError as error:
        return turn_back(request, error.message, page_url(access, number))
    return document_response(content, document, access.authority.slug, edition.suffix)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def dossier_file(
    request: HttpRequest, access: AuthorityAccess, document_code: str, document_key: str, number: int | None = None
) -> HttpResponse:
    """Send a document that is ready, without reading the roadmap again; one that has gone since is made anew."""
    document = document_or_404(document_code)
    roadmap = get_roadmap_or_404(access.initiative)
    suffix = "projet" if number is None else f"v{number}"
    kept = services.shelf_of(roadmap, suffix).find(document.code, document_key)
    if kept is None:
        return dossier_document(request, access.authority.slug, document_code=document_code, **_numbered(number))
    return document_response(kept.path.read_bytes(), document, access.authority.slug, suffix)


def _numbered(number: int | None) -> dict[str, int]:
    return {} if number is None else {"number": number}


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def dossier_zip(request: HttpRequest, access: AuthorityAccess, number: int | None = None) -> HttpResponse:
    """Send all the documents in one file, once they are ready."""
    roadmap, version = version_of(access, number)
    slug = access.authority.slug
    page = dossier_page(roadmap, version, slug, now=timezone.now())
    if not page.is_whole:
        return turn_back(request, NOT_WHOLE, page_url(access, number))
    edition, files = page.edition, []
    for line in (line for section in page.sections for line in section.lines):
        content = services.take_document(roadmap=roadmap, edition=edition, document=line.document, version=version)
        files.append((line.document.file_name(slug, edition.suffix), content))
    return download(services.pack(files), ZIP, f"dossier-{slug}-{edition.suffix}.zip")
