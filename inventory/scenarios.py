"""From the changes of a scenario to the effects that the simulation reads, and back from a lever."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from inventory.enums import ChangeKind
from inventory.footprint import DEFAULT_PUE
from inventory.scenario_models import Scenario, ScenarioChange
from inventory.simulation import DEFAULT_FIRST_LIFE_YEARS, Effect, SimulationRules, read_effect

# What is asked of each kind of change, besides its families, its label and its year.
FIELDS_BY_KIND: dict[str, tuple[str, ...]] = {
    ChangeKind.EXTEND_LIFETIME: ("years", "fleet_share_percent"),
    ChangeKind.REDUCE_COUNT: ("percent",),
    ChangeKind.REFURBISHED_SHARE: ("percent", "years"),
    ChangeKind.REDUCE_ENERGY: ("percent",),
    ChangeKind.HOSTING_MOVE: ("pue_to", "zone_to", "fleet_share_percent"),
    ChangeKind.REPLACE: ("units", "category_to", "units_to"),
}

# The word of the address that adds a change of each kind.
KIND_BY_SLUG: dict[str, str] = {
    "allongement": ChangeKind.EXTEND_LIFETIME,
    "reduction": ChangeKind.REDUCE_COUNT,
    "reconditionne": ChangeKind.REFURBISHED_SHARE,
    "electricite": ChangeKind.REDUCE_ENERGY,
    "hebergement": ChangeKind.HOSTING_MOVE,
    "remplacement": ChangeKind.REPLACE,
}


@dataclass(frozen=True)
class ChangeValues:
    """What a person writes in a change."""

    kind: str
    starts_in: int
    categories: tuple[str, ...]
    label: str = ""
    lever_code: str = ""
    percent: Decimal | None = None
    years: Decimal | None = None
    fleet_share_percent: int = 100
    pue_to: Decimal | None = None
    zone_to: str = ""
    units: int | None = None
    units_to: int | None = None
    category_to: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        return {**asdict(self), "categories": list(self.categories)}


def lever_key(change: ScenarioChange) -> str:
    """Return what stands for the lever of a change: levers that exclude each other are known by their code."""
    return change.lever_code or f"#{change.pk}"


def effect_of(change: ScenarioChange, scenario: Scenario) -> Effect:
    """Return a change as the simulation reads it."""
    years = float(change.years or 0)
    is_refurbished = change.kind == ChangeKind.REFURBISHED_SHARE
    return Effect(
        lever=lever_key(change),
        kind=change.kind,
        categories=frozenset(change.categories),
        percent=float(change.percent or 0),
        years=0.0 if is_refurbished else years,
        fleet_share_percent=float(change.fleet_share_percent),
        first_life_years=years if is_refurbished else DEFAULT_FIRST_LIFE_YEARS,
        pue_to=float(change.pue_to or DEFAULT_PUE),
        zone_to=change.zone_to,
        units=float(change.units or 0),
        units_to=float(change.units_to or 0),
        category_to=change.category_to,
        starts_after=float(max(change.starts_in - scenario.start_year, 0)),
    )


def values_of_effect(
    data: Mapping[str, Any],
    rules: SimulationRules,
    *,
    present: Collection[str],
    starts_in: int,
    label: str,
    lever_code: str = "",
) -> ChangeValues | None:
    """Return the change that a lever, or a usual trial, makes by default on the families of a lot.

    None when the lot holds none of its families. Raises ValueError when the effect cannot be read.
    """
    effect = read_effect(lever_code or label, data, rules)
    categories = tuple(sorted(effect.categories & set(present)))
    if not categories:
        return None
    is_refurbished = effect.kind == ChangeKind.REFURBISHED_SHARE
    years = effect.first_life_years if is_refurbished else effect.years
    has_share = "fleet_share_percent" in FIELDS_BY_KIND[effect.kind]
    return ChangeValues(
        kind=effect.kind,
        starts_in=starts_in,
        categories=categories,
        label=label[:150],
        lever_code=lever_code,
        percent=_decimal(effect.percent) if "percent" in FIELDS_BY_KIND[effect.kind] else None,
        years=_decimal(years) if "years" in FIELDS_BY_KIND[effect.kind] else None,
        fleet_share_percent=max(round(effect.fleet_share_percent), 1) if has_share else 100,
        pue_to=_decimal(effect.pue_to) if effect.kind == ChangeKind.HOSTING_MOVE else None,
    )


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))
