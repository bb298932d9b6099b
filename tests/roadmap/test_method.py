"""The public page about the method: sources and licences are those of the data."""

import pytest

from inventory.models import FactorSet, ImpactFactor
from roadmap.selectors.method import factor_sources
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

pytestmark = pytest.mark.django_db


def test_the_page_opens_before_the_factors_are_loaded(client):
    html = client.get("/methode-et-sources/").content.decode()
    assert html.count("<h1>") == 1
    assert "ne sont pas encore chargés" in html


def test_sources_and_licences_come_from_the_data(client, reference, django_assert_max_num_queries):  # noqa: F811
    found = factor_sources()
    current = FactorSet.objects.get(is_current=True)
    assert found.set_label == str(current)
    assert sum(row.factor_count for row in found.rows) <= ImpactFactor.objects.filter(factor_set=current).count()
    ImpactFactor.objects.filter(factor_set=current).update(source="Source d’essai", licence="CC0 (essai)")
    assert [(row.name, row.licence) for row in factor_sources().rows if row.factor_count] == [("Source d’essai", "CC0")]
    with django_assert_max_num_queries(3):
        html = client.get("/methode-et-sources/").content.decode()
    assert "Source d’essai" in html
    assert "CC0" in html
