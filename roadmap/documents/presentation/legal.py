"""Sections about the law: frame, six themes, related duties, insert of the yearly report, checklist."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from common.numbers import format_number
from roadmap.documents.presentation.plan import change_label, present_means, present_objectives
from roadmap.documents.presentation.texts import every_sheet, indicator_value, plain, short_date, shorten

STRATEGY_CODE = "reen-strategie"
# Where each point of the checklist is printed: its anchor in the document.
ANCHORS = {
    **dict.fromkeys(("C-01", "C-28"), "couverture"),
    **dict.fromkeys(("C-03", "C-04", "C-06", "C-07", "C-20"), "partie-1"),
    **dict.fromkeys(("C-02", "C-18", "C-19"), "partie-2"),
    "C-08": "partie-3",
    "C-05": "partie-4",
    **dict.fromkeys(("C-13", "C-14", "C-29"), "partie-5"),
    **dict.fromkeys(("C-09", "C-10"), "partie-6"),
    "C-15": "partie-7",
    **dict.fromkeys(("C-11", "C-12", "C-16", "C-26"), "partie-8"),
    "C-17": "partie-9",
    **dict.fromkeys(("C-22", "C-23", "C-24", "C-25"), "partie-10"),
    "C-21": "adoption",
    "C-27": "partie-12",
}
# Texts that the document rests on: day of the text, and how it is cited. Those later than the document are left out.
TEXTS = (
    ("2021-11-15", "Loi n° 2021-1485 du 15 novembre 2021, articles 15, 16, 34 et 35."),
    ("2022-07-29", "Code général des collectivités territoriales, articles L. 2311-1-1, D. 2311-15 et D. 2311-15-1."),
    ("2022-07-29", "Décret n° 2022-1084 du 29 juillet 2022."),
    ("2020-02-10", "Loi n° 2020-105 du 10 février 2020, articles 55 et 58."),
    ("2023-04-12", "Décret n° 2023-266 du 12 avril 2023."),
    ("2024-02-21", "Décret n° 2024-134 du 21 février 2024."),
    ("2019-07-24", "Loi n° 2005-102 du 11 février 2005, article 47 ; décret n° 2019-768 du 24 juillet 2019."),
)
MAX_INSERT_TEXT = 480  # two pages hold no more
# What two pages hold; longer texts end with « … », the roadmap has them whole.
INSERT_INTERNAL_ROWS, INSERT_TERRITORY_ROWS, INSERT_OBJECTIVES, MAX_INSERT_CELL = 20, 6, 6, 70
LATER_TEXT = "texte postérieur à cette version"
# The five finalities of sustainable development (code de l'environnement, art. L. 110-1), and the themes for each.
FINALITIES = (
    ("Lutte contre le changement climatique", (1, 2, 3)),
    ("Préservation de la biodiversité, des milieux et des ressources", (1, 2)),
    ("Épanouissement de tous les êtres humains", (4, 5)),
    ("Cohésion sociale et solidarité entre les territoires et les générations", (5, 6)),
    ("Modes de production et de consommation responsables", (1, 2, 3, 6)),
)


def present_legal(content: dict[str, Any]) -> dict[str, Any]:
    """Return the legal frame of this authority, the six themes and the state of the related duties."""
    authority = content["authority"]
    strategy = next((duty for duty in content["duties"] if duty["code"] == STRATEGY_CODE), None)
    related = [duty for duty in content["duties"] if not duty["code"].startswith("reen-")]
    return {
        "is_bound": bool(strategy and strategy["binding"] == "bound"),
        "lead": _lead(authority, strategy),
        "disagreement": _disagreement(authority, strategy),
        "themes": [_theme(theme, content) for theme in content["themes"]],
        "duties": [_duty(duty) for duty in related],
    }


def _lead(authority: dict[str, Any], strategy: dict[str, Any] | None) -> str:
    name = authority["name"]
    if strategy is None or strategy["binding"] == "to_check":
        return (
            "Une stratégie numérique responsable est obligatoire pour les communes et les EPCI à fiscalité propre de "
            f"plus de 50 000 habitants. La situation de {name} reste à vérifier."
        )
    if strategy["binding"] == "bound":
        return (
            "Au-delà de 50 000 habitants, une stratégie numérique responsable est obligatoire au plus tard le "
            f"1er janvier 2025. La loi s’applique à {name}."
        )
    return (
        "La stratégie numérique responsable est obligatoire pour les communes et les EPCI à fiscalité propre de plus "
        f"de 50 000 habitants. La loi n’y oblige pas {name}, qui s’y engage volontairement."
    )


def _disagreement(authority: dict[str, Any], strategy: dict[str, Any] | None) -> str:
    if strategy is None or not strategy["populations_disagree"]:
        return ""
    municipal, total = authority["population"], authority["population_total"]
    return (
        f"La population municipale ({format_number(municipal)} habitants) et la population totale "
        f"({format_number(total)}) sont de part et d’autre du seuil. Les textes ne disent pas laquelle compte : "
        "à vérifier avec le service juridique."
    )


def _theme(theme: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    sheets = [sheet for sheet in content["sheets"] if sheet["theme"] == theme["number"]]
    objectives = sorted({sheet["objective"] for sheet in sheets if sheet["objective"]})
    reason = theme["reason"] or "Aucune action ; motif à indiquer."
    if theme["reason"] and not reason.casefold().startswith("non retenu"):
        reason = f"Non retenu : {reason}"
    return {
        **theme,
        "actions": ", ".join(str(sheet["number"]) for sheet in sheets),
        "objectives": ", ".join(f"O{number}" for number in objectives) or "–",
        "reason": "" if sheets else reason,
    }


def cited_texts(on: str) -> list[str]:
    """Return the texts that could be cited on a day (ISO form)."""
    return [text for text_on, text in TEXTS if text_on <= on]


def _duty(duty: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": duty["title"],
        "reference": duty["legal_reference"],
        "note": duty["note"],
        "binding": duty["binding_label"],
        "current": _current(duty),
        "following": _following(duty),
        "actions": ", ".join(str(number) for number in duty["actions"]) or "–",
    }


def _value(duty: dict[str, Any], value: Any) -> str:
    sense = {"min": "au moins ", "max": "au plus "}.get(duty["direction"], "")
    return f"{sense}{plain(value)} {'%' if duty['unit'].startswith('%') else duty['unit']}".rstrip()


def _current(duty: dict[str, Any]) -> str:
    if duty.get("is_later_text"):
        return LATER_TEXT
    if not duty["is_in_force"]:
        return "pas encore en vigueur"
    since = f"depuis le {short_date(duty['since_on'])}"
    return since if duty["value"] is None else f"{_value(duty, duty['value'])}, {since}"


def _following(duty: dict[str, Any]) -> str:
    if duty["next_on"] is None:
        return "–"
    when = f"à partir du {short_date(duty['next_on'])}"
    if duty.get("is_next_later_text") and not duty.get("is_later_text"):
        when += f" ({LATER_TEXT})"
    return when if duty["next_value"] is None else f"{_value(duty, duty['next_value'])}, {when}"


def present_insert(content: dict[str, Any]) -> dict[str, Any]:
    """Return the two pages for the yearly report: internal functioning, policies on the territory."""
    year = max(date.fromisoformat(content["on"]).year, content["initiative"]["period_start_year"])
    sheets = every_sheet(content)
    internal = [sheet for sheet in sheets if sheet["perimeter"] != "territoire"]
    territory = [sheet for sheet in sheets if sheet["perimeter"] != "interne"]
    return {
        "year": year,
        "former_year": year - 1,
        "budget_year": year + 1,
        "internal": [_insert_row(sheet) for sheet in internal],
        "territory": [_insert_row(sheet) for sheet in territory],
        "objectives": [_insert_objective(objective) for objective in content["objectives"]],
        "uses": shorten(content["initiative"]["uses_summary"], MAX_INSERT_TEXT),
        "finalities": [_finality(name, themes, sheets) for name, themes in FINALITIES],
    }


def present_insert_pages(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the insert prints when it is a document of its own, two pages whatever the number of actions."""
    insert = present_insert(content)
    internal, territory = insert["internal"], insert["territory"]
    goals = [
        {**item, "title": _cell(item["title"]), "unit": shorten(item["unit"], 30)}
        for item in insert["objectives"][:INSERT_OBJECTIVES]
    ]
    return {
        "insert": {**insert, "objectives": goals},
        "internal": [_short_row(row) for row in internal[:INSERT_INTERNAL_ROWS]],
        "more_internal": max(0, len(internal) - INSERT_INTERNAL_ROWS),
        "territory": [_short_row(row) for row in territory[:INSERT_TERRITORY_ROWS]],
        "more_territory": max(0, len(territory) - INSERT_TERRITORY_ROWS),
        "means": present_means(content, present_objectives(content)),
        "has_ballot": bool(content["choice"] and content["choice"]["ballot"]),
        "follow_up": shorten(content["initiative"]["territory_follow_up"], MAX_INSERT_TEXT),
    }


