"""An action placed by hand, its move undone, its place given back to the proposals."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import press
from common.text import typography
from common.versioning import StaleVersionError
from levers.views.frame import read_version
from roadmap import services
from roadmap.forms import PlacementForm
from roadmap.models import ActionSheet
from roadmap.selectors.history import sheet_history


def _sheet(access: AuthorityAccess, pk: int) -> ActionSheet:
    sheets = ActionSheet.objects.for_initiative(access.initiative).select_related("lead_service", "roadmap")
    sheet: ActionSheet = get_object_or_404(sheets, pk=pk)
    sheet.roadmap.initiative = access.initiative
    return sheet


def _kept(version: int) -> HttpResponse:
    """Answer the script of the drawing: done, and the version to send next time."""
    return HttpResponse(status=204, headers={"X-Version": str(version)})


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_place(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Place an action by hand: two lists, the keyboard is enough. The drawing sends its moves here too."""
    sheet = _sheet(access, pk)
    form = PlacementForm(posted(request), instance=sheet)
    place = partial(services.place_sheet, sheet=sheet, actor=access.user, now=timezone.now())
    submission = submit(
        request, form, lambda: place(expected_version=form.expected_version, start=form.start, end=form.end)
    )
    if submission.is_saved and request.headers.get("X-Autosave"):
        return _kept(submission.result.version)
    if submission.is_saved:
        messages.success(request, typography(f"Fiche {sheet.number} placée : {sheet.span_label}."))
        return redirect("roadmap:schedule_detail", access.authority.slug)
    stored = _sheet(access, pk)
    can_undo = services.can_undo_placement(sheet_history(stored))
    context = {"form": form, "sheet": stored, "can_undo": can_undo}
    return render(request, "roadmap/sheet_place.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_unplace(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Undo the last move of an action."""
    sheet = _sheet(access, pk)
    undo = partial(services.undo_placement, sheet=sheet, actor=access.user, now=timezone.now())
    if request.headers.get("X-Autosave"):
        try:
            return _kept(undo(expected_version=read_version(request)).version)
        except DomainError as error:
            return HttpResponse(error.message, status=422, content_type="text/plain; charset=utf-8")
        except StaleVersionError:
            return HttpResponse(status=409)
    text = f"Déplacement de la fiche {sheet.number} annulé."
    back = ("roadmap:sheet_place", access.authority.slug, pk)
    return press(request, lambda: undo(expected_version=read_version(request)), text, *back)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_release(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Let the proposals move an action again."""
    sheet = _sheet(access, pk)
    release = partial(services.release_sheet, sheet=sheet, actor=access.user, now=timezone.now())
    text = f"La fiche {sheet.number} suivra la prochaine proposition."
    back = ("roadmap:sheet_place", access.authority.slug, pk)
    return press(request, lambda: release(expected_version=read_version(request)), text, *back)
