"""The projected page of the workshop: opened in a second window, it refreshes itself."""

import base64
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.qr import qr_svg
from levers.selectors.screens import workshop_screen
from levers.views.workshop_frame import not_begun


@authority_view(Permission.DECIDE_LEVERS)
@require_safe
def workshop_projection(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the room what is discussed; a script asks for the moving part alone."""
    screen = workshop_screen(access.initiative, now=timezone.now())
    if screen is None:
        return not_begun(request, access)
    entry_path = reverse("levers:workshop_entry")
    is_open = screen.second_vote is not None and screen.second_vote.is_open
    context = {
        "screen": screen,
        "entry_host": settings.SITE_URL.partition("://")[2],
        "entry_path": entry_path,
        "qr_data": _qr_data(f"{settings.SITE_URL}{entry_path}") if is_open else "",
    }
    template = "levers/_screen.html" if request.headers.get("X-Fragment") else "levers/workshop_projection.html"
    return render(request, template, context)


@lru_cache(maxsize=4)
def _qr_data(url: str) -> str:
    """The address is the same for everybody: drawn once."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(url).encode()).decode()
