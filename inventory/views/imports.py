"""Import of a table of the estate: its columns, its families, and the undoing of any import. By both gates."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from common.errors import DomainError
from inventory.before import ChangedSinceError, UndoChoice, changed_since
from inventory.desk import Desk, desk_of, posted
from inventory.devices.forms import (
    COLUMNS_PER_PAGE,
    ColumnsForm,
    FamiliesForm,
    column_order,
    sorted_rows,
    unsorted_rows,
)
from inventory.devices.preview import sorter_of
from inventory.devices.services import layout_from, save_columns, save_families, start_reading
from inventory.devices.tally import Tally
from inventory.enums import ImportState
from inventory.models import InventoryImport
from inventory.services import undo_import

METHODS = ["GET", "HEAD", "POST"]
FAMILIES_PER_PAGE = 25
SORTED_VIEW = "classees"


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(METHODS)
def import_columns(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, import_pk: int) -> HttpResponse:
    return _columns(request, desk_of(access), inventory_pk, import_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(METHODS)
def participant_import_columns(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, import_pk: int
) -> HttpResponse:
    return _columns(request, desk_of(access), inventory_pk, import_pk)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(METHODS)
def import_families(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, import_pk: int) -> HttpResponse:
    return _families(request, desk_of(access), inventory_pk, import_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(METHODS)
def participant_import_families(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, import_pk: int
) -> HttpResponse:
    return _families(request, desk_of(access), inventory_pk, import_pk)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(METHODS)
def import_undo(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, import_pk: int) -> HttpResponse:
    return _undo(request, desk_of(access), inventory_pk, import_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(METHODS)
def participant_import_undo(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, import_pk: int
) -> HttpResponse:
    return _undo(request, desk_of(access), inventory_pk, import_pk)


def find_import(desk: Desk, inventory_pk: int, import_pk: int) -> InventoryImport:
    """Return an import of a lot of this démarche, or raise 404. Two queries."""
    inventory = desk.find_inventory(inventory_pk)
    waiting: InventoryImport = get_object_or_404(
        InventoryImport.objects.for_initiative(desk.initiative).filter(inventory=inventory), pk=import_pk
    )
    waiting.inventory = inventory
    return waiting


def _columns(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int) -> HttpResponse:
    """Tell what each column of the file is; the file is then read with these."""
    waiting = find_import(desk, inventory_pk, import_pk)
    address = desk.url("import_columns", inventory_pk, import_pk)
    if waiting.state not in {ImportState.COLUMNS, ImportState.PENDING} or not waiting.is_table:
        return redirect(desk.url("import_detail", inventory_pk, import_pk))
    layout = layout_from(waiting.layout)
    pages = Paginator(column_order(layout, waiting.layout.get("guessed", {})), COLUMNS_PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    form = ColumnsForm(posted(request), layout=layout, shown=list(shown))
    if request.method == "POST" and form.is_valid():
        following = request.POST.get("following", "")
        try:
            save_columns(waiting=waiting, columns=form.columns, is_final=not following, now=timezone.now())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if following.isdecimal():
                return redirect(f"{address}?page={int(following)}")
            return _read_again(request, desk, waiting)
    context = {"desk": desk, "inventory": waiting.inventory, "waiting": waiting, "form": form, "page_obj": shown}
    return render(request, "inventory/import_columns.html", context, status=422 if form.errors else 200)


def _read_again(request: HttpRequest, desk: Desk, waiting: InventoryImport) -> HttpResponse:
    """Read the file with the columns just chosen; when it is refused, say why where another one is sent."""
    try:
        start_reading(waiting)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(desk.url("inventory_import", waiting.inventory_id))
    return redirect(desk.url("import_detail", waiting.inventory_id, waiting.pk))


def _families(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int) -> HttpResponse:
    """Tell the family of what no rule knows, or correct what the rules said."""
    waiting = find_import(desk, inventory_pk, import_pk)
    if waiting.state != ImportState.PENDING or not waiting.tally:
        return redirect(desk.url("import_detail", inventory_pk, import_pk))
    sorter = sorter_of(desk.authority, waiting.inventory)
    groups = sorter.sort(Tally.from_json(waiting.tally).groups)
    is_sorted = request.GET.get("vue") == SORTED_VIEW
    rows = sorted_rows(groups, sorter.labels) if is_sorted else unsorted_rows(groups)
    shown = Paginator(rows, FAMILIES_PER_PAGE).get_page(request.GET.get("page"))
    form = FamiliesForm(posted(request), rows=list(shown), sorter=sorter)
    if request.method == "POST" and form.is_valid():
        try:
            save_families(
                waiting=waiting,
                choices=form.choices,
                forgotten=form.forgotten,
                labels=form.labels,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect(desk.url("import_detail", inventory_pk, import_pk))
    context = {
        "desk": desk,
        "inventory": waiting.inventory,
        "waiting": waiting,
        "form": form,
        "page_obj": shown,
        "is_sorted": is_sorted,
        "family_names": sorted(sorter.labels.values()),
    }
    return render(request, "inventory/import_families.html", context, status=422 if form.errors else 200)


def _undo(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int) -> HttpResponse:
    """Put the lot back as it was before an import; what was changed since is named, and somebody chooses."""
    applied = find_import(desk, inventory_pk, import_pk)
    if applied.state != ImportState.APPLIED or applied.inventory.is_frozen:
        messages.info(request, "Cet import ne s’annule plus\u00a0: il l’est déjà, ou le lot est figé.")
        return redirect(desk.url("inventory_detail"))
    status, changed = 200, changed_since(applied.inventory, applied.before)
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        try:
            count = undo_import(
                applied=applied,
                choice=UndoChoice(choice) if choice in set(UndoChoice) else None,
                actor=desk.actor,
                now=timezone.now(),
            )
        except ChangedSinceError as error:
            status, changed = 409, error.items
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(desk.url("inventory_detail"))
        else:
            messages.success(request, f"Import annulé\u00a0: {count} retour{'s' if count > 1 else ''} en arrière.")
            return redirect(desk.url("inventory_detail"))
    written = [*applied.before.get("lines", {}), *applied.before.get("figures", {})]
    context = {
        "desk": desk,
        "inventory": applied.inventory,
        "applied": applied,
        "changed": sorted(changed.values()),
        "written_count": len(written),
    }
    return render(request, "inventory/import_undo.html", context, status=status)
