"""The snapshot: plain JSON, the figures of the screens, nobody's vote."""

import gzip
import json
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings

import inventory.loader
from authorities.models import Participant
from diagnostics.selectors import diagnosis_results
from inventory.selectors import inventory_footprint
from reference.loader import load_all
from roadmap.documents.content import build_content
from roadmap.documents.pdf import render_roadmap_html
from roadmap.enums import PublicationStatus
from roadmap.models import ActionSheet
from tests.factories import PARIS_NOON, make_authority, make_participant
from tests.factories_authorities import make_actor, make_document, make_document_kind, make_meeting
from tests.factories_diagnostics import make_finished_diagnosis, make_rating
from tests.factories_inventory import make_frozen
from tests.factories_levers import ballot_levers, fill_ballot, make_ballot
from tests.factories_roadmap import make_decision, make_full_sheet, make_objective, make_share, make_sheet
from tests.roadmap.sample_content import make_content

TODAY = PARIS_NOON.date()
LATER = PARIS_NOON + timedelta(days=60)


def shape(value):
    """Names of the fields of a snapshot, at every depth; lists are looked at through their first item."""
    if isinstance(value, dict):
        return {key: None if key == "days_by_half_year" else shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def missing_fields(expected, found, path="") -> list[str]:
    """Fields that one shape has and the other lacks."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [f"{path}.{name}" for name in expected.keys() ^ found.keys()]
        return names + [
            field for name in expected.keys() & found.keys()
            for field in missing_fields(expected[name], found[name], f"{path}.{name}")
        ]  # fmt: skip
    if isinstance(expected, list) and isinstance(found, list) and expected and found:
        return missing_fields(expected[0], found[0], f"{path}[]")
    return []


def render(content) -> str:
    return render_roadmap_html(content, status=PublicationStatus.DRAFT, created_at=datetime(2026, 3, 10, 9, tzinfo=UTC))


@pytest.fixture
def people(initiative) -> list[Participant]:
    return [make_participant(initiative, service="dsi", name=f"Personne {letter}") for letter in "ABC"]


@pytest.fixture
def whole(initiative, roadmap, people, referent, reference_data):
    """A démarche that holds a little of everything."""
    make_meeting(initiative)
    make_actor(initiative)
    make_document(initiative, kind=make_document_kind("essai"))
    make_frozen(initiative, referent)
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 2, "PAR-1": 0, "TER-2": None}, raters=people)
    make_rating(diagnosis, people[0], "ACH-1", 3, comment="Un commentaire privé")
    ballot = make_ballot(initiative, voters=people, levers=3)
    levers = ballot_levers(ballot)
    fill_ballot(ballot, {lever.code: "EEP" for lever in levers})
    for lever in levers:
        make_decision(initiative, lever)
    make_objective(roadmap)
    make_share(make_full_sheet(roadmap, lever=levers[0]), make_authority())
    return roadmap


@pytest.fixture
def reference_data(db):
    """The real duties, themes and checks, and the real factors; the national list is left out."""
    inventory.loader.load_all(settings.BASE_DIR / "fixtures")


def test_bare_roadmap_is_plain_json_and_can_be_printed(roadmap):
    content = build_content(roadmap, on=TODAY)

    assert json.loads(json.dumps(content)) == content
    assert (content["diagnosis"], content["inventory"], content["choice"]) == (None, None, None)
    assert "Aucune fiche action n’est encore créée" in render(content)


def test_snapshot_has_the_shape_of_the_sample(whole):
    content = build_content(whole, on=TODAY, now=LATER)

    assert missing_fields(shape(make_content()), shape(content)) == []
    assert json.loads(json.dumps(content)) == content
    assert "Fiche action" in render(content)


def test_footprint_is_the_one_of_the_screen(whole, initiative):
    described = build_content(whole, on=TODAY)["inventory"]

    carbon = inventory_footprint(initiative.inventories.get())["GWP"]
    assert described["total"]["central_kg"] == carbon.total.central
    assert described["total"]["high_kg"] == carbon.total.high
    families = sum(family["embodied_kg"] + family["use_kg"] for family in described["families"])
    groups = sum(group["embodied_kg"] + group["use_kg"] for group in described["groups"])
    assert families == pytest.approx(carbon.total.central)
    assert groups == pytest.approx(carbon.total.central)


def test_scores_are_those_of_the_screen(whole, initiative):
    described = build_content(whole, on=TODAY)["diagnosis"]

    results = diagnosis_results(initiative.diagnoses.get(), on=TODAY)
    assert described["overall"]["score"] == float(results.overall.score)
    assert (described["overall"]["answered"], described["overall"]["total"]) == (2, 5)
    open_question = next(q for d in described["dimensions"] for q in d["questions"] if q["code"] == "TER-2")
    assert open_question["level"] is None


def test_votes_are_counted_and_belong_to_nobody(whole, people):
    content = build_content(whole, on=TODAY, now=LATER)

    assert [lever["votes"] for lever in content["choice"]["levers"]] == [[2, 1, 0, 0, 0]] * 3
    assert content["sheets"][0]["votes"] == [2, 1, 0, 0, 0]
    text = json.dumps(content, ensure_ascii=False)
    for person in people:
        assert person.name not in text
        assert person.email not in text
    assert "Un commentaire privé" not in text


def test_open_ballot_is_not_in_the_snapshot(whole):
    """The ballot closes fourteen days after noon: neither at noon nor by default does anything of it show."""
    for content in (build_content(whole, on=TODAY, now=PARIS_NOON), build_content(whole, on=TODAY)):
        assert content["choice"]["ballot"] is None
        assert [lever["votes"] for lever in content["choice"]["levers"]] == [[0, 0, 0, 0, 0]] * 3
        assert content["sheets"][0]["votes"] == [0, 0, 0, 0, 0]


def test_ballot_that_closes_later_that_day_stays_hidden_by_default(whole, initiative):
    closing = initiative.ballots.get().closes_at

    assert build_content(whole, on=closing.date())["choice"]["ballot"] is None
    assert build_content(whole, on=closing.date(), now=closing)["choice"]["ballot"] is not None


def test_text_of_the_catalogue_is_not_printed(sheets, roadmap):
    sheet = sheets[0]
    assert sheet.description

    assert build_content(roadmap, on=TODAY)["sheets"][0]["description"] == ""
    ActionSheet.objects.filter(pk=sheet.pk).update(description="Notre façon de faire.")
    assert build_content(roadmap, on=TODAY)["sheets"][0]["description"] == "Notre façon de faire."


def test_duties_are_those_of_the_day(roadmap, tmp_path):
    make_short_list(tmp_path)
    load_all(tmp_path)
    make_sheet(roadmap)

    duties = {duty["code"]: duty for duty in build_content(roadmap, on=TODAY)["duties"]}

    assert (duties["achats-reemploi"]["value"], duties["achats-reemploi"]["next_value"]) == (20, 25)
    assert duties["reen-strategie"]["binding_label"] == "obligatoire"


def make_short_list(folder) -> None:
    """Copy the reference files, without the national list."""
    for path in (settings.BASE_DIR / "fixtures").glob("*.yaml"):
        shutil.copy(path, folder)
    header = b"code,siren,kind,nature,name,department,population,population_total\n"
    (folder / "territories.csv.gz").write_bytes(gzip.compress(header))


def test_numbers_are_json_numbers(roadmap):
    make_objective(roadmap, baseline=Decimal("51.300"), target=Decimal("42.000"))

    (objective,) = build_content(roadmap, on=TODAY)["objectives"]

    assert (objective["baseline"], objective["target"]) == (51.3, 42)
    assert isinstance(objective["target"], int)


def test_queries_do_not_grow_with_the_sheets(roadmap, django_assert_max_num_queries):
    make_full_sheet(roadmap)
    with django_assert_max_num_queries(60) as one:
        build_content(roadmap, on=TODAY)
    for _ in range(2):
        make_full_sheet(roadmap)
    with django_assert_max_num_queries(60) as three:
        build_content(roadmap, on=TODAY)

    assert len(one) == len(three)


# What is given up -----------------------------------------------------------------------------------------------------
def test_an_action_given_up_counts_in_no_total_and_is_still_told(roadmap, initiative):
    make_full_sheet(roadmap, title="Garder les postes", budget_eur=1_000, human_days=10)
    make_sheet(roadmap, title="Refaire le site", status="abandoned", budget_eur=50_000, human_days=99)

    content = build_content(roadmap, on=TODAY)
    html = render(content).replace("\u00a0", " ")

    assert [sheet["title"] for sheet in content["sheets"]] == ["Garder les postes"]
    assert [sheet["title"] for sheet in content["abandoned"]] == ["Refaire le site"]
    assert "51 000 €" not in html and "109 jours" not in html
    assert "2. Refaire le site" in html
