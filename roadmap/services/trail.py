"""What the trail keeps of action sheets: each value before and after."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import Change, record_event
from authorities.models import Participant
from common.text import typography
from roadmap.models import ActionSheet
from roadmap.selectors.history import sheets_with_texts
from roadmap.sheet_texts import sheet_changes, write_sheet

SheetTexts = dict[int, dict[str, str]]


def stored_texts(pks: Collection[int]) -> SheetTexts:
    """Return the stored texts of some sheets by primary key: what a form already changed in memory is not seen.

    Seven queries. Call it before the writes, and give the result to `record_sheets` after them.
    """
    return {sheet.pk: write_sheet(sheet) for sheet in sheets_with_texts(pks)}


def record_sheets(
    before: SheetTexts, verb_of: Callable[[ActionSheet], str], *, actor: User | Participant, now: datetime
) -> None:
    """Write one event per sheet of `before` in the audit trail, with what changed since."""
    for sheet in sheets_with_texts(before):
        changes = sheet_changes(before[sheet.pk], write_sheet(sheet))
        record_on_sheet(sheet, verb_of(sheet), actor=actor, now=now, changes=changes)


def record_removal(sheet: ActionSheet, *, actor: User | Participant, now: datetime) -> None:
    """Write in the audit trail that a sheet is about to go, with everything it said."""
    changes = sheet_changes(stored_texts([sheet.pk])[sheet.pk], {})
    verb = f"a retiré la fiche {sheet.number}, « {sheet.title} »"
    record_on_sheet(sheet, verb, actor=actor, now=now, changes=changes)


def record_on_sheet(
    sheet: ActionSheet, verb: str, *, actor: User | Participant, now: datetime, changes: Sequence[Change] = ()
) -> None:
    """Write one event about a sheet in the audit trail."""
    initiative = sheet.roadmap.initiative
    record_event(
        authority=initiative.authority,
        initiative=initiative,
        kind=EventKind.SHEET,
        subject_key=str(sheet.number),
        verb=typography(verb),
        changes=changes,
        actor=actor,
        now=now,
    )
