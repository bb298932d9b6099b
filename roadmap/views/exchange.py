"""Action sheets edited off line: downloaded as a workbook, read back with a preview, confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.numbers import pluralise
from roadmap import services
from roadmap.exchange.names import exchange_names
from roadmap.exchange.preview import KEEP_SITE, TAKE_WORKBOOK, exchange_preview
from roadmap.exchange.workbook import WRITERS, build_exchange_file
from roadmap.forms.exchange import ExchangeChoicesForm, SheetUploadForm
from roadmap.models import SheetImport
from roadmap.selectors.exchange import exchanged_sheets, read_received_exchange
from roadmap.services.exchange import ExchangeMovedError


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_exchange(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Offer the workbook, and read a filled one: its preview comes next, nothing is written yet."""
    form = SheetUploadForm(posted(request), request.FILES or None)
    submission = submit(
        request,
        form,
        lambda: services.prepare_exchange(
            initiative=access.initiative,
            file_name=form.cleaned_data["file"].name,
            reading=read_received_exchange(access.initiative, form.cleaned_data["file"]),
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        return redirect("roadmap:sheet_exchange_detail", access.authority.slug, submission.result.pk)
    return render(request, "roadmap/sheet_exchange.html", {"form": form}, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_safe
def sheet_export(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Give all the sheets as one workbook: xlsx or, with `?format=ods`, ods."""
    extension = "ods" if request.GET.get("format") == "ods" else "xlsx"
    initiative = access.initiative
    content = build_exchange_file(
        initiative, exchanged_sheets(initiative), exchange_names(initiative), extension, now=timezone.now()
    )
    name = f"fiches-{access.authority.slug}-demarche-{initiative.number}.{extension}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=WRITERS[extension][0], headers=headers)


@authority_view(Permission.EDIT_ROADMAP)
@require_safe
def sheet_exchange_detail(request: HttpRequest, access: AuthorityAccess, import_pk: int) -> HttpResponse:
    """Show what a workbook would add and change, what one must choose, and what could not be read."""
    waiting = _find(access, import_pk)
    if waiting.applied_at is not None:
        messages.info(request, "Ce tableur est déjà enregistré.")
        return redirect("roadmap:roadmap_detail", access.authority.slug)
    return _preview(request, waiting)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_exchange_confirm(request: HttpRequest, access: AuthorityAccess, import_pk: int) -> HttpResponse:
    """Write what was shown, with what was chosen, when no sheet changed since."""
    waiting = _find(access, import_pk)
    if "discard" in request.POST:
        services.discard_exchange(waiting=waiting)
        messages.info(request, "Le tableur est abandonné\u00a0: rien n’a changé.")
        return redirect("roadmap:sheet_exchange", access.authority.slug)
    form = ExchangeChoicesForm(request.POST, conflicts=exchange_preview(waiting).shown_conflicts)
    if not form.is_valid():
        return _preview(request, waiting, form=form, taken=form.taken, status=422)
    try:
        count = services.confirm_exchange(
            waiting=waiting,
            token=request.POST.get("token", ""),
            taken=form.taken,
            actor=access.user,
            now=timezone.now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return _preview(
            request, waiting, taken=form.taken, status=409 if isinstance(error, ExchangeMovedError) else 422
        )
    messages.success(
        request, f"{count} {pluralise(count, 'fiche enregistrée', 'fiches enregistrées')} d’après le tableur."
    )
    return redirect("roadmap:roadmap_detail", access.authority.slug)


def _find(access: AuthorityAccess, import_pk: int) -> SheetImport:
    waiting: SheetImport = get_object_or_404(SheetImport.objects.for_initiative(access.initiative), pk=import_pk)
    waiting.initiative = access.initiative
    return waiting


def _preview(
    request: HttpRequest,
    waiting: SheetImport,
    *,
    form: ExchangeChoicesForm | None = None,
    taken: frozenset[str] | set[str] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "preview": exchange_preview(waiting),
        "waiting": waiting,
        "taken": taken,
        "keep": KEEP_SITE,
        "take": TAKE_WORKBOOK,
    }
    return render(request, "roadmap/sheet_exchange_detail.html", context, status=status)
