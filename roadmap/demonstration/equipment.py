"""The flash inventory: lines, key figures, frozen lot."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from common.errors import DomainError
from inventory.models import EquipmentCategory, Inventory
from inventory.references import footprint_references
from inventory.scenario_services import ScenarioValues, add_change, create_scenario
from inventory.selectors import inventory_footprint
from inventory.selectors.scenarios import trial_values
from inventory.services import add_category, create_inventory, freeze_inventory, page_version, save_figures, save_lines
from roadmap.demonstration.people import Scene

# Columns of the tables that hold a decimal number; the others are integers or texts.
DECIMALS = {"mean_age_years", "lifetime_years", "observed_lifetime_years", "refurbished_percent", "value"}
KG_PER_TONNE = 1000


def typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the data with its decimal numbers as such."""
    return {name: Decimal(str(value)) if name in DECIMALS else value for name, value in row.items()}


def fill_inventory(scene: Scene, data: dict[str, Any], *, dated_on: date, now: datetime) -> Inventory:
    """Fill an inventory in and freeze it."""
    inventory = open_inventory(scene, data["lines"], data["figures"], dated_on=dated_on, now=now)
    return freeze_inventory(
        inventory=inventory, dated_on=dated_on, expected_version=inventory.version, actor=scene.referent, now=now
    )


def add_scenarios(scene: Scene, inventory: Inventory, *, now: datetime) -> None:
    """Add two scenarios to a lot: what works in time, and the false good idea."""
    year = inventory.dated_on.year
    target = next(iter(footprint_references().targets))
    for code, name, has_target in (("plus-deux-ans", "Garder plus longtemps", True), ("recentraliser", "", False)):
        change = trial_values(inventory, code, year=year)
        if change is None:
            continue
        scenario = create_scenario(
            inventory=inventory,
            values=ScenarioValues(
                name=name or "Recentraliser les serveurs",
                start_year=year,
                target_percent=Decimal(target.percent) if has_target else None,
                target_year=target.year if has_target else None,
                target_source=target.source if has_target else "",
            ),
            actor=scene.referent,
            now=now,
        )
        add_change(scenario=scenario, values=change, actor=scene.referent, now=now)
        fewer = trial_values(inventory, "moins-d-equipements", year=year)
        if has_target and fewer is not None:
            add_change(scenario=scenario, values=fewer, actor=scene.referent, now=now)


def open_inventory(
    scene: Scene, lines: dict[str, Any], figures: dict[str, Any], *, dated_on: date, now: datetime
) -> Inventory:
    """Open an inventory and fill in what is known."""
    inventory = create_inventory(initiative=scene.initiative, dated_on=dated_on, actor=scene.referent, now=now)
    for category in EquipmentCategory.objects.filter(code__in=lines):
        add_category(inventory=inventory, category=category, actor=scene.referent, now=now)
    rows = {
        line.category.code: line for line in inventory.lines.select_related("category") if line.category.code in lines
    }
    save_lines(
        inventory=inventory,
        values={code: typed(row) for code, row in lines.items()},
        expected_version=page_version(rows),
        actor=scene.referent,
        now=now,
    )
    known = {
        figure.kind.code: figure for figure in inventory.figures.select_related("kind") if figure.kind.code in figures
    }
    if figures:
        save_figures(
            inventory=inventory,
            values={code: typed(row) for code, row in figures.items()},
            expected_version=page_version(known),
            actor=scene.referent,
            now=now,
        )
    inventory.refresh_from_db()
    return inventory


def footprint_tonnes(inventory: Inventory) -> tuple[float, float, float]:
    """Return the yearly footprint, central then low and high, in t CO₂e."""
    total = inventory_footprint(inventory)["GWP"].total
    if total is None:
        raise DomainError("L’inventaire de la démonstration ne s’évalue pas : vérifiez ses familles.")
    return total.central / KG_PER_TONNE, total.low / KG_PER_TONNE, total.high / KG_PER_TONNE
