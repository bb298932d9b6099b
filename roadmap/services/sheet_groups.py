"""Writes on several sheets at once, and the copy of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError
from roadmap.enums import ActionStatus
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.services.roadmaps import record
from roadmap.services.sheets import save_sheet
from roadmap.sheet_rows import ROW_KINDS
from roadmap.sheet_texts import LISTS

# What is the business of one sheet only: its place in the schedule, its vote, its reading over.
OWN_FIELDS = frozenset(
    {
        "id", "version", "created_at", "updated_at", "number", "lever", "identified_on", "is_placed_by_hand",
        "placement_reason", "priority", "vote_counts", "review_state", "submitted_at", "submitted_by_label",
        "validated_on", "validation_body", "saving_kgco2e", "saving_low_kgco2e", "saving_high_kgco2e",
        "saving_source", "status", "start_half", "end_half",
    }
)  # fmt: skip


@transaction.atomic
def update_sheets(
    *,
    roadmap: Roadmap,
    versions: Mapping[int, int],
    changes: Mapping[str, Any],
    actor: User,
    now: datetime,
    objectives: Sequence[Objective] = (),
) -> int:
    """Give the same values to several sheets, and tie them to more objectives; return how many changed.

    `versions`: sheet pk → version that the person saw. All or nothing: raises `DomainError` when nothing is asked, when
    a sheet is not of this roadmap, or when one changed since the page was opened.
    """
    if not versions:
        raise DomainError(typography("Cochez au moins une fiche."))
    if not changes and not objectives:
        raise DomainError(typography("Choisissez au moins une chose à changer."))
    sheets = list(ActionSheet.objects.filter(roadmap=roadmap, pk__in=versions).prefetch_related("objectives"))
    if len(sheets) != len(versions):
        raise DomainError(typography("Une de ces fiches n’existe plus : rechargez la page."))
    for sheet in sheets:
        sheet.roadmap = roadmap
        links = {"objectives": [*{*sheet.objectives.all(), *objectives}]} if objectives else None
        try:
            save_sheet(
                sheet=sheet, expected_version=versions[sheet.pk], changes=changes, links=links, actor=actor, now=now
            )
        except StaleVersionError as error:
            message = f"La fiche {sheet.number} a changé depuis que vous avez ouvert cette page : rien n’a été modifié"
            raise DomainError(typography(f"{message}. Rechargez la page, puis recommencez.")) from error
    return len(sheets)


@transaction.atomic
def duplicate_sheet(*, sheet: ActionSheet, actor: User, now: datetime) -> ActionSheet:
    """Copy a sheet after the others: what it says, with its rows and links; not its place, its votes nor its state.

    The copy has no lever: its saving would be counted twice.
    """
    roadmap = sheet.roadmap
    Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    last = ActionSheet.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0
    kept = {
        field.name: getattr(sheet, field.name) for field in sheet._meta.concrete_fields if field.name not in OWN_FIELDS
    }
    copy = ActionSheet(**kept, number=last + 1, identified_on=timezone.localdate(now), status=ActionStatus.PLANNED)
    copy.title = typography(f"{sheet.title} (copie)")[:200]
    copy.prefill, copy.confirmed_fields, copy.human_days_by_half_year = {}, [], {}
    copy.save()
    for name, kind in ROW_KINDS.items():
        rows = [
            kind.values(**{column: getattr(row, column) for column in kind.columns})
            for row in getattr(sheet, name).all()
        ]
        kind.model._default_manager.bulk_create(kind.build(copy, rows))
    for name in LISTS:
        getattr(copy, name).set(getattr(sheet, name).all())
    record(roadmap, f"a copié la fiche {sheet.number} dans la fiche {copy.number}", actor, now)
    return copy