def _short_row(row: dict[str, Any]) -> dict[str, Any]:
    cells = {name: _cell(row[name]) for name in ("title", "indicator", "unit", "status")}
    return {**row, **cells}


def _cell(text: str) -> str:
    return shorten(text, MAX_INSERT_CELL)


def _insert_row(sheet: dict[str, Any]) -> dict[str, Any]:
    indicator = next(iter(sheet["indicators"]), None)
    return {
        "number": sheet["number"],
        "title": sheet["short_title"] or sheet["title"],
        "status": sheet["status_label"],
        "is_shared": sheet["perimeter"] == "les_deux",
        "indicator": indicator["name"] if indicator else "à définir",
        "baseline": indicator_value(indicator["baseline"], indicator["unit"]) if indicator else "–",
        "target": indicator_value(indicator["target"], indicator["unit"]) if indicator else "–",
        "unit": "" if indicator is None or indicator["unit"] == "oui/non" else indicator["unit"],
        # Read at the yearly review, which fills them.
        "former": "",
        "current": "",
    }


def _insert_objective(objective: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": f"O{objective['number']}",
        "title": objective["title"],
        "unit": objective["unit"],
        "baseline": indicator_value(objective["baseline"], objective["unit"]),
        "target": indicator_value(objective["target"], objective["unit"]),
        "change": change_label(objective),
    }


