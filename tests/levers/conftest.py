"""People and objects of the tests of levers."""

import pytest

from authorities.models import Initiative
from levers.models import Ballot, SecondVote, Workshop
from tests import factories
from tests.factories_levers import ballot_levers, make_ballot, make_catalogue
from tests.levers.workshop_pages import make_closed, start, url


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


@pytest.fixture
def closed(initiative) -> Ballot:
    return make_closed(initiative)


@pytest.fixture
def workshop(closed, referent) -> Workshop:
    return start(closed, referent)


@pytest.fixture
def voter(closed):
    return closed.voters.order_by("pk")[0]


@pytest.fixture
def opened(authority, closed, workshop, referent_client) -> SecondVote:
    lever = ballot_levers(closed)[1]
    referent_client.post(url("show", authority, lever.pk))
    assert referent_client.post(url("phones", authority, lever.pk), {"is_open": "oui"}).status_code == 302
    return SecondVote.objects.get()
