"""The history of an action sheet: its versions, two of them compared, the return to one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.errors import DomainError
from common.refusals import STALE, refusal_page
from common.text import typography
from common.versioning import StaleVersionError
from levers.views.frame import read_version
from roadmap import services
from roadmap.forms import CompareForm
from roadmap.models import ActionSheet
from roadmap.selectors.history import SheetVersion, compare_versions, sheet_history
from roadmap.sheet_texts import read_sheet

VERSIONS_PER_PAGE = 20


def _sheet(access: AuthorityAccess, pk: int) -> ActionSheet:
    sheets = ActionSheet.objects.for_initiative(access.initiative).select_related("roadmap", "dimension")
    sheet: ActionSheet = get_object_or_404(sheets, pk=pk)
    sheet.roadmap.initiative = access.initiative
    return sheet


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def sheet_versions(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """List the versions of a sheet, the latest first."""
    sheet = _sheet(access, pk)
    versions = sheet_history(sheet)
    last = len(versions)
    page = Paginator(versions[::-1], VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    form = CompareForm(initial={"de": last - 1, "a": last}, last_number=last)
    context = {"sheet": sheet, "page_obj": page, "form": form, "last_number": last}
    return render(request, "roadmap/sheet_history.html", context)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def sheet_compare(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show what changed between two versions, named by the address."""
    sheet = _sheet(access, pk)
    versions = sheet_history(sheet)
    form = CompareForm(request.GET, last_number=len(versions))
    context = {"sheet": sheet, "form": form, "last_number": len(versions)}
    if form.is_valid():
        before, after = versions[form.cleaned_data["de"] - 1], versions[form.cleaned_data["a"] - 1]
        context |= {"before": before, "after": after, "comparisons": compare_versions(before, after)}
    return render(request, "roadmap/sheet_compare.html", context)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_restore(request: HttpRequest, access: AuthorityAccess, pk: int, number: int) -> HttpResponse:
    """Show what a return to a version would change, then do it."""
    sheet = _sheet(access, pk)
    versions = sheet_history(sheet)
    if not 1 <= number <= len(versions):
        raise Http404
    version = versions[number - 1]
    if request.method == "POST":
        return _restore(request, access, sheet, version)
    context = {
        "sheet": sheet,
        "version": version,
        "comparisons": compare_versions(versions[-1], version),
        "lost": read_sheet(version.texts, sheet).lost,
    }
    return render(request, "roadmap/sheet_restore.html", context)


def _restore(request: HttpRequest, access: AuthorityAccess, sheet: ActionSheet, version: SheetVersion) -> HttpResponse:
    back = ("roadmap:sheet_history", access.authority.slug, sheet.pk)
    try:
        lost = services.restore_sheet(
            sheet=sheet,
            expected_version=read_version(request),
            version=version,
            actor=access.user,
            now=timezone.now(),
        )
    except DomainError as error:
        return refusal_page(request, error.message, *back)
    except StaleVersionError:
        return refusal_page(request, STALE, *back, status=409)
    kept = f" Laissé tel quel : {', '.join(lost)}." if lost else ""
    messages.success(request, typography(f"La fiche {sheet.number} a repris sa version {version.number}.{kept}"))
    return redirect("roadmap:sheet_detail", access.authority.slug, sheet.pk)
