"""Loading of the factors, the families and the key figures."""

import shutil
from pathlib import Path

import pytest

from inventory.footprint import EMBODIED
from inventory.loader import load_all
from inventory.models import (
    CategoryParameter,
    ElectricityMix,
    EquipmentCategory,
    FactorSet,
    FigureKind,
    ImpactFactor,
)
from inventory.selectors import factor_table, footprint_of, read_data
from reference.fixtures import FixtureError
from tests.factories_inventory import make_example, make_frozen
from tests.inventory.conftest import FIXTURES

FILES = [
    "impact_factors.csv",
    "electricity_mix.csv",
    "simulation.yaml",
    "inventory_groups.yaml",
    "inventory_figures.yaml",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(FIXTURES / name, tmp_path / name)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_row_keeps_its_source_and_licence(reference):
    assert (ImpactFactor.objects.count(), ElectricityMix.objects.count()) == (745, 131)
    for model in (ImpactFactor, ElectricityMix):
        for name in ("source", "source_ref", "licence", "licence_class", "quality"):
            assert not model.objects.filter(**{name: ""}).exists()
    laptop = ImpactFactor.objects.get(category_code="laptop", criterion="GWP", step="manufacturing", preference=1)
    assert (laptop.value, laptop.low, laptop.high, laptop.quality) == (170, 132.2, 315.2, "B")
    assert (laptop.licence, laptop.licence_class) == ("MIT", "permissive")
    assert laptop.source_ref.startswith("github:incubateur-ademe/publicodes-acv-numerique@")
    assert "PCF p10-p90" in laptop.bounds_source


def test_loading_twice_changes_nothing(reference):
    before = [list(model.objects.values()) for model in (FactorSet, ImpactFactor, EquipmentCategory, FigureKind)]
    report = load_all(FIXTURES)
    assert not report.has_changed
    assert before == [
        list(model.objects.values()) for model in (FactorSet, ImpactFactor, EquipmentCategory, FigureKind)
    ]


def test_families_of_the_two_tracks(reference):
    assert EquipmentCategory.objects.filter(is_flash=True).count() == 22
    assert EquipmentCategory.objects.filter(is_light=True).count() == 8
    assert set(EquipmentCategory.objects.values_list("code", flat=True)) <= set(
        CategoryParameter.objects.values_list("category_code", flat=True)
    )
    # Out of the perimeter: never offered.
    assert not EquipmentCategory.objects.filter(code__in=["laptop_charger", "network_fixed_gb"]).exists()


def test_names_have_french_typography(reference):
    assert EquipmentCategory.objects.get(code="docking_station").name == "Stations d’accueil"


def test_default_parameters_of_a_category(reference):
    found = CategoryParameter.objects.get(category_code="monitor_24")
    years = (found.lifetime_years_low, found.lifetime_years, found.lifetime_years_high)
    energy = (found.electricity_kwh_per_year_low, found.electricity_kwh_per_year, found.electricity_kwh_per_year_high)
    assert (years, energy) == ((5, 6, 10), (32.3, 73, 87.6))


def test_suspect_rows_are_loaded_and_never_used(reference):
    suspect = ImpactFactor.objects.get(quality="X-suspect")
    chosen = factor_table(FactorSet.objects.get()).chosen[suspect.category_code, suspect.criterion]
    assert [factor.quality for factor in chosen] == ["D-estimated"]
    assert chosen[0].step == EMBODIED


def test_unused_version_is_corrected_in_place(reference, folder):
    edit(folder, "impact_factors.csv", "per unit,170,132.2,315.2", "per unit,171,132.2,315.2")
    load_all(folder)
    assert FactorSet.objects.count() == 1
    assert ImpactFactor.objects.get(category_code="laptop", step="manufacturing").value == 171
    table = factor_table(FactorSet.objects.get())
    assert table.chosen["laptop", "GWP"][0].value == 171


def test_used_version_is_never_altered(reference, initiative, referent, folder):
    make_frozen(initiative, referent)
    edit(folder, "electricity_mix.csv", "FRA,France,GWP,kgCO2eq/kWh,0.0461", "FRA,France,GWP,kgCO2eq/kWh,0.0462")
    with pytest.raises(FixtureError, match="publiez une nouvelle version"):
        load_all(folder)
    assert ElectricityMix.objects.get(zone="FRA", criterion="GWP", preference=1).value == 0.0461


def test_new_version_leaves_frozen_lots_as_they_were(reference, initiative, referent, folder):
    frozen = make_frozen(initiative, referent)
    before = footprint_of(read_data(frozen))
    edit(folder, "inventory_groups.yaml", "version: '2026.11'", "version: '2027.01'")
    edit(folder, "electricity_mix.csv", "FRA,France,GWP,kgCO2eq/kWh,0.0461", "FRA,France,GWP,kgCO2eq/kWh,0.0500")
    load_all(folder)
    assert list(FactorSet.objects.order_by("version").values_list("version", "is_current")) == [
        ("2026.11", False),
        ("2027.01", True),
    ]
    frozen.refresh_from_db()
    assert footprint_of(read_data(frozen)) == before
    again = footprint_of(read_data(make_example(initiative)))
    assert again["GWP"].total.central > before["GWP"].total.central


@pytest.mark.parametrize(
    ("name", "old", "new", "entry", "field"),
    [
        ("impact_factors.csv", "per unit,170,132.2", "per unit,beaucoup,132.2", "ligne", "value"),
        ("impact_factors.csv", "per unit,170,132.2", "per unit,170,199", "ligne", "low"),
        ("impact_factors.csv", "315.2,1,B,5", "315.2,1,Z,5", "ligne", "quality"),
        ("impact_factors.csv", "315.2,1,B,5", "315.2,1,B,4", "ligne", "category"),
        ("impact_factors.csv", "1,GWP,kgCO2eq,manufacturing", "1,X,kgCO2eq,manufacturing", "", "criterion"),
        ("impact_factors.csv", "distribution,per unit,12.3", "embodied,per unit,12.3", "laptop, GWP", "step"),
        ("electricity_mix.csv", "MIT,permissive", "MIT,secrete", "ligne", "licence_class"),
        ("simulation.yaml", "- laptop\n  desktop", "- lapin\n  desktop", "", "groups.laptop"),
        ("inventory_groups.yaml", "zone: FRA", "zone: XXX", "", "factor_set.zone"),
        ("inventory_groups.yaml", "show: [flash, light]", "show: [toujours]", "ordinateurs", "show"),
        ("inventory_groups.yaml", "{code: thin_client", "{code: desktop", "ordinateurs", "code"),
        ("inventory_figures.yaml", "kind: integer", "kind: mot", "agents_equipped", "kind"),
    ],
)  # fmt: skip
def test_errors_name_file_entry_and_field(reference, folder, name, old, new, entry, field):
    edit(folder, name, old, new)
    with pytest.raises(FixtureError) as caught:
        load_all(folder)
    assert caught.value.file == name
    assert entry in caught.value.entry
    assert caught.value.field.endswith(field)
    # Nothing is half-written.
    assert ImpactFactor.objects.count() == 745
