"""Scenarios of a lot: the list, one, two side by side."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from inventory import scenario_services as services
from inventory.desk import desk_of
from inventory.labels import CRITERION_LABELS
from inventory.models import Scenario
from inventory.scenario_forms import ScenarioForm
from inventory.scenarios import KIND_BY_SLUG
from inventory.selectors.scenarios import CLIMATE, compare_page, scenario_board, scenario_page, trial_values

EDIT_METHODS = ["GET", "HEAD", "POST"]


def find_scenario(access: AuthorityAccess, pk: int) -> Scenario:
    """Return a scenario of this démarche with its changes, or raise 404."""
    scenarios = Scenario.objects.for_initiative(access.initiative)
    found: Scenario = get_object_or_404(
        scenarios.select_related("inventory__factor_set").prefetch_related("changes"), pk=pk
    )
    found.inventory.initiative = access.initiative
    return found


def shown_criterion(request: HttpRequest) -> str:
    """Return the criterion asked by `?critere=`; climate change when it is another word."""
    asked = request.GET.get("critere", "")
    return asked if asked in CRITERION_LABELS else CLIMATE


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def scenario_list(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    board = scenario_board(inventory, year=inventory.dated_on.year)
    return render(request, "inventory/scenario_list.html", {"desk": desk, "inventory": inventory, "board": board})


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def scenario_detail(request: HttpRequest, access: AuthorityAccess, scenario_pk: int) -> HttpResponse:
    scenario = find_scenario(access, scenario_pk)
    criterion = shown_criterion(request)
    context = {
        "desk": desk_of(access),
        "inventory": scenario.inventory,
        "scenario": scenario,
        "page": scenario_page(scenario, criterion),
        "criterion": criterion,
        "labels": CRITERION_LABELS,
        "kinds": KIND_BY_SLUG,
    }
    return render(request, "inventory/scenario_detail.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def scenario_compare(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Two scenarios side by side, named by `?premier=` and `?second=`; the first two of the lot otherwise."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    page = compare_page(inventory, request.GET.get("premier", ""), request.GET.get("second", ""))
    return render(request, "inventory/scenario_compare.html", {"desk": desk, "inventory": inventory, "page": page})


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(EDIT_METHODS)
def scenario_create(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    form = ScenarioForm(posted(request), start_year=inventory.dated_on.year)
    submission = submit(
        request,
        form,
        lambda: services.create_scenario(
            inventory=inventory, values=form.values, actor=access.user, now=timezone.now()
        ),
    )
    if submission.is_saved:
        messages.success(request, "Scénario créé\u00a0: ajoutez ses changements.")
        return redirect("inventory:scenario_detail", access.authority.slug, submission.result.pk)
    context = {"desk": desk, "inventory": inventory, "form": form}
    return render(request, "inventory/scenario_form.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(EDIT_METHODS)
def scenario_update(request: HttpRequest, access: AuthorityAccess, scenario_pk: int) -> HttpResponse:
    scenario = find_scenario(access, scenario_pk)
    form = ScenarioForm(posted(request), scenario=scenario)
    submission = submit(
        request,
        form,
        lambda: services.save_scenario(
            scenario=scenario,
            values=form.values,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Scénario enregistré.")
        return redirect("inventory:scenario_detail", access.authority.slug, scenario.pk)
    stored = find_scenario(access, scenario_pk)
    context = {"desk": desk_of(access), "inventory": stored.inventory, "scenario": stored, "form": form}
    return render(request, "inventory/scenario_form.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(EDIT_METHODS)
def scenario_delete(request: HttpRequest, access: AuthorityAccess, scenario_pk: int) -> HttpResponse:
    """Remove a scenario, after a confirmation."""
    scenario = find_scenario(access, scenario_pk)
    if request.method == "POST":
        services.delete_scenario(scenario=scenario, actor=access.user, now=timezone.now())
        messages.success(request, "Scénario retiré.")
        return redirect("inventory:scenario_list", access.authority.slug, scenario.inventory_id)
    context = {"desk": desk_of(access), "inventory": scenario.inventory, "scenario": scenario}
    return render(request, "inventory/scenario_delete.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def trial_adopt(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Make a scenario of a usual change."""
    inventory = desk_of(access).find_inventory(inventory_pk)
    values = trial_values(inventory, request.POST.get("essai", ""), year=inventory.dated_on.year)
    if values is None:
        messages.error(request, "Choisissez un des essais proposés\u00a0: celui-ci ne touche aucune famille du lot.")
        return redirect("inventory:scenario_list", access.authority.slug, inventory.pk)
    try:
        scenario = services.create_scenario_of(
            inventory=inventory, change=values, actor=access.user, now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("inventory:scenario_list", access.authority.slug, inventory.pk)
    messages.success(request, "Scénario créé à partir de l’essai\u00a0: complétez-le.")
    return redirect("inventory:scenario_detail", access.authority.slug, scenario.pk)
