"""Counting of a ballot: piles, majority judgment, disagreement. Pure: no base, no clock, no settings.

The rules are explained, with worked examples, in `docs/calculs.md` (« Compter un scrutin »). All comparisons are made
on whole numbers or fractions, so that a limit such as two thirds is exact.

Source: Michel Balinski and Rida Laraki, « Majority Judgment », MIT Press, 2011 (majority grade and majority gauge).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from levers.enums import Grade

# From the best to the worst: the order of every tuple of counts of this module.
GRADES: tuple[Grade, ...] = (
    Grade.ESSENTIAL,
    Grade.PRIORITY,
    Grade.INTERESTING,
    Grade.COMPLEX,
    Grade.UNSUITABLE,
)
CONSENSUS_SHARE = Fraction(2, 3)
MINIMUM_EXPRESSED = 3
# Variance of the grades when half of the votes are essentiel and half inapproprié: the highest that may be.
HIGHEST_VARIANCE = Fraction((GRADES[0].value - GRADES[-1].value) ** 2, 4)


class Pile(StrEnum):
    """Where a lever falls after the vote."""

    FAVOURABLE = "favorable"
    DEBATE = "debattre"
    UNFAVOURABLE = "defavorable"
    FEW_VOTES = "peu-de-voix"

    @property
    def label(self) -> str:
        return {
            "favorable": "Consensus favorable",
            "debattre": "À débattre",
            "defavorable": "Consensus défavorable",
            "peu-de-voix": "Peu de voix",
        }[self.value]


@dataclass(frozen=True)
class Paper:
    """One vote on one lever: who (a key), in which service (its name), and the grade, None for an abstention."""

    voter: int
    service: str
    grade: Grade | None


@dataclass(frozen=True)
class LeverVotes:
    """All the votes on a lever."""

    code: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class Counts:
    """Votes of one lever: how many per grade, from essentiel to inapproprié, and how many abstentions."""

    grades: tuple[int, int, int, int, int]
    abstentions: int = 0

    @property
    def expressed(self) -> int:
        """Number of votes that bear a grade."""
        return sum(self.grades)

    @property
    def favourable(self) -> int:
        """Number of essentiel and prioritaire."""
        return self.grades[0] + self.grades[1]

    @property
    def unfavourable(self) -> int:
        """Number of trop complexe and inapproprié."""
        return self.grades[3] + self.grades[4]


@dataclass(frozen=True)
class MajorityGauge:
    """Median grade, and the shares (0 to 1) of the votes that are strictly above and strictly below it."""

    grade: Grade
    above: Fraction
    below: Fraction

    @property
    def is_plus(self) -> bool:
        """Tell whether more votes are above the median grade than below it."""
        return self.above > self.below

    @property
    def label(self) -> str:
        """« prioritaire + », « essentiel − »; no sign when as many votes are above as below."""
        if self.above == self.below:
            return str(self.grade.label)
        return f"{self.grade.label} {'+' if self.is_plus else '−'}"


@dataclass(frozen=True)
class LeverResult:
    """Result of a lever. `rank` starts at 1; `disagreement` goes from 0 (one voice) to 1 (two opposite camps)."""

    code: str
    rank: int
    counts: Counts
    pile: Pile
    gauge: MajorityGauge | None
    disagreement: Fraction

    @property
    def disagreement_percent(self) -> int:
        """Disagreement rounded to the nearest percent, half up."""
        return int(self.disagreement * 100 + Fraction(1, 2))

    @property
    def opposed(self) -> int:
        """Number of votes that go against the pile where the lever fell; 0 when there is no consensus."""
        if self.pile is Pile.FAVOURABLE:
            return self.counts.unfavourable
        return self.counts.favourable if self.pile is Pile.UNFAVOURABLE else 0


@dataclass(frozen=True)
class Tally:
    """Result of a ballot: levers by rank, number of people who expressed at least one grade."""

    results: tuple[LeverResult, ...]
    voters: int

    @property
    def has_piles(self) -> bool:
        """Tell whether enough people voted: under three, the levers are listed with their grades only."""
        return self.voters >= MINIMUM_EXPRESSED

    def pile(self, pile: Pile) -> list[LeverResult]:
        """Return the levers of a pile, by rank."""
        return [result for result in self.results if result.pile is pile]

    def agenda(self) -> list[LeverResult]:
        """Return what the workshop has to discuss, the widest disagreement first.

        The levers « à débattre » come first: greater disagreement, then more votes, then code. Those with too few
        votes follow, by rank.
        """
        debated = sorted(
            self.pile(Pile.DEBATE), key=lambda result: (-result.disagreement, -result.counts.expressed, result.code)
        )
        return debated + self.pile(Pile.FEW_VOTES)


def count(papers: Iterable[Paper]) -> Counts:
    """Count the votes on one lever."""
    grades = [0] * len(GRADES)
    abstentions = 0
    for paper in papers:
        if paper.grade is None:
            abstentions += 1
        else:
            grades[GRADES.index(paper.grade)] += 1
    return Counts((grades[0], grades[1], grades[2], grades[3], grades[4]), abstentions)


def pile_of(counts: Counts) -> Pile:
    """Return the pile of a lever: two thirds of the expressed votes, the limit included, make a consensus."""
    expressed = counts.expressed
    if expressed < MINIMUM_EXPRESSED:
        return Pile.FEW_VOTES
    if counts.favourable >= CONSENSUS_SHARE * expressed:
        return Pile.FAVOURABLE
    if counts.unfavourable >= CONSENSUS_SHARE * expressed:
        return Pile.UNFAVOURABLE
    return Pile.DEBATE


def majority_gauge(counts: Counts) -> MajorityGauge | None:
    """Return the median grade and what is above and below it, or None without any expressed vote.

    With an even number of votes the median is the lower of the two grades in the middle.
    """
    expressed = counts.expressed
    if expressed == 0:
        return None
    seen = 0
    for position, number in enumerate(counts.grades):
        if seen + number > expressed // 2:
            below = expressed - seen - number
            return MajorityGauge(GRADES[position], Fraction(seen, expressed), Fraction(below, expressed))
        seen += number
    raise AssertionError("the counts add up to the number of votes")


def disagreement(counts: Counts) -> Fraction:
    """Return the variance of the grades (5 to 1) as a share of the highest variance, from 0 to 1.

    0: everybody gave the same grade, or nobody gave one; 1: half essentiel, half inapproprié.
    """
    expressed = counts.expressed
    if expressed == 0:
        return Fraction(0)
    total = sum(grade.value * number for grade, number in zip(GRADES, counts.grades, strict=True))
    squares = sum(grade.value**2 * number for grade, number in zip(GRADES, counts.grades, strict=True))
    variance = Fraction(squares, expressed) - Fraction(total, expressed) ** 2
    return variance / HIGHEST_VARIANCE


RankKey = tuple[int, int, int, Fraction, Fraction, tuple[Fraction, ...], int, str]


def rank_key(code: str, counts: Counts) -> RankKey:
    """Return the key by which levers are ranked, the smallest first. Two levers never have the same key.

    In this order: three expressed votes or more; better median grade; gauge « + » before « − »; the greater the share
    of the winning side of the gauge, the further from the median; the other side of the gauge; larger share of
    essentiel, then of prioritaire, and so on; more expressed votes; code.
    """
    gauge = majority_gauge(counts)
    expressed = counts.expressed
    if gauge is None:
        return (1, 1, 1, Fraction(0), Fraction(0), (), 0, code)
    is_few = int(expressed < MINIMUM_EXPRESSED)
    sides = (-gauge.above, gauge.below) if gauge.is_plus else (gauge.below, -gauge.above)
    shares = tuple(-Fraction(number, expressed) for number in counts.grades)
    return (is_few, -gauge.grade.value, 0 if gauge.is_plus else 1, *sides, shares, -expressed, code)


def tally(votes: Sequence[LeverVotes]) -> Tally:
    """Count a ballot. The result does not depend on the order of the levers nor of the votes."""
    counted = sorted(((lever.code, count(lever.papers)) for lever in votes), key=lambda pair: rank_key(*pair))
    voters = {paper.voter for lever in votes for paper in lever.papers if paper.grade is not None}
    results = tuple(
        LeverResult(code, rank, counts, pile_of(counts), majority_gauge(counts), disagreement(counts))
        for rank, (code, counts) in enumerate(counted, start=1)
    )
    return Tally(results, len(voters))


@dataclass(frozen=True)
class Hearing:
    """Who to hear about a disputed lever: the services of the two ends, and which of them speaks first."""

    best: Grade
    best_services: tuple[str, ...]
    worst: Grade
    worst_services: tuple[str, ...]
    first_services: tuple[str, ...]


def hearing(papers: Sequence[Paper]) -> Hearing | None:
    """Return who to hear first about a lever: the end that fewer people hold, the least favourable one when equal.

    None when nobody expressed a grade, or all the same one.
    """
    expressed = [(paper.grade, paper.service) for paper in papers if paper.grade is not None]
    grades = [grade for grade, _ in expressed]
    if len(set(grades)) < 2:
        return None
    best, worst = max(grades), min(grades)
    best_services = tuple(sorted({service for grade, service in expressed if grade == best}))
    worst_services = tuple(sorted({service for grade, service in expressed if grade == worst}))
    is_best_rarer = grades.count(best) < grades.count(worst)
    return Hearing(best, best_services, worst, worst_services, best_services if is_best_rarer else worst_services)
