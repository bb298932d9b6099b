"""Ratios of many authorities at once, from their latest frozen inventory."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from inventory.enums import CountsAs, InventoryState
from inventory.models import EquipmentCategory, Inventory


@dataclass(frozen=True)
class AgentRatios:
    """Figures per agent of one authority, None when not known. `footprint_kg`: kg CO₂e a year, central value."""

    terminals: float | None
    screens: float | None
    footprint_kg: float | None


def ratios_by_authority(authority_pks: Collection[int]) -> dict[int, AgentRatios]:
    """Return authority → ratios of its latest frozen lot; without a number of agents, none. Two queries."""
    kinds = dict(EquipmentCategory.objects.exclude(counts_as="").values_list("code", "counts_as"))
    lots = Inventory.objects.filter(initiative__authority__in=authority_pks, state=InventoryState.FROZEN)
    # Only what is read of the frozen result leaves the base: it holds every criterion of every family.
    rows = lots.order_by("dated_on", "pk").values_list(
        "initiative__authority", "result__agent_count", "result__lines", "result__reference__criteria__GWP__total"
    )
    latest = {authority: (agents, lines, total) for authority, agents, lines, total in rows}
    return {pk: _ratios(agents, lines, total, kinds) for pk, (agents, lines, total) in latest.items() if agents}


def _ratios(
    agents: int, lines: list[dict[str, Any]], total: dict[str, float] | None, kinds: dict[str, str]
) -> AgentRatios:
    def per_agent(kind: str) -> float | None:
        counts = [line["quantity"] for line in lines if kinds.get(line["category"]) == kind]
        known = [count for count in counts if count is not None]
        return sum(known) / agents if known else None

    return AgentRatios(
        terminals=per_agent(CountsAs.TERMINAL),
        screens=per_agent(CountsAs.SCREEN),
        footprint_kg=total["central"] / agents if total else None,
    )
