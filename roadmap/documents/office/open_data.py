"""The open data of a roadmap: tables with their Frictionless schema, as csv, as a package, and as one json.

Source: Frictionless Data, Table Schema and Data Package, version 1 of the specifications, 2021.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from common.csv_files import build_csv
from common.xlsx import clean_text
from roadmap.documents.office import facts
from roadmap.documents.office.open_data_fields import ACTIONS, INDICATORS, OBJECTIVES, Field, service_of
from roadmap.documents.presentation.texts import every_sheet

CSV_TYPE, JSON_TYPE = "text/csv; charset=utf-8", "application/json"
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
TABLES = {
    "actions": (ACTIONS, "Actions de la feuille de route numérique responsable", ["action_id"]),
    "indicateurs": (INDICATORS, "Indicateurs des actions", ["action_id", "rang"]),
    "objectifs": (OBJECTIVES, "Objectifs de la feuille de route", ["code"]),
}
# The schema of the projects of ecological transition (betagouv), version 0.1.1: its fields, in its order.
PROJECT_FIELDS = (
    *("id", "createdAt", "updatedAt", "nom", "description", "budgetPrevisionnel", "dateDebutPrevisionnelle", "phase"),
    *("phaseStatut", "programme", "porteurCodeSiret", "porteurReferentEmail", "porteurReferentTelephone"),
    *("porteurReferentPrenom", "porteurReferentNom", "porteurReferentFonction", "competences", "leviers", "mecId"),
    *("tetId", "recocoId", "collectiviteIds"),
)
PHASES = {"réflexion": "Idée", "expérimentation": "Étude", "réalisation": "Opération"}
STATES = {"en cours": "En cours", "bloquée": "Bloqué", "terminée": "Terminé", "abandonnée": "Abandonné"}


def build_actions_csv(content: dict[str, Any]) -> bytes:
    """Return the actions as a csv that its schema describes: UTF-8, commas, a leading = + - @ made harmless."""
    return build_csv([field.name for field in ACTIONS], _rows(content, "actions"), is_open_data=True)


def build_actions_schema(content: dict[str, Any]) -> bytes:
    """Return the Table Schema of the actions: the same for every authority."""
    return _written(table_schema("actions"))


def build_package(content: dict[str, Any], *, suffix: str = "projet") -> bytes:
    """Return the descriptor of the csv and of the schema beside it. `suffix`: the end of their names."""
    slug = content["authority"]["slug"]
    resource = {
        **_resource("actions"),
        "path": f"donnees-{slug}-{suffix}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": f"schema-{slug}-{suffix}.json",
    }
    return _written(_package(content, [resource]))


def build_open_json(content: dict[str, Any]) -> bytes:
    """Return every table in one Data Package that holds its data: objectives, actions, indicators."""
    resources = [
        {**_resource(name), "data": _objects(content, name), "schema": table_schema(name)}
        for name in ("objectifs", "actions", "indicateurs")
    ]
    return _written(_package(content, resources))


def build_projects_csv(content: dict[str, Any]) -> bytes:
    """Return the actions under the schema of the projects of ecological transition of betagouv."""
    rows = [[_project(content, sheet).get(name) for name in PROJECT_FIELDS] for sheet in content["sheets"]]
    return build_csv(PROJECT_FIELDS, rows, is_open_data=True)


def table_schema(name: str) -> dict[str, Any]:
    """Return the Table Schema of a table."""
    fields, title, key = TABLES[name]
    schema: dict[str, Any] = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": f"jalons-{name}",
        "title": title,
        "version": "1.0.0",
        "fields": [_described(field) for field in fields],
        "primaryKey": key,
        "missingValues": [""],
    }
    if name == "indicateurs":
        reference = {"resource": "actions", "fields": ["action_id"]}
        schema["foreignKeys"] = [{"fields": ["action_id"], "reference": reference}]
    return schema


def _described(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "title": field.title,
        "description": field.description,
        "type": field.type,
    }
    if field.example:
        described["example"] = field.example
    if field.type == "boolean":
        described |= {"trueValues": ["oui"], "falseValues": ["non"]}
    if field.constraints:
        described["constraints"] = dict(field.constraints)
    return described


def _resource(name: str) -> dict[str, Any]:
    return {"name": name, "title": TABLES[name][1], "profile": "tabular-data-resource"}


def _package(content: dict[str, Any], resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    authority = content["authority"]
    note = f" {facts.ILLUSTRATION}" if content["is_demonstration"] else ""
    return {
        "profile": "tabular-data-package",
        "name": f"feuille-de-route-{authority['slug']}",
        "title": f"{facts.title_of(content)[:1].upper()}{facts.title_of(content)[1:]}, {authority['name']}",
        "description": "Actions, indicateurs et objectifs, sans aucune donnée personnelle. Les gains et l’empreinte "
        f"sont des ordres de grandeur, donnés avec leur plage.{note}",
        "created": facts.written_at(content).isoformat().replace("+00:00", "Z"),
        "licenses": [LICENCE],
        "sources": [{"title": clean_text(f"{item['name']} : {item['source']}")} for item in content["sources"]],
        "resources": list(resources),
    }


def _items(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    if name == "actions":
        return every_sheet(content)
    if name == "objectifs":
        return list(content["objectives"])
    return [
        {"sheet": sheet, "rank": rank, **indicator}
        for sheet in every_sheet(content)
        for rank, indicator in enumerate(sheet["indicators"], start=1)
    ]


def _rows(content: dict[str, Any], name: str) -> list[list[Any]]:
    return [[_value(field, content, item) for field in TABLES[name][0]] for item in _items(content, name)]


def _objects(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    names = [field.name for field in TABLES[name][0]]
    return [dict(zip(names, row, strict=True)) for row in _rows(content, name)]


def _value(field: Field, content: dict[str, Any], item: dict[str, Any]) -> Any:
    value = field.read(content, item)
    if isinstance(value, str):
        value = clean_text(value, is_cut=False)
    return None if value == "" else value


def _written(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _project(content: dict[str, Any], sheet: dict[str, Any]) -> dict[str, Any]:
    """Return an action as a project. What names a person, or what nobody typed, is left empty.

    The day of creation of a sheet is not in a snapshot: both days are that of the snapshot.
    """
    authority, stamp = content["authority"], f"{content['on']}T00:00:00.000Z"
    address = f"jalons:{authority['slug']}:{content['initiative']['number']}:action:{sheet['number']}"
    budget = sheet["budget_eur"]
    start = next(field for field in ACTIONS if field.name == "date_debut").read(content, sheet)
    return {
        "id": str(uuid5(NAMESPACE_URL, address)),
        "createdAt": stamp,
        "updatedAt": stamp,
        "nom": clean_text(sheet["title"], is_cut=False),
        "description": clean_text(sheet["aim"], is_cut=False) or None,
        "budgetPrevisionnel": None if budget is None else round(budget),
        "dateDebutPrevisionnelle": start,
        "phase": PHASES.get(sheet["commitment_label"]),
        "phaseStatut": STATES.get(sheet["status_label"]),
        "programme": "Feuille de route numérique responsable",
        "porteurReferentFonction": service_of(content, sheet) or None,
        "competences": "[]",
        "leviers": "[]",
        "collectiviteIds": "[]",
    }
