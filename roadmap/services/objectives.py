"""Writes about objectives."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max

from accounts.models import User
from common.dates import format_day
from common.errors import DomainError
from common.text import typography
from common.versioning import save_versioned
from roadmap.enums import ObjectiveKind
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.services.roadmaps import record, require_valid
from roadmap.services.trail import record_sheets, stored_texts


@dataclass(frozen=True)
class ObjectiveValues:
    """What a person writes in an objective."""

    title: str
    kind: str = ObjectiveKind.OTHER
    indicator_name: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    baseline_low: Decimal | None = None
    baseline_high: Decimal | None = None
    baseline_year: int | None = None
    target: Decimal | None = None
    target_low: Decimal | None = None
    target_high: Decimal | None = None
    target_on: date | None = None
    source: str = ""
    frequency: str = ""
    note: str = ""


def _check(roadmap: Roadmap, values: ObjectiveValues) -> None:
    if not values.title.strip():
        raise DomainError(typography("Écrivez l’objectif en une phrase."))
    start = roadmap.initiative.starts_on
    if values.target_on is not None and values.target_on < start:
        message = f"Choisissez une échéance à partir du {format_day(start)}, début de la période."
        raise DomainError(typography(message))


def _attach(roadmap: Roadmap, objective: Objective, sheet_pks: Collection[int] | None, now: datetime) -> None:
    """Tie these sheets to the objective, and untie the others; None leaves them as they are."""
    if sheet_pks is None:
        return
    sheets = ActionSheet.objects.filter(roadmap=roadmap)
    if sheets.filter(pk__in=sheet_pks).count() != len(set(sheet_pks)):
        raise DomainError(typography("Une de ces fiches n’existe plus : rechargez la page."))
    former = set(objective.sheets.values_list("pk", flat=True))
    objective.sheets.set(sheets.filter(pk__in=sheet_pks))
    moved = former.symmetric_difference(sheet_pks)
    sheets.filter(pk__in=moved).update(version=F("version") + 1, updated_at=now)


@transaction.atomic
def create_objective(
    *,
    roadmap: Roadmap,
    values: ObjectiveValues,
    actor: User,
    now: datetime,
    sheet_pks: Collection[int] | None = None,
) -> Objective:
    """Add an objective after the others, and tie the chosen sheets to it. Raises `DomainError` on a bad value."""
    _check(roadmap, values)
    Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    last = Objective.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0
    objective = Objective(roadmap=roadmap, number=last + 1, **asdict(values))
    require_valid(objective)
    objective.save()
    _attach(roadmap, objective, sheet_pks, now)
    record(roadmap, f"a ajouté l’objectif « {objective.title} »", actor, now)
    return objective


@transaction.atomic
def save_objective(
    *,
    objective: Objective,
    expected_version: int,
    values: ObjectiveValues,
    actor: User,
    now: datetime,
    sheet_pks: Collection[int] | None = None,
) -> Objective:
    """Save an objective. Raises `StaleVersionError`, or `DomainError` on a bad value."""
    roadmap = objective.roadmap
    _check(roadmap, values)
    changes = asdict(values)
    for name, value in changes.items():
        setattr(objective, name, value)
    require_valid(objective)
    save_versioned(objective, expected_version=expected_version, update_fields=list(changes))
    _attach(roadmap, objective, sheet_pks, now)
    record(roadmap, f"a modifié l’objectif « {objective.title} »", actor, now)
    return objective


@transaction.atomic
def delete_objective(*, objective: Objective, actor: User, now: datetime) -> None:
    """Remove an objective; the sheets that served it stay, without objective. The others keep their number."""
    served = stored_texts(list(objective.sheets.values_list("pk", flat=True)))
    record(objective.roadmap, f"a retiré l’objectif « {objective.title} »", actor, now)
    verb = f"a retiré l’objectif « {objective.title} », que servait la fiche"
    objective.delete()
    record_sheets(served, lambda sheet: f"{verb} {sheet.number}", actor=actor, now=now)
