"""Sections of the plan: objectives, schedule, load, means, index."""

from collections.abc import Sequence
from typing import Any

from common.charts.print_schedule import (
    GANTT_ROWS_PER_PAGE,
    LOADS_PER_PAGE,
    GanttRow,
    LoadRow,
    draw_loads,
    draw_printed_gantt,
    draw_progress,
)
from common.numbers import MINUS, format_number, format_range
from common.text import enumerate_french
from roadmap.documents.presentation.texts import (
    counted,
    euros,
    indicator_value,
    long_date,
    objectives_of,
    plain,
)
from roadmap.half_years import HalfYear
from roadmap.half_years import span_label as spell_span
from roadmap.reduction import ReductionAim, describe_coverage, read_aim, read_saving
from roadmap.savings import describe_weak, read_path, year_rows

NO_LEAD = "À désigner"


def half_year_label(code: str) -> str:
    """Write « S1 2026 » from « 2026-S1 », for the heads of charts and of tables by half-year."""
    return HalfYear.from_code(code).short_label


def span_label(sheet: dict[str, Any]) -> str:
    """Write « du 1er semestre 2026 au 2e semestre 2027 », or « à placer »."""
    return spell_span(sheet["start_half"], sheet["end_half"]) if sheet["start_half"] else "à placer"


def _overloads(loads: Sequence[LoadRow], half_years: Sequence[str]) -> str:
    """Say who goes beyond their capacity and when, each lead once."""
    groups = []
    for load in loads:
        codes = [code for code, days in zip(half_years, load.days, strict=True) if days > load.capacity + 1e-6]
        if codes:
            groups.append(f"{load.lead} ({enumerate_french([HalfYear.from_code(code).label for code in codes])})")
    return " ; ".join(groups)


