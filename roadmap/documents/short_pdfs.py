"""The short PDFs of the dossier: summary for elected officials, one sheet, insert of the yearly report. Pure."""

from roadmap.documents.edition import Edition
from roadmap.documents.pages import lay_out
from roadmap.documents.presentation.brief import present_brief
from roadmap.documents.presentation.legal import present_insert_pages
from roadmap.documents.presentation.sheets import present_one_sheet

SUMMARY_TITLE = "Synthèse pour les élus, numérique responsable"
INSERT_TITLE = "Encart du rapport développement durable, numérique responsable"


def build_summary_pdf(edition: Edition) -> bytes:
    """Return the two pages for elected officials."""
    return lay_out("pdf/summary.html", edition, title=SUMMARY_TITLE, more=present_brief)


def build_sheet_pdf(edition: Edition, *, number: int) -> bytes:
    """Return one action sheet, on one page, two when its texts are long."""
    title = f"Fiche action {number}, feuille de route"
    return lay_out("pdf/sheet.html", edition, title=title, more=lambda content: present_one_sheet(content, number))


def build_insert_pdf(edition: Edition) -> bytes:
    """Return the two pages for the yearly report on sustainable development."""
    return lay_out("pdf/insert.html", edition, title=INSERT_TITLE, more=present_insert_pages)
