"""The office files of a roadmap, each with its name, its type and its builder: what is offered, written and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common import docx, odp, ods, odt, pptx, xlsx
from roadmap.documents.office import agenda, deck, insert, open_data, report, resolution, workbook

VOTE, PRESENT, REUSE = "VOTE", "PRESENT", "REUSE"
DELIBERATION = "Le texte à voter, avec vos chiffres ; ce qui reste à compléter est surligné."
REPORT = "Ce que les membres de l’assemblée lisent avant le vote."
INSERT = "Les deux blocs à coller dans le rapport annuel, avec les valeurs à relever."
SLIDES = "Une douzaine de diapositives, pour le comité de pilotage puis l’assemblée."
SHEETS = "Une feuille par sujet : actions, étapes, budget, empreinte, points de contrôle."


@dataclass(frozen=True)
class OfficeFile:
    """A file made from a snapshot. `code`: in its address; `group`: name of the group of the page that shows it.

    Its name is « <stem>-<authority>-<v2|projet>.<extension> ». `is_named`: its builder is told the names of the others.
    """

    code: str
    label: str
    purpose: str
    group: str
    stem: str
    extension: str
    content_type: str
    build: Callable[..., bytes]
    is_named: bool = False

    def name(self, slug: str, suffix: str) -> str:
        return f"{self.stem}-{slug}-{suffix}.{self.extension}"

    def make(self, content: dict[str, Any], suffix: str) -> bytes:
        """Return the bytes of the file. `suffix`: « v2 » or « projet », as in the names of the others."""
        return self.build(content, suffix=suffix) if self.is_named else self.build(content)


OFFICE_FILES = (
    OfficeFile(
        "deliberation-odt",
        "Projet de délibération (LibreOffice)",
        DELIBERATION,
        VOTE,
        "deliberation",
        "odt",
        odt.CONTENT_TYPE,
        resolution.build_resolution_odt,
    ),
    OfficeFile(
        "deliberation-docx",
        "Projet de délibération (Word)",
        DELIBERATION,
        VOTE,
        "deliberation",
        "docx",
        docx.CONTENT_TYPE,
        resolution.build_resolution_docx,
    ),
    OfficeFile(
        "rapport-odt",
        "Rapport de présentation (LibreOffice)",
        REPORT,
        VOTE,
        "rapport",
        "odt",
        odt.CONTENT_TYPE,
        report.build_report_odt,
    ),
    OfficeFile(
        "rapport-docx",
        "Rapport de présentation (Word)",
        REPORT,
        VOTE,
        "rapport",
        "docx",
        docx.CONTENT_TYPE,
        report.build_report_docx,
    ),
    OfficeFile(
        "presentation-pptx",
        "Présentation (PowerPoint)",
        SLIDES,
        PRESENT,
        "restitution",
        "pptx",
        pptx.CONTENT_TYPE,
        deck.build_deck_pptx,
    ),
    OfficeFile(
        "presentation-odp",
        "Présentation (LibreOffice)",
        SLIDES,
        PRESENT,
        "restitution",
        "odp",
        odp.CONTENT_TYPE,
        deck.build_deck_odp,
    ),
    OfficeFile(
        "tableur-xlsx",
        "Tableur complet (Excel)",
        SHEETS,
        REUSE,
        "donnees",
        "xlsx",
        xlsx.CONTENT_TYPE,
        workbook.build_workbook_xlsx,
    ),
    OfficeFile(
        "tableur-ods",
        "Tableur complet (LibreOffice)",
        SHEETS,
        REUSE,
        "donnees",
        "ods",
        ods.CONTENT_TYPE,
        workbook.build_workbook_ods,
    ),
    OfficeFile(
        "encart-odt",
        "Encart du rapport développement durable (LibreOffice)",
        INSERT,
        REUSE,
        "encart-rdd",
        "odt",
        odt.CONTENT_TYPE,
        insert.build_insert_odt,
    ),
    OfficeFile(
        "encart-docx",
        "Encart du rapport développement durable (Word)",
        INSERT,
        REUSE,
        "encart-rdd",
        "docx",
        docx.CONTENT_TYPE,
        insert.build_insert_docx,
    ),
    OfficeFile(
        "calendrier",
        "Calendrier (agenda)",
        "Réunions, étapes datées et fins de semestre, à ajouter à votre agenda.",
        REUSE,
        "calendrier",
        "ics",
        agenda.CONTENT_TYPE,
        agenda.build_agenda,
    ),
    OfficeFile(
        "donnees-csv",
        "Données ouvertes : actions (csv)",
        "À publier avec le schéma et la description du jeu.",
        REUSE,
        "donnees",
        "csv",
        open_data.CSV_TYPE,
        open_data.build_actions_csv,
    ),
    OfficeFile(
        "donnees-json",
        "Données ouvertes : tout (json)",
        "Actions, indicateurs et objectifs, avec leur schéma, sans donnée personnelle.",
        REUSE,
        "donnees",
        "json",
        open_data.JSON_TYPE,
        open_data.build_open_json,
    ),
    OfficeFile(
        "schema",
        "Données ouvertes : schéma des actions",
        "Ce que contient chaque champ du csv, pour les outils de contrôle.",
        REUSE,
        "schema",
        "json",
        open_data.JSON_TYPE,
        open_data.build_actions_schema,
    ),
    OfficeFile(
        "datapackage",
        "Données ouvertes : description du jeu",
        "Où sont le csv et son schéma, sous quelle licence.",
        REUSE,
        "datapackage",
        "json",
        open_data.JSON_TYPE,
        open_data.build_package,
        is_named=True,
    ),
    OfficeFile(
        "projets",
        "Données ouvertes : projets de transition écologique (csv)",
        "Les actions au format national des projets des collectivités.",
        REUSE,
        "projets",
        "csv",
        open_data.CSV_TYPE,
        open_data.build_projects_csv,
    ),
)
