import gzip
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from reference.fixtures import FixtureError, read_csv
from reference.loader import load_all
from reference.models import (
    CalendarPreset,
    ComplianceCheck,
    DocumentKind,
    Duty,
    Prerequisite,
    Service,
    Territory,
    Theme,
)

pytestmark = pytest.mark.django_db


def change(folder, file, action):
    """Rewrite a YAML file of the folder after `action` changed its content."""
    path = folder / file
    content = yaml.safe_load(path.read_text())
    action(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True))


def test_load_all_holds_everything(reference_folder):
    load_all(reference_folder)

    assert Service.objects.count() == 30
    assert list(Theme.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Duty.objects.count() == 17
    assert set(CalendarPreset.objects.values_list("code", flat=True)) == {"six_mois", "quatre_mois", "allege"}
    assert DocumentKind.objects.count() == 11
    assert Prerequisite.objects.count() == 11
    assert list(ComplianceCheck.objects.values_list("code", flat=True)) == [f"C-{n:02}" for n in range(1, 30)]
    assert Territory.objects.count() == 13


def test_yearly_checks_are_kept_apart(reference_folder):
    load_all(reference_folder)

    yearly = ComplianceCheck.objects.filter(is_yearly=True)
    assert dict(yearly.values_list("code", "level")) == {"C-22": "B", "C-23": "R", "C-24": "R", "C-25": "B"}
    blocking = ComplianceCheck.objects.filter(is_yearly=False, level=ComplianceCheck.Level.BLOCKING)
    assert list(blocking.values_list("code", flat=True)) == [
        *("C-03", "C-04", "C-05", "C-06", "C-07", "C-09", "C-10", "C-11", "C-12", "C-27")
    ]


def test_purchasing_thresholds_are_dated(reference_folder):
    load_all(reference_folder)

    steps = Duty.objects.get(code="achats-reemploi").steps.values_list("starts_on", "value")
    assert list(steps) == [
        (date(2021, 1, 1), Decimal(20)),
        (date(2024, 7, 1), Decimal(20)),
        (date(2027, 1, 1), Decimal(25)),
        (date(2030, 1, 1), Decimal(30)),
    ]


def test_texts_have_their_typography(reference_folder):
    load_all(reference_folder)

    preset = CalendarPreset.objects.get(code="six_mois")
    assert "COTECH\u00a0: notes retenues" in [step["label"] for step in preset.steps]
    assert Territory.objects.get(code="94038").name == "L’Haÿ-les-Roses"


def test_loading_twice_changes_nothing(reference_folder):
    load_all(reference_folder)

    assert not load_all(reference_folder).has_changed


def test_corrections_are_made_in_place(reference_folder):
    load_all(reference_folder)
    duty_pk = Duty.objects.get(code="deee").pk

    def correct(duties):
        duty = next(duty for duty in duties if duty["code"] == "deee")
        duty["title"] = "Titre corrigé"
        duty["steps"] = [{"from": "2006-01-01", "value": None}]

    change(reference_folder, "duties.yaml", correct)
    report = load_all(reference_folder)

    duty = Duty.objects.get(code="deee")
    assert report.has_changed
    assert (duty.pk, duty.title) == (duty_pk, "Titre corrigé")
    assert [step.starts_on for step in duty.steps.all()] == [date(2006, 1, 1)]


def test_territory_that_left_the_list_is_kept(reference_folder):
    load_all(reference_folder)
    header = b"code,siren,kind,nature,name,department,population,population_total\n"
    line = b"74281,217402817,commune,commune,Thonon-les-Bains,74,38000,38692\n"
    (reference_folder / "territories.csv.gz").write_bytes(gzip.compress(header + line))

    load_all(reference_folder)

    assert Territory.objects.count() == 13
    assert Territory.objects.get(code="74281").population == 38_000


@pytest.mark.parametrize(
    ("file", "action", "entry", "field"),
    [
        ("services.yaml", lambda c: c[3].pop("name"), "dsi", "name"),
        ("services.yaml", lambda c: c[3].update(nom="x"), "dsi", "nom"),
        ("themes.yaml", lambda c: c[0].update(number=7), "7", "number"),
        ("themes.yaml", lambda c: c[1].update(name="x" * 251), "2", "name"),
        ("duties.yaml", lambda c: c[0].update(nature="devoir"), "reen-programme", "nature"),
        ("duties.yaml", lambda c: c[0].update(checks=["C-99"]), "reen-programme", "checks"),
        ("duties.yaml", lambda c: c[0]["applies"].update(kinds=["ville"]), "reen-programme", "applies.kinds"),
        (
            "duties.yaml",
            lambda c: c[0]["applies"].update(population_over="50000"),
            "reen-programme",
            "applies.population_over",
        ),
        ("duties.yaml", lambda c: c[4]["steps"][1].update({"from": "2027"}), "achats-reemploi", "steps[2].from"),
        ("duties.yaml", lambda c: c[4]["steps"][1].update(value="25 %"), "achats-reemploi", "steps[2].value"),
        ("duties.yaml", lambda c: c[0].update(steps=[]), "reen-programme", "steps"),
        ("calendar.yaml", lambda c: c["presets"][0]["steps"][1].update(week=4), "six_mois", "steps[2].week"),
        ("calendar.yaml", lambda c: c["presets"][0]["steps"][1].update(meeting="bal"), "six_mois", "steps[2].meeting"),
        ("calendar.yaml", lambda c: c["documents"][0].update(dimensions=["ZZZ"]), "sdsi", "dimensions"),
        ("prerequisites.yaml", lambda c: c[0].update(is_in_light_track="oui"), "referent", "is_in_light_track"),
        ("compliance_checks.yaml", lambda c: c[0].update(level="X"), "C-01", "level"),
        ("compliance_checks.yaml", lambda c: c.append(c[0]), "C-01", "code"),
    ],
)
def test_broken_file_is_refused_and_nothing_is_written(reference_folder, file, action, entry, field):
    change(reference_folder, file, action)

    with pytest.raises(FixtureError) as raised:
        load_all(reference_folder)

    assert (raised.value.file, raised.value.entry, raised.value.field) == (file, entry, field)
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("1,2,ville,x,Nom,74,1,1", "kind"),
        ("1,2,commune,x,Nom,74,beaucoup,1", "population"),
        ("1,2,commune,x,,74,1,1", "name"),
        ("1,2,commune,x,Nom,74,1,1\n1,2,commune,x,Nom,74,1,1", "code"),
    ],
)
def test_broken_list_of_territories(reference_folder, line, field):
    header = "code,siren,kind,nature,name,department,population,population_total"
    (reference_folder / "territories.csv.gz").write_bytes(gzip.compress(f"{header}\n{line}\n".encode()))

    with pytest.raises(FixtureError) as raised:
        load_all(reference_folder)

    assert raised.value.file == "territories.csv.gz"
    assert raised.value.entry == ("ligne 3" if field == "code" else "ligne 2")
    assert raised.value.field == field


def test_national_list_is_whole():
    columns = ["code", "kind", "population"]
    entries = read_csv(settings.BASE_DIR / "fixtures", "territories.csv.gz", columns=columns)

    communes = [entry for entry in entries if entry.data["kind"] == "commune"]
    epci = [entry for entry in entries if entry.data["kind"] == "epci_fp"]
    assert (len(communes), len(epci)) == (34_969, 1_255)
    assert sum(int(entry.data["population"] or 0) > 50_000 for entry in communes) == 135
    assert sum(int(entry.data["population"]) > 50_000 for entry in epci) == 285


def test_command_says_what_is_wrong(reference_folder):
    change(reference_folder, "services.yaml", lambda content: content[0].pop("name"))

    with pytest.raises(CommandError, match="services.yaml, entrée «\u00a0elus\u00a0», champ «\u00a0name\u00a0»"):
        call_command("load_reference", folder=reference_folder, stdout=StringIO())
