"""What a workbook that was read would change, compared with what the site says now.

A field that changed on the site since the workbook was made is a conflict: both texts are shown, and the site's is kept
unless the other is chosen. A row (a step, an indicator…) is compared as a whole.
"""

import hashlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from os.path import commonprefix
from typing import Any

from common.numbers import pluralise
from roadmap.enums import SheetReview
from roadmap.exchange.columns import SHEET_COLUMNS, digest, squash
from roadmap.models import ActionSheet, SheetImport
from roadmap.selectors.history import sheets_with_texts
from roadmap.sheet_rows import ROW_KINDS
from roadmap.sheet_texts import label_of, write_sheet

KEEP_SITE, TAKE_WORKBOOK = "garder", "tableur"
# A page stays light enough to be read; what is not shown of conflicts keeps what the site says.
MAX_CONFLICTS = 12
# How much of a text is shown beside the other, and how much of what they share before.
MAX_SHOWN, CONTEXT = 400, 60
_FIELD_RANKS = {column.name: rank for rank, column in enumerate(SHEET_COLUMNS)}


@dataclass(frozen=True)
class FieldChange:
    """A field, or a row, of a sheet: what the site says and what the workbook says.

    `name`: « title », « steps.2 », « steps. » for a row more. `key`: its place in the form of the conflicts.
    """

    sheet_number: int | None
    name: str
    label: str
    before: str
    after: str
    is_conflict: bool = False

    @property
    def key(self) -> str:
        return f"{self.sheet_number}-{self.name}"

    @property
    def before_part(self) -> str:
        """The text of the site on one line, from shortly before the first word that differs."""
        return around_difference(self.before, self.after)

    @property
    def after_part(self) -> str:
        return around_difference(self.after, self.before)

    @property
    def where(self) -> str:
        return f"Fiche {self.sheet_number}, {self.label}"


@dataclass(frozen=True)
class SheetDiff:
    """A sheet that a workbook adds (`sheet` is None) or changes."""

    entry: Mapping[str, Any]
    sheet: ActionSheet | None
    changes: list[FieldChange]
    conflicts: list[FieldChange] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.sheet.number}. {self.sheet.title}" if self.sheet else str(self.entry["fields"]["title"])

    @property
    def said(self) -> str:
        """« intitulé, état, étape 1 »: what a new sheet would say, by the words of its fields."""
        return ", ".join(change.label for change in self.changes)

    def kept(self, taken: Set[str]) -> list[FieldChange]:
        """Return what is to be written: the changes, and the conflicts settled for the workbook."""
        return [*self.changes, *(change for change in self.conflicts if change.key in taken)]


@dataclass(frozen=True)
class ExchangePreview:
    """What a workbook would do. `token` changes when one of its sheets does."""

    waiting: SheetImport
    added: list[SheetDiff]
    changed: list[SheetDiff]
    unchanged_count: int
    gone_count: int
    token: str

    @property
    def conflicts(self) -> list[FieldChange]:
        return [change for diff in self.changed for change in diff.conflicts]

    @property
    def shown_conflicts(self) -> list[FieldChange]:
        return self.conflicts[:MAX_CONFLICTS]

    @property
    def modified(self) -> list[SheetDiff]:
        """Sheets of which something changes without a choice."""
        return [diff for diff in self.changed if diff.changes]

    @property
    def field_changes(self) -> list[FieldChange]:
        return [change for diff in self.changed for change in diff.changes]

    @property
    def modified_numbers(self) -> str:
        return ", ".join(str(diff.sheet.number) for diff in self.modified if diff.sheet)

    @property
    def revised_count(self) -> int:
        """How many validated sheets would have to be validated again."""
        return sum(
            diff.sheet is not None and diff.sheet.review_state == SheetReview.VALIDATED for diff in self.modified
        )

    @property
    def has_something(self) -> bool:
        return bool(self.added or self.changed)

    @property
    def headline(self) -> str:
        """« 2 fiches ajoutées, 3 modifiées, 1 texte à choisir »; what there is none of is not said."""
        new, moved, chosen = len(self.added), len(self.modified), len(self.conflicts)
        parts = [
            f"{new} {pluralise(new, 'fiche ajoutée', 'fiches ajoutées')}" if new else "",
            f"{moved} {pluralise(moved, 'fiche modifiée', 'fiches modifiées')}" if moved else "",
            f"{chosen} {pluralise(chosen, 'texte à choisir', 'textes à choisir')}" if chosen else "",
        ]
        return ", ".join(part for part in parts if part) or "Rien à enregistrer"


