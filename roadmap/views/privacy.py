"""The public page about personal data."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from roadmap.selectors.privacy import kept_data


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data are kept, why, how long, who reads them, and how to have them erased."""
    return render(request, "roadmap/privacy.html", {"rows": kept_data(), "publisher": settings.SITE_PUBLISHER})
