"""Spreadsheet of a lot: download, upload, preview, confirmation."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from common.errors import DomainError
from common.ods import CONTENT_TYPE as ODS_TYPE
from common.spreadsheets.long_tables import CSV_EXTENSIONS, kind_of_table
from common.spreadsheets.process import SpreadsheetRefused
from common.versioning import StaleVersionError
from common.xlsx import CONTENT_TYPE
from inventory.desk import Desk, desk_of
from inventory.devices.services import may_be_ours, read_table, refresh_preview, take_table
from inventory.enums import ImportState
from inventory.forms import UploadForm
from inventory.models import Inventory, InventoryImport
from inventory.selectors import NotOurSpreadsheetError, applied_imports, preview_import
from inventory.services import FROZEN_MESSAGE, confirm_import, discard_import, prepare_import
from inventory.spreadsheet import build_inventory_workbook
from inventory.views.imports import find_import

# What makes a file too long for our template may be the list of an asset tool.
# A text that bears the name of a workbook is read for what it is.
TABLE_CODES = {"too_many_rows", "too_many_cells", "text"}
UPLOAD_METHODS = ["GET", "HEAD", "POST"]
STALE_MESSAGE = (
    "L’inventaire a changé depuis la lecture de ce tableur\u00a0: déposez-le de nouveau pour voir les écarts."
)


@authority_view(Permission.FILL_INVENTORY)
@require_safe
def inventory_export(request: HttpRequest, access: AuthorityAccess, inventory_pk: int) -> HttpResponse:
    return _export(request, desk_of(access), inventory_pk)


@participant_view(Scope.INVENTORY)
@require_safe
def participant_inventory_export(request: HttpRequest, access: ParticipantAccess, inventory_pk: int) -> HttpResponse:
    return _export(request, desk_of(access), inventory_pk)


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


def _export(request: HttpRequest, desk: Desk, inventory_pk: int) -> HttpResponse:
    """Send the spreadsheet of a lot, as xlsx or, with `?format=ods`, as ods."""
    inventory = desk.find_inventory(inventory_pk)
    is_ods = request.GET.get("format") == "ods"
    content = build_inventory_workbook(inventory, now=timezone.now(), is_ods=is_ods)
    name = f"inventaire-{desk.authority.slug}-lot-{inventory.number}.{'ods' if is_ods else 'xlsx'}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=ODS_TYPE if is_ods else CONTENT_TYPE, headers=headers)


def _upload(request: HttpRequest, desk: Desk, inventory_pk: int) -> HttpResponse:
    """Read a spreadsheet and go to its preview; a file that cannot be read is refused with what to do."""
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen:
        messages.info(request, FROZEN_MESSAGE)
        return redirect(desk.url("inventory_detail") if desk.is_participant else desk.url("lot_detail", inventory.pk))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            waiting = _receive(desk, inventory, form)
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            _say_kind(request, form.cleaned_data["file"])
            return redirect(desk.url("import_detail", inventory.pk, waiting.pk))
    context = {"desk": desk, "inventory": inventory, "form": form, "applied": applied_imports(inventory)}
    return render(request, "inventory/import_form.html", context, status=422 if form.errors else 200)


def _receive(desk: Desk, inventory: Inventory, form: UploadForm) -> InventoryImport:
    """Read our own spreadsheet; any other table is kept and read apart. Raises DomainError when it is refused."""
    upload, now = form.cleaned_data["file"], timezone.now()
    asks_columns: bool = form.cleaned_data["asks_columns"]
    if not asks_columns and may_be_ours(upload):
        try:
            preview = preview_import(inventory, upload)
        except (NotOurSpreadsheetError, SpreadsheetRefused) as error:
            if isinstance(error, SpreadsheetRefused) and error.code not in TABLE_CODES:
                raise
            upload.seek(0)
        else:
            values = {"changes": preview.changes, "report": preview.report}
            return prepare_import(inventory=inventory, file_name=upload.name, actor=desk.actor, now=now, **values)
    return take_table(
        inventory=inventory,
        file_name=upload.name,
        data=upload.read(),
        asks_columns=asks_columns,
        actor=desk.actor,
        now=now,
    )


def _say_kind(request: HttpRequest, upload: UploadedFile) -> None:
    """Say that a file was read for what it holds, when its name says otherwise."""
    upload.seek(0)
    extension, kind = str(upload.name).rpartition(".")[2].lower(), kind_of_table(upload.read(), str(upload.name))
    if extension != kind and (kind != "csv" or extension not in CSV_EXTENSIONS):
        words = "un texte csv" if kind == "csv" else f"un tableur {kind}"
        messages.info(request, f"Ce fichier se nomme .{extension} et contient {words}\u00a0: il est lu comme tel.")


def _preview(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int, *, status: int = 200) -> HttpResponse:
    """Show where an import is: being read, refused, waiting for its columns, or ready to be confirmed."""
    waiting = find_import(desk, inventory_pk, import_pk)
    is_read = waiting.state not in {ImportState.WAITING, ImportState.READING}
    if request.headers.get("X-Progress"):
        return JsonResponse({"percent": waiting.progress, "is_read": is_read})
    if waiting.state in {ImportState.APPLIED, ImportState.UNDONE}:
        messages.info(
            request, f"Ce tableur est déjà {'enregistré' if waiting.state == ImportState.APPLIED else 'annulé'}."
        )
        return redirect(desk.url("inventory_detail"))
    if waiting.state == ImportState.COLUMNS:
        return redirect(desk.url("import_columns", inventory_pk, import_pk))
    is_stale = waiting.inventory_version != waiting.inventory.version or waiting.inventory.is_frozen
    context = {"desk": desk, "inventory": waiting.inventory, "waiting": waiting, "is_stale": is_stale}
    if waiting.state != ImportState.PENDING:
        return render(request, "inventory/import_progress.html", context)
    return render(request, "inventory/import_detail.html", context, status=409 if is_stale else status)


def _confirm(request: HttpRequest, desk: Desk, inventory_pk: int, import_pk: int) -> HttpResponse:
    """Write what was shown, if the lot has not changed since; or read now, compare again, give up."""
    waiting = find_import(desk, inventory_pk, import_pk)
    address = desk.url("import_detail", inventory_pk, import_pk)
    if "discard" in request.POST:
        discard_import(waiting=waiting)
        messages.info(request, "Le tableur est abandonné\u00a0: rien n’a changé.")
        return redirect(desk.url("inventory_import", waiting.inventory.pk))
    if "read" in request.POST:
        read_table(waiting.pk)
        return redirect(address)
    try:
        if "refresh" in request.POST:
            refresh_preview(waiting=waiting)
            return redirect(address)
        is_agreed = request.POST.get("agreed") == "1"
        count = confirm_import(waiting=waiting, actor=desk.actor, now=timezone.now(), is_agreed=is_agreed)
    except StaleVersionError:
        messages.error(request, STALE_MESSAGE)
        return _preview(request, desk, inventory_pk, import_pk, status=409)
    except DomainError as error:
        messages.error(request, error.message)
        return _preview(request, desk, inventory_pk, import_pk, status=409)
    messages.success(
        request,
        f"Fichier enregistré\u00a0: {count} changement{'s' if count > 1 else ''}. "
        "Pour revenir en arrière\u00a0: «\u00a0Remplir par un fichier\u00a0», puis «\u00a0Annuler cet import\u00a0».",
    )
    return redirect(desk.url("inventory_detail"))
