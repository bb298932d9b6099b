"""The fields of the open data: name, title, description, type, rules, and how to read each in the snapshot.

The schema, the csv and the json come from these lists alone. No person: a lead is written only when it is a service;
names typed by hand (elected lead, partners, who does a step) are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from roadmap.documents.presentation.texts import objectives_of
from roadmap.half_years import HalfYear

Read = Callable[[dict[str, Any], dict[str, Any]], Any]
STATUSES = ("à lancer", "en cours", "bloquée", "terminée", "abandonnée")
PERIMETERS = ("interne", "territoire", "les_deux")
HALF_YEAR = r"^\d{4}-S[12]$"
SIREN = r"^\d{9}$"


@dataclass(frozen=True)
class Field:
    """A field of a table. `read`: from the whole snapshot and from the object of the row."""

    name: str
    title: str
    description: str
    type: str
    read: Read
    example: str = ""
    constraints: Mapping[str, Any] = field(default_factory=dict)


def _required(**others: Any) -> dict[str, Any]:
    return {"required": True, **others}


def action_identifier(content: dict[str, Any], sheet: dict[str, Any]) -> str:
    """Return the identifier of an action: the authority, the démarche, the number of the sheet."""
    authority = content["authority"]
    return f"{authority['siren'] or authority['slug']}-{content['initiative']['number']}-{sheet['number']}"


def service_of(content: dict[str, Any], sheet: dict[str, Any]) -> str:
    """Return the service that leads an action; nothing when the lead is a name typed by hand.

    Former snapshots do not tell the two apart: then only a service of the committee is written.
    """
    if "lead_service" in sheet:
        return str(sheet["lead_service"])
    services = {person["service"] for person in content["committee"]}
    return str(sheet["lead"]) if sheet["lead"] in services else ""


def objective_code(objective: dict[str, Any]) -> str:
    return f"O{objective['number']}"


def _day(code: str, *, is_end: bool) -> str | None:
    if not code:
        return None
    half = HalfYear.from_code(code)
    return (half.ends_on if is_end else half.starts_on).isoformat()


def _theme(content: dict[str, Any], sheet: dict[str, Any]) -> str:
    return next((theme["short_name"] for theme in content["themes"] if theme["number"] == sheet["theme"]), "")


_AUTHORITY = (
    Field(
        "collectivite_siren",
        "SIREN de la collectivité",
        "Neuf chiffres.",
        "string",
        lambda content, row: content["authority"]["siren"] or None,
        "200067551",
        {"pattern": SIREN},
    ),
    Field(
        "collectivite_nom",
        "Nom de la collectivité",
        "Nom en toutes lettres.",
        "string",
        lambda content, row: content["authority"]["name"],
        "Thonon Agglomération",
        _required(),
    ),
    Field(
        "periode",
        "Période de la feuille de route",
        "Première et dernière année.",
        "string",
        lambda content, row: content["initiative"]["period_label"],
        "2024–2026",
        _required(),
    ),
    Field(
        "date_donnees",
        "Date des données",
        "Jour de la feuille de route dont viennent les données.",
        "date",
        lambda content, row: content["on"],
        "2024-01-12",
        _required(),
    ),
)

ACTIONS = (
    Field(
        "action_id",
        "Identifiant de l’action",
        "SIREN (ou nom court), numéro de la démarche, numéro de l’action.",
        "string",
        action_identifier,
        "200067551-1-8",
        _required(unique=True),
    ),
    *_AUTHORITY,
    Field(
        "numero",
        "Numéro de l’action",
        "Numéro dans la feuille de route.",
        "integer",
        lambda content, row: row["number"],
        "8",
        _required(minimum=1),
    ),
    Field(
        "intitule",
        "Intitulé",
        "Nom de l’action.",
        "string",
        lambda content, row: row["title"],
        "Allonger de deux ans la durée d’usage des ordinateurs",
        _required(),
    ),
    Field("but", "But", "Ce que l’action veut obtenir.", "string", lambda content, row: row["aim"]),
    Field(
        "etat",
        "État d’avancement",
        "Un des cinq états.",
        "string",
        lambda content, row: row["status_label"],
        "en cours",
        _required(enum=list(STATUSES)),
    ),
    Field(
        "levier",
        "Levier du catalogue",
        "Code du levier dont vient l’action ; vide pour une action locale.",
        "string",
        lambda content, row: row["lever_code"],
        "LEV-EQP-01",
    ),
    Field(
        "dimension",
        "Dimension",
        "Dimension du diagnostic de maturité.",
        "string",
        lambda content, row: row["dimension"],
        "Parc et cycle de vie du matériel",
    ),
    Field(
        "theme",
        "Thème du décret",
        "Numéro, de 1 à 6, du thème de l’article D. 2311-15-1 du CGCT.",
        "integer",
        lambda content, row: row["theme"],
        "2",
        {"minimum": 1, "maximum": 6},
    ),
    Field("theme_nom", "Nom du thème", "Nom court du thème.", "string", _theme, "Cycle de vie du matériel"),
    Field(
        "perimetre",
        "Périmètre",
        "Fonctionnement interne, territoire, ou les deux.",
        "string",
        lambda content, row: row["perimeter"],
        "interne",
        _required(enum=list(PERIMETERS)),
    ),
    Field(
        "gain_rapide",
        "Gain rapide",
        "Effet visible en quelques mois pour un effort faible.",
        "boolean",
        lambda content, row: bool(row["is_quick_win"]),
        "oui",
        _required(),
    ),
    Field(
        "objectifs",
        "Objectifs servis",
        "Codes séparés par « | ».",
        "string",
        lambda content, row: "|".join(f"O{number}" for number in objectives_of(row)),
        "O1|O3",
    ),
    Field(
        "service_pilote",
        "Service pilote",
        "Service qui conduit l’action ; vide quand le pilote n’est pas un service. Jamais une personne.",
        "string",
        service_of,
        "Direction des systèmes d’information",
    ),
    Field(
        "semestre_debut",
        "Semestre de début",
        "Année et semestre.",
        "string",
        lambda content, row: row["start_half"],
        "2024-S2",
        {"pattern": HALF_YEAR},
    ),
    Field(
        "semestre_fin",
        "Semestre de fin",
        "Année et semestre.",
        "string",
        lambda content, row: row["end_half"],
        "2026-S1",
        {"pattern": HALF_YEAR},
    ),
    Field(
        "date_debut",
        "Début",
        "Premier jour du semestre de début.",
        "date",
        lambda content, row: _day(row["start_half"], is_end=False),
        "2024-07-01",
    ),
    Field(
        "date_fin",
        "Fin",
        "Dernier jour du semestre de fin.",
        "date",
        lambda content, row: _day(row["end_half"], is_end=True),
        "2026-06-30",
    ),
    Field(
        "jours_agents",
        "Jours d’agents",
        "Temps de travail prévu, en jours, sur toute la durée de l’action.",
        "number",
        lambda content, row: row["human_days"],
        "28",
        {"minimum": 0},
    ),
    Field(
        "depenses_eur",
        "Dépenses prévues",
        "En euros, sur toute la durée de l’action.",
        "number",
        lambda content, row: row["budget_eur"],
        "18000",
        {"minimum": 0},
    ),
    Field(
        "gain_kgco2e",
        "Gain simulé",
        "Émissions évitées par an à plein effet, en kg CO₂e : un ordre de grandeur.",
        "number",
        lambda content, row: row["saving_kg"],
        "4312.25",
    ),
    Field(
        "gain_bas_kgco2e",
        "Gain, bas de la plage",
        "En kg CO₂e par an.",
        "number",
        lambda content, row: row["saving_low_kg"],
        "1952.3",
    ),
    Field(
        "gain_haut_kgco2e",
        "Gain, haut de la plage",
        "En kg CO₂e par an.",
        "number",
        lambda content, row: row["saving_high_kg"],
        "18207.1",
    ),
    Field(
        "nombre_etapes",
        "Nombre d’étapes",
        "Étapes de la fiche.",
        "integer",
        lambda content, row: len(row["steps"]),
        "5",
        _required(minimum=0),
    ),
)

INDICATORS = (
    Field(
        "action_id",
        "Identifiant de l’action",
        "Celui de la table des actions.",
        "string",
        lambda content, row: action_identifier(content, row["sheet"]),
        "200067551-1-8",
        _required(),
    ),
    Field(
        "rang",
        "Rang",
        "Rang de l’indicateur dans la fiche.",
        "integer",
        lambda content, row: row["rank"],
        "1",
        _required(minimum=1),
    ),
    Field("nom", "Nom", "Ce qui est mesuré.", "string", lambda content, row: row["name"], "", _required()),
    Field("unite", "Unité", "Unité de la mesure.", "string", lambda content, row: row["unit"], "années"),
    Field(
        "depart",
        "Valeur de départ",
        "Vide quand elle reste à établir.",
        "number",
        lambda content, row: row["baseline"],
        "5",
    ),
    Field(
        "annee_depart",
        "Année du départ",
        "Année de la valeur de départ.",
        "year",
        lambda content, row: row["baseline_year"],
        "2023",
    ),
    Field("cible", "Cible", "Valeur visée.", "number", lambda content, row: row["target"], "7"),
    Field(
        "annee_cible",
        "Année de la cible",
        "Année de la valeur visée.",
        "year",
        lambda content, row: row["target_year"],
        "2026",
    ),
    Field(
        "frequence",
        "Fréquence",
        "Rythme des relevés.",
        "string",
        lambda content, row: row["frequency_label"],
        "annuelle",
    ),
)

OBJECTIVES = (
    Field("code", "Code", "O1, O2…", "string", lambda content, row: objective_code(row), "O1", _required(unique=True)),
    Field("intitule", "Intitulé", "Nom de l’objectif.", "string", lambda content, row: row["title"], "", _required()),
    Field("indicateur", "Indicateur", "Ce qui est mesuré.", "string", lambda content, row: row["indicator"]),
    Field("unite", "Unité", "Unité de la mesure.", "string", lambda content, row: row["unit"], "t CO₂e par an"),
    Field(
        "depart",
        "Valeur de départ",
        "Vide quand elle reste à établir.",
        "number",
        lambda content, row: row["baseline"],
        "51.3",
    ),
    Field(
        "depart_bas",
        "Départ, bas de la plage",
        "Même unité.",
        "number",
        lambda content, row: row["baseline_low"],
        "19.4",
    ),
    Field(
        "depart_haut",
        "Départ, haut de la plage",
        "Même unité.",
        "number",
        lambda content, row: row["baseline_high"],
        "156.8",
    ),
    Field(
        "annee_depart",
        "Année du départ",
        "Année de la valeur de départ.",
        "year",
        lambda content, row: row["baseline_year"],
        "2023",
    ),
    Field("cible", "Cible", "Valeur visée.", "number", lambda content, row: row["target"], "42.1"),
    Field("echeance", "Échéance", "Jour de la cible.", "date", lambda content, row: row["target_on"], "2026-12-31"),
)
