"""The spreadsheet of everything: one sheet for each thing that the roadmap holds. Votes are counts, never papers."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from common.ods import build_ods
from common.text import typography
from common.xlsx import Column, Kind, Sheet, build_workbook
from roadmap.documents.office import facts
from roadmap.documents.office.workbook_findings import finding_sheets
from roadmap.documents.presentation.texts import every_sheet, long_date, objectives_of
from roadmap.half_years import HalfYear

# A spreadsheet holds 32 767 characters in a cell; the json of the open data holds the whole text.
LONGEST_CELL = 31_000
CUT = " […] (texte coupé : la suite est dans la feuille de route)"
GRADES = ("Essentiel", "Prioritaire", "Intéressant", "Trop complexe", "Inapproprié")
Read = Callable[[Any], Any]


def build_workbook_xlsx(content: dict[str, Any]) -> bytes:
    """Return the spreadsheet for Excel."""
    return build_workbook(roadmap_sheets(content), title=_title(content), created_at=facts.written_at(content))


def build_workbook_ods(content: dict[str, Any]) -> bytes:
    """Return the spreadsheet for LibreOffice."""
    return build_ods(roadmap_sheets(content), title=_title(content), created_at=facts.written_at(content))


def _title(content: dict[str, Any]) -> str:
    return f"Données de la {facts.title_of(content)}, {facts.name_of(content)}"


def roadmap_sheets(content: dict[str, Any]) -> list[Sheet]:
    """Return every sheet, the readme first."""
    sheets = [
        _actions(content),
        _texts(content),
        _steps(content),
        _indicators(content),
        _means(content),
        _budget(content),
        _objectives(content),
        _levers(content),
        *finding_sheets(content),
    ]
    return [_readme(content, sheets), *sheets]


def column(header: str, read: Read | str, kind: Kind = Kind.TEXT, width: int = 14) -> Column:
    """Return a column; `read` is a function of the row, or one of its keys. Wide texts wrap; white, unlocked cells."""
    key = read
    value: Read = key if callable(key) else (lambda row: row.get(key))
    shown: Read = (lambda row: fit(value(row))) if kind is Kind.TEXT else value
    return Column(typography(header), shown, kind, width, is_editable=True, wraps=kind is Kind.TEXT and width >= 30)


def fit(value: Any) -> Any:
    """Cut a text that no cell can hold, and say so."""
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        return value[:LONGEST_CELL] + CUT
    return value


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _of(sheet: dict[str, Any]) -> dict[str, Any]:
    return {"number": sheet["number"], "action": sheet["title"]}


def _head() -> list[Column]:
    return [column("N°", "number", Kind.INTEGER, 7), column("Action", "action", width=44)]


def _readme(content: dict[str, Any], sheets: Sequence[Sheet]) -> Sheet:
    about = {
        "Actions": "une ligne par action : pilote, dates, moyens, effet attendu",
        "Fiches": "les textes de chaque fiche : but, constat, risques, textes de loi",
        "Étapes": "une ligne par étape",
        "Indicateurs": "une ligne par indicateur d’action",
        "Moyens": "jours d’agents par action et par semestre",
        "Budget": "dépenses et financements, par action et par année quand ils sont connus",
        "Objectifs": "départ, cible, échéance de chaque objectif",
        "Leviers": "nombre de voix par mention, pile et décision : jamais le vote d’une personne",
        "Notes de maturité": "niveau retenu de chaque question, nombre d’avis et d’abstentions",
        "Inventaire": "quantités et chiffres de l’inventaire, avec leur confiance",
        "Empreinte": "kg CO₂e par an, avec la plage, par groupe et par famille",
        "Obligations": "obligations et incitations à la date de la feuille de route",
        "Contrôles": "points de contrôle C-01 à C-29",
        "Sources": "d’où vient chaque chiffre, avec sa licence",
    }
    rows: list[tuple[str, str]] = [
        ("Collectivité", facts.name_of(content)),
        ("Feuille de route", content["initiative"]["period_label"]),
        ("Date des données", long_date(content["on"])),
        ("Cellule vide", "donnée inconnue : ce n’est jamais un zéro"),
        ("Nombres", "nombres bruts, sans arrondi ; les dates sont des dates"),
        ("Ordres de grandeur", "l’empreinte est une estimation : lisez toujours la plage, du bas au haut"),
        *([("Démonstration", facts.ILLUSTRATION)] if content["is_demonstration"] else []),
        *((f"Feuille « {sheet.title} »", about[sheet.title]) for sheet in sheets),
    ]
    return Sheet(
        "Lisez-moi",
        [
            column("Sujet", lambda row: typography(row[0]), width=28),
            column("Ce qu’il faut savoir", lambda row: typography(row[1]), width=90),
        ],
        rows,
        intro=[typography(_title(content))],
    )


def _actions(content: dict[str, Any]) -> Sheet:
    columns = [
        column("N°", "number", Kind.INTEGER, 7),
        column("Action", "title", width=44),
        column("État", "status_label"),
        column("Pilote", "lead", width=30),
        column("Élu référent", "elected_lead", width=30),
        column("Début", lambda row: _start(row["start_half"]), Kind.DATE, 12),
        column("Fin", lambda row: _end(row["end_half"]), Kind.DATE, 12),
        column("Gain rapide", lambda row: bool(row["is_quick_win"]), width=9),
        column("Jours d’agents", "human_days", Kind.DECIMAL, 10),
        column("Dépenses (€)", "budget_eur", Kind.INTEGER, 12),
        column("Financement", "funding", width=30),
        column("Effort (1 à 5)", "effort", Kind.INTEGER, 9),
        column("Impact (1 à 5)", "impact", Kind.INTEGER, 9),
        column("Gain (kg CO₂e/an)", "saving_kg", Kind.DECIMAL, 12),
        column("Gain, bas", "saving_low_kg", Kind.DECIMAL, 12),
        column("Gain, haut", "saving_high_kg", Kind.DECIMAL, 12),
        column("Objectifs", lambda row: ", ".join(f"O{number}" for number in objectives_of(row))),
        column("Levier", "lever_code", width=13),
        column("Dimension", "dimension", width=30),
        column("Thème du décret", "theme", Kind.INTEGER, 10),
        column("Périmètre", "perimeter_label", width=36),
        column("Engagement", "commitment_label", width=16),
        column("Validée le", lambda row: day(row.get("validated_on")), Kind.DATE, 12),
        column("Validée par", lambda row: row.get("validation_body", ""), width=24),
    ]
    return Sheet("Actions", columns, every_sheet(content), frozen_columns=2)


def _texts(content: dict[str, Any]) -> Sheet:
    columns = [
        column("N°", "number", Kind.INTEGER, 7),
        column("Action", "title", width=36),
        column("But", "aim", width=48),
        column("Constat", "context", width=48),
        column("Description", "description", width=48),
        column("Public visé", lambda row: row.get("target_public", ""), width=30),
        column("Services associés", lambda row: " ; ".join(row["associated"]), width=30),
        column("Partenaires", lambda row: " ; ".join(row["partners"]), width=30),
        column("Effet attendu", "expected_effect", width=40),
        column("Risques", lambda row: "\n".join(row["risks"]), width=40),
        column("Effets rebond", lambda row: "\n".join(row["rebound"]), width=40),
        column("Réponse aux risques", lambda row: "\n".join(row.get("mitigation", [])), width=40),
        column("Textes", lambda row: " ; ".join(row["legal"]), width=40),
        column("Autres plans", lambda row: " ; ".join(row["links"]), width=40),
    ]
    return Sheet("Fiches", columns, content["sheets"], frozen_columns=2)


def _start(code: str) -> date | None:
    return HalfYear.from_code(code).starts_on if code else None


def _end(code: str) -> date | None:
    return HalfYear.from_code(code).ends_on if code else None


def _steps(content: dict[str, Any]) -> Sheet:
    rows = [
        {**_of(sheet), "rank": rank, **step}
        for sheet in content["sheets"]
        for rank, step in enumerate(sheet["steps"], start=1)
    ]
    columns = [
        *_head(),
        column("Étape", "rank", Kind.INTEGER, 7),
        column("Ce qui est fait", "text", width=70),
        column("Qui", "who", width=30),
        column("Échéance", "due_label", width=20),
    ]
    return Sheet("Étapes", columns, rows, frozen_columns=2)


def _indicators(content: dict[str, Any]) -> Sheet:
    rows = [{**_of(sheet), **indicator} for sheet in content["sheets"] for indicator in sheet["indicators"]]
    columns = [
        *_head(),
        column("Indicateur", "name", width=50),
        column("Unité", "unit", width=20),
        column("Départ", "baseline", Kind.DECIMAL, 11),
        column("Année du départ", "baseline_year", width=10),
        column("Cible", "target", Kind.DECIMAL, 11),
        column("Année de la cible", "target_year", width=10),
        column("Source", "source", width=30),
        column("Fréquence", "frequency_label", width=14),
    ]
    return Sheet("Indicateurs", columns, rows, frozen_columns=2)


def _means(content: dict[str, Any]) -> Sheet:
    def days_of(code: str) -> Read:
        return lambda row: row["days_by_half_year"].get(code)

    columns = [
        column("N°", "number", Kind.INTEGER, 7),
        column("Action", "title", width=44),
        column("Pilote", "lead", width=30),
        column("Total des jours", "human_days", Kind.DECIMAL, 11),
        *(
            column(HalfYear.from_code(code).short_label, days_of(code), Kind.DECIMAL, 10)
            for code in content["half_years"]
        ),
        column("Par fonction", _roles, width=40),
        column("Note", "human_note", width=40),
    ]
    return Sheet("Moyens", columns, content["sheets"], frozen_columns=2)


def _roles(sheet: dict[str, Any]) -> str:
    return " ; ".join(f"{means['role']} : {means['days']} j" for means in sheet.get("human_means", []))


def _budget(content: dict[str, Any]) -> Sheet:
    rows = [row for sheet in content["sheets"] for row in _budget_rows(sheet)]
    columns = [
        *_head(),
        column("Année", "year", width=9),
        column("Investissement (€)", "investment_eur", Kind.INTEGER, 15),
        column("Fonctionnement (€)", "operation_eur", Kind.INTEGER, 15),
        column("Total (€)", "total_eur", Kind.INTEGER, 12),
        column("Recette (€)", "funding_eur", Kind.INTEGER, 12),
        column("Financeur", "source", width=30),
        column("Note", "note", width=40),
    ]
    return Sheet("Budget", columns, rows, frozen_columns=2)


def _budget_rows(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each year; one for the whole action when its years are not known."""
    lines = sheet.get("budget_lines") or []
    if not lines:
        row = {"total_eur": sheet["budget_eur"], "source": sheet["funding"], "note": sheet["budget_note"]}
        return [{**_of(sheet), **row}]
    return [
        {
            **_of(sheet),
            **line,
            "total_eur": (line["investment_eur"] or 0) + (line["operation_eur"] or 0),
            "source": line["funding_source"],
            "note": sheet["budget_note"],
        }
        for line in lines
    ]


