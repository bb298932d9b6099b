"""The public page about the method, with the sources of the data."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from roadmap.selectors.method import factor_sources


@login_not_required
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Say where the steps, the questions and the figures come from."""
    return render(request, "roadmap/method.html", {"sources": factor_sources()})
