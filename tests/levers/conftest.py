"""People and objects of the tests of levers."""

import pytest

from authorities.models import Initiative
from tests import factories
from tests.factories_levers import make_ballot, make_catalogue


@pytest.fixture
def other_initiative(db) -> Initiative:
    """The démarche of another authority."""
    return factories.make_authority(name="Pays voisin").initiatives.get()


@pytest.fixture
def catalogue(db):
    return make_catalogue(4)


@pytest.fixture
def ballot(initiative):
    """An open ballot: three levers, three voters."""
    return make_ballot(initiative)
