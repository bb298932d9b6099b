"""Reading sheets over: what the catalogue wrote is confirmed, the lead submits, the steering committee validates."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.models import Participant
from common.dates import format_day
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import save_versioned
from roadmap.enums import SheetReview
from roadmap.models import ActionSheet, Roadmap, SheetNote
from roadmap.prefill import COMPARED_FIELDS
from roadmap.services.roadmaps import record
from roadmap.services.trail import record_on_sheet

SUBMITTABLE = frozenset({SheetReview.DRAFT, SheetReview.REVISED})


@transaction.atomic
def confirm_catalogue_texts(
    *, sheet: ActionSheet, names: Collection[str], actor: User | Participant, now: datetime
) -> None:
    """Say that texts of the catalogue were read and suit the authority as they stand.

    `names`: keys of `COMPARED_FIELDS`. It is no rewriting: nobody who edits the sheet meanwhile is stopped. Raises
    `DomainError` on a name that the catalogue does not fill.
    """
    stored = ActionSheet.objects.select_for_update().get(pk=sheet.pk)
    from_catalogue = {name for name in COMPARED_FIELDS if stored.prefill.get(name)}
    if not names or set(names) - from_catalogue:
        raise DomainError(typography("Ce texte ne vient pas du catalogue : rechargez la page."))
    confirmed = sorted({*stored.confirmed_fields, *names})
    if confirmed == stored.confirmed_fields:
        return
    ActionSheet.objects.filter(pk=sheet.pk).update(confirmed_fields=confirmed)
    words = ", ".join(COMPARED_FIELDS[name] for name in COMPARED_FIELDS if name in names)
    record_on_sheet(
        sheet, f"a relu et gardé de la fiche {sheet.number} le texte du catalogue : {words}", actor=actor, now=now
    )


@transaction.atomic
def submit_sheet(*, sheet: ActionSheet, expected_version: int, actor: User | Participant, now: datetime) -> None:
    """Hand a sheet over to the steering committee. Raises `DomainError` when it is submitted or validated already."""
    if sheet.review_state not in SUBMITTABLE:
        raise DomainError(typography("Cette fiche est déjà soumise."))
    if not sheet.lead_label:
        raise DomainError(typography("Désignez d’abord le pilote : une fiche sans pilote ne se valide pas."))
    sheet.review_state = SheetReview.SUBMITTED
    sheet.submitted_at, sheet.submitted_by_label = now, str(actor)[:150]
    fields = ["review_state", "submitted_at", "submitted_by_label"]
    save_versioned(sheet, expected_version=expected_version, update_fields=fields)
    record_on_sheet(
        sheet, f"a soumis la fiche {sheet.number}, « {sheet.title} », au comité de pilotage", actor=actor, now=now
    )


@transaction.atomic
def return_sheet(*, sheet: ActionSheet, expected_version: int, reason: str, actor: User, now: datetime) -> None:
    """Give a submitted sheet back to its lead, with what is asked of them: a note of the sheet keeps it.

    Raises `DomainError` without reason, or when the sheet is not submitted.
    """
    if sheet.review_state != SheetReview.SUBMITTED:
        raise DomainError(typography("Cette fiche n’est pas soumise : il n’y a rien à rendre."))
    if not reason.strip():
        raise DomainError(typography("Écrivez ce que vous demandez au pilote : il le lira sur la fiche."))
    sheet.review_state = SheetReview.DRAFT
    save_versioned(sheet, expected_version=expected_version, update_fields=["review_state"])
    note = SheetNote.objects.create(
        sheet=sheet,
        dated_on=timezone.localdate(now),
        text=typography(f"Fiche rendue à son pilote : {reason.strip()}"),
        written_at=now,
        author_user=actor,
        author_label=str(actor)[:150],
    )
    if sheet.lead_participant is not None:
        note.mentions.add(sheet.lead_participant)
    record_on_sheet(sheet, f"a rendu la fiche {sheet.number}, « {sheet.title} », à son pilote", actor=actor, now=now)


@transaction.atomic
def validate_sheets(
    *, roadmap: Roadmap, sheet_pks: Collection[int], validated_on: date, body: str, actor: User, now: datetime
) -> int:
    """Record that the steering committee validated some submitted sheets, and return how many.

    Raises `DomainError` without sheet or body, with a date to come, or when one of them is not submitted any more.
    """
    if validated_on > timezone.localdate(now):
        raise DomainError(typography("La validation ne peut pas être datée d’un jour à venir."))
    if not body.strip():
        raise DomainError(typography("Nommez l’instance qui a validé : « comité de pilotage », par exemple."))
    sheets = list(ActionSheet.objects.select_for_update().filter(roadmap=roadmap, pk__in=sheet_pks))
    if not sheets or len(sheets) != len(set(sheet_pks)):
        raise DomainError(typography("Cochez au moins une fiche soumise."))
    for sheet in sheets:
        sheet.roadmap = roadmap
        if sheet.review_state != SheetReview.SUBMITTED:
            raise DomainError(
                typography(f"La fiche {sheet.number} n’est plus soumise : rechargez la page, rien n’a été enregistré.")
            )
        sheet.review_state = SheetReview.VALIDATED
        sheet.validated_on, sheet.validation_body = validated_on, body.strip()
        fields = ["review_state", "validated_on", "validation_body"]
        save_versioned(sheet, expected_version=sheet.version, update_fields=fields)
        record_on_sheet(
            sheet, f"a enregistré la validation de la fiche {sheet.number}, « {sheet.title} »", actor=actor, now=now
        )
    count = f"{len(sheets)} {pluralise(len(sheets), 'fiche validée', 'fiches validées')}"
    record(roadmap, f"a enregistré {count} par {body.strip()} le {format_day(validated_on)}", actor, now)
    return len(sheets)
