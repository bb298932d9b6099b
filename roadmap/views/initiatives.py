"""Démarches: the former ones to read, the next one to open."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.models import Initiative
from authorities.permissions import Permission, permissions_of
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import turn_back
from common.text import typography
from levers.views.frame import page_of
from roadmap import services
from roadmap.forms import NextInitiativeForm
from roadmap.selectors import initiatives as selectors

DECISIONS_PER_PAGE = 40  # keeps the page under the budget of elements


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def initiative_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show what a démarche leaves to read: its versions, its diagnosis, its inventory."""
    # The page that everybody reads outlives its démarche: who may close it is told by the roles, not by what is over.
    may_close_page = Permission.FREEZE_ROADMAP in permissions_of(access.roles)
    context = {"record": selectors.initiative_record(access.initiative), "may_close_page": may_close_page}
    return render(request, "roadmap/initiative_detail.html", context)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def initiative_levels(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the agreed level of each question and its reason."""
    results = selectors.finished_results(access.initiative)
    if results is None:
        raise Http404
    return render(request, "roadmap/initiative_levels.html", {"results": results})


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def initiative_actions(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the actions in their final state."""
    return render(
        request, "roadmap/initiative_actions.html", {"sheets": selectors.initiative_sheets(access.initiative)}
    )


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def initiative_decisions(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the decisions about the levers, with their reason."""
    decisions = selectors.initiative_decisions(access.initiative)
    context = {"page_obj": page_of(request, decisions, DECISIONS_PER_PAGE)}
    return render(request, "roadmap/initiative_decisions.html", context)


@authority_view(Permission.OPEN_INITIATIVE)
@require_http_methods(["GET", "HEAD", "POST"])
def initiative_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Open the next démarche, after saying what it takes along and what becomes read only."""
    form = NextInitiativeForm(posted(request), current=access.initiative)
    open_next = partial(services.open_initiative, current=access.initiative, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: open_next(**form.cleaned_data))
    if submission.is_saved:
        messages.success(request, typography(f"La démarche {submission.result.number} est ouverte."))
        return redirect("authorities:preparation_detail", access.authority.slug)
    return render(request, "roadmap/initiative_create.html", {"form": form}, status=submission.status)


@authority_view(Permission.OPEN_INITIATIVE)
@require_POST
def initiative_resume(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Take a former démarche up again."""
    former = get_object_or_404(Initiative.objects.for_authority(access.authority), number=number)
    try:
        services.resume_initiative(current=access.initiative, former=former, actor=access.user, now=timezone.now())
    except DomainError as error:
        return turn_back(request, error.message, "authorities:initiative_list", access.authority.slug)
    messages.success(request, typography(f"La démarche {former.number} est de nouveau en cours."))
    return redirect("roadmap:dashboard", access.authority.slug)
