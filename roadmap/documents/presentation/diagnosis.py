"""Section of the maturity diagnosis."""

from typing import Any

from common.charts.print_maturity import PrintedDimension, draw_printed_bars, draw_printed_radar
from common.numbers import format_number
from common.text import enumerate_french
from roadmap.documents.presentation.texts import counted, long_date

MATRIX_COLUMNS = 6
SHOWN_POINTS = 6


def present_diagnosis(diagnosis: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the template prints of the diagnosis; None when no level was agreed on."""
    if diagnosis is None:
        return None
    dimensions = diagnosis["dimensions"]
    printed = [
        PrintedDimension(
            name=dimension["name"],
            short_name=dimension["short_name"],
            score=dimension["score"],
            low=dimension["low"],
            high=dimension["high"],
            answered=dimension["answered"],
            total=dimension["total"],
        )
        for dimension in dimensions
    ]
    questions = [question for dimension in dimensions for question in dimension["questions"]]
    overall = diagnosis["overall"]
    return {
        "headline": diagnosis["headline"],
        "agreed_on": long_date(diagnosis["agreed_on"]),
        "score": format_number(overall["score"], 1),
        "answered": overall["answered"],
        "total": overall["total"],
        "raters": counted(diagnosis["rater_count"], "personne", "personnes"),
        "ratings": counted(diagnosis["rating_count"], "avis exprimé", "avis exprimés"),
        "abstentions": counted(diagnosis["abstention_count"], "abstention", "abstentions"),
        "radar": draw_printed_radar(printed),
        "bars": draw_printed_bars(printed),
        "scale": list(enumerate(diagnosis["scale"])),
        "matrix": [_matrix_row(dimension) for dimension in dimensions],
        "dimensions": [_dimension(dimension) for dimension in dimensions],
        "strengths": diagnosis["strengths"][:SHOWN_POINTS],
        "weaknesses": diagnosis["weaknesses"][:SHOWN_POINTS],
        "more_weaknesses": _more(len(diagnosis["weaknesses"]) - SHOWN_POINTS),
        "attention_points": diagnosis["attention_points"],
        "dispersed": enumerate_french([f"« {item['title']} »" for item in questions if item["is_dispersed"]]),
        "dispersed_count": sum(item["is_dispersed"] for item in questions),
        "open_questions": enumerate_french([f"« {item['title']} »" for item in questions if item["level"] is None]),
    }


def _more(count: int) -> str:
    return counted(count, "autre question", "autres questions") if count > 0 else ""


def _matrix_row(dimension: dict[str, Any]) -> dict[str, Any]:
    cells: list[dict[str, Any] | None] = [
        {
            "title": question["title"],
            "level": "–" if question["level"] is None else question["level"],
            "css": "mx" if question["level"] is None else f"m{question['level']}",
        }
        for question in dimension["questions"]
    ]
    cells += [None] * (MATRIX_COLUMNS - len(cells))
    return {"name": dimension["name"], "score": format_number(dimension["score"], 1), "cells": cells}


def _dimension(dimension: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": dimension["name"],
        "definition": dimension["definition"],
        "score": format_number(dimension["score"], 1),
        "questions": [
            {
                **question,
                "level": "–" if question["level"] is None else question["level"],
                "text": question["level_text"] if question["level"] is not None else question["reason"],
                "extent": "" if question["low"] is None else f"{question['low']} à {question['high']}",
            }
            for question in dimension["questions"]
        ],
    }
