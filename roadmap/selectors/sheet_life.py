"""Reads of what is joined to a sheet: its notes, its files; and the notes that call somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from authorities.models import Participant
from common.numbers import format_weight
from roadmap.models import ActionSheet, SheetAttachment, SheetNote
from roadmap.services.sheet_life import may_remove

# How long a note that calls somebody stays on their page.
CALLED_FOR = timedelta(days=60)
MAX_CALLS = 5


@dataclass(frozen=True)
class NoteLine:
    """A note as the page shows it."""

    note: SheetNote
    called: tuple[str, ...]
    may_remove: bool


@dataclass(frozen=True)
class FileLine:
    """A file or a link as the page shows it. `size`: « 120 ko », empty for a link."""

    attachment: SheetAttachment
    size: str
    may_remove: bool


def note_lines(sheet: ActionSheet, actor: User | Participant) -> list[NoteLine]:
    """Return the notes of a sheet, the latest first. Two queries."""
    notes = SheetNote.objects.filter(sheet=sheet).prefetch_related("mentions").order_by("-dated_on", "-pk")
    return [
        NoteLine(note, tuple(person.name for person in note.mentions.all()), may_remove(note, actor)) for note in notes
    ]


def file_lines(sheet: ActionSheet, actor: User | Participant) -> list[FileLine]:
    """Return the files and links of a sheet, in the order in which they came. One query."""
    return [
        FileLine(item, format_weight(item.size_bytes) if item.size_bytes else "", may_remove(item, actor))
        for item in SheetAttachment.objects.filter(sheet=sheet).order_by("added_at", "pk")
    ]


def notes_calling(participant: Participant, *, now: datetime) -> Sequence[SheetNote]:
    """Return the recent notes that call a participant, the latest first. One query."""
    notes = SheetNote.objects.filter(mentions=participant, written_at__gte=now - CALLED_FOR).exclude(
        author_participant=participant
    )
    return list(notes.select_related("sheet").order_by("-written_at", "-pk")[:MAX_CALLS])
