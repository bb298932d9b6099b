"""Coverage of the questions by the committee: who knows what, and which service to invite."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Subquery

from authorities.extensions import CoverageFacts
from authorities.models import Initiative, Participant
from diagnostics.coverage import Coverage, CoveragePerson, CoverageQuestion, check_coverage
from diagnostics.models import Question, Questionnaire
from diagnostics.services import may_rate
from reference.models import Dimension, Service


@dataclass(frozen=True)
class MatrixRow:
    """One person and, for each dimension, how many of its questions they know."""

    participant: Participant
    cells: list["MatrixCell"]


@dataclass(frozen=True)
class MatrixCell:
    """Questions known out of those of the dimension; `css` is the class that draws it."""

    known: int
    total: int

    @property
    def css(self) -> str:
        if self.known == 0:
            return "none"
        return "full" if self.known == self.total else "half"


@dataclass(frozen=True)
class DimensionGaps:
    """A dimension and its questions that no present service usually knows."""

    dimension: Dimension
    covered: int
    total: int
    gaps: list["NamedGap"]


@dataclass(frozen=True)
class NamedGap:
    """A question without service: the services that would know it, and the people who say they know its dimension."""

    code: str
    title: str
    services: list[Service]
    people: list[Participant]


@dataclass(frozen=True)
class NamedInvitation:
    """A service to invite and the questions that it would answer."""

    service: Service
    questions: Sequence[CoverageQuestion]


@dataclass(frozen=True)
class CommitteeCoverage:
    """Everything that the page of coverage shows."""

    coverage: Coverage
    dimensions: list[DimensionGaps]
    rows: list[MatrixRow]
    invitations: list[NamedInvitation]

    @property
    def uncovered(self) -> list[DimensionGaps]:
        return [dimension for dimension in self.dimensions if dimension.gaps]


def committee_coverage(initiative: Initiative, questionnaire: Questionnaire | None = None) -> CommitteeCoverage | None:
    """Cross a questionnaire, the current one by default, with the active people who rate. Five queries.

    None without questionnaire.
    """
    questions = _questions(initiative, questionnaire)
    if not questions:
        return None
    people = rater_candidates(initiative)
    coverage = check_coverage(_facts(questions), _persons(people))
    services = {service.code: service for question in questions for service in question.services.all()}
    dimensions = {question.dimension.code: question.dimension for question in questions}
    by_key = {person.pk: person for person in people}
    return CommitteeCoverage(
        coverage=coverage,
        dimensions=[
            DimensionGaps(
                dimension=dimensions[item.code],
                covered=item.covered,
                total=item.total,
                gaps=[
                    NamedGap(
                        code=gap.question.code,
                        title=gap.question.title,
                        services=[services[code] for code in gap.question.services],
                        people=[by_key[key] for key in gap.people],
                    )
                    for gap in item.gaps
                ],
            )
            for item in coverage.dimensions
        ],
        rows=[
            MatrixRow(person, [MatrixCell(item.known_by[person.pk], item.total) for item in coverage.dimensions])
            for person in people
        ],
        invitations=[NamedInvitation(services[item.service], item.questions) for item in coverage.invitations],
    )


def coverage_facts(initiative: Initiative) -> CoverageFacts | None:
    """Sum the coverage up for the preparation; None without questionnaire."""
    committee = committee_coverage(initiative)
    if committee is None:
        return None
    return CoverageFacts(
        total=committee.coverage.total,
        covered=committee.coverage.covered,
        services_to_invite=tuple(invitation.service.name for invitation in committee.invitations),
    )


def dimensions_of_service(service: Service) -> list[Dimension]:
    """Return the dimensions of which a service usually knows at least one question, in order. One query."""
    questions = Question.objects.filter(questionnaire__is_current=True, services=service)
    return list(Dimension.objects.filter(pk__in=questions.values("dimension")).order_by("position"))


def proposed_framework() -> Subquery:
    """Return the query of the framework of the questionnaire proposed to new diagnoses."""
    return Subquery(Questionnaire.objects.filter(is_current=True).values("code")[:1])


def person_of(participant: Participant) -> CoveragePerson:
    """Return what the calculations need to know of a participant; their dimensions should be prefetched."""
    return CoveragePerson(
        key=participant.pk,
        service=participant.service.code,
        dimensions=frozenset(dimension.code for dimension in participant.dimensions.all()),
    )


def fact_of(question: Question) -> CoverageQuestion:
    """Return what the calculations need to know of a question; its services should be prefetched."""
    return CoverageQuestion(
        code=question.code,
        title=question.title,
        dimension=question.dimension.code,
        services=tuple(service.code for service in question.services.all()),
    )


def rater_candidates(initiative: Initiative) -> list[Participant]:
    """Return the active people whose roles let them rate, with their service and dimensions. Two queries."""
    people = Participant.objects.for_initiative(initiative).filter(is_active=True).select_related("service")
    return [person for person in people.prefetch_related("dimensions") if may_rate(person)]


def _questions(initiative: Initiative, questionnaire: Questionnaire | None) -> list[Question]:
    asked = [questionnaire] if questionnaire else Questionnaire.objects.filter(is_current=True)
    questions = Question.objects.filter(questionnaire__in=asked).for_track(initiative.track).in_order()
    return list(questions.prefetch_related("services"))


def _facts(questions: Sequence[Question]) -> list[CoverageQuestion]:
    return [fact_of(question) for question in questions]


def _persons(people: Sequence[Participant]) -> list[CoveragePerson]:
    return [person_of(participant) for participant in people]
