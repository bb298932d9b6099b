"""Footprint of a lot, and the trace of each of its figures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from inventory.desk import desk_of
from inventory.selectors import footprint_page, trace_page


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def footprint_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    context = {"desk": desk, "inventory": inventory, "page": footprint_page(inventory)}
    return render(request, "inventory/footprint_detail.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def family_list(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """The footprint family by family."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    context = {"desk": desk, "inventory": inventory, "page": footprint_page(inventory)}
    return render(request, "inventory/family_list.html", context)


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
