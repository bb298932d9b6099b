"""The footprint read from other sides: uncertainty, sets of factors, references, purchases, electricity."""

import pytest

from common.errors import DomainError
from common.text import typography
from inventory.models import Inventory
from inventory.purchases import PurchaseRow, purchases_by_year
from inventory.selectors import footprint_page, inventory_footprint
from inventory.selectors.data import read_data
from inventory.selectors.impact_views import choice_page, complements, equivalences, reference_page, uncertainty_page
from inventory.services import create_inventory, save_electricity
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, fill_figures, make_frozen
from tests.inventory.test_views import url

# Uncertainty ---------------------------------------------------------------------------------------------------


def test_widest_datum_first(example_lot):
    """150 × (385,912 − 61,808) / 6 = 8103 kg over a range of 36190 − 4131: 25 %; see docs/calculs.md."""
    page = uncertainty_page(example_lot)
    first = page.rows[0]
    assert (first.category_code, first.parameter, first.is_improvable) == ("monitor_24", "factor", False)
    assert (round(first.high - first.low, 3), round(first.share_percent)) == (8.103, 25)
    assert page.finding == typography("D’abord, le facteur d’impact : écrans 23-24 pouces")
    assert [row.share_percent for row in page.rows] == sorted((r.share_percent for r in page.rows), reverse=True)


def test_uncertainty_of_another_criterion(example_lot, referent_client):
    page = referent_client.get(url("uncertainty_detail", example_lot), {"critere": "ADPE"}).content.decode()
    assert "Ressources minérales et métalliques" in page


# Sets of factors -----------------------------------------------------------------------------------------------


def test_sets_of_factors_side_by_side(example_lot):
    page = choice_page(example_lot)
    reference, sheets, permissive = page.rows
    assert [row.choice.code for row in page.rows] == ["reference", "fabricants", "ouverts"]
    # 352,6 / 69,84 kg for a 24-inch screen.
    assert page.screen_ratio == pytest.approx(5.05, abs=0.01)
    assert (reference.leader, sheets.leader) == ("Ordinateurs", "Écrans")
    assert page.finding == typography("Ordinateurs ou écrans : le jeu de facteurs décide")
    assert permissive.missing == ("Multifonctions et copieurs",)
    assert permissive.footprint["GWP"].coverage.lines_evaluated == 4
    # The set never changes what is kept: the lot stays on the reference.
    assert inventory_footprint(example_lot)["GWP"].total == reference.footprint["GWP"].total


# References ------------------------------------------------------------------------------------------------------


def test_equivalences_are_computed_and_name_their_accounting(example_lot):
    """1000 / 185,09 = 5,4 purchases; 1000 / (185,09 / 5 + 29,02 × 0,0461) = 26 laptops for a year."""
    flow, amortised = equivalences(read_data(example_lot))
    assert (flow.accounting, round(flow.count, 1), round(flow.unit_kg, 1)) == ("par achat", 5.4, 185.1)
    assert (amortised.accounting, round(amortised.count), round(amortised.unit_kg, 2)) == ("amortie", 26, 38.36)


def test_references_are_shown_with_their_perimeter(example_lot, referent_client):
    fill_figures(example_lot, agents_equipped=100)
    page = referent_client.get(url("reference_detail", example_lot)).content.decode()
    for text in ("253", "434", "usages privés et professionnels ensemble", "données 2022", "100 kg"):
        assert text in page.replace("\u00a0", " ")
    assert "Les achats, année par année" not in page


def test_complements_stay_beside_the_total(example_lot):
    total = inventory_footprint(example_lot)["GWP"].total
    assert complements(read_data(example_lot)) == []
    fill_figures(example_lot, fixed_data_gb=10_000, mobile_data_gb=1_000)
    fixed, mobile = complements(read_data(example_lot))
    assert (round(fixed.impact.central, 1), round(mobile.impact.central, 2)) == (92.7, 24.68)
    fill_figures(example_lot, remote_people=120, remote_days=104)
    boxes, fixed, _mobile = complements(read_data(example_lot))
    # 15,83 boxes × (63,04 / 5 + 70,08 × 0,0461)
    assert boxes.impact.central == pytest.approx(15.829 * (63.04 / 5 + 70.08 * 0.0461), rel=1e-3)
    assert fixed.impact is None
    assert "contient déjà la box" in fixed.note
    assert inventory_footprint(example_lot)["GWP"].total == total


# Purchases -------------------------------------------------------------------------------------------------------


def test_purchases_by_year_in_the_accounting_of_the_flow(table):
    rows = [
        PurchaseRow("monitor_24", 2022, 40),
        PurchaseRow("laptop", 2020, 10),
        PurchaseRow("laptop", 2022, 1),
        PurchaseRow("network_fixed_gb", 2022, 3),
        PurchaseRow("laptop", 2022, 4),
    ]
    found = purchases_by_year(rows, table)
    assert [(item.year, item.units, round(item.total.central, 1)) for item in found] == [
        (2020, 10, 1850.9),
        (2021, 0, 0),
        (2022, 48, 3719.1),  # 5 × 185,09 + 40 × 69,84
    ]
    assert found[2].not_evaluated == ("network_fixed_gb",)
    assert purchases_by_year(reversed(rows), table) == found
    assert purchases_by_year([], table) == []


def test_purchases_without_any_factor_are_not_zero(table):
    assert purchases_by_year([PurchaseRow("teapot", 2022, 3)], table)[0].total is None


