"""Results of a finished round: scores, strengths, weaknesses, attention points, dispersed opinions.

The screens, the levers and the PDF all read them here, so that their figures are equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse

from common.charts.bars import draw_bar
from common.charts.radar import MIN_AXES, RadarAxis, draw_radar
from common.charts.spread import draw_spread
from diagnostics.attention import DutyText, check_duties
from diagnostics.enums import LEVELS
from diagnostics.findings import headline
from diagnostics.margins import EXPECTATIONS, WEIGHT_LABELS, MarginFacts, Weight, has_margin, margin_key, weight_of
from diagnostics.models import AgreedLevel, Diagnosis, Question
from diagnostics.scoring import (
    STRENGTH_FROM,
    WEAKNESS_TO,
    DimensionScore,
    OverallScore,
    QuestionScore,
    score_dimension,
    score_label,
    score_overall,
)
from diagnostics.selectors.meeting import by_spread, question_scores
from diagnostics.selectors.rounds import previous_diagnosis
from reference.models import Dimension
from reference.selectors import duties_for


@dataclass(frozen=True)
class QuestionResult:
    """A question with its agreed level (None: unanswered or left open) and what people said of it.

    `score` is None until the round is finished: the ratings belong to the meeting before.
    """

    code: str
    title: str
    text: str
    dimension_code: str
    dimension_short_name: str
    level: int | None
    level_text: str
    next_level_text: str
    duty_level_text: str
    is_essential: bool
    is_left_open: bool
    reason: str
    duty_level: int | None
    score: QuestionScore | None
    url: str

    @property
    def level_label(self) -> str:
        """« 2 », « non tranchée » or « sans réponse »."""
        if self.level is not None:
            return str(self.level)
        return "non tranchée" if self.is_left_open else "sans réponse"

    @property
    def is_dispersed(self) -> bool:
        return self.score is not None and self.score.is_dispersed

    @property
    def has_few_ratings(self) -> bool:
        return self.score is not None and self.score.has_few_ratings

    @property
    def spread(self) -> str:
        """Drawing of the ratings with the agreed level."""
        return draw_spread(self.score.counts, agreed=self.level) if self.score else ""


@dataclass(frozen=True)
class DimensionResult:
    """A dimension: mean of the agreed levels of its answered questions, « answered sur total », lowest and highest.

    `previous` is its score in the finished round before, if any.
    """

    code: str
    name: str
    short_name: str
    definition: str
    score: Fraction | None
    answered: int
    total: int
    low: int | None
    high: int | None
    previous: Fraction | None = None

    @property
    def label(self) -> str:
        """« 1,8 », or « non évaluée »."""
        return score_label(self.score)

    @property
    def previous_label(self) -> str:
        return score_label(self.previous, absent="–")

    @property
    def bar(self) -> str:
        """Bar that repeats the score."""
        return draw_bar(float(self.score) if self.score is not None else None, maximum=LEVELS[-1])


@dataclass(frozen=True)
class AttentionPoint:
    """A question under the level that duties in force expect. `to_check`: duties that may bind, the site cannot know.

    `is_certain` is False when only such duties are linked: the authority checks whether they concern it.
    """

    question: QuestionResult
    expected: int
    duties: list[DutyText]
    to_check: list[DutyText]

    @property
    def is_certain(self) -> bool:
        return bool(self.duties)


@dataclass(frozen=True)
class Margin:
    """What to do to progress on a question, with why it comes early (`reason`, empty when it does not).

    The aim is the level that a duty expects when the question is under it, else the next level.
    """

    question: QuestionResult
    weight: Weight

    @property
    def next_level(self) -> int:
        return (self.question.level or 0) + 1

    @property
    def target_level(self) -> int:
        expected = self.question.duty_level
        return expected if self.expectation and expected is not None else self.next_level

    @property
    def target_text(self) -> str:
        return self.question.duty_level_text if self.expectation else self.question.next_level_text

    @property
    def expectation(self) -> str:
        """« attendu par la loi » when the aim is that of a duty, empty when it is the next level."""
        return EXPECTATIONS[self.weight]

    @property
    def has_step_before(self) -> bool:
        """Whether the next level is a step on the way to the aim."""
        return self.target_level > self.next_level

    @property
    def reason(self) -> str:
        return WEIGHT_LABELS[self.weight]

    @property
    def is_attention(self) -> bool:
        return self.weight is Weight.ATTENTION


@dataclass(frozen=True)
class DiagnosisResults:
    """Everything that the results say, from the agreed levels only."""

    diagnosis: Diagnosis
    on: date
    is_agreed: bool
    headline: str
    overall: OverallScore
    previous_overall: OverallScore | None
    dimensions: list[DimensionResult]
    questions: list[QuestionResult]
    attention_points: list[AttentionPoint]
    to_check_points: list[AttentionPoint]
    unassessed_duties: list[QuestionResult]
    rater_count: int
    rating_count: int
    abstention_count: int

    @property
    def overall_label(self) -> str:
        return score_label(self.overall.score)

    @property
    def previous_overall_label(self) -> str:
        return score_label(self.previous_overall.score) if self.previous_overall else ""

    @property
    def unanswered_count(self) -> int:
        return self.overall.total - self.overall.answered

    @property
    def strengths(self) -> list[QuestionResult]:
        """Questions whose agreed level is 3 or 4, the highest first."""
        strong = [item for item in self.questions if item.level is not None and item.level >= STRENGTH_FROM]
        return sorted(strong, key=lambda item: -(item.level or 0))

    @property
    def weaknesses(self) -> list[QuestionResult]:
        """Questions whose agreed level is 0 or 1, the lowest first."""
        weak = [item for item in self.questions if item.level is not None and item.level <= WEAKNESS_TO]
        return sorted(weak, key=lambda item: item.level or 0)

    @property
    def margins(self) -> list[Margin]:
        """What to progress to on each question under 4, ordered by what counts (`diagnostics/margins.py`)."""
        attention = {point.question.code for point in self.attention_points}
        to_check = {point.question.code for point in self.to_check_points}
        found = [
            (MarginFacts(item.level, item.code in attention, item.code in to_check, item.is_essential), item)
            for item in self.questions
            if item.level is not None and has_margin(item.level)
        ]
        return [Margin(item, weight_of(facts)) for facts, item in sorted(found, key=lambda pair: margin_key(pair[0]))]

    @property
    def left_open(self) -> list[QuestionResult]:
        """Questions without any agreed level: left open by the meeting, or unanswered."""
        return [item for item in self.questions if item.level is None]

    @property
    def dispersed(self) -> list[QuestionResult]:
        """Questions with dispersed ratings, the widest spread first."""
        scored = [item for item in self.questions if item.is_dispersed]
        return sorted(scored, key=lambda item: by_spread(item.score) if item.score else (1, 0))

    @property
    def radar(self) -> str:
        """Radar of the dimensions; nothing under three, where it would say nothing."""
        if len(self.dimensions) < MIN_AXES:
            return ""
        axes = [
            RadarAxis(
                label=item.short_name,
                value=None if item.score is None else float(item.score),
                value_label=item.label,
                previous=None if item.previous is None else float(item.previous),
            )
            for item in self.dimensions
        ]
        said = ", ".join(f"{item.short_name} {item.label}" for item in self.dimensions)
        description = f"{said}. Les valeurs sont dans le tableau voisin."
        return draw_radar(axes, title="Maturité par dimension, de 0 à 4", description=description)


def diagnosis_results(diagnosis: Diagnosis, *, on: date) -> DiagnosisResults:
    """Return the results of a round, with the duties in force on a date.

    Before the round is finished, only the levels already agreed count and no rating is read. At most nine queries.
    """
    is_agreed = diagnosis.agreed_at is not None
    questions = list(diagnosis.asked_questions().prefetch_related("levels"))
    agreed = _agreed_levels(diagnosis)
    scores = question_scores(diagnosis, questions) if is_agreed else {}
    results = [_question_result(diagnosis, item, agreed.get(item.pk), scores.get(item.pk)) for item in questions]
    previous = previous_diagnosis(diagnosis)
    former = _dimension_scores(*_former(previous)) if previous else {}
    dimension_scores = _dimension_scores(questions, agreed)
    dimensions = _dimension_results(questions, dimension_scores, former)
    phrases = diagnosis.questionnaire.dimension_phrases
    points, to_check, unassessed = _attention(diagnosis, questions, results, on)
    return DiagnosisResults(
        diagnosis=diagnosis,
        on=on,
        is_agreed=is_agreed,
        headline=headline([(phrases.get(item.code, item.name), item.score) for item in dimensions]),
        overall=score_overall(dimension_scores.values()),
        previous_overall=score_overall(former.values()) if former else None,
        dimensions=dimensions,
        questions=results,
        attention_points=points,
        to_check_points=to_check,
        unassessed_duties=unassessed,
        rater_count=count_raters(diagnosis) if is_agreed else 0,
        rating_count=sum(score.rating_count for score in scores.values()),
        abstention_count=sum(score.abstention_count for score in scores.values()),
    )


def question_results(diagnosis: Diagnosis) -> list[QuestionResult]:
    """Return the questions of a round with their agreed levels; no rating is read. Three queries."""
    agreed = _agreed_levels(diagnosis)
    questions = diagnosis.asked_questions().prefetch_related("levels")
    return [_question_result(diagnosis, item, agreed.get(item.pk), None) for item in questions]


def dimension_results(diagnosis: Diagnosis) -> list[DimensionResult]:
    """Return the dimensions of a round with their scores, without those of the round before. Two queries."""
    questions = list(diagnosis.asked_questions())
    return _dimension_results(questions, _dimension_scores(questions, _agreed_levels(diagnosis)), {})


def _agreed_levels(diagnosis: Diagnosis) -> dict[int, AgreedLevel]:
    return {level.question_id: level for level in AgreedLevel.objects.filter(diagnosis=diagnosis)}


def _former(previous: Diagnosis) -> tuple[list[Question], dict[int, AgreedLevel]]:
    return list(previous.asked_questions()), _agreed_levels(previous)


def count_raters(diagnosis: Diagnosis) -> int:
    """Count the people who expressed at least one level."""
    expressed = diagnosis.ratings.filter(level__isnull=False)
    return expressed.values("participant").distinct().count()


def _dimension_scores(questions: Sequence[Question], agreed: Mapping[int, AgreedLevel]) -> dict[str, DimensionScore]:
    """Dimension code → its score, in the order of the questions."""
    levels: dict[str, list[int | None]] = {}
    for question in questions:
        found = agreed.get(question.pk)
        levels.setdefault(question.dimension.code, []).append(found.level if found else None)
    return {code: score_dimension(values) for code, values in levels.items()}


def _dimension_results(
    questions: Sequence[Question], scores: Mapping[str, DimensionScore], former: Mapping[str, DimensionScore]
) -> list[DimensionResult]:
    dimensions: dict[str, Dimension] = {question.dimension.code: question.dimension for question in questions}
    return [
        DimensionResult(
            code=code,
            name=dimensions[code].name,
            short_name=dimensions[code].short_name,
            definition=dimensions[code].definition,
            score=score.score,
            answered=score.answered,
            total=score.total,
            low=score.low,
            high=score.high,
            previous=former[code].score if code in former else None,
        )
        for code, score in scores.items()
    ]


def _question_result(
    diagnosis: Diagnosis, question: Question, agreed: AgreedLevel | None, score: QuestionScore | None
) -> QuestionResult:
    level = agreed.level if agreed else None
    texts = {item.value: item.text for item in question.levels.all()}
    slug = diagnosis.initiative.authority.slug
    return QuestionResult(
        code=question.code,
        title=question.title,
        text=question.text,
        dimension_code=question.dimension.code,
        dimension_short_name=question.dimension.short_name,
        level=level,
        level_text=texts.get(level, "") if level is not None else "",
        next_level_text=texts.get(level + 1, "") if level is not None else "",
        duty_level_text=texts.get(question.duty_level, "") if question.duty_level is not None else "",
        is_essential=question.is_flash,
        is_left_open=agreed is not None and level is None,
        reason=agreed.reason if agreed else "",
        duty_level=question.duty_level,
        score=score,
        url=f"{reverse('diagnostics:diagnosis_questions', args=[slug, diagnosis.pk])}#{question.code}",
    )


def _attention(
    diagnosis: Diagnosis, questions: Sequence[Question], results: Sequence[QuestionResult], on: date
) -> tuple[list[AttentionPoint], list[AttentionPoint], list[QuestionResult]]:
    """Return the attention points, those to check, and the questions with a duty that nobody assessed."""
    authority = diagnosis.initiative.authority
    states = {state.duty.code: state for state in duties_for(authority.kind, authority.population, on)}
    certain: list[AttentionPoint] = []
    to_check: list[AttentionPoint] = []
    unassessed: list[QuestionResult] = []
    for question, result in zip(questions, results, strict=True):
        if question.duty_level is None:
            continue
        check = check_duties(question.duty_codes, states)
        if result.level is None:
            unassessed += [result] if check.binding else []
        elif result.level < question.duty_level and (check.binding or check.to_check):
            point = AttentionPoint(result, question.duty_level, check.binding, check.to_check)
            (certain if point.is_certain else to_check).append(point)
    return certain, to_check, unassessed
