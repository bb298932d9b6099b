"""Parts of the snapshot that come from the diagnosis and from the inventory, and the sources of all figures."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import timezone

from authorities.models import Initiative
from common.text import typography
from diagnostics.selectors import DiagnosisResults, QuestionResult, current_diagnosis, diagnosis_results
from inventory.footprint import Range
from inventory.selectors import (
    CombinedSaving,
    FootprintPage,
    current_inventory,
    footprint_page,
    read_data,
    simulate_together,
)
from inventory.selectors.advice import ToImprove
from levers.models import LeverCatalogue
from reference.models import Dimension
from roadmap.documents.sources import name_licence, name_source
from roadmap.enums import ActionStatus
from roadmap.models import ActionSheet
from roadmap.selectors.shares import NOTHING_ELSEWHERE, CountedElsewhere

CARBON = "GWP"


def describe_diagnosis(initiative: Initiative, *, on: date) -> dict[str, Any] | None:
    """Return the results of the finished diagnosis; None while no round is finished."""
    diagnosis = current_diagnosis(initiative)
    if diagnosis is None or diagnosis.agreed_at is None:
        return None
    results = diagnosis_results(diagnosis, on=on)
    definitions = dict(
        Dimension.objects.filter(framework=diagnosis.questionnaire.code).values_list("code", "definition")
    )
    return {
        "number": diagnosis.number,
        "questionnaire": diagnosis.questionnaire.title,
        "agreed_on": timezone.localdate(diagnosis.agreed_at).isoformat(),
        "rater_count": results.rater_count,
        "rating_count": results.rating_count,
        "abstention_count": results.abstention_count,
        "headline": results.headline,
        "overall": {
            "score": _score(results.overall.score),
            "answered": results.overall.answered,
            "total": results.overall.total,
        },
        "scale": _scale(diagnosis.questionnaire.scale),
        "dimensions": [_dimension(code, results, definitions) for code in [item.code for item in results.dimensions]],
        "strengths": [_point(item) for item in results.strengths],
        "weaknesses": [_point(item) for item in results.weaknesses],
        "attention_points": [
            {
                "title": point.question.title,
                "level": point.question.level,
                "expected": point.expected,
                "text": " ; ".join(duty.title for duty in point.duties),
            }
            for point in results.attention_points
        ],
    }


def _scale(scale: list[Any]) -> list[str]:
    """Return the labels of the levels, from 0 to 4."""
    return [str(item["label"]) if isinstance(item, dict) else str(item) for item in scale]


def _score(score: Fraction | None) -> float | None:
    return None if score is None else float(score)


def _point(item: QuestionResult) -> dict[str, Any]:
    return {"title": item.title, "level": item.level, "text": item.reason or item.level_text}


def _dimension(code: str, results: DiagnosisResults, definitions: dict[str, str]) -> dict[str, Any]:
    dimension = next(item for item in results.dimensions if item.code == code)
    questions = [item for item in results.questions if item.dimension_code == code]
    lows = [item.score.low for item in questions if item.score and item.score.low is not None]
    highs = [item.score.high for item in questions if item.score and item.score.high is not None]
    return {
        "code": code,
        "name": dimension.name,
        "short_name": dimension.short_name,
        "definition": definitions.get(code, ""),
        "score": _score(dimension.score),
        "answered": dimension.answered,
        "total": dimension.total,
        "low": min(lows, default=None),
        "high": max(highs, default=None),
        "questions": [_question(item, results) for item in questions],
    }


def _question(item: QuestionResult, results: DiagnosisResults) -> dict[str, Any]:
    score = item.score
    return {
        "code": item.code,
        "title": item.title,
        "level": item.level,
        "level_text": item.level_text,
        "reason": item.reason,
        "ratings": score.rating_count if score else 0,
        "abstentions": score.abstention_count if score else 0,
        "low": score.low if score else None,
        "high": score.high if score else None,
        "is_dispersed": item.is_dispersed,
        "is_attention": any(point.question.code == item.code for point in results.attention_points),
    }


def describe_inventory(
    initiative: Initiative, sheets: list[ActionSheet], elsewhere: CountedElsewhere = NOTHING_ELSEWHERE
) -> dict[str, Any] | None:
    """Return the inventory that figures are drawn from and its footprint; None when there is none.

    `elsewhere`: shared actions whose saving another authority counts, which are left out of the simulation.
    """
    inventory = current_inventory(initiative)
    if inventory is None:
        return None
    page = footprint_page(inventory)
    carbon = page.footprint[CARBON]
    simulated = [
        (sheet.lever.code, sheet.lever.simulation)
        for sheet in sheets
        if sheet.lever
        and sheet.lever.simulation
        and sheet.status != ActionStatus.ABANDONED
        and sheet.pk not in elsewhere.sheet_pks
    ]
    return {
        "number": inventory.number,
        "dated_on": inventory.dated_on.isoformat(),
        "is_frozen": inventory.is_frozen,
        "agent_count": page.data.agent_count,
        "unit_count": sum(line.quantity or 0 for line in page.data.lines),
        "total": None
        if carbon.total is None
        else {**_range(carbon.total), "embodied_percent": carbon.embodied_percent},
        "per_agent": None if carbon.per_agent is None else _range(carbon.per_agent),
        "groups": [_group(bar.name, bar.parts, bar.total, bar.quantity, page.scale) for bar in page.bars],
        "families": _families(page),
        "criteria": [
            {
                "name": row.name,
                "unit": row.unit,
                "central": row.total.central,
                "low": row.total.low,
                "high": row.total.high,
                "embodied_percent": row.embodied_percent,
            }
            for row in page.criteria
            if row.code != CARBON and row.total is not None
        ],
        "weakest": None if page.to_improve is None else _weakest(page.to_improve),
        "not_evaluated": [row.name for row in page.families if row.total is None],
        "figures": [
            {
                "name": figure.kind.name,
                "value": float(figure.value),
                "unit": figure.kind.unit,
                "confidence": figure.get_confidence_display(),
            }
            for figure in sorted(page.data.figures.values(), key=lambda figure: figure.kind.position)
            if figure.value is not None
        ],
        "counted_elsewhere": {"count": elsewhere.count, "names": list(elsewhere.names)},
        "simulated": _simulated(simulate_together(inventory, simulated), len(simulated)) if simulated else None,
    }


def _weakest(found: ToImprove) -> dict[str, Any]:
    """Return the datum that would narrow the range most, as figures: the document writes its own sentence."""
    return {
        "family": found.family,
        "is_lifetime": found.is_lifetime,
        "share_percent": found.share_percent,
        "source_family": found.source_family,
        "source_share_percent": found.source_share_percent,
    }


def _range(found: Range) -> dict[str, float]:
    return {"central_kg": found.central, "low_kg": found.low, "high_kg": found.high}


def _group(name: str, parts: dict[str, float], total: Range, quantity: float, scale: float) -> dict[str, Any]:
    use = parts["use"] * scale
    return {
        "name": name,
        "quantity": quantity,
        "use_kg": use,
        "embodied_kg": total.central * scale - use,
        "low_kg": total.low * scale,
        "high_kg": total.high * scale,
    }


def _families(page: FootprintPage) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "quantity": row.line.quantity or 0,
            "confidence": row.line.get_confidence_display(),
            "embodied_kg": row.embodied,
            "use_kg": row.use,
            "low_kg": row.total.low,
            "high_kg": row.total.high,
        }
        for row in page.families
        if row.total is not None
    ]


def _simulated(found: CombinedSaving, actions_count: int) -> dict[str, float] | None:
    saving = found.saving
    if saving is None or not saving.kgco2e_central:
        return None
    # The bounds come from other hypotheses than the centre: put in order, as the screen does.
    low, _, high = sorted((saving.low, saving.kgco2e_central, saving.high))
    return {"central_kg": saving.kgco2e_central, "low_kg": low, "high_kg": high, "actions_count": actions_count}


def describe_sources(initiative: Initiative, catalogue: LeverCatalogue | None) -> list[dict[str, str]]:
    """Return where every figure comes from: factors with their licence, electricity, questionnaire, catalogue."""
    sources = _factor_sources(initiative)
    diagnosis = current_diagnosis(initiative)
    if diagnosis is not None:
        questionnaire = diagnosis.questionnaire
        sources.append(_source("Questionnaire", questionnaire.title, questionnaire.code, ""))
    if catalogue is not None:
        text = "Rédaction originale d’après des sources publiques citées levier par levier"
        sources.append(_source("Catalogue de leviers", text, catalogue.title, ""))
    sources.append(
        _source(
            "Population et liste des collectivités",
            "Insee, populations de référence ; DGCL, liste des EPCI à fiscalité propre ; Etalab",
            "2026",
            "Licence Ouverte 2.0",
        )
    )
    return sources


def _source(name: str, source: str, version: str, licence: str) -> dict[str, str]:
    return {"name": name, "source": typography(source), "version": version, "licence": licence}


def _factor_sources(initiative: Initiative) -> list[dict[str, str]]:
    """Return the sources of the factors that the inventory uses, the most used first."""
    inventory = current_inventory(initiative)
    if inventory is None:
        return []
    data = read_data(inventory)
    used = {line.category.code for line in data.filled_lines}
    counts = Counter(
        (name_source(factor.source), name_licence(factor.licence))
        for (category, _criterion), factors in data.table.chosen.items()
        if category in used
        for factor in factors
    )
    version = f"jeu {data.factor_set.version}"
    sources = [_source("Équipements", source, version, licence) for (source, licence), _ in counts.most_common()]
    mix = data.table.mix.get((data.factor_set.zone, CARBON))
    if mix is not None:
        sources.append(
            _source("Mix électrique", name_source(mix.source), mix.reference_year or version, name_licence(mix.licence))
        )
    return sources
