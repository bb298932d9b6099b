"""One dimension of the results, at full depth."""

from dataclasses import dataclass

from diagnostics.selectors.results import AttentionPoint, DiagnosisResults, DimensionResult, Margin, QuestionResult


@dataclass(frozen=True)
class DimensionPage:
    """What the results say of one dimension, in its place among the others."""

    results: DiagnosisResults
    dimension: DimensionResult
    strengths: list[QuestionResult]
    weaknesses: list[QuestionResult]
    margins: list[Margin]
    dispersed: list[QuestionResult]
    left_open: list[QuestionResult]
    attention_points: list[AttentionPoint]
    previous: DimensionResult | None
    following: DimensionResult | None


def dimension_page(results: DiagnosisResults, code: str) -> DimensionPage | None:
    """Return the page of a dimension, None when the round does not ask it. No query."""
    ranks = [rank for rank, item in enumerate(results.dimensions) if item.code == code]
    if not ranks:
        return None
    rank = ranks[0]

    def own(questions: list[QuestionResult]) -> list[QuestionResult]:
        return [item for item in questions if item.dimension_code == code]

    return DimensionPage(
        results=results,
        dimension=results.dimensions[rank],
        strengths=own(results.strengths),
        weaknesses=own(results.weaknesses),
        margins=[margin for margin in results.margins if margin.question.dimension_code == code],
        dispersed=own(results.dispersed),
        left_open=own(results.left_open),
        attention_points=[
            point
            for point in [*results.attention_points, *results.to_check_points]
            if point.question.dimension_code == code
        ],
        previous=results.dimensions[rank - 1] if rank else None,
        following=results.dimensions[rank + 1] if rank + 1 < len(results.dimensions) else None,
    )
