"""Sections that open the document: cover, summary page, authority and démarche."""

from datetime import date
from typing import Any

from common.charts.print_schedule import Milestone, draw_milestones
from common.numbers import MINUS, format_number
from roadmap.documents.presentation.plan import change_label
from roadmap.documents.presentation.texts import (
    counted,
    euros,
    indicator_value,
    long_date,
    lower_first,
    plain,
    split_blocks,
)

FIGURES_ON_SUMMARY = 8
POINTS_ON_SUMMARY = 3
ASSEMBLIES = {
    "commune": "conseil municipal",
    "departement": "conseil départemental",
    "region": "conseil régional",
    "syndicat": "comité syndical",
}


def assembly_of(authority: dict[str, Any]) -> str:
    """Name the assembly that votes: « conseil communautaire », « conseil municipal »…"""
    if authority["kind"] == "epci_fp":
        return "conseil métropolitain" if "métropole" in authority["nature"] else "conseil communautaire"
    return ASSEMBLIES.get(authority["kind"], "assemblée délibérante")


def present_identity(authority: dict[str, Any]) -> str:
    """Write « Communauté d’agglomération · 25 communes · 94 873 habitants »."""
    nature = authority["nature"] or authority["kind_label"]
    parts = [nature[:1].upper() + nature[1:]]
    if authority["member_communes_count"]:
        parts.append(counted(authority["member_communes_count"], "commune", "communes"))
    if authority["population"]:
        parts.append(counted(authority["population"], "habitant", "habitants"))
    return " · ".join(parts)


def present_summary(content: dict[str, Any], *, inventory: dict[str, Any] | None) -> dict[str, Any]:
    """Return the page « En bref »: one sentence, at most eight figures, three short columns."""
    diagnosis = content["diagnosis"]
    return {
        "thesis": _thesis(content),
        "figures": _figures(content, inventory)[:FIGURES_ON_SUMMARY],
        "strengths": _points(diagnosis and diagnosis["strengths"]),
        "weaknesses": _points(diagnosis and diagnosis["weaknesses"]),
    }


def _points(points: list[dict[str, Any]] | None) -> list[dict[str, str]]:
    """Return the question of each point and what was found: a finding alone does not say what it answers."""
    return [{"title": point["title"], "text": point["text"]} for point in (points or [])[:POINTS_ON_SUMMARY]]


def _thesis(content: dict[str, Any]) -> dict[str, str]:
    name, end = content["authority"]["name"], content["initiative"]["period_end_year"]
    reduction = next((item for item in content["objectives"] if item["kind"] == "reduction"), None)
    count = len(content["sheets"])
    with_actions = f", avec {counted(count, 'action', 'actions')} pilotées et mesurées." if count > 1 else "."
    if reduction is not None:
        change = change_label(reduction)
        aim = lower_first(reduction["title"]).rstrip(".")
        if change.startswith(MINUS) and not any(letter.isdigit() for letter in aim):
            aim += f" de {change.removeprefix(MINUS)}"
        return {"start": f"D’ici à fin {end}, {name} veut", "aim": aim, "end": with_actions}
    if count:
        aim = f"{counted(count, 'action', 'actions')} pour un numérique plus sobre"
        return {"start": f"D’ici à fin {end}, {name} engage", "aim": aim, "end": "."}
    return {"start": name, "aim": "prépare sa feuille de route", "end": f" pour la période {_period(content)}."}


def _period(content: dict[str, Any]) -> str:
    return str(content["initiative"]["period_label"])


def _figure(value: str, unit: str, what: str, detail: str, *, is_ours: bool = True) -> dict[str, Any]:
    return {"value": value, "unit": unit, "what": what, "detail": detail, "is_ours": is_ours}


