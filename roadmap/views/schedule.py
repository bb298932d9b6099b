"""The schedule: its drawing, a proposal compared with it, what was placed by hand given back, its file for agendas."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.ics import calendar_response
from authorities.permissions import Permission
from common.charts.gantt import draw_header, half_year_pattern
from common.errors import DomainError
from common.numbers import pluralise
from common.refusals import refusal_page, turn_back
from common.text import typography
from roadmap import services
from roadmap.ics import build_schedule_calendar
from roadmap.selectors.gantt import build_gantt, proposed_rows
from roadmap.selectors.load_board import load_board, year_budgets
from roadmap.selectors.proposals import has_release
from roadmap.selectors.schedule import costed_sheets, days_after_period, period_of, sheets_with_steps
from roadmap.selectors.sheets import roadmap_of
from roadmap.views.frame import building_tabs, get_roadmap_or_404


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def schedule_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Draw the actions over the half-years of the period; who may write moves them there."""
    roadmap = roadmap_of(access.initiative)
    sheets = costed_sheets(roadmap) if roadmap else []
    context = {
        "tabs": building_tabs(access),
        "gantt": build_gantt(roadmap, sheets) if roadmap and sheets else None,
        "load": load_board(roadmap, sheets) if roadmap and sheets else None,
        "over_years": [item for item in year_budgets(roadmap, sheets) if item.excess_eur] if roadmap else [],
        "late_days": days_after_period(roadmap, sheets) if roadmap else [],
        "by_hand_count": sum(sheet.is_placed_by_hand for sheet in sheets),
        "period_label": access.initiative.period_label,
        "half_year_count": access.initiative.period_years * 2,
    }
    return render(request, "roadmap/schedule_detail.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_propose(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show a balanced schedule, or why none is possible; a POST applies it as it was shown."""
    roadmap = get_roadmap_or_404(access.initiative)
    if request.method == "POST":
        return _apply(request, access)
    try:
        proposal = services.propose_schedule(roadmap=roadmap)
    except DomainError as error:
        return turn_back(request, error.message, "roadmap:schedule_detail", access.authority.slug)
    if proposal.conflicts:
        context = {"proposal": proposal, "has_release": has_release(proposal.conflicts)}
        return render(request, "roadmap/schedule_conflicts.html", context)
    labels = [half_year.short_label for half_year in proposal.half_years]
    period = len(period_of(roadmap))
    context = {
        "proposal": proposal,
        "rows": proposed_rows(proposal, period),
        "pattern": half_year_pattern(len(labels)),
        "header": draw_header(labels, period=period),
    }
    return render(request, "roadmap/schedule_propose.html", context)


def _apply(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    roadmap = get_roadmap_or_404(access.initiative)
    token = request.POST.get("token", "")
    try:
        moved = services.apply_schedule(roadmap=roadmap, token=token, actor=access.user, now=timezone.now())
    except DomainError as error:
        return refusal_page(request, error.message, "roadmap:schedule_propose", access.authority.slug)
    actions = pluralise(moved, "action placée", "actions placées")
    messages.success(request, typography(f"Calendrier appliqué : {moved} {actions}."))
    return redirect("roadmap:schedule_detail", access.authority.slug)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def schedule_release(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Let the proposals move again every action that was placed by hand."""
    roadmap = get_roadmap_or_404(access.initiative)
    count = services.release_all(roadmap=roadmap, actor=access.user, now=timezone.now())
    actions = pluralise(count, "action suivra", "actions suivront")
    messages.success(request, typography(f"{count} {actions} la prochaine proposition ; aucune n’a encore bougé."))
    return redirect("roadmap:schedule_propose", access.authority.slug)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def schedule_export(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Download the steps and the ends of the actions for an agenda."""
    roadmap = get_roadmap_or_404(access.initiative)
    content = build_schedule_calendar(
        access.initiative,
        sheets_with_steps(roadmap),
        url_of=lambda sheet: request.build_absolute_uri(
            reverse("roadmap:sheet_detail", args=[access.authority.slug, sheet.pk])
        ),
    )
    return calendar_response(content, f"calendrier-des-actions-{access.authority.slug}.ics")
