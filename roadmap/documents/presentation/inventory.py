"""Section of the inventory and of the footprint."""

from typing import Any

from common.charts.print_footprint import PrintedFamily, draw_printed_footprint
from common.numbers import format_number, format_range, format_significant
from common.text import enumerate_french
from roadmap.documents.presentation.texts import (
    KG_PER_T,
    counted,
    long_date,
    lower_first,
    plain,
    tonnes,
    tonnes_range,
)
from roadmap.share_texts import elsewhere_sentence


def present_inventory(inventory: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the template prints of the inventory; None when there is none."""
    if inventory is None:
        return None
    families = sorted(inventory["families"], key=_total_kg, reverse=True)
    groups = sorted(inventory["groups"], key=_total_kg, reverse=True)
    total, per_agent, simulated = inventory["total"], inventory["per_agent"], inventory["simulated"]
    return {
        "number": inventory["number"],
        "dated_on": long_date(inventory["dated_on"]),
        "is_frozen": inventory["is_frozen"],
        "total": None if total is None else tonnes(total["central_kg"]),
        "total_range": None if total is None else tonnes_range(total["low_kg"], total["high_kg"]),
        "embodied_percent": None if total is None else _percent(total["embodied_percent"]),
        "use_percent": None if total is None else _percent(_rest(total["embodied_percent"])),
        "per_agent": None if per_agent is None else format_significant(per_agent["central_kg"]),
        "per_agent_range": None if per_agent is None else format_range(per_agent["low_kg"], per_agent["high_kg"]),
        "agents": "" if not inventory["agent_count"] else counted(inventory["agent_count"], "agent", "agents"),
        "units": format_number(inventory["unit_count"]),
        "chart": draw_printed_footprint([_printed(group) for group in groups]),
        "families": [_family(family) for family in families],
        "criteria": [_criterion(criterion) for criterion in inventory["criteria"]],
        "leaders": _leaders(groups),
        "weakest": describe_weakest(inventory.get("weakest")),
        "not_evaluated": enumerate_french(inventory["not_evaluated"]),
        "figures": [{**figure, "value": plain(figure["value"])} for figure in inventory["figures"]],
        "elsewhere": _elsewhere(inventory),
        "simulated": None if simulated is None else tonnes(simulated["central_kg"]),
        "simulated_range": None if simulated is None else tonnes_range(simulated["low_kg"], simulated["high_kg"]),
    }


def _elsewhere(inventory: dict[str, Any]) -> str:
    """Say which shared actions another authority counts; versions frozen before there were any say nothing."""
    left_out = inventory.get("counted_elsewhere", {"count": 0, "names": []})
    return elsewhere_sentence(left_out["count"], left_out["names"])


def describe_weakest(weakest: dict[str, Any] | None) -> dict[str, str] | None:
    """Say to an elected reader which figure is the least sure, and what only the sources can mend; shares, no mass."""
    if weakest is None:
        return None
    what = "durée d’usage" if weakest["is_lifetime"] else "quantité"
    share = format_significant(weakest["share_percent"])
    text = f"Cette donnée fait à elle seule {share} % de l’écart entre le bas et le haut de la plage : mieux connue, "
    text += "elle rendrait le résultat plus sûr."
    if weakest["source_family"]:
        other = (
            "cette même famille"
            if weakest["source_family"] == weakest["family"]
            else (f"la famille « {lower_first(weakest['source_family'])} »")
        )
        share = format_significant(weakest["source_share_percent"])
        text += (
            f" L’écart entre les sources publiques, pour {other}, en fait {share} % : la collectivité n’y peut rien."
        )
    return {"title": f"La {what} de la famille « {lower_first(weakest['family'])} »", "text": text}


def _rest(percent: float | None) -> float | None:
    return None if percent is None else 100 - percent


def _percent(value: float | None) -> str:
    return "" if value is None else format_number(value, 0)


def _printed(family: dict[str, Any]) -> PrintedFamily:
    return PrintedFamily(
        name=family["name"],
        embodied_t=family["embodied_kg"] / KG_PER_T,
        use_t=family["use_kg"] / KG_PER_T,
        low_t=family["low_kg"] / KG_PER_T,
        high_t=family["high_kg"] / KG_PER_T,
    )


def _family(family: dict[str, Any]) -> dict[str, Any]:
    total = family["embodied_kg"] + family["use_kg"]
    return {
        "name": family["name"],
        "quantity": format_number(family["quantity"]),
        "total": tonnes(total),
        "range": tonnes_range(family["low_kg"], family["high_kg"]).removeprefix("entre ").replace(" et ", " à "),
        "embodied": f"{format_number(100 * family['embodied_kg'] / total, 0)} %" if total else "–",
        "confidence": family["confidence"],
    }


def _criterion(criterion: dict[str, Any]) -> dict[str, Any]:
    percent = criterion["embodied_percent"]
    return {
        "name": criterion["name"],
        "unit": criterion["unit"],
        "central": format_significant(criterion["central"]),
        "range": format_range(criterion["low"], criterion["high"]),
        "embodied": "–" if percent is None else f"{format_number(percent, 0)} %",
    }


def _total_kg(row: dict[str, Any]) -> float:
    return float(row["embodied_kg"] + row["use_kg"])


def _leaders(groups: list[dict[str, Any]]) -> str:
    """Say which groups of families make most of the footprint, and their share."""
    total = sum(_total_kg(group) for group in groups)
    if not total or len(groups) < 3:
        return ""
    first = groups[:2]
    share = 100 * sum(_total_kg(group) for group in first) / total
    names = enumerate_french([f"« {group['name']} »" for group in first])
    return f"Deux groupes, {names}, font {format_number(share, 0)} % du total."
