"""Interview grids: downloaded, filled off line, read back with a preview, confirmed."""

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
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.grid_forms import GridChoicesForm, GridForm, GridUploadForm
from diagnostics.grids.content import Grid, build_grid
from diagnostics.grids.people import grid_people
from diagnostics.grids.preview import KEEP_OWN, TAKE_GRID, grid_preview
from diagnostics.grids.printed import build_grid_pdf
from diagnostics.grids.workbook import WRITERS, build_grid_file
from diagnostics.models import GridImport
from diagnostics.selectors.grids import read_received_grid
from diagnostics.services.grids import GridMovedError
from diagnostics.views.common import find_diagnosis, refuse

CLOSED = "Les avis sont clos\u00a0: les grilles ne se remplissent plus."
PDF_TYPE = "application/pdf"


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def grid_import(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Offer the grids to download, and read a filled one: its preview comes next, nothing is written yet."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    people = grid_people(diagnosis)
    form = GridUploadForm(posted(request), request.FILES or None, people=people)
    submission = submit(
        request,
        form,
        lambda: services.prepare_grid(
            diagnosis=diagnosis,
            file_name=form.cleaned_data["file"].name,
            reading=read_received_grid(diagnosis, form.cleaned_data["file"], people, form.chosen),
            actor=access.user,
            now=now,
        ),
    )
    if submission.is_saved:
        return redirect("diagnostics:grid_import_detail", access.authority.slug, pk, submission.result.pk)
    context = {"diagnosis": diagnosis, "state": diagnosis.state_at(now), "form": form}
    context["download"] = GridForm(diagnosis=diagnosis, people=people)
    return render(request, "diagnostics/grid_import.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def grid_export(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Give a grid to fill. It holds no answer but those that its reader typed, and none once the answers are closed."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.is_revealed(now):
        return refuse(request, access, DomainError(CLOSED), now, status=409)
    people = grid_people(diagnosis)
    download = GridForm(request.GET, diagnosis=diagnosis, people=people)
    if not download.is_valid():
        context = {"diagnosis": diagnosis, "state": diagnosis.state_at(now), "download": download}
        context["form"] = GridUploadForm(people=people)
        return render(request, "diagnostics/grid_import.html", context, status=422)
    grid = build_grid(diagnosis, download.cleaned_data["grille"], people, author=access.user)
    return _file_response(access, grid, download.cleaned_data["format"])


def _file_response(access: AuthorityAccess, grid: Grid, extension: str) -> HttpResponse:
    now = timezone.now()
    if extension == "pdf":
        content_type, content = PDF_TYPE, build_grid_pdf(grid, author=access.user, now=now)
    else:
        content_type, content = WRITERS[extension][0], build_grid_file(grid, extension, now=now)
    name = f"grille-{access.authority.slug}-diagnostic-{grid.diagnosis.number}-{grid.file_stem}.{extension}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=content_type, headers=headers)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def grid_import_detail(request: HttpRequest, access: AuthorityAccess, pk: int, grid_pk: int) -> HttpResponse:
    """Show what a grid would write: new answers, changed ones, and those on which one must choose."""
    waiting = _find(access, pk, grid_pk)
    if waiting.applied_at is not None:
        messages.info(request, "Cette grille est déjà enregistrée.")
        return redirect("diagnostics:diagnosis_follow", access.authority.slug, pk)
    return _preview(request, waiting)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def grid_import_confirm(request: HttpRequest, access: AuthorityAccess, pk: int, grid_pk: int) -> HttpResponse:
    """Write what was shown, with what was chosen, when no answer changed since."""
    waiting = _find(access, pk, grid_pk)
    if "discard" in request.POST:
        services.discard_grid(waiting=waiting)
        messages.info(request, "La grille est abandonnée\u00a0: rien n’a changé.")
        return redirect("diagnostics:grid_import", access.authority.slug, pk)
    form = GridChoicesForm(request.POST, conflicts=grid_preview(waiting).conflicts)
    if not form.is_valid():
        return _preview(request, waiting, form=form, taken=form.taken, status=422)
    try:
        count = services.confirm_grid(
            waiting=waiting,
            token=request.POST.get("token", ""),
            taken=form.taken,
            actor=access.user,
            now=timezone.now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return _preview(request, waiting, taken=form.taken, status=409 if isinstance(error, GridMovedError) else 422)
    words = pluralise(count, "réponse enregistrée", "réponses enregistrées")
    messages.success(request, f"{count} {words} d’après la grille.")
    return redirect("diagnostics:diagnosis_follow", access.authority.slug, pk)


def _find(access: AuthorityAccess, pk: int, grid_pk: int) -> GridImport:
    """Return a grid that this very person sent: its answers are nobody else's to read."""
    diagnosis = find_diagnosis(access, pk)
    waiting: GridImport = get_object_or_404(diagnosis.grids.filter(created_by=access.user), pk=grid_pk)
    waiting.diagnosis = diagnosis
    return waiting


def _preview(
    request: HttpRequest,
    waiting: GridImport,
    *,
    form: GridChoicesForm | None = None,
    taken: frozenset[str] | set[str] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "preview": grid_preview(waiting),
        "waiting": waiting,
        "is_open": waiting.diagnosis.state_at(timezone.now()) == DiagnosisState.OPEN,
        "taken": taken,
        "keep": KEEP_OWN,
        "take": TAKE_GRID,
    }
    return render(request, "diagnostics/grid_import_detail.html", context, status=status)
