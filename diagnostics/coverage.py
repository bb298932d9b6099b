"""Does somebody know the answer to each question? Questions × services of the participants.

Pure: codes in and out. A question is covered when the service of a participant usually knows it. A participant who
says that they know its dimension counts too, but the service stays named as missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CoverageQuestion:
    """A question and the codes of the services that usually know the answer."""

    code: str
    title: str
    dimension: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class CoveragePerson:
    """A participant: a key, the code of their service, the codes of the dimensions that they say they know."""

    key: int
    service: str
    dimensions: frozenset[str] = frozenset()

    def knows(self, question: CoverageQuestion) -> bool:
        """Tell whether the question is one that this person is expected to answer."""
        return self.service in question.services or question.dimension in self.dimensions


@dataclass(frozen=True)
class Gap:
    """A question that no present service usually knows; `people` are those who say they know its dimension."""

    question: CoverageQuestion
    people: tuple[int, ...]


@dataclass(frozen=True)
class DimensionCoverage:
    """Coverage of one dimension. `known_by` gives, for each person, how many of its questions they know."""

    code: str
    total: int
    gaps: tuple[Gap, ...]
    known_by: dict[int, int]

    @property
    def covered(self) -> int:
        """Number of questions that a present service usually knows."""
        return self.total - len(self.gaps)


@dataclass(frozen=True)
class Invitation:
    """A service to invite and the questions without service that it would answer."""

    service: str
    questions: tuple[CoverageQuestion, ...]


@dataclass(frozen=True)
class Coverage:
    """Coverage of a questionnaire by a committee."""

    dimensions: tuple[DimensionCoverage, ...]
    invitations: tuple[Invitation, ...]

    @property
    def total(self) -> int:
        return sum(dimension.total for dimension in self.dimensions)

    @property
    def covered(self) -> int:
        return sum(dimension.covered for dimension in self.dimensions)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(gap for dimension in self.dimensions for gap in dimension.gaps)

    @property
    def unknown(self) -> tuple[Gap, ...]:
        """Questions that nobody knows: neither a service nor a person who knows the dimension."""
        return tuple(gap for gap in self.gaps if not gap.people)


def check_coverage(questions: Sequence[CoverageQuestion], people: Iterable[CoveragePerson]) -> Coverage:
    """Cross the questions with the people; dimensions come in the order of the questions."""
    people = list(people)
    services = {person.service for person in people}
    codes = list(dict.fromkeys(question.dimension for question in questions))
    dimensions = []
    for code in codes:
        own = [question for question in questions if question.dimension == code]
        gaps = tuple(
            Gap(question, tuple(person.key for person in people if code in person.dimensions))
            for question in own
            if services.isdisjoint(question.services)
        )
        known_by = {person.key: sum(person.knows(question) for question in own) for person in people}
        dimensions.append(DimensionCoverage(code, len(own), gaps, known_by))
    missing = [gap.question for dimension in dimensions for gap in dimension.gaps]
    return Coverage(tuple(dimensions), tuple(_propose_invitations(missing)))


def _propose_invitations(missing: Sequence[CoverageQuestion]) -> list[Invitation]:
    """Choose few services that together know every missing question: the one that knows most first.

    Equal services come in the order in which the questions name them, so that the result is always the same.
    """
    invitations = []
    left = list(missing)
    while left:
        candidates = dict.fromkeys(service for question in left for service in question.services)
        if not candidates:
            break
        best = max(candidates, key=lambda service: sum(service in question.services for question in left))
        invitations.append(Invitation(best, tuple(question for question in left if best in question.services)))
        left = [question for question in left if best not in question.services]
    return invitations
