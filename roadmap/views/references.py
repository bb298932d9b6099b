"""National administration: the versions of the reference content, their drafts, their publication."""

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from authorities.access import staff_view
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import STALE, refusal_page
from common.text import typography
from common.versioning import StaleVersionError
from diagnostics.models import Questionnaire
from reference.fixtures import FixtureError
from roadmap.enums import ReferenceKind
from roadmap.forms.references import DraftHeaderForm, EntryFilterForm, FactorSetForm, PrepareForm, ReplaceForm
from roadmap.models import ReferenceDraft
from roadmap.reference_content import write_yaml
from roadmap.reference_fields import part_of_field
from roadmap.selectors.reference_changes import draft_changes, entry_choices, entry_rows, factor_summary
from roadmap.selectors.references import (
    DraftError,
    draft_errors,
    find_version,
    fingerprint,
    reference_sections,
    whole_content,
)
from roadmap.services import references

ENTRIES_PER_PAGE = 25
CHANGES_PER_PAGE = 12
VERSION_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
EDITED = (ReferenceKind.QUESTIONNAIRE, ReferenceKind.CATALOGUE)


def find_draft(pk: int, *, is_edited: bool = False) -> ReferenceDraft:
    """Return a draft; with `is_edited`, one whose entries are edited here."""
    drafts = ReferenceDraft.objects.select_related("author")
    draft: ReferenceDraft = get_object_or_404(drafts.filter(kind__in=EDITED) if is_edited else drafts, pk=pk)
    return draft


def _version(reference_kind: str, version_code: str) -> tuple[ReferenceKind, Any]:
    if reference_kind not in ReferenceKind.values or not VERSION_CODE.fullmatch(version_code):
        raise Http404
    kind = ReferenceKind(reference_kind)
    version = find_version(kind, version_code)
    if version is None:
        raise Http404
    return kind, version