def test_negative_purchases_are_refused(table):
    with pytest.raises(ValueError, match="laptop, 2022"):
        purchases_by_year([PurchaseRow("laptop", 2022, -1)], table)


def test_purchases_of_last_year_are_shown_when_known(example_lot, referent_client):
    fill(example_lot, laptop={"bought_last_year": 20})
    (year,) = reference_page(example_lot).purchases
    assert (year.year, year.units, round(year.total.central)) == (2025, 20, 3702)
    page = referent_client.get(url("reference_detail", example_lot)).content.decode()
    assert "Les achats, année par année" in page


# Electricity, criteria --------------------------------------------------------------------------------------------


def test_electricity_of_the_lot_and_of_its_hosting(example_lot, referent, referent_client):
    before = inventory_footprint(example_lot)["GWP"].by_category
    page = url("electricity_update", example_lot)
    answers = {"zone": "DEU", "hosting_zone": "SWE", "version": str(example_lot.version)}
    assert referent_client.post(page, answers).status_code == 302
    lot = Inventory.objects.get(pk=example_lot.pk)
    after = inventory_footprint(lot)["GWP"].by_category
    assert after["laptop"].steps["use"].central > 5 * before["laptop"].steps["use"].central
    assert after["laptop"].steps["manufacturing"] == before["laptop"].steps["manufacturing"]
    refused = referent_client.post(page, answers | {"version": str(lot.version), "zone": "MARS"})
    assert refused.status_code == 422


def test_hosted_machines_take_the_electricity_of_the_hosting(lot, referent):
    fill(lot, cloud_vm_medium={"quantity": 4}, laptop={"quantity": 4})
    values = {"zone": "", "hosting_zone": "SWE"}
    lot = save_electricity(inventory=lot, values=values, expected_version=lot.version, actor=referent, now=PARIS_NOON)
    zones = {line.category: line.zone for line in read_data(lot).engine_lines if line.quantity}
    assert zones == {"cloud_vm_medium": "SWE", "laptop": "FRA"}


def test_frozen_lot_keeps_its_electricity(reference, initiative, referent, referent_client):
    lot = make_frozen(initiative, referent)
    values = {"zone": "DEU", "hosting_zone": ""}
    with pytest.raises(DomainError, match="figé"):
        save_electricity(inventory=lot, values=values, expected_version=lot.version, actor=referent, now=PARIS_NOON)
    assert referent_client.get(url("electricity_update", lot)).status_code == 302


def test_copied_lot_keeps_its_electricity(reference, initiative, referent):
    lot = make_frozen(initiative, referent)
    Inventory.objects.filter(pk=lot.pk).update(zone="DEU")
    lot.refresh_from_db()
    copy = create_inventory(
        initiative=initiative, dated_on=lot.dated_on, actor=referent, now=PARIS_NOON, copied_from=lot
    )
    assert copy.zone == "DEU"


@pytest.mark.parametrize("name", ["footprint_detail", "family_list"])
def test_bars_and_families_of_another_criterion(example_lot, referent_client, name):
    page = referent_client.get(url(name, example_lot), {"critere": "ADPE"})
    assert "Ressources minérales et métalliques" in page.content.decode()
    shown = footprint_page(example_lot, "ADPE")
    assert (shown.shown.unit, shown.families[0].code) == ("kg Sb éq.", "monitor_24")
    assert shown.families[0].scaled.central == pytest.approx(0.2705, abs=1e-3)
    # The key figures stay those of the climate.
    assert round(shown.total.central, 1) == 10.4
    # A word that names no criterion shows the climate.
    assert referent_client.get(url(name, example_lot), {"critere": "x"}).context["page"].shown.code == "GWP"


def test_hosts_and_machines_together_ask_for_a_check(example_lot):
    assert not footprint_page(example_lot).machines_to_place
    fill(example_lot, cloud_vm_medium={"quantity": 2})
    assert footprint_page(example_lot).machines_to_place


def test_share_of_use_is_the_one_of_the_line(example_lot):
    fill(example_lot, smartphone={"use_share_percent": 57})
    found = inventory_footprint(example_lot)["GWP"].by_category["smartphone"].total.central
    assert found == pytest.approx(2562.69 * 0.57, abs=0.1)


def test_certified_reuse_counts_for_the_share_handed_over(example_lot):
    """4 of 10 retired go to reuse and live 8 years in all: L = 5 + 0,4 × 3 = 6,2."""
    fill(example_lot, laptop={"retired_last_year": 10, "reused_last_year": 4})
    usual = inventory_footprint(example_lot)["GWP"].by_category["laptop"].total.central
    assert usual == pytest.approx(3835.58, abs=0.1)
    fill(example_lot, laptop={"total_life_years": 8.0})
    certified = inventory_footprint(example_lot)["GWP"].by_category["laptop"].total.central
    assert certified == pytest.approx(18509 / 6.2 + 133.78, abs=0.1)


def test_reference_and_real_are_side_by_side(example_lot, referent_client):
    assert "Réel, avec les durées observées" not in referent_client.get(url("footprint_detail", example_lot)).text
    fill(example_lot, laptop={"observed_lifetime_years": 7.0})
    page = referent_client.get(url("footprint_detail", example_lot)).text
    assert "Référence, avec les durées visées" in page
    assert "Réel, avec les durées observées" in page
    # 10440,8 − 3835,6 + 2777,9 = 9383 kg
    assert round(footprint_page(example_lot).observed_total.central, 2) == 9.38
    assert "40\u202f% mesuré, 40\u202f% estimé, 20\u202f% inconnu" in page
