"""The open data: valid under their own schema, without a person, the same figures in each file."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from roadmap.documents.office import open_data
from roadmap.documents.office.files import OFFICE_FILES
from roadmap.enums import ActionStatus, Commitment
from tests.roadmap.hostile_content import make_hostile_content
from tests.roadmap.sample_content import make_content, make_empty_content
from tests.table_schema import DATA_PACKAGE, TABLE_SCHEMA, check_descriptor, errors_of

CONTENTS = [make_content, make_empty_content, make_hostile_content]


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_the_checker_finds_what_is_wrong():
    schema = open_data.table_schema("actions")
    row = _rows(open_data.build_actions_csv(make_content()))[0]

    wrong = {
        **row,
        "theme": "7",
        "etat": "abandonné",
        "date_debut": "1er janvier",
        "intitule": "",
        "gain_rapide": "vrai",
    }
    assert errors_of(schema, [wrong], is_text=True) == [
        "intitule: empty",
        "etat: 'abandonné'",
        "theme: '7'",
        "gain_rapide: 'vrai'",
        "date_debut: '1er janvier'",
    ]
    assert errors_of(schema, [row, row], is_text=True) == ["action_id: twice the same", "primary key: twice the same"]


@pytest.mark.parametrize("name", open_data.TABLES)
def test_each_schema_is_a_table_schema(name):
    check_descriptor(open_data.table_schema(name), TABLE_SCHEMA)


@pytest.mark.parametrize("make", CONTENTS)
def test_the_csv_follows_its_schema(make):
    schema = json.loads(open_data.build_actions_schema(make()))

    rows = _rows(open_data.build_actions_csv(make()))

    assert len(rows) == len(make()["sheets"])
    assert errors_of(schema, rows, is_text=True) == []


@pytest.mark.parametrize("make", CONTENTS)
def test_the_package_says_where_the_csv_is(make):
    package = json.loads(open_data.build_package(make(), suffix="v3"))

    check_descriptor(package, DATA_PACKAGE)
    names = {file.name("pays-d-exemple", "v3") for file in OFFICE_FILES}
    (resource,) = package["resources"]
    assert {resource["path"], resource["schema"]} <= names


@pytest.mark.parametrize("make", CONTENTS)
def test_the_json_holds_three_tables_that_follow_their_schema(make):
    package = json.loads(open_data.build_open_json(make()))

    check_descriptor(package, DATA_PACKAGE)
    tables = {resource["name"]: resource for resource in package["resources"]}
    assert list(tables) == ["objectifs", "actions", "indicateurs"]
    for resource in tables.values():
        assert errors_of(resource["schema"], resource["data"]) == []
    actions = {row["action_id"] for row in tables["actions"]["data"]}
    assert {row["action_id"] for row in tables["indicateurs"]["data"]} <= actions


def test_a_row_is_the_action_of_the_roadmap():
    content = make_content()
    content["sheets"][4].update(lead_service="Achats", objectives=[1, 3], status_label="en cours")

    row = _rows(open_data.build_actions_csv(content))[4]

    assert {
        key: row[key] for key in ("action_id", "intitule", "etat", "service_pilote", "objectifs", "gain_rapide")
    } == {
        "action_id": "200000000-1-5",
        "intitule": "Atteindre et dépasser les quotas de matériel issu du réemploi",
        "etat": "en cours",
        "service_pilote": "Achats",
        "objectifs": "O1|O3",
        "gain_rapide": "non",
    }
    assert [row[key] for key in ("date_debut", "date_fin", "jours_agents", "depenses_eur")] == [
        "2024-01-01",
        "2024-12-31",
        "30",
        "18000",
    ]


def test_nobody_is_named():
    content = make_content()
    for sheet in content["sheets"]:
        sheet.update(
            lead="Jeanne Secrète",
            lead_service="",
            lead_detail="Jeanne Secrète",
            elected_lead="Élue Secrète",
            associated=["Paul Secret"],
            partners=["Marie Secrète"],
        )
        for step in sheet["steps"]:
            step["who"] = "Jeanne Secrète"
    content["foreword"]["author"] = "Élue Secrète"

    for file in OFFICE_FILES:
        if file.extension in ("csv", "json"):
            assert "Secr" not in file.make(content, "v1").decode()


def test_a_former_snapshot_names_only_a_service_of_the_committee():
    content = make_content()
    for sheet, lead in zip(content["sheets"], ["Jeanne Secrète", content["committee"][0]["service"]], strict=False):
        sheet.pop("lead_service", None)
        sheet["lead"] = lead

    rows = _rows(open_data.build_actions_csv(content))

    assert [row["service_pilote"] for row in rows[:2]] == ["", "Direction des systèmes d’information"]


def test_a_long_text_is_whole_in_the_json_and_in_the_csv():
    content = make_content()
    content["sheets"][0]["aim"] = aim = "Un but très détaillé. " * 2_500

    assert _rows(open_data.build_actions_csv(content))[0]["but"] == aim
    package = json.loads(open_data.build_open_json(content))
    assert package["resources"][1]["data"][0]["but"] == aim


def test_projects_follow_the_schema_of_betagouv():
    content = make_content()
    states = ["en cours", "bloquée", "terminée", "abandonnée", "à lancer"]
    for sheet, state in zip(content["sheets"], states, strict=False):
        sheet["status_label"] = state

    rows = _rows(open_data.build_projects_csv(content))

    assert list(rows[0]) == list(open_data.PROJECT_FIELDS)
    assert len({row["id"] for row in rows}) == len(rows) == len(content["sheets"])
    assert [row["phaseStatut"] for row in rows[:5]] == ["En cours", "Bloqué", "Terminé", "Abandonné", ""]
    assert {row["phase"] for row in rows} == {"Opération"}
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row["id"]) for row in rows)
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", row["createdAt"]) for row in rows)
    assert {int(row["budgetPrevisionnel"]) for row in rows} == {0, 18000}
    assert {row[name] for row in rows for name in row if name.startswith("porteurReferent")} <= {
        "",
        *_services(content),
    }


def _services(content):
    return {person["service"] for person in content["committee"]} | {sheet["lead"] for sheet in content["sheets"]}


def test_every_state_and_commitment_is_known():
    assert set(open_data.PHASES) == set(Commitment.labels)
    assert {*open_data.STATES, ActionStatus.PLANNED.label} == set(ActionStatus.labels)
    fields = {field["name"]: field for field in open_data.table_schema("actions")["fields"]}
    assert fields["etat"]["constraints"]["enum"] == list(ActionStatus.labels)


def test_the_documentation_describes_every_field():
    text = (Path(settings.BASE_DIR) / "docs" / "donnees-ouvertes.md").read_text()

    for name in open_data.TABLES:
        for field in open_data.table_schema(name)["fields"]:
            assert f"`{field['name']}`" in text, field["name"]
    for name in open_data.PROJECT_FIELDS:
        assert f"`{name}`" in text, name
