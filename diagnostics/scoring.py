"""From ratings to levels: distribution and proposal of a question, mean of a dimension, overall mean.

Pure: plain values in and out. An abstention is never 0, an unanswered question is in no mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from common.numbers import format_number

LEVEL_COUNT = 5
DISPERSED_FROM = 2
FEW_RATINGS_UNDER = 2
STRENGTH_FROM = 3
WEAKNESS_TO = 1


@dataclass(frozen=True)
class QuestionScore:
    """What people said of one question. `counts` holds the number of ratings at each level, 0 to 4."""

    counts: tuple[int, ...]
    abstention_count: int

    @property
    def rating_count(self) -> int:
        """Number of expressed ratings, abstentions left out."""
        return sum(self.counts)

    @property
    def levels(self) -> list[int]:
        """Every expressed level, in ascending order."""
        return [level for level, count in enumerate(self.counts) for _ in range(count)]

    @property
    def low(self) -> int | None:
        return self.levels[0] if self.rating_count else None

    @property
    def high(self) -> int | None:
        return self.levels[-1] if self.rating_count else None

    @property
    def range_levels(self) -> int | None:
        """Highest level minus lowest level, None without any rating."""
        return self.levels[-1] - self.levels[0] if self.rating_count else None

    @property
    def median(self) -> Fraction | None:
        """Middle of the expressed levels; the mean of the two middles when their number is even."""
        levels = self.levels
        if not levels:
            return None
        return Fraction(levels[(len(levels) - 1) // 2] + levels[len(levels) // 2], 2)

    @property
    def proposed(self) -> int | None:
        """Level proposed to the meeting: the median rounded down."""
        return None if self.median is None else self.median.numerator // self.median.denominator

    @property
    def is_dispersed(self) -> bool:
        """« Avis dispersés » : two levels or more between the lowest and the highest."""
        return self.range_levels is not None and self.range_levels >= DISPERSED_FROM

    @property
    def has_few_ratings(self) -> bool:
        """« Peu d’avis » : fewer than two expressed ratings."""
        return self.rating_count < FEW_RATINGS_UNDER

    @property
    def is_consensual(self) -> bool:
        """Tell whether the proposal may be accepted without discussion."""
        return not self.is_dispersed and not self.has_few_ratings


@dataclass(frozen=True)
class DimensionScore:
    """Mean of the agreed levels of the answered questions of a dimension, with « answered sur total »."""

    score: Fraction | None
    answered: int
    total: int
    low: int | None
    high: int | None


@dataclass(frozen=True)
class OverallScore:
    """Mean of the dimensions that have a score, with the questions answered over all of them."""

    score: Fraction | None
    answered: int
    total: int


def score_question(levels: Iterable[int | None]) -> QuestionScore:
    """Count the ratings of a question; None is an abstention.

    Raises `ValueError` for a level outside 0–4.
    """
    counts = [0] * LEVEL_COUNT
    abstentions = 0
    for level in levels:
        if level is None:
            abstentions += 1
        elif 0 <= level < LEVEL_COUNT:
            counts[level] += 1
        else:
            raise ValueError(f"a level goes from 0 to {LEVEL_COUNT - 1}, not {level}")
    return QuestionScore(tuple(counts), abstentions)


def score_dimension(agreed_levels: Sequence[int | None]) -> DimensionScore:
    """Average the agreed levels of a dimension; None is a question without agreed level, left out of the mean."""
    answered = [level for level in agreed_levels if level is not None]
    return DimensionScore(
        score=_mean(answered),
        answered=len(answered),
        total=len(agreed_levels),
        low=min(answered, default=None),
        high=max(answered, default=None),
    )


def score_overall(dimensions: Iterable[DimensionScore]) -> OverallScore:
    """Average the dimensions that have a score, each with the same weight."""
    dimensions = list(dimensions)
    scores = [dimension.score for dimension in dimensions if dimension.score is not None]
    return OverallScore(
        score=_mean(scores),
        answered=sum(dimension.answered for dimension in dimensions),
        total=sum(dimension.total for dimension in dimensions),
    )


def score_label(score: Fraction | None, absent: str = "non évaluée") -> str:
    """Write a score in French, rounded half up to one decimal: 37/20 gives « 1,9 »."""
    if score is None:
        return absent
    return format_number(Decimal(score.numerator) / Decimal(score.denominator), 1)


def _mean(values: Sequence[int | Fraction]) -> Fraction | None:
    return Fraction(sum(values, Fraction(0)), len(values)) if values else None