def _finality(name: str, themes: Sequence[int], sheets: Sequence[dict[str, Any]]) -> dict[str, str]:
    numbers = [str(sheet["number"]) for sheet in sheets if sheet["theme"] in themes]
    return {"name": name, "actions": ", ".join(numbers) or "aucune action"}


def present_checks(content: dict[str, Any], *, is_adopted: bool) -> dict[str, Any]:
    """Return the checklist with the page of each point; the yearly points are kept apart."""
    rows = [_check(check, is_adopted) for check in content["completeness"]]
    met = [row for row in rows if not row["is_yearly"] and row["is_met"]]
    return {
        "lasting": [row for row in rows if not row["is_yearly"]],
        "yearly": [row for row in rows if row["is_yearly"]],
        "met_count": len(met),
        "count": sum(not row["is_yearly"] for row in rows),
        "blocking_left": sum(row["level"] == "B" and not row["is_met"] and not row["is_yearly"] for row in rows),
    }


def _check(check: dict[str, Any], is_adopted: bool) -> dict[str, Any]:
    is_met = check["is_met"] or (check["code"] == "C-21" and is_adopted)
    anchor = ANCHORS[check["code"]]
    if anchor == "adoption" and not is_adopted:
        anchor = ""
    if is_met:
        state = "présent"
    elif check["is_yearly"]:
        state = "au premier bilan"
    elif check["code"] == "C-21":
        state = "après adoption"
    else:
        state = "à compléter"
    gaps = [] if is_met or check["is_yearly"] else check["gaps"]
    return {**check, "is_met": is_met, "anchor": anchor, "state": state, "gaps": gaps}
