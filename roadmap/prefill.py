"""What an action sheet takes from its lever, and what is still the catalogue's text.

`catalogue_snapshot` is kept with the sheet when it is created; `sheet_snapshot` says the same things as they are now.
A field is « encore identique au catalogue » when the two agree. Pure: nothing is read from the base here.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from authorities.enums import Perimeter
from common.text import normalise, typography
from levers.enums import Cost
from levers.models import Lever
from roadmap.models import ActionSheet, ActionStep, Indicator
from roadmap.models.sheets import REBOUND_PREFIX

# Fields compared with the catalogue, with the words shown to the reader. Ten: five must differ (completeness).
COMPARED_FIELDS: dict[str, str] = {
    "title": "l’intitulé",
    "context": "le constat",
    "aim": "l’objectif de l’action",
    "steps": "les étapes",
    "indicators": "les indicateurs",
    "lead": "le pilote",
    "human": "les moyens humains",
    "budget": "le budget",
    "risks": "les risques",
    "effect": "l’effet attendu",
}
# Who an action touches, before somebody says it more precisely.
TARGET_PUBLICS = {
    Perimeter.INTERNAL: "Agents et élus",
    Perimeter.TERRITORY: "Habitants et acteurs du territoire",
    Perimeter.BOTH: "Agents, élus, habitants et acteurs du territoire",
}
_DAYS = re.compile(r"^(\d+(?:,\d+)?)(?:\s*à\s*(\d+(?:,\d+)?))?\s*jours?-agents?\b")


def days_in(text: str) -> Decimal | None:
    """Return the days that a text of the catalogue announces: « 8 à 15 jours-agent » gives 12, the middle rounded up.

    None when the text does not begin with a number of days.
    """
    match = _DAYS.match(text.replace("\u00a0", " ").replace("\u202f", " "))
    if match is None:
        return None
    low = Decimal(match.group(1).replace(",", "."))
    high = Decimal((match.group(2) or match.group(1)).replace(",", "."))
    return ((low + high) / 2).quantize(Decimal(1), rounding=ROUND_HALF_UP)


def split_rebound(risks: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the risks of a lever from its rebound effects, which the catalogue writes « Effet rebond : … »."""
    rebound = [_capitalised(REBOUND_PREFIX.sub("", risk)) for risk in risks if REBOUND_PREFIX.match(risk)]
    return [risk for risk in risks if not REBOUND_PREFIX.match(risk)], rebound


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def sheet_fields_from_lever(lever: Lever) -> dict[str, Any]:
    """Return the values of a new sheet that come from the catalogue, by field of `ActionSheet`."""
    risks, rebound = split_rebound(lever.risks)
    human_note = str(lever.means.get("human", ""))
    budget_note = str(lever.means.get("budget", ""))
    return {
        "title": lever.title,
        "dimension": lever.dimension,
        "theme": lever.theme,
        "perimeter": lever.perimeter,
        "is_quick_win": lever.is_quick_win,
        "effort": lever.effort,
        "impact": lever.impact,
        "aim": lever.summary,
        "description": lever.description,
        "lead_service": lever.lead_service,
        "human_days": days_in(human_note),
        "human_note": human_note[:300],
        "budget_eur": Decimal(0) if lever.cost == Cost.NONE else None,
        "budget_note": budget_note[:300],
        "expected_effect": lever.impact_rationale,
        "risks": "\n".join(risks),
        "rebound": "\n".join(rebound),
        "target_public": TARGET_PUBLICS[Perimeter(lever.perimeter)],
        "legal_references": "\n".join(lever.legal_references),
    }


def indicators_from_lever(lever: Lever) -> list[dict[str, str]]:
    """Return the indicators of the catalogue, by field of `Indicator`; baseline and target are the authority's."""
    indicators = []
    for entry in lever.indicators:
        hint = f"Départ : {entry['baseline_hint']}" if entry.get("baseline_hint") else ""
        note = " ".join(part for part in (_sentence(entry.get("formula", "")), hint) if part)
        indicators.append(
            {
                "name": entry["name"],
                "unit": entry.get("unit", "")[:60],
                "direction": entry.get("direction", "up"),
                "note": typography(note)[:400],
            }
        )
    return indicators


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "…")) else f"{text}."


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def catalogue_snapshot(lever: Lever) -> dict[str, Any]:
    """Return what the catalogue says of each compared field; the finding is nowhere in the catalogue."""
    fields = sheet_fields_from_lever(lever)
    return {
        "title": fields["title"],
        "context": "",
        "aim": fields["aim"],
        "steps": list(lever.steps),
        "indicators": [entry["name"] for entry in lever.indicators],
        "lead": lever.lead_service.code,
        "human": _amount(fields["human_days"]),
        "budget": _amount(fields["budget_eur"]),
        "risks": fields["risks"],
        "effect": fields["expected_effect"],
    }


def sheet_snapshot(sheet: ActionSheet, steps: Sequence[ActionStep], indicators: Sequence[Indicator]) -> dict[str, Any]:
    """Return what a sheet now says of each compared field. A person or a place named in a field is the authority's."""
    person = str(sheet.lead_participant_id or sheet.lead_name)
    return {
        "title": sheet.title,
        "context": sheet.context,
        "aim": sheet.aim,
        "steps": [step.text for step in steps],
        "indicators": [indicator.name for indicator in indicators],
        "lead": f"{sheet.lead_service.code if sheet.lead_service else ''} {person}".strip(),
        "human": _amount(sheet.human_days),
        "budget": _amount(sheet.budget_eur),
        "risks": sheet.risks,
        "effect": sheet.expected_effect,
    }


def _key(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(normalise(str(item)) for item in value)
    return normalise(str(value))


def unchanged_fields(prefill: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Return the compared fields that still say what the catalogue says, empty ones included."""
    return [name for name in COMPARED_FIELDS if name in prefill and _key(prefill[name]) == _key(current[name])]


def fields_to_confirm(prefill: Mapping[str, Any], current: Mapping[str, Any], confirmed: Sequence[str]) -> list[str]:
    """Return the compared fields that hold a text of the catalogue which nobody has read over yet."""
    same = unchanged_fields(prefill, current)
    return [name for name in same if _key(prefill[name]) and name not in confirmed]


def own_fields_count(prefill: Mapping[str, Any], current: Mapping[str, Any], confirmed: Sequence[str]) -> int:
    """Return how many compared fields are the authority's: rewritten, or read over and kept."""
    kept = [name for name in unchanged_fields(prefill, current) if _key(prefill[name]) and name in confirmed]
    return changed_fields_count(prefill, current) + len(kept)


def changed_fields_count(prefill: Mapping[str, Any], current: Mapping[str, Any]) -> int:
    """Return how many compared fields differ from the catalogue and are not empty."""
    same = set(unchanged_fields(prefill, current))
    return sum(1 for name in COMPARED_FIELDS if name in prefill and name not in same and _key(current[name]))
