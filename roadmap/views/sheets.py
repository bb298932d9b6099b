"""Action sheets: the list, one sheet and its parts, several at once."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.numbers import pluralise
from common.refusals import refusal_page
from common.text import typography
from roadmap import services
from roadmap.desk import SheetDesk, member_desk
from roadmap.forms import SHEET_PARTS, ReturnForm, SheetsUpdateForm, SheetsValidationForm
from roadmap.models import ActionSheet
from roadmap.selectors.shares import share_counts
from roadmap.selectors.sheets import sheet_board
from roadmap.views import desk as desks
from roadmap.views.frame import building_tabs, get_roadmap_or_404

FORM_METHODS = ["GET", "HEAD", "POST"]


def _desk(access: AuthorityAccess, pk: int) -> SheetDesk:
    sheet = desks.find_sheet(ActionSheet.objects.for_initiative(access.initiative), pk, access.initiative)
    return member_desk(access, sheet, SHEET_PARTS)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def roadmap_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List the sheets with what each of them misses; `manque` keeps those that miss one thing."""
    board = sheet_board(access.initiative, gap_slug=request.GET.get("manque", ""))
    context = {"board": board, "tabs": building_tabs(access), "sharing": share_counts(access.initiative)}
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


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheets_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Change several sheets in one gesture."""
    roadmap = get_roadmap_or_404(access.initiative)
    form = SheetsUpdateForm(posted(request), roadmap=roadmap)
    write = partial(services.update_sheets, roadmap=roadmap, actor=access.user, now=timezone.now())
    submission = submit(
        request,
        form,
        lambda: write(
            versions=form.cleaned_data["sheets"],
            changes=form.changes,
            objectives=list(form.cleaned_data["objectives"]),
        ),
    )
    if submission.is_saved:
        count = submission.result
        messages.success(request, f"{count} {pluralise(count, 'fiche modifiée', 'fiches modifiées')}.")
        return redirect("roadmap:roadmap_detail", access.authority.slug)
    return render(request, "roadmap/sheets_update.html", {"form": form}, status=submission.status)


@authority_view(Permission.VALIDATE_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheets_validate(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Record that the steering committee validated submitted sheets."""
    roadmap = get_roadmap_or_404(access.initiative)
    now = timezone.now()
    form = SheetsValidationForm(posted(request), roadmap=roadmap, initial={"validated_on": timezone.localdate(now)})
    write = partial(services.validate_sheets, roadmap=roadmap, actor=access.user, now=now)
    submission = submit(
        request,
        form,
        lambda: write(
            sheet_pks=[sheet.pk for sheet in form.cleaned_data["sheets"]],
            validated_on=form.cleaned_data["validated_on"],
            body=form.cleaned_data["body"],
        ),
    )
    if submission.is_saved:
        count = submission.result
        messages.success(request, typography(f"{count} {pluralise(count, 'fiche validée', 'fiches validées')}."))
        return redirect("roadmap:roadmap_detail", access.authority.slug)
    return render(request, "roadmap/sheets_validate.html", {"form": form}, status=submission.status)


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def sheet_detail(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show one sheet."""
    return desks.show(request, _desk(access, pk))


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheet_update(request: HttpRequest, access: AuthorityAccess, pk: int, part_slug: str) -> HttpResponse:
    """Complete one part of a sheet."""
    return desks.update(request, _desk(access, pk), part_slug)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_confirm(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Keep texts of the catalogue as they stand."""
    return desks.confirm(request, _desk(access, pk))


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_submit(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Hand the sheet over to the steering committee."""
    return desks.submit_sheet(request, _desk(access, pk))


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheet_return(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Give a submitted sheet back to its lead, with what is asked."""
    desk = _desk(access, pk)
    form = ReturnForm(posted(request))
    write = partial(services.return_sheet, sheet=desk.sheet, actor=access.user, now=timezone.now())
    submission = submit(
        request, form, lambda: write(expected_version=desk.sheet.version, reason=form.cleaned_data["reason"])
    )
    if submission.is_saved:
        messages.success(request, typography(f"Fiche {desk.sheet.number} rendue à son pilote."))
        return redirect(desk.url("detail"))
    context = {"form": form, "desk": desk, "sheet": desk.sheet}
    return render(request, "roadmap/sheet_return.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_POST
def sheet_duplicate(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Copy a sheet, then show the copy."""
    desk = _desk(access, pk)
    copy = services.duplicate_sheet(sheet=desk.sheet, actor=access.user, now=timezone.now())
    messages.success(request, typography(f"Fiche {copy.number} créée, copie de la fiche {desk.sheet.number}."))
    return redirect("roadmap:sheet_detail", access.authority.slug, copy.pk)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheet_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove a sheet, after a confirmation."""
    sheet = _desk(access, pk).sheet
    if request.method == "POST":
        services.delete_sheet(sheet=sheet, actor=access.user, now=timezone.now())
        messages.success(request, typography(f"Fiche « {sheet.title} » retirée."))
        return redirect("roadmap:roadmap_detail", access.authority.slug)
    return render(request, "roadmap/sheet_delete.html", {"sheet": sheet})


# Notes and files ------------------------------------------------------------------------------------------------------
@authority_view(Permission.COMMENT_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheet_notes(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the notes of a sheet and add one."""
    return desks.notes(request, _desk(access, pk))


@authority_view(Permission.COMMENT_ROADMAP)
@require_POST
def sheet_note_delete(request: HttpRequest, access: AuthorityAccess, pk: int, note_pk: int) -> HttpResponse:
    """Remove a note that one wrote."""
    return desks.delete_note(request, _desk(access, pk), note_pk)


@authority_view(Permission.COMMENT_ROADMAP)
@require_http_methods(FORM_METHODS)
def sheet_files(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the files of a sheet and join one."""
    return desks.files(request, _desk(access, pk))


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def sheet_file(request: HttpRequest, access: AuthorityAccess, pk: int, file_pk: int) -> HttpResponse:
    """Send a file of a sheet."""
    return desks.send_file(_desk(access, pk), file_pk)


@authority_view(Permission.COMMENT_ROADMAP)
@require_POST
def sheet_file_delete(request: HttpRequest, access: AuthorityAccess, pk: int, file_pk: int) -> HttpResponse:
    """Remove a file that one joined."""
    return desks.delete_file(request, _desk(access, pk), file_pk)
