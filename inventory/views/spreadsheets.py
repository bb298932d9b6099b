"""Spreadsheet of a lot: download, upload, preview, confirmation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from common.errors import DomainError
from common.versioning import StaleVersionError
from common.xlsx import CONTENT_TYPE
from inventory.desk import Desk, desk_of
from inventory.enums import ImportState
from inventory.forms import UploadForm
from inventory.models import InventoryImport
from inventory.selectors import preview_import
from inventory.services import FROZEN_MESSAGE, confirm_import, discard_import, prepare_import
from inventory.spreadsheet import build_inventory_workbook

UPLOAD_METHODS = ["GET", "HEAD", "POST"]
STALE_MESSAGE = (
    "L’inventaire a changé depuis la lecture de ce tableur\u00a0: déposez-le de nouveau pour voir les écarts."
)


@authority_view(Permission.FILL_INVENTORY)
@require_safe
def inventory_export(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    return _export(desk_of(access), inventory_pk)


@participant_view(Scope.INVENTORY)
@require_safe
def participant_inventory_export(request: HttpRequest, access: ParticipantAccess, inventory_pk: int) -> HttpResponse:
    return _export(desk_of(access), inventory_pk)


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(UPLOAD_METHODS)
def inventory_import(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    return _upload(request, desk_of(access), inventory_pk)


@participant_view(Scope.INVENTORY)
@require_http_methods(UPLOAD_METHODS)
def participant_inventory_import(request: HttpRequest, access: ParticipantAccess, inventory_pk: int) -> HttpResponse:
    return _upload(request, desk_of(access), inventory_pk)


@authority_view(Permission.FILL_INVENTORY)
@require_safe
def import_detail(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, import_pk: int) -> HttpResponse:
    return _preview(request, desk_of(access), inventory_pk, import_pk)


@participant_view(Scope.INVENTORY)
@require_safe
def participant_import_detail(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, import_pk: int
) -> HttpResponse:
    return _preview(request, desk_of(access), inventory_pk, import_pk)


@authority_view(Permission.FILL_INVENTORY)
@require_POST
def import_confirm(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, import_pk: int) -> HttpResponse:
    return _confirm(request, desk_of(access), inventory_pk, import_pk)


@participant_view(Scope.INVENTORY)
@require_POST
def participant_import_confirm(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, import_pk: int
) -> HttpResponse:
    return _confirm(request, desk_of(access), inventory_pk, import_pk)


def _export(desk: Desk, inventory_pk: int) -> HttpResponse:
    inventory = desk.find_inventory(inventory_pk)
    content = build_inventory_workbook(inventory, now=timezone.now())
    name = f"inventaire-{desk.authority.slug}-lot-{inventory.number}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


def _upload(request: HttpRequest, desk: Desk, inventory_pk: int) -> HttpResponse:
    """Read a spreadsheet and go to its preview; a file that cannot be read is refused with what to do."""
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen:
        messages.info(request, FROZEN_MESSAGE)
        return redirect(desk.url("inventory_detail") if desk.is_participant else desk.url("lot_detail", inventory.pk))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            preview = preview_import(inventory, upload)
            waiting = prepare_import(
                inventory=inventory,
                file_name=upload.name,
                changes=preview.changes,
                report=preview.report,
                actor=desk.actor,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            return redirect(desk.url("import_detail", inventory.pk, waiting.pk))
    context = {"desk": desk, "inventory": inventory, "form": form}
    return render(request, "inventory/import_form.html", context, status=422 if form.errors else 200)


def _find_import(desk: Desk, inventory_pk: int, import_pk: int) -> InventoryImport:
    inventory = desk.find_inventory(inventory_pk)
    waiting: InventoryImport = get_object_or_404(
        InventoryImport.objects.for_initiative(desk.initiative).filter(inventory=inventory), pk=import_pk
    )
    waiting.inventory = inventory
    return waiting


def _preview(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int, *, status: int = 200) -> HttpResponse:
    waiting = _find_import(desk, inventory_pk, import_pk)
    if waiting.state == ImportState.APPLIED:
        messages.info(request, "Ce tableur est déjà enregistré.")
        return redirect(desk.url("inventory_detail"))
    is_stale = waiting.inventory_version != waiting.inventory.version or waiting.inventory.is_frozen
    context = {"desk": desk, "inventory": waiting.inventory, "waiting": waiting, "is_stale": is_stale}
    return render(request, "inventory/import_detail.html", context, status=409 if is_stale else status)


def _confirm(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int) -> HttpResponse:
    """Write what was shown, if the lot has not changed since."""
    waiting = _find_import(desk, inventory_pk, import_pk)
    if "discard" in request.POST:
        discard_import(waiting=waiting)
        messages.info(request, "Le tableur est abandonné\u00a0: rien n’a changé.")
        return redirect(desk.url("inventory_import", waiting.inventory.pk))
    try:
        count = confirm_import(waiting=waiting, actor=desk.actor, now=timezone.now())
    except StaleVersionError:
        messages.error(request, STALE_MESSAGE)
        return _preview(request, desk, inventory_pk, import_pk, status=409)
    except DomainError as error:
        messages.error(request, error.message)
        return _preview(request, desk, inventory_pk, import_pk, status=409)
    messages.success(request, f"Tableur enregistré\u00a0: {count} changement{'s' if count > 1 else ''}.")
    return redirect(desk.url("inventory_detail"))