def _file(content: dict[str, Any], name: str) -> HttpResponse:
    response = HttpResponse(write_yaml(content), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.yaml") or ""
    return response


@staff_view
@require_safe
def reference_list(request: HttpRequest, staff: User) -> HttpResponse:
    """List the contents with their versions and their drafts."""
    return render(request, "roadmap/reference_list.html", {"sections": reference_sections()})


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_prepare(request: HttpRequest, staff: User, reference_kind: str, version_code: str) -> HttpResponse:
    """Open the draft of a version that starts from a published one."""
    kind, version = _version(reference_kind, version_code)
    if kind not in EDITED:
        raise Http404
    form = PrepareForm(posted(request), initial={"title": version.title})
    submission = submit(
        request,
        form,
        lambda: references.prepare_version(
            kind=kind, base_code=version_code, actor=staff, today=timezone.localdate(), **form.cleaned_data
        ),
    )
    if submission.is_saved:
        messages.success(request, "Le brouillon est prêt : rien n’est publié avant votre confirmation.")
        return redirect("roadmap:reference_draft", submission.result.pk)
    context = {"form": form, "version": version, "kind": kind}
    return render(request, "roadmap/reference_prepare.html", context, status=submission.status)


@staff_view
@require_safe
def reference_download(request: HttpRequest, staff: User, reference_kind: str, version_code: str) -> HttpResponse:
    """Give a published version as a YAML file."""
    kind, version = _version(reference_kind, version_code)
    source = getattr(version, "source", None)
    if not source:
        raise Http404
    return _file(source, f"{kind.value}-{version_code}")


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_propose(request: HttpRequest, staff: User, reference_kind: str, version_code: str) -> HttpResponse:
    """Choose the published version that new work starts with, after a confirmation."""
    kind, version = _version(reference_kind, version_code)
    if request.method == "POST":
        references.propose_version(kind=kind, code=version_code, actor=staff)
        messages.success(request, typography(f"La version {version_code} est proposée aux nouvelles démarches."))
        return redirect("roadmap:reference_list")
    return render(request, "roadmap/reference_propose.html", {"version": version, "kind": kind, "code": version_code})


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_upload(request: HttpRequest, staff: User) -> HttpResponse:
    """Take the three files of a new set of factors; their preview follows."""
    form = FactorSetForm(posted(request), request.FILES or None)
    errors: list[FixtureError] = []
    try:
        submission = submit(request, form, lambda: references.prepare_factor_set(actor=staff, **form.save_arguments))
    except FixtureError as error:
        errors = error.errors
        context = {"form": form, "errors": [str(item) for item in errors]}
        return render(request, "roadmap/reference_upload.html", context, status=422)
    if submission.is_saved:
        return redirect("roadmap:reference_draft", submission.result.pk)
    return render(request, "roadmap/reference_upload.html", {"form": form, "errors": []}, status=submission.status)


# A draft ----------------------------------------------------------------------------------------------------------


def _linked(errors: list[DraftError]) -> list[tuple[DraftError, str]]:
    """Return each error with the part in which it is corrected."""
    return [
        (item, part_of_field(item.entry.kind, item.field).slug if item.entry is not None else "") for item in errors
    ]


@staff_view
@require_safe
def reference_draft(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Show a draft: its entries, those that changed, what is to be corrected."""
    draft = find_draft(pk)
    if draft.kind == ReferenceKind.FACTORS:
        return _factor_draft(request, draft)
    form = EntryFilterForm(request.GET, choices=entry_choices(draft), kind=draft.kind)
    rows = entry_rows(draft, **form.filters())
    context = {
        "draft": draft,
        "form": form,
        "page_obj": Paginator(rows, ENTRIES_PER_PAGE).get_page(request.GET.get("page")),
        "errors": _linked(draft_errors(draft)),
    }
    return render(request, "roadmap/reference_draft.html", context)


def _factor_draft(request: HttpRequest, draft: ReferenceDraft) -> HttpResponse:
    context: dict[str, Any] = {"draft": draft, "fingerprint": fingerprint(draft)}
    try:
        context["summary"] = factor_summary(draft)
    except FixtureError as error:
        context["errors"] = [str(item) for item in error.errors]
    return render(request, "roadmap/reference_factors.html", context)


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_update(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Edit what a version says of itself."""
    draft = find_draft(pk, is_edited=True)
    frameworks = list(Questionnaire.objects.order_by("-is_current", "-pk").values_list("code", flat=True))
    form = DraftHeaderForm(posted(request), draft=draft, frameworks=frameworks)
    submission = submit(
        request,
        form,
        lambda: references.save_draft_header(
            draft=draft, expected_version=form.expected_version, **form.save_arguments
        ),
    )
    if submission.is_saved:
        messages.success(request, "L’en-tête est enregistré.")
        return redirect("roadmap:reference_draft", draft.pk)
    return render(request, "roadmap/reference_update.html", {"form": form, "draft": draft}, status=submission.status)


@staff_view
@require_safe
def reference_export(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Give a draft as a YAML file."""
    draft = find_draft(pk, is_edited=True)
    return _file(whole_content(draft), f"{draft.kind}-{draft.code}-brouillon")


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_replace(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Put the content of a YAML file in place of that of a draft."""
    draft = find_draft(pk, is_edited=True)
    form = ReplaceForm(posted(request), request.FILES or None, initial={"fingerprint": fingerprint(draft)})
    context: dict[str, Any] = {"form": form, "draft": draft, "errors": []}
    try:
        submission = submit(
            request,
            form,
            lambda: references.replace_draft_content(
                draft=draft, expected=form.cleaned_data["fingerprint"], raw=form.raw
            ),
        )
    except FixtureError as error:
        context["errors"] = [str(item) for item in error.errors]
        return render(request, "roadmap/reference_replace.html", context, status=422)
    except StaleVersionError:
        return refusal_page(request, STALE, "roadmap:reference_replace", draft.pk, status=409)
    if submission.is_saved:
        messages.success(request, "Le contenu du fichier a pris la place de celui du brouillon.")
        return redirect("roadmap:reference_draft", draft.pk)
    return render(request, "roadmap/reference_replace.html", context, status=submission.status)


@staff_view
@require_safe
def reference_compare(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Show what a draft changes in the version that it starts from."""
    draft = find_draft(pk, is_edited=True)
    changes = draft_changes(draft)
    context = {
        "draft": draft,
        "total": len(changes),
        "page_obj": Paginator(changes, CHANGES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "roadmap/reference_compare.html", context)


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_publish(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Say what publishing does, then publish."""
    draft = find_draft(pk)
    errors = draft_errors(draft)
    if request.method == "POST" and not errors:
        return _publish(request, draft, staff)
    changes = draft_changes(draft) if draft.kind in EDITED else []
    context = {
        "draft": draft,
        "errors": _linked(errors),
        "fingerprint": fingerprint(draft),
        "counts": {state: sum(item.state == state for item in changes) for state in ("added", "changed", "removed")},
        "total": len(changes),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "roadmap/reference_publish.html", context, status=status)


def _publish(request: HttpRequest, draft: ReferenceDraft, staff: User) -> HttpResponse:
    back = ("roadmap:reference_publish", draft.pk)
    try:
        references.publish_draft(draft=draft, expected=request.POST.get("fingerprint", ""), actor=staff)
    except (DomainError, FixtureError) as error:
        return refusal_page(request, str(error), *back)
    except StaleVersionError:
        return refusal_page(request, STALE, *back, status=409)
    messages.success(request, typography(f"La version {draft.code} est publiée et proposée aux nouvelles démarches."))
    return redirect("roadmap:reference_list")


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def reference_abandon(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Erase a draft, after a confirmation."""
    draft = find_draft(pk)
    if request.method == "POST":
        references.abandon_draft(draft=draft, actor=staff)
        messages.success(request, "Le brouillon est abandonné. Les versions publiées n’ont pas changé.")
        return redirect("roadmap:reference_list")
    return render(request, "roadmap/reference_abandon.html", {"draft": draft})
