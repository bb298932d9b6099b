"""A scenario of the inventory takes the default of a lever."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.errors import DomainError
from inventory.desk import desk_of
from inventory.scenario_services import add_change
from inventory.views.scenarios import find_scenario
from levers.selectors.scenarios import lever_choices


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def scenario_lever_list(request: HttpRequest, access: AuthorityAccess, scenario_pk: int) -> HttpResponse:
    """List the levers that act on the lot; a POST adds the one named by `levier`."""
    scenario = find_scenario(access, scenario_pk)
    choices = lever_choices(scenario)
    status = 200
    if request.method == "POST":
        chosen = next((item for item in choices if item.lever.code == request.POST.get("levier")), None)
        try:
            if chosen is None or chosen.is_taken:
                raise DomainError("Choisissez un levier de la liste, qui ne soit pas déjà dans le scénario.")
            add_change(scenario=scenario, values=chosen.values, actor=access.user, now=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            status = 422
        else:
            messages.success(request, "Changement ajouté\u00a0: le scénario est recalculé.")
            return redirect("inventory:scenario_detail", access.authority.slug, scenario.pk)
    context = {"desk": desk_of(access), "scenario": scenario, "inventory": scenario.inventory, "choices": choices}
    return render(request, "levers/scenario_lever_list.html", context, status=status)
