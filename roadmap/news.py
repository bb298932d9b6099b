"""News of action sheets, as the grouped message writes them."""

from datetime import datetime

from authorities.activity import NewsLine, NewsSource
from authorities.enums import ActivityKind
from authorities.models import ActivityItem
from common.text import typography
from roadmap.models import SheetNote


def why_over(item: ActivityItem, now: datetime) -> str:
    """Say why a note is no longer told, « » when it is."""
    is_there = SheetNote.objects.filter(pk=item.object_pk, mentions=item.participant_id).exists()
    return "" if is_there else "La note a été retirée."


def write(item: ActivityItem) -> NewsLine:
    """Write that a note calls somebody; its text stays behind the personal link."""
    note = SheetNote.objects.select_related("sheet").get(pk=item.object_pk)
    name = item.participant.initiative.authority.name
    return NewsLine(
        subject=typography(f"Une note vous attend, feuille de route numérique de {name}"),
        text=typography(
            f"{note.author_label} vous signale une note sur l’action {note.sheet.number}, « {note.sheet.title} »."
        ),
        button="Lire la note",
    )


SHEET_NEWS = NewsSource(kinds=frozenset({ActivityKind.SHEET_NOTE}), why_over=why_over, write=write)
