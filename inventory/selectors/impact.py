"""Footprint of an inventory, and savings of levers on it."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from inventory.footprint import OBSERVED, REFERENCE, Footprint, Range, compute_footprint
from inventory.models import Inventory
from inventory.references import footprint_references
from inventory.selectors.data import InventoryData, read_data
from inventory.simulation import Discarded, Effect, Simulation, SimulationRules, read_effect, simulate
from inventory.trajectory import Trajectory, follow

logger = logging.getLogger(__name__)

SimulationJson = Mapping[str, Any]


@dataclass(frozen=True)
class SavingRange:
    """Yearly saving of a lever at full regime, in kgCO2e."""

    kgco2e_central: float
    low: float
    high: float


@dataclass(frozen=True)
class CombinedSaving:
    """Yearly saving of several levers together, in kgCO2e: savings of separate levers do not add up."""

    baseline: Range | None
    simulated: Range | None
    saving: SavingRange | None
    percent: float | None
    discarded: tuple[Discarded, ...]


def inventory_footprint(inventory: Inventory) -> Footprint:
    """Return the reference footprint; a frozen lot gives what it gave the day it was frozen."""
    return footprint_of(read_data(inventory))


def footprint_of(data: InventoryData) -> Footprint:
    return compute_footprint(data.engine_lines, data.table, agent_count=data.agent_count, view=REFERENCE)


def observed_footprint_of(data: InventoryData) -> Footprint | None:
    """Return the footprint with the observed lifetimes, None when none is known."""
    if all(line.observed_lifetime_years is None for line in data.engine_lines):
        return None
    return compute_footprint(data.engine_lines, data.table, agent_count=data.agent_count, view=OBSERVED)


def simulate_levers(
    inventory: Inventory, levers: Iterable[tuple[str, SimulationJson | None]]
) -> dict[str, SavingRange]:
    """Return the saving of each lever alone: lever code → range. Levers without effect on the estate are left out."""
    data = read_data(inventory)
    effects = _read_effects(levers, data.rules)
    simulation = simulate(data.engine_lines, effects, data.table, rules=data.rules)
    return {lever: _saving(found["GWP"]) for lever, found in simulation.alone.items() if "GWP" in found}


def simulate_together(
    inventory: Inventory,
    levers: Iterable[tuple[str, SimulationJson | None]],
    *,
    years_after: float | None = None,
) -> CombinedSaving:
    """Return the saving of the levers together, without counting anything twice."""
    data = read_data(inventory)
    effects = _read_effects(levers, data.rules)
    found: Simulation = simulate(data.engine_lines, effects, data.table, rules=data.rules, years_after=years_after)
    saving = found.combined.get("GWP")
    return CombinedSaving(
        baseline=found.baseline["GWP"].total,
        simulated=found.simulated["GWP"].total,
        saving=_saving(saving) if saving else None,
        percent=found.percent("GWP"),
        discarded=found.discarded,
    )


def follow_levers(
    inventory: Inventory,
    levers: Iterable[tuple[str, SimulationJson | None, float]],
    *,
    start_year: int,
    until_year: int,
) -> Trajectory | None:
    """Return the trajectory of the levers together, year by year: (code, effect, years before it starts).

    None when the inventory gives no footprint.
    """
    data = read_data(inventory)
    effects = [
        replace(effect, starts_after=starts_after)
        for code, effect_data, starts_after in levers
        for effect in _read_effects([(code, effect_data)], data.rules)
    ]
    return follow(
        data.engine_lines,
        effects,
        data.table,
        rules=data.rules,
        start_year=start_year,
        until_year=until_year,
        low_yield_percent=footprint_references().low_yield_percent,
    )


def _read_effects(levers: Iterable[tuple[str, SimulationJson | None]], rules: SimulationRules) -> list[Effect]:
    effects = []
    for code, data in levers:
        if not data:
            continue
        try:
            effects.append(read_effect(code, data, rules))
        except ValueError:
            # A catalogue newer than the factors may name a group that they lack: the lever has no simulated saving.
            logger.warning("effect of lever %s cannot be simulated", code)
    return effects


def _saving(found: Range) -> SavingRange:
    return SavingRange(kgco2e_central=found.central, low=found.low, high=found.high)
