"""Lots beside each other, results computed again, and the files of a footprint."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from authorities.models import Event
from common.errors import DomainError
from inventory.comparison import compare_inventories
from inventory.exports import beges_lines, build_beges_csv, build_numecoeval_csv
from inventory.footprint import FootprintLine, compute_footprint
from inventory.models import FactorSet, ImpactFactor, Inventory, Recalculation
from inventory.result_services import recalculate_inventory
from inventory.selectors import read_data
from inventory.selectors.lots import compare_lots, result_rows
from inventory.services import create_inventory
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, make_frozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(reference, initiative, referent) -> Inventory:
    """The worked example, frozen."""
    return make_frozen(initiative, referent)


@pytest.fixture
def later(frozen, initiative, referent) -> Inventory:
    """A year later, in preparation: 10 laptops and 30 screens fewer."""
    lot = create_inventory(
        initiative=initiative, dated_on=date(2027, 3, 1), actor=referent, now=PARIS_NOON, copied_from=frozen
    )
    return fill(lot, laptop={"quantity": 90}, monitor_24={"quantity": 120})


@pytest.fixture
def new_set(frozen) -> FactorSet:
    """The factors of a year later: those of today, the manufacturing of a laptop half as heavy."""
    former = FactorSet.objects.get(is_current=True)
    FactorSet.objects.update(is_current=False)
    found = FactorSet.objects.create(
        version="2027.11", name="Facteurs de novembre 2027", published_on=date(2027, 11, 1), content_hash="1" * 64,
        rules=former.rules, is_current=True,
    )  # fmt: skip
    for rows in (former.parameters, former.factors, former.mixes):
        copies = list(rows.all())
        for row in copies:
            row.pk, row.factor_set = None, found
        rows.model.objects.bulk_create(copies)
    halved = ImpactFactor.objects.filter(factor_set=found, category_code="laptop", criterion="GWP", preference=1)
    for factor in halved.filter(step="manufacturing"):
        factor.value, factor.low, factor.high = factor.value / 2, None, None
        factor.save()
    return found


def _url(name: str, lot: Inventory, *args: str) -> str:
    return reverse(f"inventory:{name}", args=[lot.initiative.authority.slug, lot.pk, *args])


# Comparison -----------------------------------------------------------------------------------------------------------


def test_fewer_machines_under_the_same_factors(frozen, later):
    found = compare_lots(frozen, later)
    # footprint_formulas, section 6: 10 laptops and 30 screens fewer save 833.7 kg CO2e a year.
    assert found.result.difference.central == pytest.approx(-833.7, abs=0.5)
    assert found.result.difference_percent == pytest.approx(-8.0, abs=0.05)
    assert found.is_clear
    assert [(row.change.category, row.change.units_before, row.change.units_after) for row in found.rows[:2]] == [
        ("monitor_24", 150, 120),
        ("laptop", 100, 90),
    ]
    assert all(row.change.difference_kg == 0 for row in found.rows[2:])


def test_a_family_that_comes_or_goes_weighs_nothing_on_the_other_date(table):
    laptop, screen = FootprintLine("laptop", 10), FootprintLine("monitor_24", 5)
    found = compare_inventories([laptop], [screen], table)
    alone = {line.category: compute_footprint([line], table)["GWP"].total.central for line in (laptop, screen)}
    assert {item.category: item.difference_kg for item in found.families} == pytest.approx(
        {"laptop": -alone["laptop"], "monitor_24": alone["monitor_24"]}
    )


def test_the_pages_show_two_lots_and_refuse_one(frozen, later, referent_client, django_assert_num_queries):
    url = reverse("inventory:lot_compare", args=[frozen.initiative.authority.slug])
    with django_assert_num_queries(13):
        page = referent_client.get(url, {"premier": later.pk, "second": frozen.pk}).content.decode()
    # The older one first, whatever the order of the address.
    assert "Lot 1 du 1er mars 2026, puis lot 2 du 1er mars 2027" in page
    assert "\u22128,0&#8239;% d’empreinte" in page
    refused = referent_client.get(url, {"premier": frozen.pk, "second": frozen.pk})
    assert refused.status_code == 422
    assert "Choisissez deux lots différents." in refused.content.decode()
    foreign = referent_client.get(url, {"premier": frozen.pk, "second": 10**6})
    assert foreign.status_code == 422


# Recalculation --------------------------------------------------------------------------------------------------------


def test_a_new_result_stands_beside_the_old_one(frozen, new_set, referent):
    frozen.refresh_from_db()
    before = frozen.result
    recalculate_inventory(inventory=frozen, actor=referent, now=PARIS_NOON)
    frozen.refresh_from_db()
    original, again = result_rows(frozen)
    assert (frozen.result, original.is_original, again.factor_set) == (before, True, new_set)
    # 100 laptops × 170 kg / 2 / 5 years = 1 700 kg a year less.
    assert original.total.central - again.total.central == pytest.approx(1700, abs=1)
    assert Event.objects.latest("pk").verb.endswith("avec «\u00a0Facteurs de novembre 2027\u00a0»")


@pytest.mark.parametrize("kind", ["twice", "same set", "draft"])
def test_what_is_not_computed_again(frozen, new_set, referent, later, kind):
    lot = later if kind == "draft" else frozen
    if kind == "same set":
        FactorSet.objects.update(is_current=False)
        FactorSet.objects.filter(pk=frozen.factor_set_id).update(is_current=True)
    if kind == "twice":
        recalculate_inventory(inventory=lot, actor=referent, now=PARIS_NOON)
    count = Recalculation.objects.count()
    with pytest.raises(DomainError, match="déjà"):
        recalculate_inventory(inventory=lot, actor=referent, now=PARIS_NOON)
    assert Recalculation.objects.count() == count


def test_the_page_proposes_the_calculation_then_shows_it(frozen, new_set, referent_client, elected_client):
    page = _url("result_list", frozen)
    assert "Calculer avec « Facteurs de novembre 2027 »" in referent_client.get(page).content.decode()
    assert "Le référent lance ce calcul." in elected_client.get(page).content.decode()
    action = _url("inventory_recalculate", frozen)
    assert elected_client.post(action).status_code == 403
    assert referent_client.post(action).status_code == 302
    assert "2 résultats pour ce lot" in referent_client.get(page).content.decode()
    assert referent_client.post(action).status_code == 422


# Files ----------------------------------------------------------------------------------------------------------------


def test_the_spreadsheet_holds_the_figures_of_the_screen(frozen, referent_client):
    content = referent_client.get(_url("export_download", frozen, "empreinte-xlsx")).content
    sheet = load_workbook(io.BytesIO(content))["Empreinte"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    laptop = next(row for row in rows if row[:2] == ["Ordinateurs portables", "Changement climatique"])
    # Worked example: 3 836 kg a year, of which 3 400 of manufacturing, three digits.
    assert (laptop[3], laptop[6]) == (3840, 3400)
    # Five families of the example, seven criteria, and a sentence where no factor exists.
    assert len([row for row in rows if row[2] and row[3] not in (None, "Valeur")]) == 35


def test_numecoeval_reads_physical_equipment(frozen):
    content = build_numecoeval_csv(read_data(frozen))
    assert content.startswith(b"nomEquipementPhysique;modele;quantite;nomCourtDatacenter;dateAchat;")
    rows = {row["modele"]: row for row in csv.DictReader(io.StringIO(content.decode()), delimiter=";")}
    laptop = rows["laptop"]
    bought, retired = date.fromisoformat(laptop["dateAchat"]), date.fromisoformat(laptop["dateRetrait"])
    assert (laptop["quantite"], laptop["paysDUtilisation"], retired) == ("100", "France", frozen.dated_on)
    assert abs((retired - bought) - timedelta(days=5 * 365.25)) <= timedelta(days=1)
    assert not [code for code in rows if code.startswith("cloud_vm")]


def test_beges_posts_share_the_total_without_counting_twice(frozen):
    data = read_data(frozen)
    found = {line.post.code: line.total_t for line in beges_lines(data)}
    # Worked example: 1.03 t of use, 9.41 t of the other stages, nothing hosted.
    assert found["2.1"].central == pytest.approx(1.03, abs=0.005)
    assert found["4.2"].central == pytest.approx(9.41, abs=0.005)
    assert found["4.5"] is None
    rows = list(csv.reader(io.StringIO(build_beges_csv(data).decode("utf-8-sig")), delimiter=";"))
    assert [row[:3] for row in rows[1:]] == [
        ["2.1", "Émissions indirectes liées à la consommation d’électricité", "1,03"],
        ["4.2", "Émissions liées aux immobilisations de biens", "9,41"],
        ["4.5", "Émissions liées aux achats de services", "non renseigné"],
    ]


def test_a_name_that_looks_like_a_formula_is_a_text(frozen):
    frozen.initiative.authority.name = "=1+1"
    assert b"'=1+1" in build_numecoeval_csv(read_data(frozen))


def test_an_unknown_file_does_not_exist(frozen, referent_client):
    assert referent_client.get(_url("export_download", frozen, "pdf")).status_code == 404
    assert referent_client.get(_url("export_list", frozen)).status_code == 200
