"""What a draft of the reference content says, in words, and what it changes in the version that it starts from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms

from common.comparison import Piece, PieceKind, compare_texts
from common.text import normalise
from diagnostics.models import Question
from inventory.labels import CRITERION_LABELS, STEP_LABELS
from inventory.loader import FactorFiles, check_factor_set
from inventory.models import CategoryParameter, FactorSet, ImpactFactor
from reference.models import Dimension, Duty, Service, Theme
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.models import DraftEntry, ReferenceDraft
from roadmap.reference_content import Content, ContentEntry
from roadmap.reference_fields import ENTRY_PARTS, EntryChoices, EntryField, EntryPart, value_at
from roadmap.selectors.references import (
    EntryRow,
    base_content,
    entry_state,
    factor_contents,
    factor_fields,
    read_draft,
)

MAX_PIECES_OF_AN_ENTRY = 30
HEADER_LABELS = {
    "title": "Intitulé",
    "note": "Note",
    "scale": "Échelle",
    "abstention": "Intitulé de l’abstention",
    "about_duty_level": "Sens du niveau attendu",
    "framework": "Questionnaire",
    "published_on": "Date de publication",
    "weights": "Poids de la recommandation",
    "simulation": "Règles de simulation",
}


@dataclass(frozen=True)
class FieldChange:
    """A field that the draft and its base do not fill alike."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class EntryChange:
    """What became of an entry: added, removed or changed, with its fields when it changed."""

    kind: str
    label: str
    state: str
    fields: Sequence[FieldChange] = ()


@dataclass(frozen=True)
class FactorSummary:
    """What the files of a new set of factors hold beside the set in force: counts and families."""

    base_label: str
    factor_count: int
    mix_count: int
    family_count: int
    added_families: Sequence[str]
    removed_families: Sequence[str]
    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[str]


