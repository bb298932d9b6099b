"""The step « Valider »: the checklist, frozen versions, their files, validation and adoption."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import submit
from common.errors import DomainError
from common.refusals import turn_back
from common.text import typography
from roadmap import services
from roadmap.forms import AdoptionForm, FreezeForm, SteeringValidationForm
from roadmap.models import RoadmapVersion
from roadmap.selectors.differences import changes_since_last_version, differences_of
from roadmap.selectors.dossier import publication_of
from roadmap.selectors.validation import validation_board
from roadmap.views.frame import get_roadmap_or_404, pdf_name, pdf_response, stored_pdf_response


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def validation_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the checklist, what is missing, and what happened to the last version."""
    context = {
        "board": validation_board(access.initiative),
        "can_edit": Permission.EDIT_ROADMAP in access.permissions,
    }
    return render(request, "roadmap/validation_detail.html", context)


@authority_view(Permission.FREEZE_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def version_freeze(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Freeze a numbered version, after a last look at what is missing."""
    roadmap = get_roadmap_or_404(access.initiative)
    now = timezone.now()
    changes = None if request.method == "POST" else changes_since_last_version(roadmap, now=now)
    initial = {"note": changes[1].summary} if changes else {}
    form = FreezeForm(request.POST or None, initial=initial, has_foreword=roadmap.has_foreword)
    freeze = partial(services.freeze_version, roadmap=roadmap, actor=access.user, now=now)
    submission = submit(request, form, lambda: freeze(**form.cleaned_data))
    if submission.is_saved:
        version = submission.result
        messages.success(request, typography(f"Version {version.number} figée. Son document est prêt."))
        return redirect("roadmap:version_detail", access.authority.slug, version.number)
    context = {"form": form, "board": validation_board(access.initiative, roadmap), "changes": changes}
    return render(request, "roadmap/version_freeze.html", context, status=submission.status)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def draft_pdf(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Send the document as it is now, marked « Projet »; nothing is written in the base."""
    roadmap = get_roadmap_or_404(access.initiative)
    try:
        content = services.render_draft_pdf(roadmap=roadmap, now=timezone.now())
    except DomainError as error:
        return turn_back(request, error.message, "roadmap:validation_detail", access.authority.slug)
    return pdf_response(content, pdf_name(access.authority, None))


def _version(access: AuthorityAccess, number: int) -> RoadmapVersion:
    versions = RoadmapVersion.objects.for_initiative(access.initiative).select_related("validation", "resolution")
    version: RoadmapVersion = get_object_or_404(versions.select_related("roadmap"), number=number)
    version.roadmap.initiative = access.initiative
    return version


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def version_detail(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Show a frozen version: its files, its validation, its adoption."""
    version = _version(access, number)
    return render(request, "roadmap/version_detail.html", {"version": version, "publication": publication_of(version)})


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def version_differences(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Show what changes from the version before to this one; the first has none."""
    differences = differences_of(_version(access, number))
    if differences is None:
        text = f"La version {number} est la première : il n’y a pas de version avant elle."
        return turn_back(request, text, "roadmap:version_detail", access.authority.slug, number)
    return render(request, "roadmap/version_differences.html", {"differences": differences})


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def version_pdf(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Send the file of a frozen version, as it was the day it was frozen."""
    version = _version(access, number)
    return stored_pdf_response(version.pdf, pdf_name(access.authority, version.number))


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def version_adopted_pdf(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Send the file of an adopted version, with its adoption page."""
    resolution = _version(access, number).resolution_or_none
    if resolution is None:
        raise Http404
    return stored_pdf_response(resolution.pdf, pdf_name(access.authority, number))


@authority_view(Permission.VALIDATE_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def version_validate(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Record that the steering committee validated a version."""
    version = _version(access, number)
    now = timezone.now()
    dates = {"frozen_on": timezone.localdate(version.frozen_at), "today": timezone.localdate(now)}
    form = SteeringValidationForm(request.POST or None, **dates)
    record = partial(services.record_steering_validation, version=version, actor=access.user, now=now)
    submission = submit(request, form, lambda: record(**form.cleaned_data))
    if submission.is_saved:
        messages.success(request, typography(f"Validation de la version {number} enregistrée."))
        return redirect("roadmap:version_detail", access.authority.slug, number)
    return render(
        request, "roadmap/version_validate.html", {"form": form, "version": version}, status=submission.status
    )


@authority_view(Permission.VALIDATE_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def version_adopt(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Record the deliberation that adopts a version."""
    version = _version(access, number)
    now = timezone.now()
    dates = {"frozen_on": timezone.localdate(version.frozen_at), "today": timezone.localdate(now)}
    form = AdoptionForm(request.POST or None, **dates)
    record = partial(services.record_adoption, version=version, actor=access.user, now=now)
    submission = submit(request, form, lambda: record(**form.cleaned_data))
    if submission.is_saved:
        messages.success(request, typography(f"Adoption de la version {number} enregistrée."))
        return redirect("roadmap:version_detail", access.authority.slug, number)
    return render(request, "roadmap/version_adopt.html", {"form": form, "version": version}, status=submission.status)
