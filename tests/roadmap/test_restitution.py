"""Deck of the restitution: what each slide says, when it is there, who may download it."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone
from pptx import Presentation

from authorities.models import Authority, Meeting
from diagnostics.models import Rating
from roadmap.documents.restitution import restitution_deck
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of
from tests.factories_diagnostics import (
    CLOSING,
    link_duty,
    make_check,
    make_diagnosis,
    make_finished_diagnosis,
    make_rating,
    relative_round,
)
from tests.factories_inventory import make_frozen
from tests.factories_levers import make_catalogue
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

LEVELS = {"ACH-1": 0, "ACH-2": 3, "PAR-1": 4, "PAR-2": 1}
LATER = {
    "opened_at": CLOSING + timedelta(days=300),
    "closes_at": CLOSING + timedelta(days=310),
    "agreed_at": CLOSING + timedelta(days=311),
}


@pytest.fixture
def people(initiative):
    return [
        factories.make_participant(initiative, service=service, name=name)
        for service, name in (("achats", "Anne Achats"), ("dsi", "Denis Dsi"), ("communication", "Chloé Com"))
    ]


@pytest.fixture
def finished(initiative, people):
    diagnosis = make_finished_diagnosis(initiative, LEVELS, raters=people)
    for person, level in zip(people, (0, 4, None), strict=True):
        make_rating(diagnosis, person, "ACH-1", level, "commentaire secret")
    return diagnosis


def _titles(diagnosis) -> list[str]:
    deck = restitution_deck(diagnosis, now=PARIS_NOON)
    return [slide.title for slide in deck.slides]


def _said(slide) -> str:
    parts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            parts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(parts)


def _url(diagnosis, kind) -> str:
    slug = diagnosis.initiative.authority.slug
    return f"/collectivites/{slug}/diagnostics/{diagnosis.pk}/presentation/{kind}/"


def test_titles_state_the_finding(finished):
    link_duty("ACH-1", "reemploi", level=3)

    assert _titles(finished) == [
        "2 personnes ont noté, 4 questions sur 5 ont un niveau retenu",
        # Achats (0 + 3) / 2 = 1,5; parc (4 + 1) / 2 = 2,5.
        "Une base solide sur le parc, des progrès à faire sur les achats",
        "2 questions atteignent le niveau 3 ou 4",
        "2 questions restent au niveau 0 ou 1",
        "1 point d’attention légal",
        "Les avis divergent sur 1 question, le plus sur « Part issue du réemploi »",
        "3 questions peuvent progresser, dont 1 sous le niveau attendu par la loi",
        "La suite : choisir les leviers, puis écrire les actions",
    ]


def test_what_is_known_besides_adds_its_slides(finished, initiative, referent, authority):
    later = make_finished_diagnosis(initiative, {**LEVELS, "ACH-1": 2, "ACH-2": 1}, **LATER)
    Authority.objects.filter(pk=authority.pk).update(agent_count=100)
    initiative.authority.refresh_from_db()
    make_frozen(initiative, referent)
    make_catalogue(3)
    make_check("parc", {"question": "PAR-1", "at_least": 3}, {"fact": "territory_actors", "at_most": 0})
    today = timezone.localdate(PARIS_NOON)
    Meeting.objects.create(initiative=initiative, code="copil", label="Comité de restitution", planned_on=today)
    later.initiative = initiative

    deck = restitution_deck(later, now=PARIS_NOON)

    titles = [slide.title for slide in deck.slides]
    assert titles[6] == "1 question monte, 1 descend depuis le 24 mars 2026"
    assert "%" in titles[7]
    assert titles[8] == "1 question à se poser avant de conclure"
    assert titles[10:] == [
        "3 leviers répondent d’abord à ce diagnostic",
        "Prochaine étape : Comité de restitution, le 10 mars 2026",
    ]
    assert 10 <= deck.count <= 14


def test_the_law_is_said_with_its_threshold_and_its_reference(finished):
    link_duty("ACH-1", "reemploi", level=3)

    slide = restitution_deck(finished, now=PARIS_NOON).slides[4]

    assert slide.columns[0].rows == [
        ["Part issue du réemploi", "0 pour 3", "En vigueur depuis le 1er janvier 2020. Loi d’essai."]
    ]
    assert "Obligation reemploi. En vigueur depuis le 1er janvier 2020. Loi d’essai" in slide.notes


def test_nothing_to_say_is_said(initiative):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 2})

    titles = _titles(diagnosis)

    assert titles[2:6] == [
        "Aucune question n’atteint encore le niveau 3",
        "Aucune question n’est au niveau 0 ou 1",
        "Aucun point d’attention légal parmi les questions répondues",
        "Les avis convergent : jamais deux niveaux d’écart",
    ]


def test_powerpoint_read_back(finished, referent_client):
    response = referent_client.get(_url(finished, "powerpoint"))

    assert response["Content-Disposition"] == f'attachment; filename="diagnostic-pays-dexemple-{finished.number}.pptx"'
    slides = list(Presentation(io.BytesIO(response.content)).slides)
    assert len(slides) == 9
    assert "Pays d’Exemple" in _said(slides[0])
    assert "Anne Achats" not in "".join(map(_said, slides))
    assert "secret" not in "".join(map(_said, slides))
    # One dot for each opinion, at its level: 0 and 4.
    table = next(shape.table for shape in slides[6].shapes if shape.has_table)
    assert [cell.text for cell in table.rows[1].cells] == ["Part issue du réemploi", "●", "", "", "", "●", "0"]
    assert all(slide.has_notes_slide for slide in slides if slide is not slides[-1])


def test_pdf_read_back(finished, referent_client):
    response = referent_client.get(_url(finished, "pdf"))

    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    assert (response["Content-Type"], len(pages)) == ("application/pdf", 9)
    assert "Une base solide sur le parc" in pages[2].extract_text().replace("\n", " ")


@pytest.mark.parametrize("kind", ["powerpoint", "pdf"])
def test_before_the_end_nothing_is_sent_whatever_the_ratings(initiative, people, referent_client, kind):
    diagnosis = make_diagnosis(initiative, people, **relative_round(timezone.now(), days_left=-1))
    make_rating(diagnosis, people[0], "ACH-1", 0)

    low = referent_client.get(_url(diagnosis, kind))
    Rating.objects.update(level=4)
    high = referent_client.get(_url(diagnosis, kind))

    assert (low.status_code, low["Location"], low.content) == (302, high["Location"], high.content)
    assert low["Location"].endswith("/diagnostics/")


@pytest.mark.parametrize("kind", ["powerpoint", "pdf"])
def test_who_reads_the_results_downloads_them(finished, authority, kind):
    assert client_of(factories.make_member(authority, "elected")).get(_url(finished, kind)).status_code == 200
    assert client_of(factories.make_member(authority, "contributor")).get(_url(finished, kind)).status_code == 403
    assert client_of(factories.make_user("ailleurs@exemple.fr")).get(_url(finished, kind)).status_code == 404


def test_the_results_page_offers_both(finished, referent_client):
    page = referent_client.get(f"/collectivites/pays-dexemple/diagnostics/{finished.pk}/resultats/").content.decode()

    assert _url(finished, "powerpoint") in page and _url(finished, "pdf") in page


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(finished, referent_client, django_assert_num_queries, count):
    make_catalogue(count)

    with django_assert_num_queries(26):
        referent_client.get(_url(finished, "powerpoint"))
