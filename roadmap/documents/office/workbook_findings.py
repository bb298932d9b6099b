"""Sheets of what was found: maturity, inventory, footprint, duties, points of the checklist, sources."""

from datetime import date
from typing import Any

from common.text import typography
from common.xlsx import Column, Kind, Sheet

LEVELS = {"B": "nécessaire", "R": "recommandé"}


def finding_sheets(content: dict[str, Any]) -> list[Sheet]:
    """Return the six sheets; those of what is not known yet have their headers only."""
    return [
        _maturity(content["diagnosis"]),
        _inventory(content["inventory"]),
        _footprint(content["inventory"]),
        _duties(content["duties"]),
        _checks(content["completeness"]),
        _sources(content["sources"]),
    ]


def _text(header: str, key: str, width: int = 14) -> Column:
    return Column(typography(header), lambda row: row.get(key), width=width, is_editable=True, wraps=width >= 30)


def _number(header: str, key: str, kind: Kind = Kind.DECIMAL, width: int = 11) -> Column:
    return Column(typography(header), lambda row: row.get(key), kind, width, is_editable=True)


def _maturity(diagnosis: dict[str, Any] | None) -> Sheet:
    dimensions = diagnosis["dimensions"] if diagnosis else []
    rows = [
        {"dimension": dimension["name"], "score": dimension["score"], **question}
        for dimension in dimensions
        for question in dimension["questions"]
    ]
    columns = [
        _text("Question", "code", 10),
        _text("Intitulé", "title", 36),
        _text("Dimension", "dimension", 36),
        _number("Niveau retenu", "level", Kind.INTEGER),
        _number("Niveau de la dimension", "score", width=13),
        _text("Ce que dit ce niveau", "level_text", 50),
        _text("Motif", "reason", 50),
        _number("Avis", "ratings", Kind.INTEGER, 8),
        _number("Abstentions", "abstentions", Kind.INTEGER, 12),
        _number("Plus bas", "low", Kind.INTEGER, 9),
        _number("Plus haut", "high", Kind.INTEGER, 9),
        _text("Avis dispersés", "is_dispersed", 10),
        _text("Point d’attention", "is_attention", 10),
    ]
    return Sheet("Notes de maturité", columns, rows, frozen_columns=2)


def _inventory(inventory: dict[str, Any] | None) -> Sheet:
    rows: list[dict[str, Any]] = []
    if inventory:
        rows += [
            {"kind": "équipements", "name": item["name"], "value": item["quantity"], "confidence": item["confidence"]}
            for item in inventory["families"]
        ]
        rows += [{"kind": "chiffre", **item} for item in inventory["figures"]]
        rows += [{"kind": "sans facteur connu", "name": name} for name in inventory["not_evaluated"]]
    columns = [
        _text("Nature", "kind", 20),
        _text("Famille ou chiffre", "name", 44),
        _number("Valeur", "value", width=12),
        _text("Unité", "unit", 20),
        _text("Confiance", "confidence", 14),
    ]
    return Sheet("Inventaire", columns, rows, frozen_columns=2)


def _footprint(inventory: dict[str, Any] | None) -> Sheet:
    rows: list[dict[str, Any]] = []
    if inventory:
        total, per_agent = inventory["total"], inventory["per_agent"]
        if total:
            rows.append({"kind": "ensemble", "name": "Parc numérique", "total": total["central_kg"], **total})
        if per_agent:
            rows.append({"kind": "par agent", "name": "Un agent", "total": per_agent["central_kg"], **per_agent})
        for kind, items in (("groupe", inventory["groups"]), ("famille", inventory["families"])):
            rows += [{"kind": kind, "total": item["embodied_kg"] + item["use_kg"], **item} for item in items]
        rows += [
            {
                "kind": "autre critère",
                "name": item["name"],
                "unit": item["unit"],
                "total": item["central"],
                "low_kg": item["low"],
                "high_kg": item["high"],
            }
            for item in inventory["criteria"]
        ]
    columns = [
        _text("Nature", "kind", 16),
        _text("Nom", "name", 36),
        Column("Unité par an", lambda row: row.get("unit", "kg CO₂e"), width=20, is_editable=True),
        _number("Valeur centrale", "total", Kind.PLAIN, 13),
        _number("Bas de la plage", "low_kg", Kind.PLAIN, 13),
        _number("Haut de la plage", "high_kg", Kind.PLAIN, 13),
        _number("Équipement, hors usage", "embodied_kg", width=16),
        _number("Usage", "use_kg", width=12),
        _number("Quantité", "quantity", width=11),
    ]
    return Sheet("Empreinte", columns, rows, frozen_columns=2)


def _duties(duties: list[dict[str, Any]]) -> Sheet:
    columns = [
        _text("Sujet", "title", 50),
        _text("Nature", "nature", 14),
        _text("Statut pour la collectivité", "binding_label", 20),
        _text("En vigueur", "is_in_force", 10),
        _number("Seuil", "value"),
        _text("Unité", "unit", 24),
        Column("Depuis le", lambda row: _day(row["since_on"]), Kind.DATE, 12, is_editable=True),
        _number("Seuil suivant", "next_value"),
        Column("À partir du", lambda row: _day(row["next_on"]), Kind.DATE, 12, is_editable=True),
        _text("Texte", "legal_reference", 50),
        _text("Précision", "note", 40),
        _text("À vérifier", "to_verify", 40),
        Column("Actions", lambda row: ", ".join(map(str, row["actions"])), width=14, is_editable=True),
    ]
    return Sheet("Obligations", columns, duties)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _checks(checks: list[dict[str, Any]]) -> Sheet:
    columns = [
        _text("Point", "code", 9),
        _text("Le document contient", "text", 70),
        Column("Niveau", lambda row: LEVELS.get(row["level"], row["level"]), width=14, is_editable=True),
        _text("Au premier bilan", "is_yearly", 12),
        _text("Présent", "is_met", 10),
        Column("Ce qui manque", lambda row: "\n".join(row["gaps"]), width=60, is_editable=True, wraps=True),
    ]
    return Sheet("Contrôles", columns, checks)


def _sources(sources: list[dict[str, str]]) -> Sheet:
    columns = [
        _text("Donnée", "name", 30),
        _text("Source", "source", 70),
        _text("Version", "version", 24),
        _text("Licence", "licence", 24),
    ]
    return Sheet("Sources", columns, sources)
