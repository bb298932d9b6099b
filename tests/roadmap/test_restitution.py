"""Deck of the restitution: what each slide says, when it is there, who may download it."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pptx import Presentation

from authorities.models import Authority, Meeting
from common.numbers import format_number, format_significant
from diagnostics.models import MeetingMinutes, Rating
from inventory.selectors import footprint_page
from roadmap.documents import restitution_context
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
from tests.factories_roadmap import make_decision, make_resolution, make_roadmap, make_version, retain_levers
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)
from tests.pdf_readback import read_pages

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
        "2 questions atteignent le niveau 3 ou 4, dont 1 au niveau 4",
        "2 questions restent au niveau 0 ou 1, dont 1 au niveau 0",
        "1 point d’attention légal",
        "Les avis divergent sur 1 question, le plus sur « Part issue du réemploi »",
        "3 questions peuvent progresser, dont 1 sous ce qu’attend la loi",
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
        ["Part issue du réemploi", "0", "3", "En vigueur depuis le 1er janvier 2020. Loi d’essai."]
    ]
    assert slide.columns[0].headers[1:3] == ["Retenu", "Attendu"]
    assert "Obligation reemploi. En vigueur depuis le 1er janvier 2020. Loi d’essai" in slide.notes


def test_a_list_cut_short_says_how_many_it_shows(finished, initiative, monkeypatch):
    later = make_finished_diagnosis(initiative, {**LEVELS, "ACH-1": 2, "PAR-2": 3}, **LATER)
    monkeypatch.setattr(restitution_context, "SHOWN", 0)

    slide = restitution_deck(later, now=PARIS_NOON).slides[6]

    assert slide.columns[0].heading == "Ce qui monte : 1 sur 2"
    assert "Part issue du réemploi : 0 → 2." in slide.notes


def test_nothing_to_say_is_said(initiative):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 2})

    titles = _titles(diagnosis)

    assert titles[2:6] == [
        "Aucune question n’atteint encore le niveau 3",
        "Aucune question n’est au niveau 0 ou 1",
        "Aucun point d’attention légal parmi les questions répondues",
        "Les avis convergent : jamais deux niveaux d’écart",
    ]


def test_the_deck_bears_the_day_of_the_meeting_else_that_of_the_end(finished):
    # Ended on 24 March 2026; downloaded years later, it is the same deck.
    much_later = PARIS_NOON + timedelta(days=900)
    ended = restitution_deck(finished, now=much_later)
    MeetingMinutes.objects.create(diagnosis=finished, held_on=date(2026, 3, 20))

    held = restitution_deck(finished, now=much_later)

    assert ended.foot == "Pays d’Exemple · restitution du diagnostic du 24 mars 2026"
    assert ended.cover.lines[1] == "Restitution au comité de pilotage, diagnostic du 24 mars 2026"
    assert ended.slides[0].columns[0].rows[-1] == ["Diagnostic terminé", "24 mars 2026"]
    assert held.foot == "Pays d’Exemple · restitution du diagnostic du 20 mars 2026"
    assert held.slides[0].columns[0].rows[-2:] == [["Réunion", "20 mars 2026"], ["Diagnostic terminé", "24 mars 2026"]]


def test_groups_add_up_to_the_totals_of_the_footprint(finished, initiative, referent, monkeypatch):
    page = footprint_page(make_frozen(initiative, referent))
    whole = _table_of_groups(finished)
    monkeypatch.setattr(restitution_context, "SHOWN_GROUPS", 2)

    short = _table_of_groups(finished)

    total = ["Ensemble", format_number(page.equipment_count), format_significant(page.total.central)]
    assert (whole[-1], short[-1]) == (total, total)
    assert [row[0] for row in whole] == [*(bar.name for bar in page.bars), "Ensemble"]
    # What has no row of its own is counted with the others: nothing vanishes.
    assert [row[0] for row in short] == [page.bars[0].name, f"{len(page.bars) - 1} autres groupes", "Ensemble"]
    others = sum(bar.quantity for bar in page.bars[1:])
    assert short[1][1] == format_number(others)
    assert page.bars[0].quantity + others == page.equipment_count


def _table_of_groups(diagnosis) -> list[list[str]]:
    deck = restitution_deck(diagnosis, now=PARIS_NOON)
    slide = next(slide for slide in deck.slides if slide.source.startswith("inventaire flash"))
    return slide.columns[1].rows


def test_what_was_decided_takes_the_place_of_what_was_proposed(finished, initiative):
    levers = list(make_catalogue(4).levers.all())
    for lever, verdict in zip(levers, ("retained", "postponed", "dismissed", "retained"), strict=True):
        make_decision(initiative, lever, verdict)

    decided, following = restitution_deck(finished, now=PARIS_NOON).slides[-2:]

    assert decided.title == "2 leviers retenus, 1 reporté, 1 écarté"
    assert [row[:2] for row in decided.columns[0].rows] == [
        [levers[0].title, "Utile ici."],
        [levers[3].title, "Utile ici."],
    ]
    assert f"{levers[1].title} : reporté. Utile ici." in decided.notes
    assert following.title == "La suite : une fiche pour chaque action, puis la feuille de route"
    assert following.columns[0].items[0].text == "0 fiche écrite pour 2 leviers retenus"


def test_an_adopted_roadmap_is_followed_not_chosen(finished, initiative):
    retain_levers(initiative, 1)
    make_resolution(make_version(make_roadmap(initiative)))

    slide = restitution_deck(finished, now=PARIS_NOON).slides[-1]

    assert slide.title == "Feuille de route adoptée le 10 mars 2026"
    assert slide.lead.startswith("Version 1, délibération 2026-03-01.")
    assert [point.head for point in slide.columns[0].items] == [
        "Mettre en œuvre",
        "Suivre",
        "Rendre compte",
        "Mesurer à nouveau",
    ]
    assert "présélection" not in slide.notes


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


def test_libreoffice_read_back(finished, referent_client):
    response = referent_client.get(_url(finished, "libreoffice"))

    assert response["Content-Disposition"] == f'attachment; filename="diagnostic-pays-dexemple-{finished.number}.odp"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        text = archive.read("content.xml").decode()
    assert text.count("<draw:page ") == 9
    assert "●" in text
    assert "Anne Achats" not in text


def test_pdf_read_back(finished, referent_client):
    response = referent_client.get(_url(finished, "pdf"))

    pages = read_pages(response.content)
    assert (response["Content-Type"], len(pages)) == ("application/pdf", 9)
    assert "Une base solide sur le parc" in pages[2]


@pytest.mark.parametrize("kind", ["powerpoint", "libreoffice", "pdf"])
def test_before_the_end_nothing_is_sent_whatever_the_ratings(initiative, people, referent_client, kind):
    diagnosis = make_diagnosis(initiative, people, **relative_round(timezone.now(), days_left=-1))
    make_rating(diagnosis, people[0], "ACH-1", 0)

    low = referent_client.get(_url(diagnosis, kind))
    Rating.objects.update(level=4)
    high = referent_client.get(_url(diagnosis, kind))

    assert (low.status_code, low["Location"], low.content) == (302, high["Location"], high.content)
    assert low["Location"].endswith("/diagnostics/")


@pytest.mark.parametrize("kind", ["powerpoint", "libreoffice", "pdf"])
def test_who_reads_the_results_downloads_them(finished, authority, kind):
    assert client_of(factories.make_member(authority, "elected")).get(_url(finished, kind)).status_code == 200
    assert client_of(factories.make_member(authority, "contributor")).get(_url(finished, kind)).status_code == 403
    assert client_of(factories.make_user("ailleurs@exemple.fr")).get(_url(finished, kind)).status_code == 404


def test_the_results_page_offers_the_three(finished, referent_client):
    page = referent_client.get(f"/collectivites/pays-dexemple/diagnostics/{finished.pk}/resultats/").content.decode()

    assert all(_url(finished, kind) in page for kind in ("powerpoint", "libreoffice", "pdf"))


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(finished, referent_client, django_assert_num_queries, count):
    make_catalogue(count)

    with django_assert_num_queries(31):
        referent_client.get(_url(finished, "powerpoint"))
