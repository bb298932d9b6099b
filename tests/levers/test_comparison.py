"""Levers side by side, and their cards to print."""

import pytest
from django.urls import reverse

from levers.models import Lever
from tests.factories_levers import make_lever, make_shortlist
from tests.levers.test_views_votes import text_of
from tests.pdf_readback import read_pages


@pytest.fixture
def levers(catalogue) -> list[Lever]:
    return [*catalogue.levers.all(), *(make_lever(catalogue, f"X-{rank}", title=f"Geste {rank}") for rank in range(3))]


def address(initiative, name: str = "lever_compare", *pks: object) -> str:
    query = "&".join(f"l={pk}" for pk in pks)
    return reverse(f"levers:{name}", args=[initiative.authority.slug]) + (f"?{query}" if query else "")


def test_up_to_four_levers_stand_side_by_side_in_the_order_asked(initiative, levers, referent_client):
    asked = [lever.pk for lever in reversed(levers[:5])]
    page = text_of(referent_client.get(address(initiative, "lever_compare", *asked, asked[0])))
    places = [page.index(f"/leviers/{pk}/") for pk in asked[:4]]
    assert places == sorted(places) and f"/leviers/{asked[4]}/" not in page
    assert "4 leviers côte à côte" in page and "Quatre leviers au plus" in page
    assert "Ajouter un levier" not in page


@pytest.mark.parametrize("value", ["", "x", "²", "-1", "999999", "9" * 40, "'; --"])
def test_what_is_no_lever_is_left_out(initiative, levers, referent_client, value):
    response = referent_client.get(address(initiative), {"l": [value, levers[0].pk]})
    assert response.status_code == 200
    assert "1 levier<" in text_of(response) or "1 levier" in text_of(response)


def test_each_column_can_be_taken_out(initiative, levers, referent_client):
    first, second = levers[:2]
    page = text_of(referent_client.get(address(initiative, "lever_compare", first.pk, second.pk)))
    assert f'href="?l={second.pk}&amp;" aria-label="Retirer de la comparaison : {first.title}"' in page


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_takes_the_same_queries_whatever_the_levers(
    initiative, levers, referent_client, count, django_assert_num_queries
):
    Lever.objects.update(audience_codes=["dsi"])
    asked = [lever.pk for lever in levers[:count]]
    with django_assert_num_queries(13):
        referent_client.get(address(initiative, "lever_compare", *asked))


def test_each_shortlisted_lever_has_its_card(initiative, levers, referent_client):
    make_shortlist(initiative, levers)
    response = referent_client.get(address(initiative, "lever_cards"))
    pages = read_pages(response.content)
    text = " ".join(pages)
    assert len(pages) == -(-len(levers) // 4)
    assert all(lever.title in text for lever in levers)


def test_without_a_shortlist_the_cards_lead_to_it(initiative, levers, referent_client):
    response = referent_client.get(address(initiative, "lever_cards"), follow=True)
    assert response.redirect_chain[0][0] == reverse("levers:shortlist_detail", args=[initiative.authority.slug])
    assert "Présélectionnez d’abord des leviers" in text_of(response)
