"""The logo of an authority: chosen, removed, and sent to those who may see the space."""

import logging

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities import services
from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.forms import ColourForm, LogoForm
from authorities.models import Authority
from authorities.permissions import Permission
from authorities.views.submission import posted, submit

logger = logging.getLogger(__name__)

CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def logo_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Choose the logo of the authority."""
    form = LogoForm(posted(request), request.FILES or None, authority=access.authority)
    submission = submit(
        request,
        form,
        lambda: services.save_logo(
            authority=access.authority,
            expected_version=form.expected_version,
            image=form.cleaned_data["file"],
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Logo enregistré. Il paraîtra sur les prochaines versions de la feuille de route.")
        return redirect("authorities:logo_update", access.authority.slug)
    return render(request, "authorities/logo_update.html", {"form": form}, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_POST
def logo_delete(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Remove the logo; the frozen versions keep theirs."""
    services.remove_logo(authority=access.authority, actor=access.user, now=timezone.now())
    messages.success(request, "Logo retiré. Les versions déjà figées gardent le leur.")
    return redirect("authorities:logo_update", access.authority.slug)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def color_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Choose the colour of the documents."""
    form = ColourForm(posted(request), authority=access.authority)
    submission = submit(
        request,
        form,
        lambda: services.save_color(
            authority=access.authority,
            expected_version=form.expected_version,
            color=form.cleaned_data["color"],
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Couleur enregistrée. Les prochains documents la porteront.")
        return redirect("authorities:color_update", access.authority.slug)
    return render(request, "authorities/color_update.html", {"form": form}, status=submission.status)


@authority_view(Permission.VIEW_DASHBOARD)
@require_safe
def authority_logo(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Send the logo to a member."""
    return _logo_response(access.authority)


@participant_view(None)
@require_safe
def participant_logo(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Send the logo to whoever came by a personal link."""
    return _logo_response(access.authority)


def _logo_response(authority: Authority) -> HttpResponse:
    """Send an image that we encoded ourselves, as an image and nothing else; 404 without one."""
    file = authority.logo_screen
    content_type = CONTENT_TYPES.get(file.name.rpartition(".")[2]) if file else None
    if content_type is None:
        raise Http404
    try:
        with file.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError as error:
        logger.error("a logo is missing from the storage: %s", file.name)
        raise Http404 from error
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    return HttpResponse(content, content_type=content_type, headers=headers)
