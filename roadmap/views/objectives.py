"""Objectives: the list, one objective, the proposal from the inventory."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import submit
from common.numbers import pluralise
from common.text import typography
from roadmap import services
from roadmap.forms import ObjectiveForm
from roadmap.models import Objective
from roadmap.selectors.objectives import objective_board, proposed_reduction
from roadmap.selectors.savings import savings_page
from roadmap.selectors.sheets import roadmap_of
from roadmap.views.frame import building_tabs, get_roadmap_or_404


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def objective_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List the objectives, and what the actions would bring together."""
    context = {"board": objective_board(access.initiative), "tabs": building_tabs(access)}
    return render(request, "roadmap/objective_list.html", context)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def savings_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show what the actions save together year by year, against the objective, and each alone."""
    context = {"page": savings_page(access.initiative), "tabs": building_tabs(access)}
    return render(request, "roadmap/savings_detail.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def objective_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Add an objective; `?proposition=empreinte` prefills the reduction objective from the inventory."""
    roadmap = roadmap_of(access.initiative)
    is_asked = request.GET.get("proposition") == "empreinte"
    proposed = proposed_reduction(access.initiative, roadmap) if is_asked else None
    if is_asked and proposed is None:
        messages.warning(request, "Remplissez d’abord l’inventaire : il donne le point de départ.")
    form = ObjectiveForm(request.POST or None, roadmap=roadmap, proposed=proposed)
    submission = submit(
        request,
        form,
        lambda: services.create_objective(
            roadmap=services.ensure_roadmap(initiative=access.initiative),
            values=form.values,
            sheet_pks=form.sheet_pks,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Objectif ajouté.")
        return redirect("roadmap:objective_list", access.authority.slug)
    context = {"form": form, "is_proposed": proposed is not None}
    return render(request, "roadmap/objective_form.html", context, status=submission.status)


def _objective(access: AuthorityAccess, pk: int) -> Objective:
    objectives = Objective.objects.for_initiative(access.initiative).select_related("roadmap")
    objective: Objective = get_object_or_404(objectives, pk=pk)
    objective.roadmap.initiative = access.initiative
    return objective


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def objective_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Change an objective."""
    objective = _objective(access, pk)
    form = ObjectiveForm(request.POST or None, roadmap=objective.roadmap, objective=objective)
    save = partial(services.save_objective, objective=objective, actor=access.user, now=timezone.now())
    submission = submit(
        request,
        form,
        lambda: save(expected_version=form.expected_version, values=form.values, sheet_pks=form.sheet_pks),
    )
    if submission.is_saved:
        messages.success(request, "Objectif enregistré.")
        return redirect("roadmap:objective_list", access.authority.slug)
    context = {"form": form, "objective": _objective(access, pk)}
    return render(request, "roadmap/objective_form.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def objective_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove an objective, after a confirmation."""
    objective = _objective(access, pk)
    if request.method == "POST":
        services.delete_objective(objective=objective, actor=access.user, now=timezone.now())
        messages.success(request, "Objectif retiré.")
        return redirect("roadmap:objective_list", access.authority.slug)
    return render(request, "roadmap/objective_delete.html", {"objective": objective})


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def savings_refresh(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Simulate again the saving of each action on the current inventory."""
    roadmap = get_roadmap_or_404(access.initiative)
    changed = services.refresh_savings(roadmap=roadmap, actor=access.user, now=timezone.now())
    done = pluralise(changed, "gain recalculé", "gains recalculés")
    text = f"{changed} {done}." if changed else "Les gains sont à jour."
    messages.success(request, typography(text))
    return redirect("roadmap:objective_list", access.authority.slug)
