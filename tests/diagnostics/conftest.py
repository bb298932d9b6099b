"""People of the rounds: three services, and somebody of another authority."""

import pytest
from django.utils import timezone

from authorities.models import Initiative, Participant
from diagnostics.models import Diagnosis
from tests import factories
from tests.factories_diagnostics import make_diagnosis, make_questionnaire, relative_round


@pytest.fixture
def questionnaire(db):
    return make_questionnaire()


@pytest.fixture
def people(initiative: Initiative) -> list[Participant]:
    """Achats, informatique, communication: nobody of cohésion territoriale."""
    return [
        factories.make_participant(initiative, service=service, name=name)
        for service, name in (("achats", "Anne Achats"), ("dsi", "Denis Dsi"), ("communication", "Chloé Com"))
    ]


@pytest.fixture
def stranger(db) -> Participant:
    """A participant of the démarche of another authority."""
    other = factories.make_authority(name="Pays voisin").initiatives.get()
    return factories.make_participant(other, service="dsi", name="Étranger")


@pytest.fixture
def diagnosis(initiative: Initiative, people: list[Participant]) -> Diagnosis:
    """A round open from 10 to 24 March 2026."""
    return make_diagnosis(initiative, people)


@pytest.fixture
def open_round(initiative: Initiative, people: list[Participant]) -> Diagnosis:
    """A round that is open today, for the tests of pages."""
    return make_diagnosis(initiative, people, **relative_round(timezone.now()))


@pytest.fixture
def closed_round(initiative: Initiative, people: list[Participant]) -> Diagnosis:
    """A round closed yesterday, for the tests of pages."""
    return make_diagnosis(initiative, people, **relative_round(timezone.now(), days_left=-1))
