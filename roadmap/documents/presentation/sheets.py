"""Section of the action sheets: one page each, and what goes in its margin."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from common.charts.print_base import text_width
from common.charts.print_choice import draw_one_merit, votes_sentence
from common.charts.print_schedule import draw_small_calendar
from common.numbers import MINUS
from common.text import normalise
from roadmap.documents.presentation.plan import NO_LEAD, half_year_label, rank_of, span_label
from roadmap.documents.presentation.texts import (
    euros,
    indicator_value,
    objectives_of,
    plain,
    short_date,
    split_blocks,
    tonnes,
    tonnes_range,
)
from roadmap.share_texts import share_line

REBOUND_PREFIX = "effet rebond"

# Geometry of a sheet, in millimetres, as the style sheet sets it.
PAGE_HEIGHT_MM = 251.0
HEAD_MM, TITLE_LINE_MM, TITLE_WIDTH_MM, TITLE_SIZE_MM = 13.0, 7.5, 126.0, 6.0
MARGIN_WIDTH_MM, MARGIN_SIZE_MM, MARGIN_LINE_MM, MARGIN_GAP_MM = 38.75, 2.97, 4.1, 6.3
SPARE_MM = 4.0  # a word that breaks later than estimated must not send the margin to another page
GAUGE_MM, BOX_MM, BOX_VALUE_MM, BOX_WIDTH_MM, BOX_SIZE_MM, BOX_LINE_MM = 3.6, 16.0, 14.0, 32.0, 2.75, 3.7
# Above so many lines of these, the rows come closer: the sheet stays on its page.
LINES = ("steps", "indicators", "rebound", "risks", "mitigation")
DENSE_LINES = 12
# What may leave the margin for the wide column, the most useful in the margin first: key → heading.
MOVABLE = {
    "effect": "Effet attendu",
    "associated": "Services associés",
    "public": "Public visé",
    "partners": "Partenaires",
    "legal": "Références légales",
    "links": "Liens",
}


def present_sheets(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the action sheets as they are printed, one page each."""
    labels = [half_year_label(code) for code in content["half_years"]]
    themes = {theme["number"]: theme for theme in content["themes"]}
    return [_sheet(sheet, content, labels, themes) for sheet in content["sheets"]]


