"""Changes of a scenario: adding, changing, ordering, removing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from inventory import scenario_services as services
from inventory.desk import desk_of
from inventory.models import Scenario, ScenarioChange
from inventory.scenario_forms import ChangeForm
from inventory.scenarios import KIND_BY_SLUG
from inventory.selectors.scenarios import change_choices
from inventory.views.scenarios import EDIT_METHODS, find_scenario

MOVES = {"haut": True, "bas": False}


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(EDIT_METHODS)
def change_create(request: HttpRequest, access: AuthorityAccess, scenario_pk: int, kind_slug: str) -> HttpResponse:
    scenario = find_scenario(access, scenario_pk)
    if kind_slug not in KIND_BY_SLUG:
        raise Http404
    form = ChangeForm(
        posted(request), kind=KIND_BY_SLUG[kind_slug], scenario=scenario, **change_choices(scenario.inventory)
    )
    return _save(
        request,
        access,
        scenario,
        form,
        lambda: services.add_change(scenario=scenario, values=form.values, actor=access.user, now=timezone.now()),
    )


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(EDIT_METHODS)
def change_update(request: HttpRequest, access: AuthorityAccess, scenario_pk: int, change_pk: int) -> HttpResponse:
    change = _find_change(access, scenario_pk, change_pk)
    scenario = change.scenario
    form = ChangeForm(
        posted(request), kind=change.kind, scenario=scenario, change=change, **change_choices(scenario.inventory)
    )
    return _save(
        request,
        access,
        scenario,
        form,
        lambda: services.save_change(
            change=change,
            values=form.values,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
        ),
    )


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def change_move(request: HttpRequest, access: AuthorityAccess, scenario_pk: int, change_pk: int) -> HttpResponse:
    """Move a change one place: `vers` is « haut » or « bas »."""
    change = _find_change(access, scenario_pk, change_pk)
    is_up = MOVES.get(request.POST.get("vers", ""))
    if is_up is None:
        messages.error(request, "Choisissez «\u00a0Monter\u00a0» ou «\u00a0Descendre\u00a0».")
    elif services.move_change(change=change, is_up=is_up):
        messages.success(request, "Changement déplacé.")
    return redirect("inventory:scenario_detail", access.authority.slug, scenario_pk)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def change_delete(request: HttpRequest, access: AuthorityAccess, scenario_pk: int, change_pk: int) -> HttpResponse:
    change = _find_change(access, scenario_pk, change_pk)
    services.delete_change(change=change, actor=access.user, now=timezone.now())
    messages.success(request, "Changement retiré.")
    return redirect("inventory:scenario_detail", access.authority.slug, scenario_pk)


def _find_change(access: AuthorityAccess, scenario_pk: int, change_pk: int) -> ScenarioChange:
    scenario = find_scenario(access, scenario_pk)
    change: ScenarioChange = get_object_or_404(scenario.changes.all(), pk=change_pk)
    change.scenario = scenario
    return change


def _save(
    request: HttpRequest, access: AuthorityAccess, scenario: Scenario, form: ChangeForm, save: Callable[[], Any]
) -> HttpResponse:
    submission = submit(request, form, save)
    if submission.is_saved:
        messages.success(request, "Changement enregistré\u00a0: le scénario est recalculé.")
        return redirect("inventory:scenario_detail", access.authority.slug, scenario.pk)
    context = {"desk": desk_of(access), "inventory": scenario.inventory, "scenario": scenario, "form": form}
    return render(request, "inventory/change_form.html", context, status=submission.status)
