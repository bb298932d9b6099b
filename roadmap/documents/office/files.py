"""The office files of a roadmap, each with its name, its type and its builder: what is offered, written and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common import docx, odp, ods, odt, pptx, xlsx
from roadmap.documents.office import agenda, deck, insert, open_data, report, resolution, workbook


@dataclass(frozen=True)
class OfficeFile:
    """A file made from a snapshot. `stem` and `extension`: its name, around the short name of the authority."""

    kind: str
    label: str
    stem: str
    extension: str
    content_type: str
    build: Callable[[dict[str, Any]], bytes]

    def name(self, slug: str) -> str:
        """Return « deliberation-thonon.odt »; the two descriptors of open data have the name that validators want."""
        if self.kind in ("open_schema", "open_package"):
            return f"{self.stem}.{self.extension}"
        return f"{self.stem}-{slug}.{self.extension}"


OFFICE_FILES = (
    OfficeFile(
        "resolution_odt",
        "Projet de délibération (LibreOffice)",
        "deliberation",
        "odt",
        odt.CONTENT_TYPE,
        resolution.build_resolution_odt,
    ),
    OfficeFile(
        "resolution_docx",
        "Projet de délibération (Word)",
        "deliberation",
        "docx",
        docx.CONTENT_TYPE,
        resolution.build_resolution_docx,
    ),
    OfficeFile(
        "report_odt",
        "Rapport de présentation (LibreOffice)",
        "rapport",
        "odt",
        odt.CONTENT_TYPE,
        report.build_report_odt,
    ),
    OfficeFile(
        "report_docx", "Rapport de présentation (Word)", "rapport", "docx", docx.CONTENT_TYPE, report.build_report_docx
    ),
    OfficeFile(
        "insert_odt",
        "Encart du rapport développement durable (LibreOffice)",
        "encart-rdd",
        "odt",
        odt.CONTENT_TYPE,
        insert.build_insert_odt,
    ),
    OfficeFile(
        "insert_docx",
        "Encart du rapport développement durable (Word)",
        "encart-rdd",
        "docx",
        docx.CONTENT_TYPE,
        insert.build_insert_docx,
    ),
    OfficeFile(
        "deck_pptx", "Présentation (PowerPoint)", "restitution", "pptx", pptx.CONTENT_TYPE, deck.build_deck_pptx
    ),
    OfficeFile("deck_odp", "Présentation (LibreOffice)", "restitution", "odp", odp.CONTENT_TYPE, deck.build_deck_odp),
    OfficeFile(
        "workbook_xlsx", "Tableur complet (Excel)", "donnees", "xlsx", xlsx.CONTENT_TYPE, workbook.build_workbook_xlsx
    ),
    OfficeFile(
        "workbook_ods", "Tableur complet (LibreOffice)", "donnees", "ods", ods.CONTENT_TYPE, workbook.build_workbook_ods
    ),
    OfficeFile(
        "open_csv", "Données ouvertes : actions", "donnees", "csv", open_data.CSV_TYPE, open_data.build_actions_csv
    ),
    OfficeFile(
        "open_json",
        "Données ouvertes : actions, indicateurs, objectifs",
        "donnees",
        "json",
        open_data.JSON_TYPE,
        open_data.build_open_json,
    ),
    OfficeFile(
        "open_schema",
        "Données ouvertes : schéma des actions",
        "schema",
        "json",
        open_data.JSON_TYPE,
        open_data.build_actions_schema,
    ),
    OfficeFile(
        "open_package",
        "Données ouvertes : description du jeu",
        "datapackage",
        "json",
        open_data.JSON_TYPE,
        open_data.build_package,
    ),
    OfficeFile(
        "open_projects",
        "Données ouvertes : projets de transition écologique",
        "projets",
        "csv",
        open_data.CSV_TYPE,
        open_data.build_projects_csv,
    ),
    OfficeFile(
        "agenda_ics", "Calendrier de la feuille de route", "calendrier", "ics", agenda.CONTENT_TYPE, agenda.build_agenda
    ),
)