def present_objectives(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objectives: start, target, change, the actions that serve each of them, its means."""
    coverage = present_coverage(content)
    first = next((item["number"] for item in content["objectives"] if _aim(item)), None)
    return [
        _objective(objective, content["sheets"]) | {"coverage": coverage if objective["number"] == first else ""}
        for objective in content["objectives"]
    ]


def _objective(objective: dict[str, Any], sheets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    baseline, target = objective["baseline"], objective["target"]
    serving = [sheet for sheet in sheets if objective["number"] in objectives_of(sheet)]
    has_both = baseline is not None and target is not None
    return {
        "code": f"O{objective['number']}",
        "title": objective["title"],
        "indicator": objective["indicator"],
        "unit": objective["unit"],
        "baseline": indicator_value(baseline, objective["unit"]),
        "baseline_year": objective["baseline_year"],
        "baseline_range": format_range(objective["baseline_low"], objective["baseline_high"]),
        "target": indicator_value(target, objective["unit"]),
        "target_range": format_range(objective["target_low"], objective["target_high"]),
        "target_on": long_date(objective["target_on"]),
        "change": change_label(objective),
        "progress": draw_progress(float(baseline), float(target)) if has_both else "",
        "source": objective["source"],
        "frequency": objective["frequency_label"],
        "note": objective["note"],
        "actions": ", ".join(str(sheet["number"]) for sheet in serving),
        "days": sum(sheet["human_days"] or 0 for sheet in serving),
        "budget": sum(sheet["budget_eur"] or 0 for sheet in serving),
        "count": len(serving),
    }


def change_label(objective: dict[str, Any]) -> str:
    """Write the change aimed at: « −18 % », « +16 points », or nothing when it says nothing."""
    baseline, target = objective["baseline"], objective["target"]
    if baseline is None or target is None or baseline == target or objective["unit"] == "oui/non":
        return ""
    difference = target - baseline
    sign = "+" if difference > 0 else MINUS
    if objective["unit"].startswith("%"):
        return f"{sign}{plain(abs(difference))} {'point' if abs(difference) < 2 else 'points'}"
    if not baseline:
        return ""
    return f"{sign}{format_number(abs(100 * difference / baseline), 0)} %"


def _aim(objective: dict[str, Any]) -> ReductionAim | None:
    if objective["kind"] != "reduction":
        return None
    return read_aim(objective["unit"], objective["baseline"], objective["target"])


def present_coverage(content: dict[str, Any]) -> str:
    """Say what part of the reduction objective the actions cover, as the pages do."""
    aims = (_aim(objective) for objective in content["objectives"])
    simulated = content["inventory"]["simulated"] if content["inventory"] else None
    return describe_coverage(next((aim for aim in aims if aim), None), read_saving(simulated))


def present_savings(content: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the actions save together year by year; None without any, or in a version frozen before."""
    found = content.get("savings")
    path = read_path(found)
    if found is None or path is None or not found["actions_count"]:
        return None
    return {"rows": year_rows(path), "verdict": path.verdict, "weak": describe_weak(found["alone"])}


def present_schedule(content: dict[str, Any]) -> dict[str, Any]:
    """Return the Gantt, cut in pages, and the load of each lead with its table."""
    labels = [half_year_label(code) for code in content["half_years"]]
    rows = gantt_rows(content["sheets"], content["half_years"])
    loads = [LoadRow(load["lead"], tuple(load["days"]), load["capacity"]) for load in content["loads"]]
    totals = [sum(column) for column in zip(*(load.days for load in loads), strict=True)] if loads else []
    return {
        "half_years": labels,
        "gantts": [
            draw_printed_gantt(rows[start : start + GANTT_ROWS_PER_PAGE], labels)
            for start in range(0, len(rows), GANTT_ROWS_PER_PAGE)
        ],
        "load_charts": [
            draw_loads(loads[start : start + LOADS_PER_PAGE], labels) for start in range(0, len(loads), LOADS_PER_PAGE)
        ],
        "load_rows": [
            {"lead": load.lead, "days": [_days(days) for days in load.days], "total": _days(sum(load.days))}
            for load in loads
        ],
        "load_totals": [_days(total) for total in totals],
        "load_total": _days(sum(totals)),
        "over": _overloads(loads, content["half_years"]),
        "unplaced": [str(sheet["number"]) for sheet in content["sheets"] if not sheet["start_half"]],
    }


def _days(days: float) -> str:
    return format_number(round(days, 1), 0 if round(days, 1) == int(days) else 1) if days else "–"


def rank_of(half_years: Sequence[str], code: str) -> int | None:
    """Rank of a half-year in the period; one that is outside is shown at the nearest end."""
    if not code or not half_years:
        return None
    if code in half_years:
        return half_years.index(code)
    return 0 if code < half_years[0] else len(half_years) - 1


def gantt_rows(sheets: Sequence[dict[str, Any]], half_years: Sequence[str]) -> list[GanttRow]:
    """Return the rows of a printed schedule, in the order of the sheets."""
    return [_gantt_row(sheet, half_years) for sheet in sheets]


def _gantt_row(sheet: dict[str, Any], half_years: Sequence[str]) -> GanttRow:
    return GanttRow(
        number=sheet["number"],
        title=sheet["title"],
        lead=sheet["lead"],
        first=rank_of(half_years, sheet["start_half"]),
        last=rank_of(half_years, sheet["end_half"]),
        is_quick_win=sheet["is_quick_win"],
    )


def present_index(sheets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the actions grouped by lead, in alphabetical order; those without lead come last."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for sheet in sheets:
        groups.setdefault(sheet["lead"] or NO_LEAD, []).append(
            {
                "number": sheet["number"],
                "title": sheet["title"],
                "span": span_label(sheet),
                "days": "–" if sheet["human_days"] is None else plain(sheet["human_days"]),
            }
        )
    order = sorted(groups, key=lambda lead: (lead == NO_LEAD, lead.casefold()))
    return [{"lead": lead, "actions": groups[lead], "count": len(groups[lead])} for lead in order]


def present_theme_index(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the actions grouped by theme of the decree, in its order; those without theme come last."""
    groups = []
    for theme in [*content["themes"], None]:
        number = theme["number"] if theme else None
        actions = [
            {"number": sheet["number"], "title": sheet["title"], "lead": sheet["lead"] or NO_LEAD}
            for sheet in content["sheets"]
            if sheet["theme"] == number
        ]
        if actions:
            name = f"{number}° {theme['short_name']}" if theme else "Sans thème"
            groups.append({"number": number or 0, "theme": name, "actions": actions, "count": len(actions)})
    return groups


def present_means(content: dict[str, Any], objectives: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the means per objective and their total; actions without objective have a row of their own."""
    sheets = content["sheets"]
    orphans = [sheet for sheet in sheets if not objectives_of(sheet)]
    rows = [
        {
            "name": f"{objective['code']} {objective['title']}",
            "count": objective["count"],
            "days": plain(objective["days"]),
            "budget": euros(objective["budget"]),
        }
        for objective in objectives
    ]
    if orphans:
        rows.append(
            {
                "name": "Sans objectif rattaché",
                "count": len(orphans),
                "days": plain(sum(sheet["human_days"] or 0 for sheet in orphans)),
                "budget": euros(sum(sheet["budget_eur"] or 0 for sheet in orphans)),
            }
        )
    total_days = sum(sheet["human_days"] or 0 for sheet in sheets)
    total_budget = sum(sheet["budget_eur"] or 0 for sheet in sheets)
    return {
        "rows": rows,
        "has_shared_actions": any(len(objectives_of(sheet)) > 1 for sheet in sheets),
        "count": len(sheets),
        "days": plain(total_days),
        "budget": euros(total_budget),
        "has_days": any(sheet["human_days"] is not None for sheet in sheets),
        "has_budget": any(sheet["budget_eur"] is not None for sheet in sheets),
        "leads": counted(len({sheet["lead"] for sheet in sheets if sheet["lead"]}), "pilote", "pilotes"),
    }
