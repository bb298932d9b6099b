"""The load of each lead and the budget of each year, and the limits that a référent sets."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.charts.gantt import draw_header, half_year_pattern
from roadmap import services
from roadmap.forms import LimitsForm
from roadmap.selectors.load_board import load_board, load_heat, year_budgets
from roadmap.selectors.schedule import costed_sheets, limit_choices
from roadmap.selectors.sheets import roadmap_of
from roadmap.views.frame import building_tabs, get_roadmap_or_404


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def load_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the load of each lead, half-year by half-year, and what would relieve those who have too much."""
    roadmap = roadmap_of(access.initiative)
    sheets = costed_sheets(roadmap) if roadmap else []
    context: dict[str, Any] = {"tabs": building_tabs(access), "load": None}
    if roadmap and sheets:
        load = load_board(roadmap, sheets, is_whole=True)
        context |= {
            "load": load,
            "heat": load_heat(load),
            "pattern": half_year_pattern(len(load.half_years)),
            "header": draw_header([half_year.short_label for half_year in load.half_years]),
            "budgets": year_budgets(roadmap, sheets),
            "roadmap": roadmap,
        }
    return render(request, "roadmap/load_detail.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def capacity_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Say how many days each lead can give, what each year may cost, and what must hold."""
    roadmap = get_roadmap_or_404(access.initiative)
    form = LimitsForm(posted(request), roadmap=roadmap, choices=limit_choices(roadmap))
    save = partial(services.save_limits, roadmap=roadmap, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: save(expected_version=form.expected_version, values=form.values))
    if submission.is_saved:
        messages.success(request, "Limites enregistrées.")
        return redirect("roadmap:load_detail", access.authority.slug)
    return render(request, "roadmap/capacity_update.html", {"form": form}, status=submission.status)