def _sheet(
    sheet: dict[str, Any], content: dict[str, Any], labels: Sequence[str], themes: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    theme = themes.get(sheet["theme"])
    overline = [sheet["dimension"], f"{theme['number']}° {theme['short_name']}" if theme else ""]
    votes = sheet["votes"] or []
    texts = {
        "associated": ", ".join(sheet["associated"]),
        "public": sheet.get("target_public", ""),
        "partners": ", ".join(sheet["partners"]),
        "legal": " ; ".join(sheet["legal"]),
        "links": " ; ".join(sheet["links"]),
    }
    margin = fill_margin(sheet, {"effect": sheet["expected_effect"], **texts})
    return {
        **sheet,
        "overline": " · ".join(part for part in overline if part),
        "lead": sheet["lead"] or NO_LEAD,
        "lead_detail": _lead_detail(sheet),
        "rebound": [_without_prefix(text) for text in sheet["rebound"]],
        **texts,
        "margin": margin,
        "moved": [(MOVABLE[key], text) for key, text in texts.items() if text and key not in margin],
        "span": span_label(sheet),
        "objective_code": ", ".join(f"O{number}" for number in objectives_of(sheet)),
        "effort_marks": [rank < sheet["effort"] for rank in range(5)] if sheet["effort"] else [],
        "impact_marks": [rank < sheet["impact"] for rank in range(5)] if sheet["impact"] else [],
        "context": split_blocks(sheet["context"]),
        "description": split_blocks(sheet["description"]),
        "expected_effect": split_blocks(sheet["expected_effect"]),
        "saving": None if sheet["saving_kg"] is None else _saving(sheet),
        "calendar": draw_small_calendar(
            sheet["number"],
            rank_of(content["half_years"], sheet["start_half"]),
            rank_of(content["half_years"], sheet["end_half"]),
            labels,
        ),
        "indicators": [_indicator(indicator) for indicator in sheet["indicators"]],
        "days": None if sheet["human_days"] is None else counted_days(sheet["human_days"]),
        "budget": None if sheet["budget_eur"] is None else euros(sheet["budget_eur"]),
        "roles": " ; ".join(f"{item['role']} : {counted_days(item['days'])}" for item in sheet.get("human_means", [])),
        "budget_years": " ; ".join(_budget_year(line) for line in sheet.get("budget_lines", [])),
        "mitigation": sheet.get("mitigation", []),
        "shares": [share_line(**share) for share in sheet.get("shares", [])],
        "state": _state(sheet),
        "scope_label": _scope(sheet),
        "origin_label": _origin(sheet),
        "is_dense": sum(len(sheet.get(name, ())) for name in LINES) >= DENSE_LINES,
        "votes": votes_sentence(votes) if sum(votes) else "",
        "merit": draw_one_merit(votes, f"Votes du comité technique sur l’action {sheet['number']}") if votes else "",
    }


def fill_margin(sheet: dict[str, Any], texts: dict[str, str]) -> list[str]:
    """Return the keys of the texts that fit in the margin of the first page of a sheet, beside what is always there."""
    room = PAGE_HEIGHT_MM - HEAD_MM - TITLE_LINE_MM * _lines(sheet["title"], TITLE_WIDTH_MM, TITLE_SIZE_MM)
    has_saving = sheet["saving_kg"] is not None
    room -= SPARE_MM + (BOX_MM + BOX_VALUE_MM if has_saving else 0)
    span = span_label(sheet) + (" · gain rapide" if sheet["is_quick_win"] else "")
    always = [_lead_detail(sheet), sheet["elected_lead"], span]
    always += [_state(sheet), _scope(sheet), _origin(sheet), "effort", "impact"]
    room -= sum(_entry_mm(text, is_bold=True) for text in always) + 2 * GAUGE_MM
    kept = []
    for key, text in texts.items():
        if key == "effect":
            is_list = text.lstrip().startswith(("- ", "– ", "• "))
            height = _lines(text, BOX_WIDTH_MM, BOX_SIZE_MM) * BOX_LINE_MM + (0 if has_saving else BOX_MM)
            fits = not is_list and height <= room / 2
        else:
            height = _entry_mm(text)
            fits = height <= room
        if text and fits:
            kept.append(key)
            room -= height
    return kept


def _entry_mm(text: str, *, is_bold: bool = False) -> float:
    """Height of an entry of the margin: its name, its lines, the space after it; nothing when there is no text."""
    if not text:
        return 0.0
    return MARGIN_GAP_MM + MARGIN_LINE_MM * _lines(text, MARGIN_WIDTH_MM, MARGIN_SIZE_MM, is_bold=is_bold)


def _lines(text: str, width_mm: float, size_mm: float, *, is_bold: bool = False) -> int:
    """Estimate how many lines a text takes, on the long side: words are not cut."""
    return ceil(1.08 * text_width(text, size_mm, is_bold=is_bold) / width_mm)


def _without_prefix(text: str) -> str:
    """Drop « Effet rebond : » at the head of a text that is printed under that name."""
    if not text.casefold().startswith(REBOUND_PREFIX):
        return text
    rest = text[len(REBOUND_PREFIX) :].lstrip(" \u00a0:.")
    return rest[:1].upper() + rest[1:]


def _lead_detail(sheet: dict[str, Any]) -> str:
    """Return who leads, without saying a service twice: « Communication (Communication) » is « Communication »."""
    detail, service = sheet["lead_detail"], sheet["lead"]
    name = detail.removesuffix(f" ({service})")
    if not detail or normalise(name) in normalise(service):
        return service or NO_LEAD
    return str(detail)


def counted_days(days: float) -> str:
    """Write « 28 jours »."""
    return f"{plain(round(days, 1))} {'jour' if days < 2 else 'jours'}"


def _budget_year(line: dict[str, Any]) -> str:
    """Write « 2026 : 15 000 € d’investissement, 1 000 € de fonctionnement, dont 4 000 € financés (Région) »."""
    costs = [(line["investment_eur"], "d’investissement"), (line["operation_eur"], "de fonctionnement")]
    parts = [f"{euros(amount)} {words}" for amount, words in costs if amount] or ["aucune dépense"]
    if line["funding_eur"]:
        source = f" ({line['funding_source']})" if line["funding_source"] else ""
        parts.append(f"dont {euros(line['funding_eur'])} financés{source}")
    return f"{line['year']} : {', '.join(parts)}"


def _scope(sheet: dict[str, Any]) -> str:
    """Write « Fonctionnement interne, réalisation »."""
    text = ", ".join(part for part in (sheet["perimeter_label"], sheet["commitment_label"]) if part)
    return text[:1].upper() + text[1:]


def _origin(sheet: dict[str, Any]) -> str:
    """Write « O1, O3 · LEV-ACH-01 »."""
    codes = ", ".join(f"O{number}" for number in objectives_of(sheet))
    return " · ".join(part for part in (codes or "À rattacher", sheet["lever_code"]) if part)


def _state(sheet: dict[str, Any]) -> str:
    """Write « À lancer, fiche validée le 12/01/2026 »; the state alone before the steering committee has seen it."""
    label = sheet["status_label"][:1].upper() + sheet["status_label"][1:]
    validated_on = short_date(sheet.get("validated_on"))
    return f"{label}, fiche validée le {validated_on}" if validated_on else label


def _saving(sheet: dict[str, Any]) -> dict[str, str]:
    low, high = sorted((abs(sheet["saving_low_kg"] or 0), abs(sheet["saving_high_kg"] or 0)))
    return {"value": f"{MINUS}{tonnes(abs(sheet['saving_kg']))} t", "range": tonnes_range(low, high) + " t"}


def _indicator(indicator: dict[str, Any]) -> dict[str, Any]:
    unit = indicator["unit"]
    source = ", ".join(part for part in (indicator["source"], indicator["frequency_label"]) if part)
    return {
        "name": indicator["name"],
        "unit": unit,
        "baseline": indicator_value(indicator["baseline"], unit),
        "baseline_year": indicator["baseline_year"],
        "target": indicator_value(indicator["target"], unit),
        "target_year": indicator["target_year"],
        "source": source,
    }