def _figures(content: dict[str, Any], inventory: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the key figures that exist; those that do not are left out, never written as zero."""
    figures = []
    if inventory and inventory["total"]:
        per_agent = f", soit environ {inventory['per_agent']} kg par agent" if inventory["per_agent"] else ""
        figures.append(
            _figure(inventory["total"], "t CO₂e", "émises par an", inventory["total_range"] + " t" + per_agent)
        )
        if inventory["embodied_percent"]:
            what = "viennent des équipements eux-mêmes"
            figures.append(_figure(inventory["embodied_percent"], "%", what, "fabrication, transport, fin de vie"))
    diagnosis = content["diagnosis"]
    if diagnosis and diagnosis["overall"]["score"] is not None:
        overall = diagnosis["overall"]
        detail = f"{overall['answered']} questions répondues sur {overall['total']}"
        figures.append(_figure(format_number(overall["score"], 1), "sur 4", "de maturité moyenne", detail))
    sheets = content["sheets"]
    if sheets:
        quick = sum(sheet["is_quick_win"] for sheet in sheets)
        shortlisted = content["choice"]["shortlisted_count"] if content["choice"] else 0
        read = f"sur {shortlisted} leviers présélectionnés, " if shortlisted else ""
        detail = f"{read}dont {counted(quick, 'gain rapide', 'gains rapides')}"
        figures.append(_figure(str(len(sheets)), "", "actions" if len(sheets) > 1 else "action", detail, is_ours=False))
    figures += [
        _objective_figure(objective) for objective in content["objectives"][:2] if objective["target"] is not None
    ]
    figures += _means_figures(sheets)
    return figures


def _objective_figure(objective: dict[str, Any]) -> dict[str, Any]:
    unit = objective["unit"]
    value = indicator_value(objective["target"], unit)
    year = objective["target_on"][:4] if objective["target_on"] else ""
    detail = f"{indicator_value(objective['baseline'], unit)} au départ"
    if unit.startswith("%"):
        return _figure(value, "%", f"{objective['title']}{f', en {year}' if year else ''}", detail)
    short, _, rest = unit.partition(" par ")
    what = f"visées en {year}" if year and short.startswith("t ") else objective["title"]
    detail += f" ; {change_label(objective)}" if change_label(objective) else ""
    return _figure(value, short if len(short) < 9 else "", what if len(short) < 9 else f"{what} ({unit})", detail)


def _means_figures(sheets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    figures = []
    days = sum(sheet["human_days"] or 0 for sheet in sheets)
    leads = len({sheet["lead"] for sheet in sheets if sheet["lead"]})
    if days:
        figures.append(
            _figure(plain(round(days)), "jours", "de travail d’agents", f"{counted(leads, 'pilote', 'pilotes')}")
        )
    budget = sum(sheet["budget_eur"] or 0 for sheet in sheets)
    if budget:
        is_large = budget >= 10_000
        value = format_number(round(budget / 1000)) if is_large else euros(budget).removesuffix(" €")
        figures.append(_figure(value, "k€" if is_large else "€", "de dépenses prévues", "sur toute la période"))
    return figures


def present_initiative(content: dict[str, Any]) -> dict[str, Any]:
    """Return the section on the authority and its démarche."""
    initiative = content["initiative"]
    meetings = [
        Milestone(date.fromisoformat(meeting["planned_on"]), meeting["label"]) for meeting in content["meetings"]
    ]
    return {
        "perimeter": initiative["perimeter"],
        "perimeter_label": initiative["perimeter_label"],
        "is_internal_only": initiative["perimeter"] == "interne",
        "follow_up": split_blocks(initiative["territory_follow_up"]),
        "uses": split_blocks(initiative["uses_summary"]),
        "engaged": split_blocks(initiative["engaged_actions"]),
        "involvement": split_blocks(initiative["actors_involvement"]),
        "milestones": draw_milestones(meetings),
        "council_on": long_date(initiative["council_on"]),
        "has_internal_part": initiative["perimeter"] != "territoire",
        "track": initiative["track_label"],
    }
