"""The history of an action sheet: its versions, worked out from the trail, and the comparison of two of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from authorities.enums import EventKind
from authorities.events import Change
from authorities.models import Event
from authorities.selectors.events import summary_of
from common.comparison import MAX_PIECES, Piece, PieceKind, compare_texts
from roadmap.models import ActionSheet
from roadmap.sheet_rows import ROW_KINDS
from roadmap.sheet_texts import FORMER_NAMES, LISTS, is_field, sheet_changes, write_sheet

# Keeps a page of differences light enough to be read.
MAX_PIECES_OF_A_PAGE = 140


@dataclass(frozen=True)
class SheetVersion:
    """What a sheet said after a change. Version 1 is what it said before any: it bears no event."""

    number: int
    texts: Mapping[str, str]
    saved_at: datetime | None = None
    actor_label: str = ""
    verb: str = ""
    summary: str = ""


@dataclass(frozen=True)
class FieldComparison:
    """A field that two versions do not fill alike."""

    label: str
    pieces: list[Piece]


def sheets_with_texts(pks: Collection[int]) -> list[ActionSheet]:
    """Return some sheets with all that `write_sheet` reads. Seven queries."""
    sheets = ActionSheet.objects.filter(pk__in=pks).select_related(
        "roadmap__initiative__authority", "dimension", "theme", "lead_service", "lead_participant"
    )
    return list(sheets.prefetch_related(*ROW_KINDS, *LISTS).order_by("number"))


def sheet_history(sheet: ActionSheet) -> list[SheetVersion]:
    """Return the versions of a sheet, the first one first; the last one is the sheet as it stands. Five queries.

    The stored sheet is the last version; each change of the trail, undone in turn, gives the one before.
    """
    stored = sheets_with_texts([sheet.pk])[0]
    texts = write_sheet(stored)
    events = [event for event in _events_of(stored) if event.changes]
    versions = []
    for number, event in reversed(list(enumerate(events, start=2))):
        versions.append(
            SheetVersion(number, texts, event.occurred_at, event.actor_label, event.verb, summary_of(event.changes))
        )
        texts = _undone(texts, event.changes)
    versions.append(SheetVersion(1, texts))
    return versions[::-1]


def _events_of(sheet: ActionSheet) -> list[Event]:
    """Return the events of a sheet in their order; not those of a sheet that bore the same number and was removed."""
    events: list[Event] = []
    trail = Event.objects.filter(
        initiative=sheet.roadmap.initiative_id, kind=EventKind.SHEET, subject_key=str(sheet.number)
    )
    for event in trail.order_by("occurred_at", "pk"):
        events.append(event)
        # A sheet always has a title: one that loses it is removed.
        if any(change["field"] == "title" and not change["after"] for change in event.changes):
            events.clear()
    return events


def _undone(texts: Mapping[str, str], changes: Collection[Change]) -> dict[str, str]:
    former = {FORMER_NAMES.get(change["field"], change["field"]): change["before"] for change in changes}
    return dict(texts) | {name: text for name, text in former.items() if is_field(name)}


def compare_versions(before: SheetVersion, after: SheetVersion) -> list[FieldComparison]:
    """Return the fields that differ, each with what went and what came; without detail when nearly all differs."""
    changes = sheet_changes(before.texts, after.texts)
    detailed = _comparisons(changes, MAX_PIECES)
    is_too_much = sum(len(item.pieces) for item in detailed) > MAX_PIECES_OF_A_PAGE
    return _comparisons(changes, 0) if is_too_much else detailed


def _comparisons(changes: Sequence[Change], max_pieces: int) -> list[FieldComparison]:
    compared = (
        FieldComparison(item["label"], compare_texts(item["before"], item["after"], max_pieces=max_pieces))
        for item in changes
    )
    return [item for item in compared if any(piece.kind != PieceKind.SAME for piece in item.pieces)]
