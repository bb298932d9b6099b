"""The dashboard of an authority, and what the follow-up will be."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from roadmap.selectors.dashboard import dashboard as read_dashboard
from roadmap.selectors.facts import adopted_version
from roadmap.selectors.sheets import roadmap_of
from roadmap.selectors.themes import indicators_to_start


@authority_view(Permission.VIEW_DASHBOARD)
@require_safe
def dashboard(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show where the démarche stands, and what this person has to do."""
    return render(request, "roadmap/dashboard.html", {"board": read_dashboard(access, now=timezone.now())})


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def follow_up_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Say what comes after the adoption: the starting value of each indicator first."""
    roadmap = roadmap_of(access.initiative)
    indicators = list(indicators_to_start(roadmap)) if roadmap else []
    context = {
        "adopted": adopted_version(roadmap) if roadmap else None,
        "indicators": indicators[:20],
        "more_count": max(0, len(indicators) - 20),
    }
    return render(request, "roadmap/follow_up_detail.html", context)
