"""What members and leads do with one sheet: the gates are elsewhere, the pages are the same."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from authorities.views.submission import posted, submit
from common.attachments import CONTENT_TYPES
from common.refusals import press
from common.text import typography
from diagnostics.evidence_forms import EvidenceForm
from levers.views.frame import read_version
from roadmap import services
from roadmap.desk import SheetDesk
from roadmap.forms import SHEET_PARTS, NoteForm
from roadmap.models import ActionSheet, SheetAttachment, SheetNote
from roadmap.selectors.shares import shares_of
from roadmap.selectors.sheet_life import file_lines, note_lines
from roadmap.selectors.sheets import sheet_page


def find_sheet(sheets: Any, pk: int, initiative: Any) -> ActionSheet:
    """Return one of these sheets with what its forms read; 404 when it is not there."""
    related = ("roadmap", "lever", "dimension", "theme", "lead_service", "lead_participant__service")
    sheet: ActionSheet = get_object_or_404(sheets.select_related(*related), pk=pk)
    sheet.roadmap.initiative = initiative
    return sheet


def show(request: HttpRequest, desk: SheetDesk) -> HttpResponse:
    """Show one sheet."""
    page = sheet_page(desk.sheet.pk, desk.sheet.roadmap)
    if page is None:
        raise Http404
    return render(request, "roadmap/sheet_detail.html", {"page": page, "desk": desk, "shares": shares_of(desk.sheet)})


def update(request: HttpRequest, desk: SheetDesk, part_slug: str) -> HttpResponse:
    """Complete one part of a sheet."""
    part = SHEET_PARTS.get(part_slug)
    if part is None or part_slug not in desk.parts:
        raise Http404
    sheet = desk.sheet
    # What was read before the form changed it in memory.
    shown = ActionSheet(pk=sheet.pk, number=sheet.number, title=sheet.title, short_title=sheet.short_title)
    form = part.form(request.POST or None, instance=sheet)
    save = partial(services.save_sheet, sheet=sheet, actor=desk.actor, now=timezone.now())
    submission = submit(request, form, lambda: save(expected_version=form.expected_version, **form.save_arguments()))
    if submission.is_saved:
        messages.success(request, typography(f"Fiche {sheet.number} enregistrée."))
        return redirect(desk.url("detail"))
    context = {"form": form, "part": part, "sheet": shown, "desk": desk}
    return render(request, "roadmap/sheet_update.html", context, status=submission.status)


def confirm(request: HttpRequest, desk: SheetDesk) -> HttpResponse:
    """Keep texts of the catalogue as they stand."""
    names = request.POST.getlist("texte")
    write = partial(
        services.confirm_catalogue_texts, sheet=desk.sheet, names=names, actor=desk.actor, now=timezone.now()
    )
    return press(request, write, "Texte du catalogue relu et gardé.", desk.url("detail"))


def submit_sheet(request: HttpRequest, desk: SheetDesk) -> HttpResponse:
    """Hand the sheet over to the steering committee."""

    def write() -> None:
        services.submit_sheet(
            sheet=desk.sheet, expected_version=read_version(request), actor=desk.actor, now=timezone.now()
        )

    done = f"Fiche {desk.sheet.number} soumise au comité de pilotage."
    return press(request, write, done, desk.url("detail"))


def notes(request: HttpRequest, desk: SheetDesk) -> HttpResponse:
    """Show the notes of a sheet and add one."""
    now = timezone.now()
    initiative = desk.sheet.roadmap.initiative
    form = NoteForm(posted(request), initiative=initiative, initial={"dated_on": timezone.localdate(now)})
    add = partial(services.add_note, sheet=desk.sheet, actor=desk.actor, now=now)
    submission = submit(request, form, lambda: add(**form.cleaned_data))
    if submission.is_saved:
        messages.success(request, "Note enregistrée.")
        return redirect(desk.url("notes"))
    context = {"form": form, "desk": desk, "sheet": desk.sheet, "lines": note_lines(desk.sheet, desk.actor)}
    return render(request, "roadmap/sheet_notes.html", context, status=submission.status)


def delete_note(request: HttpRequest, desk: SheetDesk, note_pk: int) -> HttpResponse:
    """Remove a note that one wrote."""
    note = get_object_or_404(SheetNote.objects.filter(sheet=desk.sheet), pk=note_pk)
    note.sheet = desk.sheet
    remove = partial(services.remove_note, note=note, actor=desk.actor, now=timezone.now())
    return press(request, remove, "Note retirée.", desk.url("notes"))


def files(request: HttpRequest, desk: SheetDesk) -> HttpResponse:
    """Show the files of a sheet and join one."""
    form = EvidenceForm(posted(request), request.FILES or None)
    join = partial(services.join_file, sheet=desk.sheet, actor=desk.actor, now=timezone.now())
    submission = submit(request, form, lambda: join(values=form.values))
    if submission.is_saved:
        messages.success(request, "Pièce jointe.")
        return redirect(desk.url("files"))
    context = {"form": form, "desk": desk, "sheet": desk.sheet, "lines": file_lines(desk.sheet, desk.actor)}
    return render(request, "roadmap/sheet_files.html", context, status=submission.status)


def send_file(desk: SheetDesk, file_pk: int) -> HttpResponse:
    """Send a file of a sheet, as a download."""
    attachment = get_object_or_404(SheetAttachment.objects.filter(sheet=desk.sheet).exclude(file=""), pk=file_pk)
    try:
        with attachment.file.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError as error:
        raise Http404 from error
    extension = attachment.file_name.rpartition(".")[2]
    disposition = content_disposition_header(as_attachment=True, filename=attachment.file_name) or "attachment"
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type=CONTENT_TYPES[extension], headers=headers)


def delete_file(request: HttpRequest, desk: SheetDesk, file_pk: int) -> HttpResponse:
    """Remove a file that one joined."""
    attachment = get_object_or_404(SheetAttachment.objects.filter(sheet=desk.sheet), pk=file_pk)
    attachment.sheet = desk.sheet
    remove = partial(services.remove_file, attachment=attachment, actor=desk.actor, now=timezone.now())
    return press(request, remove, "Pièce retirée.", desk.url("files"))
