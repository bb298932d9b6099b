"""The two-page summary for elected officials: what to know, what to decide, then the plan at a glance."""

from typing import Any

from common.charts.print_compact import ROWS, draw_compact_gantt
from common.numbers import format_number
from common.text import enumerate_french
from roadmap.documents.presentation.inventory import present_inventory
from roadmap.documents.presentation.legal import present_legal
from roadmap.documents.presentation.overview import present_summary
from roadmap.documents.presentation.plan import change_label, gantt_rows, half_year_label, present_coverage
from roadmap.documents.presentation.texts import counted, euros, indicator_value, plain, shorten

SHOWN_OBJECTIVES = 6
# What two pages hold: longer texts are cut at the end of a sentence; the roadmap has them whole.
MAX_THESIS, MAX_POINT, MAX_STATE = 210, 90, 330


def present_brief(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the summary prints inside its frame."""
    inventory = present_inventory(content["inventory"])
    sheets, half_years = content["sheets"], content["half_years"]
    thesis = present_summary(content, inventory=inventory)["thesis"]
    return {
        "thesis": {**thesis, "aim": shorten(thesis["aim"], MAX_THESIS)},
        "state": _state(content),
        "law": present_legal(content)["lead"],
        "decisions": _decisions(content),
        "figures": _main_figures(content, inventory),
        "gantt": draw_compact_gantt(
            gantt_rows([_named_short(sheet) for sheet in sheets], half_years),
            [half_year_label(code) for code in half_years],
        ),
        "plan_title": _plan_title(len(sheets), len(half_years)),
        "more_sheets": max(0, len(sheets) - ROWS),
        "objectives": [_objective(item) for item in content["objectives"][:SHOWN_OBJECTIVES]],
        "more_objectives": max(0, len(content["objectives"]) - SHOWN_OBJECTIVES),
        "coverage": present_coverage(content),
        "means": _means(content),
        "governance": content["governance"],
        "left_aside": _left_aside(content),
    }


def _named_short(sheet: dict[str, Any]) -> dict[str, Any]:
    return {**sheet, "title": sheet["short_title"] or sheet["title"]}


def _state(content: dict[str, Any]) -> str:
    """Say in a few sentences where the authority stands: score, what holds, what is to build."""
    diagnosis = content["diagnosis"]
    if diagnosis is None:
        return "Le diagnostic de maturité n’est pas terminé."
    overall = diagnosis["overall"]
    sentences = []
    if overall["score"] is not None:
        answered = f"{overall['answered']} questions répondues sur {overall['total']}"
        sentences.append(f"Maturité moyenne de {format_number(overall['score'], 1)} sur 4 ({answered}).")
    for name, points in (("Ce qui va bien", diagnosis["strengths"]), ("À construire", diagnosis["weaknesses"])):
        titles = [shorten(point["title"], MAX_POINT).rstrip(".").lower() for point in points[:3]]
        if titles:
            sentences.append(f"{name} : {enumerate_french(titles)}.")
    return shorten(" ".join(sentences), MAX_STATE)


def _decisions(content: dict[str, Any]) -> list[dict[str, str]]:
    """Return what the assembly decides, each as a verb and what follows it."""
    objectives, sheets = len(content["objectives"]), content["sheets"]
    leads = {sheet["lead"] for sheet in sheets if sheet["lead"]}
    budget = sum(sheet["budget_eur"] or 0 for sheet in sheets)
    goals = f" et {counted(objectives, 'objectif', 'objectifs')}" if objectives else ""
    decisions = [{"verb": "Adopter", "rest": f"la stratégie{goals}."}]
    if leads:
        actions = counted(len(sheets), "action", "actions")
        decisions.append({"verb": "Confier", "rest": f"{actions} à {counted(len(leads), 'pilote', 'pilotes')}."})
    if budget:
        decisions.append({"verb": "Prévoir", "rest": f"{euros(budget)} de dépenses sur la période."})
    decisions.append({"verb": "Recevoir", "rest": "le bilan chaque année, avant les débats sur le projet de budget."})
    return decisions


def _figure(value: str, unit: str, detail: str, *, is_ours: bool = True) -> dict[str, Any]:
    return {"value": value, "unit": unit, "detail": detail, "is_ours": is_ours}


def _main_figures(content: dict[str, Any], inventory: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return at most four figures that exist, for the stone of the first page."""
    figures = []
    if inventory and inventory["total"]:
        figures.append(_figure(inventory["total"], "t CO₂e par an", f"notre parc, {inventory['total_range']} t"))
    reduction = next((item for item in content["objectives"] if item["kind"] == "reduction"), None)
    change = change_label(reduction) if reduction else ""
    if reduction and change:
        value, _, unit = change.replace("\u00a0", " ").replace("\u202f", " ").rpartition(" ")
        year = f" en {reduction['target_on'][:4]}" if reduction["target_on"] else ""
        start, end = (indicator_value(reduction[name], reduction["unit"]) for name in ("baseline", "target"))
        figures.append(_figure(value, f"{unit}{year}", f"de {start} à {end} {reduction['unit']}"))
    sheets = content["sheets"]
    if sheets:
        quick = sum(sheet["is_quick_win"] for sheet in sheets)
        detail = f"dont {counted(quick, 'gain rapide', 'gains rapides')}"
        figures.append(_figure(str(len(sheets)), "actions" if len(sheets) > 1 else "action", detail, is_ours=False))
    days = sum(sheet["human_days"] or 0 for sheet in sheets)
    if days:
        leads = len({sheet["lead"] for sheet in sheets if sheet["lead"]})
        detail = f"sur la période, {counted(leads, 'pilote', 'pilotes')}"
        figures.append(_figure(plain(round(days)), "jours d’agents", detail))
    return figures


def _plan_title(actions: int, half_years: int) -> str:
    if not actions:
        return "Le calendrier"
    return f"{counted(actions, 'action', 'actions')}, {counted(half_years, 'semestre', 'semestres')}"


def _objective(objective: dict[str, Any]) -> dict[str, str]:
    unit = objective["unit"]
    return {
        "title": shorten(objective["title"], MAX_POINT),
        "baseline": indicator_value(objective["baseline"], unit),
        "target": indicator_value(objective["target"], unit),
        "unit": "" if unit == "oui/non" else shorten(unit, 24),
    }


def _means(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return at most four figures about means; those that do not exist are left out."""
    sheets, figures = content["sheets"], []
    budget = sum(sheet["budget_eur"] or 0 for sheet in sheets)
    if budget:
        is_large = budget >= 10_000
        value = format_number(round(budget / 1000)) if is_large else format_number(round(budget))
        figures.append(_means_figure(value, "k€" if is_large else "€", "de dépenses prévues", "sur la période"))
    funded = sum(line["funding_eur"] or 0 for sheet in sheets for line in sheet.get("budget_lines", []))
    if funded:
        figures.append(_means_figure(format_number(round(funded / 1000, 1)), "k€", "de financements attendus", ""))
    loads = sorted(content["loads"], key=lambda load: -sum(load["days"]))
    for load in loads[: 4 - len(figures)]:
        detail = counted(sum(sheet["lead"] == load["lead"] for sheet in sheets), "action", "actions")
        figures.append(_means_figure(plain(round(sum(load["days"]))), "jours", load["lead"], detail))
    return figures


def _means_figure(value: str, unit: str, what: str, detail: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "what": shorten(what, 40), "detail": detail}


def _left_aside(content: dict[str, Any]) -> str:
    """Name the themes of the decree without any action."""
    served = {sheet["theme"] for sheet in content["sheets"]}
    names = [f"{item['number']}° {item['short_name']}" for item in content["themes"] if item["number"] not in served]
    if not names or not content["sheets"]:
        return ""
    word = "Thème" if len(names) == 1 else "Thèmes"
    return f"{word} sans action à ce jour : {enumerate_french(names)}."
