"""The public page about personal data."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from roadmap.models import Erasure
from roadmap.selectors.privacy import kept_data


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data are kept, why, how long, who reads them, and how to have them erased."""
    context = {
        "rows": kept_data(),
        "publisher": settings.SITE_PUBLISHER,
        "delay_days": settings.ERASURE_DELAY_DAYS,
    }
    return render(request, "roadmap/privacy.html", context)


@login_not_required
@require_safe
def erasure_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Send the receipt of an erasure, as a text: its code was sent to those who could ask for it."""
    erasure = get_object_or_404(Erasure, code=code, erased_at__isnull=False)
    text = render_to_string("roadmap/erasure_receipt.txt", {"erasure": erasure})
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recu-effacement.txt"'
    return response
