"""Lots of an authority: reading, opening, copying, freezing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from common.errors import DomainError
from common.versioning import StaleVersionError
from inventory.desk import Desk, desk_of, posted
from inventory.forms import AddCategoryForm, CreateForm, FreezeForm
from inventory.models import Inventory
from inventory.selectors import (
    footprint_page,
    group_rows,
    lot_rows,
    offered_categories,
    overview_page,
    table_pages,
    working_inventory,
)
from inventory.services import add_category, create_inventory, freeze_inventory


def _show_lot(
    request: HttpRequest,
    desk: Desk,
    inventory: Inventory | None,
    form: AddCategoryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"desk": desk, "inventory": inventory, "form": form}
    if inventory is not None:
        context["page"] = overview_page(inventory, on=timezone.localdate())
        if desk.can_fill and not inventory.is_frozen:
            context["offered"] = offered_categories(inventory)
    return render(request, "inventory/inventory_detail.html", context, status=status)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def inventory_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """The lot that people work on."""
    return _show_lot(request, desk_of(access), working_inventory(access.initiative))


@participant_view(Scope.INVENTORY)
@require_safe
def participant_inventory_detail(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """The lot in preparation, for somebody who came by a personal link."""
    desk = desk_of(access)
    return _show_lot(request, desk, working_inventory(desk.initiative))


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def lot_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    desk = desk_of(access)
    return _show_lot(request, desk, desk.find_inventory(inventory_pk))


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def line_list(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """The filled families, for reading."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    lines = tuple(inventory.lines.select_related("category__group"))
    context = {
        "desk": desk,
        "inventory": inventory,
        "page_obj": Paginator(table_pages(group_rows(lines)), 1).get_page(request.GET.get("page")),
        "filled_count": sum(line.quantity is not None for line in lines),
        "line_count": len(lines),
    }
    return render(request, "inventory/line_list.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def inventory_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """The lots of the démarche, latest first."""
    context = {"desk": desk_of(access), "lots": lot_rows(access.initiative)}
    return render(request, "inventory/inventory_list.html", context)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def inventory_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Open an empty lot."""
    return _open_lot(request, desk_of(access), None)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def inventory_copy(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Open a lot with the figures of another one."""
    desk = desk_of(access)
    return _open_lot(request, desk, desk.find_inventory(inventory_pk))


def _open_lot(request: HttpRequest, desk: Desk, copied_from: Inventory | None) -> HttpResponse:
    form = CreateForm(posted(request), initial={"dated_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            inventory = create_inventory(
                initiative=desk.initiative,
                dated_on=form.cleaned_data["dated_on"],
                actor=desk.actor,
                now=timezone.now(),
                copied_from=copied_from,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Le lot {inventory.number} est ouvert.")
            return redirect(desk.url("line_update", inventory.pk))
    context = {"desk": desk, "form": form, "copied_from": copied_from}
    return render(request, "inventory/inventory_form.html", context, status=422 if form.errors else 200)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(["POST"])
def category_add(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    return _add_category(request, desk_of(access), inventory_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(["POST"])
def participant_category_add(request: HttpRequest, access: ParticipantAccess, inventory_pk: int) -> HttpResponse:
    return _add_category(request, desk_of(access), inventory_pk)


def _add_category(request: HttpRequest, desk: Desk, inventory_pk: int) -> HttpResponse:
    inventory = desk.find_inventory(inventory_pk)
    form = AddCategoryForm(request.POST, offered=offered_categories(inventory))
    if not form.is_valid():
        return _show_lot(request, desk, inventory, form, status=422)
    try:
        line = add_category(
            inventory=inventory, category=form.cleaned_data["category"], actor=desk.actor, now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, error.message)
        return _show_lot(request, desk, inventory, status=409)
    messages.success(request, f"{line.category.name}\u00a0: famille ajoutée.")
    return redirect(desk.url("group_update", inventory.pk, line.category.group.code))


@authority_view(Permission.FREEZE_INVENTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def inventory_freeze(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Freeze a lot, after a look at what it will hold."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen:
        messages.info(request, "Ce lot est déjà figé.")
        return redirect(desk.url("lot_detail", inventory.pk))
    initial = {"dated_on": inventory.dated_on, "version": inventory.version}
    form = FreezeForm(posted(request), initial=initial)
    status = 422 if form.is_bound and not form.is_valid() else 200
    if request.method == "POST" and form.is_valid():
        try:
            freeze_inventory(
                inventory=inventory,
                dated_on=form.cleaned_data["dated_on"],
                expected_version=form.expected_version,
                actor=access.user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
            status = 422
        except StaleVersionError as error:
            form.add_conflict(error.current)
            status = 409
        else:
            messages.success(request, f"Le lot {inventory.number} est figé.")
            return redirect(desk.url("footprint_detail", inventory.pk))
    context = {"desk": desk, "inventory": inventory, "form": form, "page": footprint_page(inventory)}
    return render(request, "inventory/inventory_freeze.html", context, status=status)
