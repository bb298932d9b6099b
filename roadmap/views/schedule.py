"""The schedule: its drawing, the load, a proposal, a placement by hand."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import submit
from common.charts.gantt import draw_header, half_year_pattern
from common.errors import DomainError
from common.numbers import pluralise
from common.refusals import press, refusal_page, turn_back
from common.text import typography
from levers.views.frame import read_version
from roadmap import services
from roadmap.forms import CapacityForm, PlacementForm
from roadmap.models import ActionSheet
from roadmap.selectors.gantt import build_gantt, proposed_rows
from roadmap.selectors.schedule import lead_services, live_sheets, load_board
from roadmap.selectors.sheets import roadmap_of
from roadmap.views.frame import building_tabs, get_roadmap_or_404


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def schedule_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Draw the actions over the half-years of the period."""
    roadmap = roadmap_of(access.initiative)
    sheets = list(live_sheets(roadmap)) if roadmap else []
    context = {
        "tabs": building_tabs(access),
        "gantt": build_gantt(roadmap, sheets) if roadmap and sheets else None,
        "load": load_board(roadmap, sheets) if roadmap and sheets else None,
        "period_label": access.initiative.period_label,
        "half_year_count": access.initiative.period_years * 2,
    }
    return render(request, "roadmap/schedule_detail.html", context)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def load_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the load of each lead, half-year by half-year, and what would relieve those who have too much."""
    roadmap = roadmap_of(access.initiative)
    sheets = list(live_sheets(roadmap)) if roadmap else []
    context = {
        "tabs": building_tabs(access),
        "load": load_board(roadmap, sheets) if roadmap and sheets else None,
    }
    return render(request, "roadmap/load_detail.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_propose(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show a balanced schedule; a POST applies it as it was shown."""
    roadmap = get_roadmap_or_404(access.initiative)
    if request.method == "POST":
        return _apply(request, access)
    try:
        proposal = services.propose_schedule(roadmap=roadmap)
    except DomainError as error:
        return turn_back(request, error.message, "roadmap:schedule_detail", access.authority.slug)
    context = {
        "proposal": proposal,
        "rows": proposed_rows(proposal),
        "pattern": half_year_pattern(len(proposal.half_years)),
        "header": draw_header([half_year.short_label for half_year in proposal.half_years]),
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


def _sheet(access: AuthorityAccess, pk: int) -> ActionSheet:
    sheets = ActionSheet.objects.for_initiative(access.initiative).select_related("lead_service", "roadmap")
    sheet: ActionSheet = get_object_or_404(sheets, pk=pk)
    sheet.roadmap.initiative = access.initiative
    return sheet


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_place(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Place an action by hand: two lists, the keyboard is enough."""
    sheet = _sheet(access, pk)
    form = PlacementForm(request.POST or None, instance=sheet)
    place = partial(services.place_sheet, sheet=sheet, actor=access.user, now=timezone.now())
    submission = submit(
        request, form, lambda: place(expected_version=form.expected_version, start=form.start, end=form.end)
    )
    if submission.is_saved:
        messages.success(request, typography(f"Fiche {sheet.number} placée : {sheet.span_label}."))
        return redirect("roadmap:schedule_detail", access.authority.slug)
    context = {"form": form, "sheet": _sheet(access, pk)}
    return render(request, "roadmap/sheet_place.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_release(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Let the proposals move an action again."""
    sheet = _sheet(access, pk)
    release = partial(services.release_sheet, sheet=sheet, actor=access.user, now=timezone.now())
    text = f"La fiche {sheet.number} suivra la prochaine proposition."
    back = ("roadmap:sheet_place", access.authority.slug, pk)
    return press(request, lambda: release(expected_version=read_version(request)), text, *back)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def capacity_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Say how many days each lead can give."""
    roadmap = get_roadmap_or_404(access.initiative)
    leads = lead_services(roadmap)
    form = CapacityForm(request.POST or None, roadmap=roadmap, services=leads.services, stored=leads.days_by_service)
    save = partial(services.save_capacities, roadmap=roadmap, actor=access.user, now=timezone.now())
    submission = submit(
        request,
        form,
        lambda: save(
            expected_version=form.expected_version,
            default_days=form.cleaned_data["default_days"],
            days_by_service=form.days_by_service,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Capacités enregistrées.")
        return redirect("roadmap:load_detail", access.authority.slug)
    return render(request, "roadmap/capacity_update.html", {"form": form}, status=submission.status)