def around_difference(text: str, other: str) -> str:
    """Return a text on one line, cut a little before where it leaves the other, and after what a page can show."""
    line, other_line = (" · ".join(item.split("\n")) for item in (squash(text), squash(other)))
    same = len(commonprefix([line, other_line]))
    start = same - CONTEXT if same > 2 * CONTEXT else 0
    shown = line[start : start + MAX_SHOWN]
    return f"{'…' if start else ''}{shown}{'…' if start + MAX_SHOWN < len(line) else ''}"


def exchange_preview(waiting: SheetImport) -> ExchangePreview:
    """Compare a workbook with what the site says now. Seven queries, whatever it holds."""
    pks = [entry["pk"] for entry in waiting.content if entry["pk"] is not None]
    sheets = {sheet.pk: sheet for sheet in sheets_with_texts(pks)} if pks else {}
    added, changed, unchanged, gone = [], [], waiting.untouched_count, 0
    for entry in waiting.content:
        sheet = sheets.get(entry["pk"])
        if entry["pk"] is None:
            added.append(SheetDiff(entry, None, _all_of(entry)))
        elif sheet is None:
            gone += 1
        else:
            diff = compare_entry(entry, sheet)
            if diff.changes or diff.conflicts:
                changed.append(diff)
            else:
                unchanged += 1
    return ExchangePreview(waiting, added, changed, unchanged, gone, _token(sheets.values()))


def compare_entry(entry: Mapping[str, Any], sheet: ActionSheet) -> SheetDiff:
    """Compare what a workbook says of a sheet with what it says now. No query."""
    texts = write_sheet(sheet)
    found = [*_field_changes(entry, sheet, texts)]
    for kind in ROW_KINDS:
        found += _row_changes(entry, sheet, texts, kind)
    changes = [change for change in found if not change.is_conflict]
    return SheetDiff(entry, sheet, changes, [change for change in found if change.is_conflict])


def _field_changes(entry: Mapping[str, Any], sheet: ActionSheet, texts: Mapping[str, str]) -> list[FieldChange]:
    changes = []
    for name, after in sorted(entry["fields"].items(), key=lambda item: _FIELD_RANKS[item[0]]):
        before = texts[name]
        if squash(before) == squash(after):
            continue
        is_conflict = digest(before) != entry["exported"].get(name, digest(""))
        changes.append(FieldChange(sheet.number, name, label_of(name), before, after, is_conflict))
    return changes


def _row_changes(
    entry: Mapping[str, Any], sheet: ActionSheet, texts: Mapping[str, str], kind: str
) -> list[FieldChange]:
    """Find each row of the workbook among those of the site, by what it said when the workbook was made."""
    stored = {int(name.partition(".")[2]): text for name, text in texts.items() if name.startswith(f"{kind}.")}
    marks = {rank: digest(text) for rank, text in stored.items()}
    exported = {mark for name, mark in entry["exported"].items() if name.startswith(f"{kind}.")}
    left = dict(stored)
    changes: list[FieldChange] = []
    for row in entry["rows"].get(kind, []):
        twin = next((rank for rank, text in left.items() if squash(text) == squash(row["text"])), None)
        if twin is not None:
            del left[twin]
            continue
        rank, is_conflict = row["rank"], False
        if rank:
            same = [other for other in left if marks[other] == row["exported"]]
            is_conflict = not same
            if same:
                rank = rank if rank in same else same[0]
            elif rank not in left or marks[rank] in exported:
                # The row is no longer there: what stands at its rank is another one, which nobody changed.
                rank = 0
            left.pop(rank, None)
        before = stored.get(rank, "") if rank else ""
        name = f"{kind}.{rank}" if rank else f"{kind}.+{len(changes) + 1}"
        label = f"{ROW_KINDS[kind].word} {rank}" if rank else _more(kind, is_conflict=is_conflict)
        changes.append(FieldChange(sheet.number, name, label, before, row["text"], is_conflict))
    return changes


def _more(kind: str, *, is_conflict: bool) -> str:
    word = ROW_KINDS[kind].word
    return f"{word} (plus sur le site)" if is_conflict else f"{word} de plus"


def _all_of(entry: Mapping[str, Any]) -> list[FieldChange]:
    """Return what a new sheet would say, in the order of the page."""
    fields = sorted(entry["fields"].items(), key=lambda item: _FIELD_RANKS[item[0]])
    changes = [FieldChange(None, name, label_of(name), "", text) for name, text in fields if text]
    for kind in ROW_KINDS:
        for rank, row in enumerate(entry["rows"].get(kind, []), start=1):
            name = f"{kind}.+{rank}"
            changes.append(FieldChange(None, name, f"{ROW_KINDS[kind].word} {rank}", "", row["text"]))
    return changes


def _token(sheets: Iterable[ActionSheet]) -> str:
    """Return a mark of the sheets that the preview was compared with."""
    seen = sorted((sheet.pk, sheet.version) for sheet in sheets)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
