"""Filling of a lot on screen, from the space of an authority or from a personal link."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from common.errors import DomainError
from common.versioning import StaleVersionError
from inventory.columns import LINE_COLUMNS, TABLE_COLUMNS
from inventory.desk import Desk, desk_of, posted
from inventory.forms import FiguresForm, LinesForm, SheetForm
from inventory.models import Inventory
from inventory.selectors import default_lifetimes, figure_kinds, group_rows, table_pages
from inventory.services import FROZEN_MESSAGE, save_figures, save_lines

ENTRY_METHODS = ["GET", "HEAD", "POST"]


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(ENTRY_METHODS)
def line_update(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    return _edit_table(request, desk_of(access), inventory_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(ENTRY_METHODS)
def participant_line_update(request: HttpRequest, access: ParticipantAccess, inventory_pk: int) -> HttpResponse:
    return _edit_table(request, desk_of(access), inventory_pk)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(ENTRY_METHODS)
def group_update(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, group_code: str) -> HttpResponse:
    return _edit_group(request, desk_of(access), inventory_pk, group_code)


@participant_view(Scope.INVENTORY)
@require_http_methods(ENTRY_METHODS)
def participant_group_update(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, group_code: str
) -> HttpResponse:
    return _edit_group(request, desk_of(access), inventory_pk, group_code)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(ENTRY_METHODS)
def figure_update(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    return _edit_figures(request, desk_of(access), inventory_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(ENTRY_METHODS)
def participant_figure_update(request: HttpRequest, access: ParticipantAccess, inventory_pk: int) -> HttpResponse:
    return _edit_figures(request, desk_of(access), inventory_pk)


def _edit_table(request: HttpRequest, desk: Desk, inventory_pk: int) -> HttpResponse:
    """Every family, with its main columns."""
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen and request.method != "POST":
        return leave_frozen(request, desk, inventory)
    pages = Paginator(table_pages(group_rows(tuple(inventory.lines.select_related("category__group")))), 1)
    shown = pages.get_page(request.GET.get("page"))
    lines = [line for groups in shown for group in groups for line in group.lines]
    form = LinesForm(posted(request), lines=lines, columns=TABLE_COLUMNS, defaults=default_lifetimes(inventory))
    address = f"{desk.url('line_update', inventory.pk)}?page={shown.number}"
    answer, status = _save(request, desk, inventory, form, save_lines, address)
    context = {"desk": desk, "inventory": inventory, "form": form, "page_obj": shown}
    return answer or render(request, "inventory/line_update.html", context, status=status)


def _edit_group(request: HttpRequest, desk: Desk, inventory_pk: int, group_code: str) -> HttpResponse:
    """The families of one group, with everything that is asked of them."""
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen and request.method != "POST":
        return leave_frozen(request, desk, inventory)
    groups = group_rows(tuple(inventory.lines.select_related("category__group", "hosting__host_category")))
    codes = [group.code for group in groups]
    if group_code not in codes:
        raise Http404
    rank = codes.index(group_code)
    following = groups[rank + 1] if rank + 1 < len(groups) else None
    form = LinesForm(
        posted(request),
        lines=groups[rank].lines,
        columns=LINE_COLUMNS,
        defaults=default_lifetimes(inventory),
    )
    address = desk.url("group_update", inventory.pk, group_code)
    if "next" in request.POST:
        address = (
            desk.url("group_update", inventory.pk, following.code)
            if following
            else desk.url("figure_update", inventory.pk)
        )
    answer, status = _save(request, desk, inventory, form, save_lines, address)
    context = {"desk": desk, "inventory": inventory, "form": form, "group": groups[rank], "following": following}
    return answer or render(request, "inventory/group_update.html", context, status=status)


def _edit_figures(request: HttpRequest, desk: Desk, inventory_pk: int) -> HttpResponse:
    """The key figures of the track."""
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen and request.method != "POST":
        return leave_frozen(request, desk, inventory)
    figures = {item.kind.code: item for item in inventory.figures.select_related("kind")}
    form = FiguresForm(posted(request), kinds=figure_kinds(desk.initiative), figures=figures)
    answer, status = _save(request, desk, inventory, form, save_figures, desk.url("figure_update", inventory.pk))
    context = {"desk": desk, "inventory": inventory, "form": form}
    return answer or render(request, "inventory/figure_update.html", context, status=status)


def _save(
    request: HttpRequest, desk: Desk, inventory: Inventory, form: SheetForm, save: Callable[..., int], address: str
) -> tuple[HttpResponse | None, int]:
    """Save a sheet. Return the answer, or none and the status of the page to show again."""
    if request.method != "POST":
        return None, 200
    if not form.is_valid():
        return None, 422
    now = timezone.now()
    fields: dict[str, Any] = {"values": form.values, "expected_version": form.expected_version}
    try:
        version = save(inventory=inventory, actor=desk.actor, now=now, **fields)
    except StaleVersionError as error:
        form.add_conflict(error.current)
        return None, 409
    except DomainError as error:
        form.add_error(None, error.message)
        return None, 409
    if request.headers.get("X-Autosave"):
        return HttpResponse(status=204, headers={"X-Version": str(version)}), 204
    messages.success(request, f"Enregistré à {timezone.localtime(now):%H:%M}.")
    return redirect(address), 302


def leave_frozen(request: HttpRequest, desk: Desk, inventory: Inventory) -> HttpResponse:
    """A frozen lot is read, not filled: say so and go to its page. A save that comes too late keeps what was typed."""
    messages.info(request, FROZEN_MESSAGE)
    return redirect(desk.url("inventory_detail") if desk.is_participant else desk.url("lot_detail", inventory.pk))
