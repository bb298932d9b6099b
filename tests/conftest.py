"""Cast of the tests: people of one authority, and an outsider of another."""

import pytest
from django.test import Client

from accounts.models import User
from authorities.models import Authority, Initiative
from tests import factories


@pytest.fixture
def authority(db) -> Authority:
    return factories.make_authority(name="Pays d’Exemple", population=60_000)


@pytest.fixture
def initiative(authority: Authority) -> Initiative:
    return authority.initiatives.get()


@pytest.fixture
def referent(authority: Authority) -> User:
    return factories.make_member(authority, "referent")


@pytest.fixture
def elected_official(authority: Authority) -> User:
    return factories.make_member(authority, "elected")


@pytest.fixture
def committee_member(authority: Authority) -> User:
    return factories.make_member(authority, "committee")


@pytest.fixture
def outsider(db) -> User:
    """The référent of another authority."""
    return factories.make_member(factories.make_authority(name="Autre Pays"), "referent")


@pytest.fixture
def referent_client(referent: User) -> Client:
    client = Client()
    client.force_login(referent)
    return client


@pytest.fixture
def elected_client(elected_official: User) -> Client:
    client = Client()
    client.force_login(elected_official)
    return client


@pytest.fixture
def outsider_client(outsider: User) -> Client:
    client = Client()
    client.force_login(outsider)
    return client
