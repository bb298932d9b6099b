"""Reads of the reference content: published versions, drafts, what is wrong in them, what they change."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

import diagnostics.loader
import inventory.loader
import levers.loader
from common.text import typography
from diagnostics.models import Diagnosis, Questionnaire
from inventory.models import FactorSet, Inventory
from levers.models import LeverCatalogue, Shortlist
from reference.fixtures import FixtureError, content_hash
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.models import DraftEntry, ReferenceDraft
from roadmap.reference_content import Content, ContentEntry, join_content, split_content
from roadmap.reference_fields import field_label

VERSION_MODELS: dict[ReferenceKind, type[models.Model]] = {
    ReferenceKind.QUESTIONNAIRE: Questionnaire,
    ReferenceKind.CATALOGUE: LeverCatalogue,
    ReferenceKind.FACTORS: FactorSet,
}
_READ = re.compile(r" \(lu : .*\)")
_CODE_FIELDS = {ReferenceKind.QUESTIONNAIRE: "code", ReferenceKind.CATALOGUE: "code", ReferenceKind.FACTORS: "version"}
_TITLE_FIELDS = {ReferenceKind.QUESTIONNAIRE: "title", ReferenceKind.CATALOGUE: "title", ReferenceKind.FACTORS: "name"}


@dataclass(frozen=True)
class VersionRow:
    """A published version. `is_used` says that some authority works with it, never which nor how many."""

    kind: ReferenceKind
    code: str
    title: str
    is_current: bool
    is_used: bool
    detail: str
    has_source: bool


@dataclass(frozen=True)
class ReferenceSection:
    """A kind of content: its published versions, the proposed one first, then its drafts."""

    kind: ReferenceKind
    versions: Sequence[VersionRow]
    drafts: Sequence[ReferenceDraft]


@dataclass(frozen=True)
class DraftError:
    """What prevents the publication: the entry and the field, in French, and the entry to open (None: the header)."""

    message: str
    entry: DraftEntry | None
    field: str


@dataclass(frozen=True)
class EntryRow:
    """An entry of a draft, as its list shows it. `state`: added, changed, or nothing."""

    entry: DraftEntry
    state: str


def find_version(kind: ReferenceKind, code: str) -> Any:
    """Return the published version that bears this code, None when there is none."""
    manager: Any = VERSION_MODELS[kind]._default_manager
    return manager.filter(**{_CODE_FIELDS[kind]: code}).first()


def reference_sections() -> list[ReferenceSection]:
    """Return what the national administration publishes. Four queries, whatever the number of versions."""
    used = {
        ReferenceKind.QUESTIONNAIRE: Diagnosis.objects.filter(questionnaire=OuterRef("pk")),
        ReferenceKind.CATALOGUE: Shortlist.objects.filter(catalogue=OuterRef("pk")),
        ReferenceKind.FACTORS: Inventory.objects.filter(factor_set=OuterRef("pk")),
    }
    drafts = list(ReferenceDraft.objects.defer("header").select_related("author"))
    sections = []
    for kind, model in VERSION_MODELS.items():
        manager: Any = model._default_manager
        versions = manager.annotate(has_use=Exists(used[kind])).order_by("-is_current", "-pk")
        sections.append(
            ReferenceSection(
                kind,
                [_version_row(kind, version) for version in versions],
                [draft for draft in drafts if draft.kind == kind],
            )
        )
    return sections


def _version_row(kind: ReferenceKind, version: Any) -> VersionRow:
    return VersionRow(
        kind=kind,
        code=getattr(version, _CODE_FIELDS[kind]),
        title=getattr(version, _TITLE_FIELDS[kind]),
        is_current=version.is_current,
        is_used=version.has_use,
        detail=f"lié au questionnaire {version.framework}" if kind == ReferenceKind.CATALOGUE else "",
        has_source=bool(getattr(version, "source", None)),
    )


# Drafts -----------------------------------------------------------------------------------------------------------


def read_draft(draft: ReferenceDraft) -> Content:
    """Return a draft as a content, its entries in order. One query."""
    rows = list(draft.entries.select_related("parent"))
    entries = tuple(
        ContentEntry(EntryKind(row.kind), row.code, row.content, row.parent.code if row.parent else "") for row in rows
    )
    return Content(draft.code, draft.title, draft.header, entries)


def whole_content(draft: ReferenceDraft) -> dict[str, Any]:
    """Return a draft in the shape of its file."""
    return join_content(ReferenceKind(draft.kind), read_draft(draft))


def fingerprint(draft: ReferenceDraft) -> str:
    """Return what tells one state of a draft from another: the page that showed it sends it back."""
    if draft.kind == ReferenceKind.FACTORS:
        return content_hash([draft.code, draft.title, draft.header])
    return content_hash(whole_content(draft))


def base_content(draft: ReferenceDraft) -> Content | None:
    """Return the version that a draft starts from, None when the site does not keep its content."""
    version = find_version(ReferenceKind(draft.kind), draft.base_code)
    source = getattr(version, "source", None)
    return split_content(ReferenceKind(draft.kind), source) if source else None


def entry_state(entry: DraftEntry, base: Content | None) -> str:
    """Tell whether an entry was added or changed since the version that the draft starts from."""
    if base is None:
        return ""
    former = base.by_key.get((EntryKind(entry.kind), entry.code))
    if former is None:
        return "added"
    parent = entry.parent.code if entry.parent else ""
    return "" if former.content == entry.content and former.parent == parent else "changed"


def draft_errors(draft: ReferenceDraft) -> list[DraftError]:
    """Return all that prevents the publication, each with the entry to open."""
    try:
        check_draft(draft)
    except FixtureError as error:
        entries: dict[str, DraftEntry] = {}
        for entry in draft.entries.all():
            entries.setdefault(entry.code, entry)
        return [_draft_error(item, entries.get(item.entry)) for item in error.errors]
    return []


def _draft_error(error: FixtureError, entry: DraftEntry | None) -> DraftError:
    """Say an error in the words of the pages; one of no entry keeps the name of its file."""
    if entry is None:
        return DraftError(str(error), None, error.field)
    label = field_label(entry.kind, error.field)
    # What was read is on the page that the link opens.
    message = _READ.sub("", error.message)
    return DraftError(typography(f"{entry.code}, {label} : {message}"), entry, error.field)


def check_draft(draft: ReferenceDraft) -> None:
    """Raise the `FixtureError` that publishing the draft would."""
    if draft.kind == ReferenceKind.CATALOGUE:
        levers.loader.check_content(whole_content(draft))
    elif draft.kind == ReferenceKind.QUESTIONNAIRE:
        diagnostics.loader.check_content(whole_content(draft))
    else:
        inventory.loader.check_factor_set(factor_fields(draft), factor_contents(draft))


def factor_fields(draft: ReferenceDraft) -> Mapping[str, str]:
    """Return the fields of the set of factors that a draft holds."""
    header = draft.header
    return {
        "version": draft.code,
        "name": draft.title,
        "published_on": header["published_on"],
        "zone": header["zone"],
    }


def factor_contents(draft: ReferenceDraft) -> dict[str, bytes]:
    """Return the three files of the set of factors that a draft holds, by name."""
    return {name: text.encode() for name, text in draft.header["files"].items()}
