"""Writes about scenarios."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from common.errors import DomainError
from common.text import typography
from common.versioning import save_versioned
from inventory.models import EquipmentCategory, Inventory, Scenario, ScenarioChange
from inventory.scenarios import FIELDS_BY_KIND, ChangeValues

# As many as a page shows within its budget.
CHANGES_MAX = 10
SCENARIOS_MAX = 12


@dataclass(frozen=True)
class ScenarioValues:
    """What a person writes in a scenario."""

    name: str
    start_year: int
    note: str = ""
    target_percent: Decimal | None = None
    target_year: int | None = None
    target_source: str = ""


@transaction.atomic
def create_scenario(*, inventory: Inventory, values: ScenarioValues, actor: User, now: datetime) -> Scenario:
    """Add a scenario on a lot, which it never changes. Raises `DomainError` on a bad value."""
    Inventory.objects.select_for_update().get(pk=inventory.pk)
    if inventory.scenarios.count() >= SCENARIOS_MAX:
        raise DomainError(
            typography(f"Un lot porte {SCENARIOS_MAX} scénarios au plus : retirez-en un qui ne sert plus.")
        )
    scenario = Scenario(inventory=inventory, **asdict(values))
    _require_valid(scenario)
    scenario.save()
    _record(scenario, f"a ajouté le scénario « {scenario.name} »", actor, now)
    return scenario


@transaction.atomic
def create_scenario_of(*, inventory: Inventory, change: ChangeValues, actor: User, now: datetime) -> Scenario:
    """Make a scenario of one change, under its label; a number follows when a scenario has it already."""
    taken = set(inventory.scenarios.values_list("name", flat=True))
    base = change.label[:70]
    names = [base, *(f"{base} ({rank})" for rank in range(2, SCENARIOS_MAX + 2))]
    name = next(item for item in names if item not in taken)
    values = ScenarioValues(name=name, start_year=change.starts_in)
    scenario = create_scenario(inventory=inventory, values=values, actor=actor, now=now)
    add_change(scenario=scenario, values=change, actor=actor, now=now)
    return scenario


@transaction.atomic
def save_scenario(
    *, scenario: Scenario, values: ScenarioValues, expected_version: int, actor: User, now: datetime
) -> Scenario:
    """Save the name, the note and the target of a scenario. Raises `StaleVersionError`, or `DomainError`."""
    first = scenario.changes.aggregate(first=Min("starts_in"))["first"]
    if first is not None and first < values.start_year:
        raise DomainError(
            typography(f"Un changement commence en {first} : choisissez une année de décision qui ne soit pas après.")
        )
    changes = asdict(values)
    for name, value in changes.items():
        setattr(scenario, name, value)
    _require_valid(scenario)
    save_versioned(scenario, expected_version=expected_version, update_fields=list(changes))
    _record(scenario, f"a modifié le scénario « {scenario.name} »", actor, now)
    return scenario


@transaction.atomic
def delete_scenario(*, scenario: Scenario, actor: User, now: datetime) -> None:
    """Remove a scenario and its changes."""
    _record(scenario, f"a retiré le scénario « {scenario.name} »", actor, now)
    scenario.delete()


@transaction.atomic
def add_change(*, scenario: Scenario, values: ChangeValues, actor: User, now: datetime) -> ScenarioChange:
    """Add a change after the others. Raises `DomainError` on a bad value."""
    Scenario.objects.select_for_update().get(pk=scenario.pk)
    last = scenario.changes.aggregate(last=Max("position"))["last"] or 0
    if scenario.changes.count() >= CHANGES_MAX:
        raise DomainError(typography(f"Un scénario tient {CHANGES_MAX} changements au plus."))
    change = ScenarioChange(scenario=scenario, position=last + 1, **values.fields)
    _check_change(change, scenario)
    change.save()
    _record(scenario, f"a ajouté un changement au scénario « {scenario.name} »", actor, now)
    return change


@transaction.atomic
def save_change(
    *, change: ScenarioChange, values: ChangeValues, expected_version: int, actor: User, now: datetime
) -> ScenarioChange:
    """Save a change. Raises `StaleVersionError`, or `DomainError` on a bad value."""
    fields = values.fields
    for name, value in fields.items():
        setattr(change, name, value)
    _check_change(change, change.scenario)
    save_versioned(change, expected_version=expected_version, update_fields=list(fields))
    _record(change.scenario, f"a modifié un changement du scénario « {change.scenario.name} »", actor, now)
    return change


@transaction.atomic
def delete_change(*, change: ScenarioChange, actor: User, now: datetime) -> None:
    """Take a change out of its scenario."""
    scenario = change.scenario
    change.delete()
    _record(scenario, f"a retiré un changement du scénario « {scenario.name} »", actor, now)


@transaction.atomic
def move_change(*, change: ScenarioChange, is_up: bool) -> bool:
    """Move a change one place up or down. Return whether it moved: the first and the last stay where they are.

    The order is for reading: it changes no figure.
    """
    Scenario.objects.select_for_update().get(pk=change.scenario_id)
    changes = list(change.scenario.changes.order_by("position", "pk"))
    rank = next(index for index, item in enumerate(changes) if item.pk == change.pk)
    other = rank - 1 if is_up else rank + 1
    if not 0 <= other < len(changes):
        return False
    changes[rank], changes[other] = changes[other], changes[rank]
    for position, item in enumerate(changes, start=1):
        item.position = position
    ScenarioChange.objects.bulk_update(changes, ["position"])
    return True


def _check_change(change: ScenarioChange, scenario: Scenario) -> None:
    if change.kind not in FIELDS_BY_KIND:
        raise DomainError("Choisissez la nature du changement dans la liste.")
    if change.starts_in < scenario.start_year:
        raise DomainError(typography(f"Choisissez une année à partir de {scenario.start_year}, celle de la décision."))
    present = set(scenario.inventory.lines.filter(quantity__isnull=False).values_list("category__code", flat=True))
    if not change.categories or not set(change.categories) <= present:
        raise DomainError("Choisissez au moins une famille, parmi celles que le lot compte.")
    if change.category_to and not EquipmentCategory.objects.filter(code=change.category_to).exists():
        raise DomainError("La famille ajoutée n’existe pas : choisissez-la dans la liste.")
    if change.category_to in change.categories:
        raise DomainError("Une famille ne se remplace pas par elle-même : choisissez-en une autre.")
    _require_valid(change)


def _require_valid(instance: Any) -> None:
    try:
        instance.full_clean()
    except ValidationError as error:
        raise DomainError(typography(" ".join(error.messages))) from error


def _record(scenario: Scenario, verb: str, actor: User, now: datetime) -> None:
    initiative = scenario.inventory.initiative
    record_event(
        authority=initiative.authority,
        kind=EventKind.INVENTORY,
        initiative=initiative,
        actor=actor,
        verb=typography(verb),
        now=now,
    )
