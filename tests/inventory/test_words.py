"""Words and figures of the pages: one unit a page, no jargon, what to do on a frozen lot, how old the factors are."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from inventory.labels import CRITERION_LABELS
from inventory.models import FactorSet
from inventory.selectors import find_datum_to_improve, footprint_page, overview_page, read_data
from inventory.selectors.lots import compare_lots
from inventory.services import create_inventory
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, fill_figures, make_frozen
from tests.inventory.test_views import url


def text_of(response) -> str:
    """The words of a page, spaces of French typography made plain."""
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    words = unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", words)


@pytest.fixture
def frozen(initiative, reference, referent):
    return make_frozen(initiative, referent)


@pytest.mark.parametrize(
    ("agents", "words"),
    [(600, "0,3 terminal par agent"), (100, "1,8 terminal par agent"), (90, "2 terminaux par agent")],
)
def test_ratio_under_two_is_singular(example_lot, agents, words):
    fill_figures(example_lot, agents_equipped=agents)
    assert words in overview_page(example_lot, on=date(2026, 3, 10)).finding.replace(",0 ", " ").replace("0,30", "0,3")


def test_climate_has_one_unit_on_its_page(example_lot, referent_client):
    page = footprint_page(example_lot)
    assert page.unit == "t"
    assert (page.criteria[0].unit, round(page.criteria[0].total.central, 1)) == ("t CO₂e", 10.4)
    # The sentence of the datum to improve takes the unit of the page too: 1 t, and not 1 000 kg.
    reasons = [find_datum_to_improve(read_data(example_lot), unit=unit, scale=scale).reason for unit, scale in
               (("kg", 1), ("t", 1000))]  # fmt: skip
    assert " kg, soit" in reasons[0]
    assert " t, soit" in reasons[1]
    assert " kg, soit" not in text_of(referent_client.get(url("footprint_detail", example_lot)))


def test_trace_has_the_unit_of_its_head(example_lot, referent_client):
    heavy = text_of(referent_client.get(url("trace_detail", example_lot, "laptop")))
    light = text_of(referent_client.get(url("trace_detail", example_lot, "printer_mfp")))
    assert "3,8 t CO₂e par an" in heavy
    assert "t CO₂e/an" in heavy
    assert "kg CO₂e/an" in light


def test_comparison_is_in_tonnes_when_the_lots_are(frozen, referent, referent_client):
    second = create_inventory(
        initiative=frozen.initiative, dated_on=date(2026, 4, 1), actor=referent, now=PARIS_NOON, copied_from=frozen
    )
    fill(second, laptop={"quantity": 50})
    found = compare_lots(frozen, second)
    assert (found.unit, round(found.before.central, 1), round(found.after.central, 1)) == ("t", 10.4, 8.5)
    assert [(row.name, round(row.difference, 2)) for row in found.changed_rows] == [("Ordinateurs portables", -1.92)]
    assert found.same_count == 4
    page = text_of(
        referent_client.get(
            reverse("inventory:lot_compare", args=[frozen.initiative.authority.slug]),
            {"premier": frozen.pk, "second": second.pk},
        )
    )
    assert "4 familles n’ont pas changé" in page
    assert "100 → 50 en service" in page


@pytest.mark.parametrize("code", [code for code in CRITERION_LABELS if code != "GWP"])
def test_units_are_explained_where_they_are_read(example_lot, referent_client, code):
    label = CRITERION_LABELS[code]
    for name, arguments in (("footprint_detail", []), ("trace_detail", ["laptop"])):
        page = text_of(referent_client.get(url(name, example_lot, *arguments)))
        assert label.gloss in page
    page = text_of(referent_client.get(url("family_list", example_lot), {"critere": code}))
    assert f"{label.unit} : {label.gloss}" in page


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("footprint_detail", []), ("family_list", []), ("choice_detail", []), ("trace_detail", ["laptop"])],
)
def test_no_jargon(example_lot, referent_client, name, arguments):
    page = text_of(referent_client.get(url(name, example_lot, *arguments))).lower()
    for words in ("préférence 1", "valeur centrale", "valeurs centrales"):
        assert words not in page


@pytest.mark.parametrize("name", ["footprint_detail", "uncertainty_detail"])
def test_advice_on_a_frozen_lot_says_to_copy_it_first(frozen, referent_client, elected_client, name):
    copy = url("inventory_copy", frozen)
    page = referent_client.get(url(name, frozen)).content.decode()
    assert "copiez-le d’abord dans un nouveau lot" in page
    assert copy in page
    # Who fills nothing is not sent to a page that is closed to them.
    read = elected_client.get(url(name, frozen)).content.decode()
    assert copy not in read
    assert "que le référent ouvre" in read


def test_advice_on_a_lot_in_preparation_leads_to_its_family(example_lot, referent_client):
    page = referent_client.get(url("footprint_detail", example_lot)).content.decode()
    assert "Préciser cette famille" in page
    assert "Ce lot est figé" not in page


def test_factors_published_after_the_lot_are_said_to_be(frozen, referent_client):
    lots = reverse("inventory:inventory_list", args=[frozen.initiative.authority.slug])
    pages = [lots, url("footprint_detail", frozen), url("result_list", frozen)]
    for published_on, is_later in ((date(2026, 11, 1), True), (date(2026, 2, 1), False)):
        FactorSet.objects.update(published_on=published_on)
        for page in pages:
            found = "publiés après la date du lot" in text_of(referent_client.get(page))
            assert found == is_later, (page, published_on)
