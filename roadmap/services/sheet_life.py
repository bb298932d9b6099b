"""Dated notes and files joined to action sheets."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.enums import ActivityKind
from authorities.models import Participant
from authorities.services.activity import queue_news
from common.attachments import delete_on_commit, stored_content
from common.errors import DomainError
from common.text import normalise, typography
from diagnostics.services.evidence import EvidenceValues
from roadmap.models import ActionSheet, SheetAttachment, SheetNote
from roadmap.services.trail import record_on_sheet

MAX_NOTES = 200
MAX_NOTE_CHARACTERS = 5_000
MAX_ATTACHMENTS = 10


def mentioned_in(text: str, people: Iterable[Participant]) -> list[Participant]:
    """Return the people that a text calls by « @name », whatever the case and the accents."""
    calls = [f"{normalise(tail)} " for tail in text.split("@")[1:]]
    names = [(person, f"{normalise(person.name)} ") for person in people]
    return [person for person, name in names if name.strip() and any(call.startswith(name) for call in calls)]


@transaction.atomic
def add_note(
    *,
    sheet: ActionSheet,
    text: str,
    dated_on: date,
    mentions: Collection[Participant],
    actor: User | Participant,
    now: datetime,
) -> SheetNote:
    """Write a dated note on a sheet; who is chosen, or called by « @name », is told in the grouped message.

    Raises `DomainError` on an empty or too long text, a date to come, or somebody of another démarche.
    """
    if not text.strip():
        raise DomainError(typography("Écrivez la note."))
    if len(text) > MAX_NOTE_CHARACTERS:
        raise DomainError(typography("Gardez la note sous 5 000 caractères, ou joignez un fichier."))
    if dated_on > timezone.localdate(now):
        raise DomainError(typography("Une note se date d’aujourd’hui ou d’avant."))
    if sheet.notes.count() >= MAX_NOTES:
        raise DomainError(typography(f"Cette fiche porte déjà {MAX_NOTES} notes : retirez-en d’abord."))
    initiative = sheet.roadmap.initiative
    people = list(Participant.objects.for_initiative(initiative).filter(is_active=True))
    if {person.pk for person in mentions} - {person.pk for person in people}:
        raise DomainError(typography("Choisissez des personnes de la démarche."))
    called = {person.pk: person for person in (*mentions, *mentioned_in(text, people))}
    author_user = actor if isinstance(actor, User) else None
    author_participant = actor if isinstance(actor, Participant) else None
    note = SheetNote.objects.create(
        sheet=sheet,
        dated_on=dated_on,
        text=text.strip(),
        written_at=now,
        author_user=author_user,
        author_participant=author_participant,
        author_label=str(actor)[:150],
    )
    note.mentions.set(called.values())
    told = [person for person in called.values() if not _is_author(person, note)]
    queue_news(participants=told, kind=ActivityKind.SHEET_NOTE, object_pk=note.pk, now=now, actor=author_user)
    record_on_sheet(sheet, f"a écrit une note sur la fiche {sheet.number}, « {sheet.title} »", actor=actor, now=now)
    return note


def _is_author(person: Participant, note: SheetNote) -> bool:
    is_same_account = person.user_id is not None and person.user_id == note.author_user_id
    return is_same_account or person.pk == note.author_participant_id


def may_remove(item: SheetNote | SheetAttachment, actor: User | Participant) -> bool:
    """Tell whether somebody wrote a note or joined a file themselves."""
    user_pk, participant_pk = (
        (item.author_user_id, item.author_participant_id)
        if isinstance(item, SheetNote)
        else (item.added_by_user_id, item.added_by_participant_id)
    )
    return actor.pk == (user_pk if isinstance(actor, User) else participant_pk)


@transaction.atomic
def remove_note(*, note: SheetNote, actor: User | Participant, now: datetime) -> None:
    """Remove a note that one wrote oneself. Raises `DomainError` when it is somebody else's."""
    if not may_remove(note, actor):
        raise DomainError(typography("Cette note est d’une autre personne : elle est gardée."))
    sheet = note.sheet
    note.delete()
    record_on_sheet(sheet, f"a retiré une note de la fiche {sheet.number}, « {sheet.title} »", actor=actor, now=now)


@transaction.atomic
def join_file(
    *, sheet: ActionSheet, values: EvidenceValues, actor: User | Participant, now: datetime
) -> SheetAttachment:
    """Join a link or a file to a sheet. Raises `DomainError` when it has enough of them."""
    if sheet.attachments.count() >= MAX_ATTACHMENTS:
        message = f"Cette fiche porte déjà {MAX_ATTACHMENTS} pièces : retirez-en une avant d’en joindre une autre."
        raise DomainError(typography(message))
    attachment = SheetAttachment(
        sheet=sheet,
        label=values.label,
        url=values.url,
        added_at=now,
        added_by_user=actor if isinstance(actor, User) else None,
        added_by_participant=actor if isinstance(actor, Participant) else None,
        added_by_label=str(actor)[:150],
    )
    if values.attachment is not None:
        attachment.file = stored_content(values.attachment)
        attachment.file_name, attachment.size_bytes = values.attachment.name, len(values.attachment.content)
    attachment.save()
    record_on_sheet(sheet, f"a joint une pièce à la fiche {sheet.number}, « {sheet.title} »", actor=actor, now=now)
    return attachment


@transaction.atomic
def remove_file(*, attachment: SheetAttachment, actor: User | Participant, now: datetime) -> None:
    """Remove what one joined oneself; its file goes with it. Raises `DomainError` when it is somebody else's."""
    if not may_remove(attachment, actor):
        raise DomainError(typography("Cette pièce a été jointe par une autre personne : elle est gardée."))
    sheet = attachment.sheet
    names = [attachment.file.name] if attachment.file else []
    attachment.delete()
    delete_on_commit(names)
    record_on_sheet(sheet, f"a retiré une pièce de la fiche {sheet.number}, « {sheet.title} »", actor=actor, now=now)
