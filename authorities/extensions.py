"""What the questionnaire, the rounds and the ballots tell the preparation, without an import to the right.

The application that owns the questionnaire registers its answers when Django starts (`AppConfig.ready`). Before
that, nothing is proposed and the coverage is unknown: the screens then say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Subquery

from authorities.models import Initiative
from reference.models import Dimension, Service


@dataclass(frozen=True)
class CoverageFacts:
    """How many questions a present service usually knows, and the services to invite for the others."""

    total: int
    covered: int
    services_to_invite: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and self.covered == self.total


@dataclass(frozen=True)
class QuestionnaireAnswers:
    """What is asked: dimensions that a service usually knows, coverage of the questions by the participants, framework
    of the questionnaire proposed to new diagnoses (as a query, to be part of another one), closing of the open round.
    """

    dimensions_of_service: Callable[[Service], Sequence[Dimension]]
    coverage: Callable[[Initiative], CoverageFacts | None]
    proposed_framework: Callable[[], Subquery] | None = None
    closing: Callable[[Initiative, datetime], datetime | None] | None = None


# Code of a step of the calendar → when it happened, or is announced.
DateSource = Callable[[Initiative], Mapping[str, datetime]]

_registered: list[QuestionnaireAnswers] = []
_date_sources: dict[str, DateSource] = {}


def register_questionnaire(answers: QuestionnaireAnswers) -> None:
    """Make the questionnaire known to the preparation; the last one registered answers."""
    _registered[:] = [answers]


def register_dates(name: str, source: DateSource) -> None:
    """Make known the dates of rounds or of ballots; one source for each name."""
    _date_sources[name] = source


def real_dates(initiative: Initiative) -> dict[str, datetime]:
    """Return the moments of the round and of the ballot that exist, by the code of the step that planned them."""
    found: dict[str, datetime] = {}
    for source in _date_sources.values():
        found.update(source(initiative))
    return found


def dimensions_of_service(service: Service) -> list[Dimension]:
    """Return the dimensions of which the service usually knows at least one question."""
    return list(_registered[0].dimensions_of_service(service)) if _registered else []


def closing_of(initiative: Initiative, now: datetime) -> datetime | None:
    """Return when the open round closes; None when there is none."""
    ask = _registered[0].closing if _registered else None
    return ask(initiative, now) if ask is not None else None


def coverage_of(initiative: Initiative) -> CoverageFacts | None:
    """Return the coverage of the questions by the participants, None when it is unknown."""
    return _registered[0].coverage(initiative) if _registered else None


def proposed_framework() -> Subquery | None:
    """Return the query of the framework of the questionnaire proposed to new diagnoses, None when it is unknown."""
    answer = _registered[0].proposed_framework if _registered else None
    return answer() if answer is not None else None