def _objectives(content: dict[str, Any]) -> Sheet:
    def serving(row: dict[str, Any]) -> str:
        numbers = [sheet["number"] for sheet in content["sheets"] if row["number"] in objectives_of(sheet)]
        return ", ".join(str(number) for number in numbers)

    columns = [
        column("Objectif", lambda row: f"O{row['number']}", width=9),
        column("Intitulé", "title", width=44),
        column("Indicateur", "indicator", width=36),
        column("Unité", "unit", width=20),
        column("Départ", "baseline", Kind.DECIMAL, 11),
        column("Départ, bas", "baseline_low", Kind.DECIMAL, 11),
        column("Départ, haut", "baseline_high", Kind.DECIMAL, 11),
        column("Année du départ", "baseline_year", width=10),
        column("Cible", "target", Kind.DECIMAL, 11),
        column("Échéance", lambda row: day(row["target_on"]), Kind.DATE, 12),
        column("Fréquence", "frequency_label", width=14),
        column("Source", "source", width=30),
        column("Actions", serving, width=24),
        column("Note", "note", width=40),
    ]
    return Sheet("Objectifs", columns, content["objectives"])


def _levers(content: dict[str, Any]) -> Sheet:
    def votes_of(rank: int) -> Read:
        return lambda row: row["votes"][rank]

    choice = content["choice"] or {"levers": [], "ballot": None}
    grades = [column(name, votes_of(rank), Kind.INTEGER, 11) for rank, name in enumerate(GRADES)]
    columns = [
        column("Levier", "code", width=13),
        column("Intitulé", "title", width=50),
        *(grades if choice["ballot"] else []),
        *([column("Abstentions", "abstentions", Kind.INTEGER, 11)] if choice["ballot"] else []),
        *([column("Mention médiane", "median", width=16)] if choice["ballot"] else []),
        *([column("Pile", "pile", width=22)] if choice["ballot"] else []),
        column("Décision", "verdict_label", width=12),
        column("Motif", "reason", width=60),
    ]
    return Sheet("Leviers", columns, choice["levers"], frozen_columns=2)
