"""Error pages and the gallery of components."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from common.gallery import gallery_context


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Tell that the page is unknown; behind a personal link that this browser no longer has, tell how to come back."""
    match = request.resolver_match
    needs_link = match is not None and "participant_pk" in match.kwargs and not hasattr(request, "access")
    return render(request, "errors/404.html", {"needs_link": needs_link}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the page of a failure without the request: neither the account nor the base is read again."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show each component in each of its states (development and tests only)."""
    return render(request, "common/components.html", gallery_context())
