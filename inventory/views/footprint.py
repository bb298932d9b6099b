"""Footprint of a lot, read from several sides, and the trace of each of its figures."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from inventory.desk import desk_of
from inventory.forms import ElectricityForm
from inventory.labels import CRITERION_LABELS
from inventory.selectors import footprint_page, trace_page
from inventory.selectors.impact_views import choice_page, reference_page, uncertainty_page
from inventory.selectors.scenarios import zone_choices
from inventory.services import FROZEN_MESSAGE, save_electricity
from inventory.views.scenarios import shown_criterion

FAMILIES_PER_PAGE = 24


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def footprint_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """The whole footprint; `?critere=` chooses what the bars show."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    context = {"desk": desk, "inventory": inventory, "page": footprint_page(inventory, shown_criterion(request))}
    return render(request, "inventory/footprint_detail.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def family_list(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """The footprint family by family and step by step, for one criterion."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    page = footprint_page(inventory, shown_criterion(request))
    families = Paginator(page.families, FAMILIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"desk": desk, "inventory": inventory, "page": page, "page_obj": families, "labels": CRITERION_LABELS}
    return render(request, "inventory/family_list.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def uncertainty_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """What makes the range wide, one datum at a time."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    page = uncertainty_page(inventory, shown_criterion(request))
    return render(request, "inventory/uncertainty_detail.html", {"desk": desk, "inventory": inventory, "page": page})


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def choice_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """The same lot with each set of factors."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    context = {"desk": desk, "inventory": inventory, "page": choice_page(inventory)}
    return render(request, "inventory/choice_detail.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def reference_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """National references, equivalences, complements, purchases."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    context = {"desk": desk, "inventory": inventory, "page": reference_page(inventory)}
    return render(request, "inventory/reference_detail.html", context)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def electricity_update(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Choose the electricity of the premises and of the hosting."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen and request.method != "POST":
        messages.info(request, FROZEN_MESSAGE)
        return redirect("inventory:footprint_detail", access.authority.slug, inventory.pk)
    form = ElectricityForm(posted(request), inventory=inventory, zones=zone_choices(inventory))
    submission = submit(
        request,
        form,
        lambda: save_electricity(
            inventory=inventory,
            values=form.changes,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Électricité enregistrée\u00a0: l’empreinte est recalculée.")
        return redirect("inventory:footprint_detail", access.authority.slug, inventory.pk)
    context = {"desk": desk, "inventory": inventory, "form": form}
    return render(request, "inventory/electricity_update.html", context, status=submission.status)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def trace_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, category_code: str) -> HttpResponse:
    """Everything that made the figures of one family."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    page = trace_page(inventory, category_code)
    if page is None:
        raise Http404
    return render(request, "inventory/trace_detail.html", {"desk": desk, "inventory": inventory, "page": page})
