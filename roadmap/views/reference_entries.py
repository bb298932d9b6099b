"""National administration: the entries of a draft of the reference content."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from authorities.access import staff_view
from authorities.views.submission import posted, submit
from common.numbers import pluralise
from common.text import typography
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.forms.references import EntryCreateForm, EntryForm
from roadmap.models import DraftEntry, ReferenceDraft
from roadmap.reference_fields import ENTRY_PARTS, find_part
from roadmap.selectors.reference_changes import EntryWords, entry_changes, entry_choices
from roadmap.selectors.references import base_content, draft_errors, entry_state
from roadmap.services import references
from roadmap.views.references import find_draft

KINDS = {
    ReferenceKind.QUESTIONNAIRE: (EntryKind.DIMENSION, EntryKind.QUESTION),
    ReferenceKind.CATALOGUE: (EntryKind.LEVER,),
}


def _entry(pk: int, entry_pk: int) -> DraftEntry:
    entry: DraftEntry = get_object_or_404(DraftEntry.objects.select_related("draft", "parent"), pk=entry_pk)
    if entry.draft_id != pk:
        raise Http404
    return entry


@staff_view
@require_safe
def reference_entry(request: HttpRequest, staff: User, pk: int, entry_pk: int) -> HttpResponse:
    """Show an entry, part by part, and what changed in it."""
    entry = _entry(pk, entry_pk)
    base = base_content(entry.draft)
    words = EntryWords(entry_choices(entry.draft))
    context = {
        "draft": entry.draft,
        "entry": entry,
        "state": entry_state(entry, base),
        "parts": words.parts(entry.kind, entry.content),
        "changes": entry_changes(entry, base, words),
        "errors": [item for item in draft_errors(entry.draft) if item.entry == entry],
    }
    return render(request, "roadmap/reference_entry.html", context)


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_entry_update(request: HttpRequest, staff: User, pk: int, entry_pk: int, entry_part: str) -> HttpResponse:
    """Edit one part of an entry."""
    entry = _entry(pk, entry_pk)
    part = find_part(entry.kind, entry_part)
    if part is None:
        raise Http404
    form = EntryForm(posted(request), part=part, entry=entry, choices=entry_choices(entry.draft))
    submission = submit(
        request,
        form,
        lambda: references.save_draft_entry(entry=entry, expected_version=form.expected_version, content=form.content),
    )
    if submission.is_saved:
        messages.success(request, typography(f"{entry.code} : enregistré dans le brouillon."))
        return redirect("roadmap:reference_entry", pk, entry_pk)
    context = {"form": form, "entry": entry, "draft": entry.draft, "part": part}
    return render(request, "roadmap/reference_entry_update.html", context, status=submission.status)


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_entry_create(request: HttpRequest, staff: User, pk: int, entry_kind: str) -> HttpResponse:
    """Add an entry to a draft; its parts are then written one by one."""
    draft = find_draft(pk, is_edited=True)
    if entry_kind not in KINDS[ReferenceKind(draft.kind)]:
        raise Http404
    kind = EntryKind(entry_kind)
    dimensions = list(draft.entries.filter(kind=EntryKind.DIMENSION))
    form = EntryCreateForm(posted(request), kind=kind, dimensions=dimensions)
    submission = submit(request, form, lambda: _add(draft, form, dimensions))
    if submission.is_saved:
        entry: DraftEntry = submission.result
        messages.success(request, typography(f"{entry.code} est dans le brouillon : complétez ses parties."))
        return redirect("roadmap:reference_entry_update", pk, entry.pk, ENTRY_PARTS[kind][0].slug)
    context = {"form": form, "draft": draft, "kind": kind}
    return render(request, "roadmap/reference_entry_create.html", context, status=submission.status)


def _add(draft: ReferenceDraft, form: EntryCreateForm, dimensions: list[DraftEntry]) -> DraftEntry:
    code = form.cleaned_data.get("dimension")
    return references.add_draft_entry(
        draft=draft,
        kind=form.kind,
        code=form.cleaned_data["code"],
        content=form.content,
        parent=next((item for item in dimensions if item.code == code), None),
    )


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_entry_delete(request: HttpRequest, staff: User, pk: int, entry_pk: int) -> HttpResponse:
    """Remove an entry from a draft, after a confirmation."""
    entry = _entry(pk, entry_pk)
    if request.method == "POST":
        touched = references.remove_draft_entry(entry=entry)
        also = (
            f" {touched} {pluralise(touched, 'levier ne le nomme', 'leviers ne le nomment')} plus." if touched else ""
        )
        messages.success(request, typography(f"{entry.code} est retiré du brouillon.{also}"))
        return redirect("roadmap:reference_draft", pk)
    context = {"entry": entry, "draft": entry.draft, "child_count": entry.children.count()}
    return render(request, "roadmap/reference_entry_delete.html", context)