class EntryWords:
    """Says the fields of an entry in words: the names of the codes, one line for each item of a list."""

    def __init__(self, choices: EntryChoices) -> None:
        self.choices = choices

    @cached_property
    def _fields(self) -> Mapping[tuple[str, str], forms.Field]:
        return {
            (kind, item.path): item.build(self.choices)
            for kind, parts in ENTRY_PARTS.items()
            for part in parts
            for item in part.fields
        }

    def parts(self, kind: str, content: Mapping[str, Any]) -> list[tuple[EntryPart, list[tuple[str, str]]]]:
        """Return each part of an entry with its fields: label, text."""
        return [(part, self.part(kind, part, content)) for part in ENTRY_PARTS[kind]]

    def part(self, kind: str, part: EntryPart, content: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the fields of one part: label, text."""
        said = [(str(self._fields[kind, item.path].label), self._say(kind, item, content)) for item in part.fields]
        for rows in part.rows:
            lines = [
                " · ".join(str(row.get(column.path) or "") for column in rows.columns)
                for row in content.get(rows.path) or []
            ]
            said.append((f"{rows.legend}s", "\n".join(lines)))
        return said

    def _say(self, kind: str, item: EntryField, content: Mapping[str, Any]) -> str:
        value = item.read(value_at(content, item.path))
        if value is None or value == "" or value == []:
            return ""
        if isinstance(value, bool):
            return "oui" if value else "non"
        names = dict(getattr(self._fields[kind, item.path], "choices", ()))
        if isinstance(value, list):
            return "\n".join(str(names.get(one, one)) for one in value)
        return str(names.get(value, value))


def entry_choices(draft: ReferenceDraft) -> EntryChoices:
    """Return what the forms of a draft offer. Five queries at most."""
    themes = [(str(theme.number), theme.short_name) for theme in Theme.objects.order_by("number")]
    services = list(Service.objects.values_list("code", "name"))
    duties = list(Duty.objects.values_list("code", "title"))
    if draft.kind != ReferenceKind.CATALOGUE:
        return EntryChoices(themes=themes, services=services, duties=duties)
    framework = draft.header.get("framework")
    questions = Question.objects.filter(questionnaire__code=framework).in_order().values_list("code", "title")
    labels = (draft.header.get("weights") or {}).get("group_labels") or {}
    return EntryChoices(
        themes=themes,
        dimensions=list(Dimension.objects.filter(framework=framework).values_list("code", "name")),
        services=services,
        duties=duties,
        questions=[(code, f"{code} {title}") for code, title in questions],
        groups=[(code, str(label).capitalize()) for code, label in labels.items()],
    )


def entry_rows(draft: ReferenceDraft, *, words: str = "", theme: str = "", state: str = "") -> list[EntryRow]:
    """Return the entries of a draft in the order of the document, those that match. Four queries at most."""
    base = base_content(draft)
    entries = list(draft.entries.select_related("parent"))
    if draft.kind == ReferenceKind.QUESTIONNAIRE:
        roots = [entry for entry in entries if entry.kind == EntryKind.DIMENSION]
        entries = [
            item for root in roots for item in (root, *(entry for entry in entries if entry.parent_id == root.pk))
        ]
    rows = [EntryRow(entry, entry_state(entry, base)) for entry in entries]
    wanted = normalise(words).split()
    return [
        row
        for row in rows
        if (not theme or str(row.entry.content.get("theme")) == theme)
        and (not state or row.state)
        and all(word in normalise(f"{row.entry.code} {row.entry.title} {_prose(row.entry)}") for word in wanted)
    ]


def _prose(entry: DraftEntry) -> str:
    names = ("text", "summary", "description", "definition")
    return " ".join(str(entry.content.get(name) or "") for name in names)


def draft_changes(draft: ReferenceDraft) -> list[EntryChange]:
    """Return what a draft changes: its header, then its entries in order, then those that were removed."""
    base, content = base_content(draft), read_draft(draft)
    if base is None:
        return []
    words = EntryWords(entry_choices(draft))
    changes = _header_changes(base, content)
    former = base.by_key
    for entry in content.entries:
        before = former.get(entry.key)
        if before is None:
            changes.append(EntryChange(entry.kind, _label(entry), "added"))
        elif fields := _field_changes(words, before, entry):
            changes.append(EntryChange(entry.kind, _label(entry), "changed", fields))
    kept = content.by_key
    changes += [EntryChange(entry.kind, _label(entry), "removed") for entry in base.entries if entry.key not in kept]
    return changes


def entry_changes(entry: DraftEntry, base: Content | None, words: EntryWords) -> list[FieldChange]:
    """Return what one entry changes in the version that its draft starts from."""
    kind = EntryKind(entry.kind)
    before = base.by_key.get((kind, entry.code)) if base else None
    parent = entry.parent.code if entry.parent else ""
    return _field_changes(words, before, ContentEntry(kind, entry.code, entry.content, parent)) if before else []


def _label(entry: ContentEntry) -> str:
    title = entry.content.get("title") or entry.content.get("name") or ""
    return f"{entry.code} {title}".strip()


def _header_changes(base: Content, content: Content) -> list[EntryChange]:
    before, after = {"title": base.title, **base.header}, {"title": content.title, **content.header}
    fields = []
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) == after.get(name):
            continue
        if name in {"weights", "simulation"}:
            pieces = [Piece(PieceKind.ADDED, "valeurs changées dans le fichier")]
        else:
            pieces = compare_texts(_header_text(before.get(name)), _header_text(after.get(name)))
        fields.append(FieldChange(HEADER_LABELS.get(name, name), pieces))
    return [EntryChange("", "L’en-tête de la version", "changed", fields)] if fields else []


def _header_text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(str(item.get("label", "")) for item in value if isinstance(item, Mapping))
    return "" if value is None else str(value)


def _field_changes(words: EntryWords, before: ContentEntry, after: ContentEntry) -> list[FieldChange]:
    changes = []
    for part in ENTRY_PARTS[after.kind]:
        former, current = words.part(after.kind, part, before.content), words.part(after.kind, part, after.content)
        for (label, old), (_label, new) in zip(former, current, strict=True):
            if old != new:
                changes.append(FieldChange(label, compare_texts(old, new)))
    if before.parent != after.parent:
        changes.append(FieldChange("Dimension", compare_texts(before.parent, after.parent)))
    if sum(len(change.pieces) for change in changes) <= MAX_PIECES_OF_AN_ENTRY:
        return changes
    return [FieldChange(change.label, _whole(change.pieces)) for change in changes]


def _whole(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the former text and the new one, each whole."""
    old = "".join(piece.text for piece in pieces if piece.kind != PieceKind.ADDED)
    new = "".join(piece.text for piece in pieces if piece.kind != PieceKind.REMOVED)
    return [Piece(PieceKind.REMOVED, old), Piece(PieceKind.ADDED, new)]


# Factors ----------------------------------------------------------------------------------------------------------

FactorKey = tuple[str, str, str, int]


def factor_summary(draft: ReferenceDraft) -> FactorSummary:
    """Compare the files of a draft with the set in force. Raises `FixtureError` when they do not hold any more."""
    files = check_factor_set(factor_fields(draft), factor_contents(draft))
    base = FactorSet.objects.filter(is_current=True).first()
    labels = {item.category_code: item.label for item in files.parameters}
    former_labels = dict(CategoryParameter.objects.filter(factor_set=base).values_list("category_code", "label"))
    former = {_factor_key(item): _factor_value(item) for item in ImpactFactor.objects.filter(factor_set=base)}
    current = _factors(files)
    names = {**former_labels, **labels}
    return FactorSummary(
        base_label=str(base) if base else "",
        factor_count=len(files.factors),
        mix_count=len(files.mixes),
        family_count=len(files.parameters),
        added_families=[labels[code] for code in labels if code not in former_labels],
        removed_families=[former_labels[code] for code in former_labels if code not in labels],
        added=[_factor_words(key, names) for key in current if key not in former],
        removed=[_factor_words(key, names) for key in former if key not in current],
        changed=[
            f"{_factor_words(key, names)} : {_said(former[key])} devient {_said(value)}"
            for key, value in current.items()
            if key in former and former[key] != value
        ],
    )


def _factors(files: FactorFiles) -> dict[FactorKey, tuple[float, float | None, float | None]]:
    return {_factor_key(item): _factor_value(item) for item in files.factors}


def _factor_key(item: ImpactFactor) -> FactorKey:
    return item.category_code, item.criterion, item.step, item.preference


def _factor_value(item: ImpactFactor) -> tuple[float, float | None, float | None]:
    return item.value, item.low, item.high


def _factor_words(key: FactorKey, names: Mapping[str, str]) -> str:
    code, criterion, step, _preference = key
    said = CRITERION_LABELS[criterion].name.lower() if criterion in CRITERION_LABELS else criterion
    return f"{names.get(code, code)}, {said}, {STEP_LABELS.get(step, step).lower()}"


def _said(value: tuple[float, float | None, float | None]) -> str:
    """Say a factor with its range: two sets may differ by their bounds alone."""
    central, low, high = (None if item is None else f"{item:.6g}".replace(".", ",") for item in value)
    return f"{central} (de {low} à {high})" if low is not None and high is not None else str(central)
