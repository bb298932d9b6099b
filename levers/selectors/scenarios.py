"""Levers whose effect can be tried in a scenario of the inventory."""

from dataclasses import dataclass

from inventory.models import Scenario
from inventory.scenarios import ChangeValues, values_of_effect
from inventory.selectors import footprint_of, read_data, simulate_levers
from inventory.selectors.scenarios import signed_percent
from levers.models import Lever
from levers.selectors.catalogue import catalogue_of

CRITERION = "GWP"


@dataclass(frozen=True)
class LeverChoice:
    """A lever, the change that it makes by default on the lot, and what it gives alone for climate change."""

    lever: Lever
    values: ChangeValues
    percent: float | None
    is_taken: bool

    @property
    def percent_label(self) -> str:
        return signed_percent(self.percent)


def lever_choices(scenario: Scenario) -> list[LeverChoice]:
    """Return the levers that change something on the lot of a scenario, the most useful first."""
    inventory = scenario.inventory
    data = read_data(inventory)
    present = {line.category for line in data.engine_lines if line.quantity is not None}
    taken = {change.lever_code for change in scenario.changes.all()}
    levers = Lever.objects.filter(catalogue=catalogue_of(inventory.initiative)).exclude(simulation=None)
    found = simulate_levers(inventory, [(lever.code, lever.simulation) for lever in levers])
    found_total = footprint_of(data)[CRITERION].total
    total = found_total.central if found_total else 0.0
    choices = []
    for lever in levers:
        if lever.code not in found or lever.simulation is None:
            continue
        values = values_of_effect(
            lever.simulation,
            data.rules,
            present=present,
            starts_in=scenario.start_year,
            label=lever.title,
            lever_code=lever.code,
        )
        if values is not None:
            percent = 100 * found[lever.code].kgco2e_central / total if total else None
            choices.append(LeverChoice(lever, values, percent, lever.code in taken))
    return sorted(choices, key=lambda item: (-(item.percent or 0.0), item.lever.code))
