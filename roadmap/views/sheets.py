"""Action sheets: the list, one sheet, its parts."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import submit
from common.errors import DomainError
from common.numbers import pluralise
from common.refusals import refusal_page
from common.text import typography
from roadmap import services
from roadmap.forms import SHEET_PARTS
from roadmap.models import ActionSheet
from roadmap.selectors.sheets import sheet_board, sheet_page
from roadmap.views.frame import building_tabs, get_roadmap_or_404


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def roadmap_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List the sheets with what each of them misses."""
    context = {"board": sheet_board(access.initiative), "tabs": building_tabs(access)}
    return render(request, "roadmap/roadmap_detail.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheets_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Create the sheets of the retained levers that have none."""
    home = ("roadmap:roadmap_detail", access.authority.slug)
    try:
        report = services.create_sheets_from_decisions(
            initiative=access.initiative, actor=access.user, now=timezone.now()
        )
    except DomainError as error:
        return refusal_page(request, error.message, *home)
    count = len(report.created)
    done = pluralise(count, "fiche créée", "fiches créées")
    text = f"{count} {done}, déjà remplies depuis le catalogue." if count else "Chaque levier retenu a déjà sa fiche."
    messages.success(request, typography(text))
    return redirect(*home)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def sheet_detail(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show one sheet."""
    page = sheet_page(pk, get_roadmap_or_404(access.initiative))
    if page is None:
        raise Http404
    context = {"page": page, "can_edit": Permission.EDIT_ROADMAP in access.permissions}
    return render(request, "roadmap/sheet_detail.html", context)


def _sheet(access: AuthorityAccess, pk: int) -> ActionSheet:
    sheets = ActionSheet.objects.for_initiative(access.initiative).select_related("lead_service", "lead_participant")
    sheet: ActionSheet = get_object_or_404(sheets.select_related("roadmap", "lever", "dimension", "theme"), pk=pk)
    sheet.roadmap.initiative = access.initiative
    return sheet


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_update(request: HttpRequest, access: AuthorityAccess, pk: int, part_slug: str) -> HttpResponse:
    """Complete one part of a sheet."""
    part = SHEET_PARTS.get(part_slug)
    if part is None:
        raise Http404
    sheet = _sheet(access, pk)
    form = part.form(request.POST or None, instance=sheet)
    save = partial(services.save_sheet, sheet=sheet, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: save(expected_version=form.expected_version, **form.save_arguments()))
    if submission.is_saved:
        messages.success(request, typography(f"Fiche {sheet.number} enregistrée."))
        return redirect("roadmap:sheet_detail", access.authority.slug, sheet.pk)
    context = {"form": form, "part": part, "sheet": _sheet(access, pk)}
    return render(request, "roadmap/sheet_update.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove a sheet, after a confirmation."""
    sheet = _sheet(access, pk)
    if request.method == "POST":
        services.delete_sheet(sheet=sheet, actor=access.user, now=timezone.now())
        messages.success(request, typography(f"Fiche « {sheet.title} » retirée."))
        return redirect("roadmap:roadmap_detail", access.authority.slug)
    return render(request, "roadmap/sheet_delete.html", {"sheet": sheet})
