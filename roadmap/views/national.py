"""National administration: figures about groups of authorities."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from authorities.access import staff_view
from common.aggregates import MIN_GROUP
from roadmap.selectors.national import national_figures


@staff_view
@require_safe
def figures_detail(request: HttpRequest, staff: User) -> HttpResponse:
    """Show the figures of all authorities, or of those of one stratum."""
    group = request.GET.get("strate", "")
    figures = national_figures(group=group, now=timezone.now())
    context = {"figures": figures, "group": group, "minimum": MIN_GROUP}
    return render(request, "roadmap/national_figures.html", context)
