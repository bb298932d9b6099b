"""One diagnosis, three readings: its page, its minutes and its slides say the same figures and the same days."""

import io
import re

import docx
import odfdo
import pytest
from django.test import Client
from django.utils import timezone
from pptx import Presentation

from accounts.models import User
from diagnostics.models import Diagnosis
from diagnostics.selectors import diagnosis_results
from tests.pdf_readback import read_words

OPENED, CLOSED, MET = "6 septembre 2023", "29 septembre 2023", "12 octobre 2023"


@pytest.fixture
def diagnosis(demonstrated, db) -> Diagnosis:
    return Diagnosis.objects.get(initiative__authority__name="Thonon Agglomération")


@pytest.fixture
def read(diagnosis):
    """Download what the référente downloads, by the end of its address."""
    client = Client()
    client.force_login(User.objects.get(email="referente@thonon.example"))
    root = f"/collectivites/{diagnosis.initiative.authority.slug}/diagnostics/{diagnosis.pk}/"
    return lambda path: client.get(f"{root}{path}").content


def _plain(text: str) -> str:
    """One space between words, none of them unbreakable, no tag."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.replace("&nbsp;", " ")).split())


def _of_pdf(content: bytes) -> str:
    return _plain(read_words(content))


def _of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return _plain(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells]))


def _of_odt(content: bytes) -> str:
    return _plain(odfdo.Document(io.BytesIO(content)).body.text_recursive)


def _of_pptx(content: bytes) -> str:
    parts = []
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            parts += [shape.text_frame.text] if shape.has_text_frame else []
            parts += [cell.text for row in shape.table.rows for cell in row.cells] if shape.has_table else []
    return _plain(" ".join(parts))


def _documents(read) -> dict[str, str]:
    return {
        "page": _plain(read("resultats/").decode()),
        "minutes.odt": _of_odt(read("reunion/compte-rendu.odt")),
        "minutes.docx": _of_docx(read("reunion/compte-rendu.docx")),
        "minutes.pdf": _of_pdf(read("reunion/compte-rendu.pdf")),
        "slides.pptx": _of_pptx(read("presentation/powerpoint/")),
        "slides.pdf": _of_pdf(read("presentation/pdf/")),
    }


def _missing(documents: dict[str, str], patterns: dict[str, str]) -> list[tuple[str, str]]:
    """Return what is not found: (document, what it should say)."""
    return [
        (name, what)
        for name, text in documents.items()
        for what, pattern in patterns.items()
        if not re.search(pattern, text)
    ]


def test_page_minutes_and_slides_say_the_same(diagnosis, read):
    results = diagnosis_results(diagnosis, on=timezone.localdate())
    levels = {
        # « Achats et commande publique 1,8 5 sur 5 », « … : 1,8 sur 4 ».
        item.name: rf"{re.escape(item.name)}\s?:?\s{item.label}(?!\d)"
        for item in results.dimensions
    }
    overall = {"overall": rf"Ensemble\s?:?\s{results.overall_label}(?!\d)"}
    people = {"raters": rf"(?<!\d){results.rater_count} personnes ont noté"}
    counts = {"answered": rf"{results.overall.answered} [\w ]+ sur {results.overall.total}"}

    documents = _documents(read)

    assert _missing(documents, {**levels, **overall, **people, **counts, "ended": f"(?i)terminé (le )?{MET}"}) == []


def test_minutes_and_slides_bear_the_days_of_the_round_and_of_the_meeting(diagnosis, read):
    documents = {name: text for name, text in _documents(read).items() if name != "page"}
    days = {"opened": f"du {OPENED} au", "closed": CLOSED, "meeting": f"(Date ?: |diagnostic du ){MET}"}

    assert _missing(documents, days) == []


def test_the_levels_of_the_questions_are_those_of_the_minutes(diagnosis, read):
    results = diagnosis_results(diagnosis, on=timezone.localdate())
    minutes = _of_docx(read("reunion/compte-rendu.docx"))
    told = {
        item.code: rf"{re.escape(_plain(f'{item.code} {item.title}'))} \d[^.]*? {item.level} "
        + re.escape(_plain(item.level_text))
        for item in results.questions
        if item.level is not None
    }

    assert _missing({"minutes.docx": minutes}, told) == []
