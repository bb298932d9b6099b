"""Lots beside each other, results computed again, and the files of a footprint."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.errors import DomainError
from common.ods import CONTENT_TYPE as ODS_TYPE
from common.xlsx import CONTENT_TYPE as XLSX_TYPE
from inventory.desk import desk_of
from inventory.exports import (
    beges_lines,
    beges_source,
    build_beges_csv,
    build_footprint_workbook,
    build_numecoeval_csv,
)
from inventory.forms import LotComparisonForm
from inventory.result_services import recalculate_inventory
from inventory.selectors import read_data
from inventory.selectors.data import InventoryData
from inventory.selectors.lots import comparable_lots, compare_lots, result_rows, set_to_recalculate

CSV_TYPE = "text/csv; charset=utf-8"
# Word of the address → end of the name of the file, type, bytes.
EXPORTS: dict[str, tuple[str, str, Callable[[InventoryData], bytes]]] = {
    "empreinte-xlsx": (
        "empreinte.xlsx", XLSX_TYPE, lambda data: build_footprint_workbook(data, now=timezone.now(), is_ods=False),
    ),
    "empreinte-ods": (
        "empreinte.ods", ODS_TYPE, lambda data: build_footprint_workbook(data, now=timezone.now(), is_ods=True),
    ),
    "numecoeval": ("numecoeval-equipements-physiques.csv", CSV_TYPE, build_numecoeval_csv),
    "beges": ("beges.csv", CSV_TYPE, build_beges_csv),
}  # fmt: skip


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def lot_compare(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Compare two lots under the same factors."""
    lots = comparable_lots(access.initiative)
    form = LotComparisonForm(request.GET or None, lots=lots)
    comparison = compare_lots(*form.chosen) if form.is_bound and form.is_valid() else None
    context = {"desk": desk_of(access), "form": form, "lots": lots, "comparison": comparison}
    status = 422 if form.errors else 200
    return render(request, "inventory/lot_compare.html", context, status=status)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def result_list(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Show the results of a frozen lot: that of its day, and those computed since with other factors."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    rows = result_rows(inventory)
    context = {"desk": desk, "inventory": inventory, "rows": rows, "proposed": set_to_recalculate(rows)}
    return render(request, "inventory/result_list.html", context)


@authority_view(Permission.FREEZE_INVENTORY)
@require_http_methods(["POST"])
def inventory_recalculate(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Compute a frozen lot with the set of factors in force."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    try:
        found = recalculate_inventory(inventory=inventory, actor=access.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        rows = result_rows(inventory)
        context = {"desk": desk, "inventory": inventory, "rows": rows, "proposed": set_to_recalculate(rows)}
        return render(request, "inventory/result_list.html", context, status=422)
    messages.success(request, f"Le lot {inventory.number} est calculé avec «\u00a0{found.factor_set.name}\u00a0».")
    return redirect(desk.url("result_list", inventory.pk))


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def export_list(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    """Show the files of a footprint, and what goes to each post of the greenhouse gas assessment."""
    desk = desk_of(access)
    inventory = desk.find_inventory(inventory_pk)
    data = read_data(inventory)
    context = {"desk": desk, "inventory": inventory, "lines": beges_lines(data), "source": beges_source()}
    context["has_lines"] = bool(data.filled_lines)
    return render(request, "inventory/export_list.html", context)


@authority_view(Permission.VIEW_INVENTORY)
@require_safe
def export_download(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, export_slug: str) -> HttpResponse:
    """Send one of these files."""
    if export_slug not in EXPORTS:
        raise Http404
    name, content_type, build = EXPORTS[export_slug]
    inventory = desk_of(access).find_inventory(inventory_pk)
    response = HttpResponse(build(read_data(inventory)), content_type=content_type)
    file_name = f"{access.authority.slug}-lot-{inventory.number}-{name}"
    response["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    return response
