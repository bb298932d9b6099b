"""What the letters and the slides of a roadmap say: for each kind of authority, with and without what is known."""

import html
import re
from datetime import UTC, datetime

import pytest

from common.document import Bullets, Heading, Paragraph, Table, clean
from reference.duties import Binding
from roadmap.documents.office.deck import roadmap_deck
from roadmap.documents.office.insert import write_insert
from roadmap.documents.office.report import write_report
from roadmap.documents.office.resolution import write_resolution
from roadmap.documents.pdf import render_roadmap_html
from roadmap.enums import PublicationStatus
from tests.roadmap.sample_content import make_content, make_empty_content

BLANK = re.compile(r"\[à compléter[^\]]*\]")


def _texts(document) -> list[str]:
    texts = []
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            texts.append(block.text)
        elif isinstance(block, Bullets):
            texts += block.items
        else:
            texts += [block.caption, *block.headers, *(text for row in block.rows for text in row)]
    return [clean(text) for text in texts]


def _tables(document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def _content(kind="epci_fp", nature="communauté d’agglomération", population=94873, binding=Binding.BOUND):
    content = make_content()
    content["authority"].update(kind=kind, nature=nature, population=population)
    content["duties"][0]["binding"] = binding.value
    return content


def _said(document, start: str) -> list[str]:
    return [text for text in _texts(document) if text.startswith(start)]


def test_the_title_says_that_it_is_a_draft():
    assert write_resolution(make_content()).title == (
        "Projet de délibération : adoption de la feuille de route numérique responsable 2024–2026"
    )


@pytest.mark.parametrize(
    ("kind", "nature", "assembly", "executive"),
    [
        ("commune", "", "le conseil municipal", "Le maire ou la maire"),
        ("epci_fp", "communauté de communes", "le conseil communautaire", "Le président ou la présidente"),
        ("epci_fp", "métropole", "le conseil métropolitain", "Le président ou la présidente"),
        ("departement", "", "le conseil départemental", "Le président ou la présidente"),
        ("region", "", "le conseil régional", "Le président ou la présidente"),
        ("syndicat", "", "le comité syndical", "Le président ou la présidente"),
        ("autre", "", "l’assemblée délibérante", "Le président ou la présidente"),
    ],
)
def test_the_assembly_and_the_executive_are_those_of_the_kind(kind, nature, assembly, executive):
    texts = _texts(write_resolution(_content(kind, nature)))

    assert f"Après en avoir délibéré, {assembly} de Pays d’Exemple décide\u00a0:" in texts
    assert [text for text in texts if text.startswith(f"{executive} est chargé")]


def test_who_is_bound_adopts_the_strategy_that_the_law_asks():
    document = write_resolution(_content())

    visas, recitals = _said(document, "Vu "), _said(document, "Considérant ")
    assert visas[:3] == [
        "Vu le code général des collectivités territoriales, notamment ses articles L.\u00a02311-1-1 et "
        "D.\u00a02311-15-1\u202f;",
        "Vu la loi n°\u00a02021-1485 du 15 novembre 2021, dite loi REEN, visant à réduire l’empreinte environnementale "
        "du numérique en France, notamment son article 35\u202f;",
        "Vu le décret n°\u00a02022-1084 du 29 juillet 2022, qui a créé l’article D.\u00a02311-15-1\u202f;",
    ]
    assert "Pays d’Exemple compte 94\u202f873\u00a0habitants" in recitals[0]
    assert _said(document, "Est adoptée")[0].endswith(
        "qui constitue la stratégie numérique responsable prévue à l’article 35 de la loi n°\u00a02021-1485. "
        "Périmètre\u00a0: fonctionnement interne."
    )
    assert "volontaire" not in " ".join(_texts(document))


def test_below_the_threshold_the_approach_is_voluntary():
    content = _content("commune", "", 8000, Binding.VOLUNTARY)

    document = write_resolution(content)

    assert all("pris comme référence" in text for text in _said(document, "Vu ")[:3])
    assert "la loi n’y oblige pas Pays d’Exemple (8\u202f000\u00a0habitants)" in _said(document, "Considérant ")[0]
    assert "dans le cadre d’une démarche volontaire" in _said(document, "Est adoptée")[0]
    assert "constitue la stratégie" not in " ".join(_texts(document))
    assert "volontaire" in roadmap_deck(content).slides[0].title


@pytest.mark.parametrize("change", [{"binding": "to_check"}, {"populations_disagree": True}])
def test_a_doubt_about_the_duty_is_a_blank(change):
    content = make_content()
    content["duties"][0].update(change)

    document = write_resolution(content)

    assert BLANK.search(_said(document, "Considérant ")[0])
    assert BLANK.search(_said(document, "Est adoptée")[0])


def test_recitals_hold_the_figures_of_the_snapshot():
    recitals = " ".join(_said(write_resolution(make_content()), "Considérant "))

    for figure in (
        "2 acteurs publics et privés",
        "une maturité de 1,5 sur 4 (34\u00a0questions répondues sur 36",
        "6 personnes ont noté",
        "l’ordre de 50\u00a0t\u00a0CO₂e (entre 28 et 120), dont 87\u202f% avant usage",
        "35\u00a0leviers ont été présélectionnés parmi 81",
        "17\u00a0actions",
        "510\u00a0jours d’agents et 162\u202f000\u202f€",
    ):
        assert figure in recitals.replace("50 t", "50\u00a0t").replace("t CO", "t\u00a0CO"), figure


def test_duties_that_actions_answer_are_cited_when_in_force():
    content = make_content()
    assert not _said(write_resolution(content), "Vu la loi AGEC")

    content["duties"][1].update(is_in_force=True)

    assert _said(write_resolution(content), "Vu la loi AGEC") == [
        "Vu la loi AGEC n°\u00a02020-105, art.\u00a058\u202f; décret n°\u00a02024-134 (part des achats issue du "
        "réemploi)\u202f;"
    ]


def test_votes_and_session_are_blanks():
    document = write_resolution(make_content())

    assert [text for text in _texts(document) if "prévue le 30 janvier 2024" in text and BLANK.search(text)]
    votes = _tables(document)[-1]
    assert votes.headers == ("Votants", "Pour", "Contre", "Abstentions", "Ne prennent pas part au vote")
    assert all(BLANK.fullmatch(cell) for cell in votes.rows[0])


def test_what_the_law_wants_and_is_missing_is_said_first():
    content = make_content()
    assert not [text for text in _texts(write_resolution(content)) if "avant la séance" in text]

    content["completeness"][8].update(is_met=False)

    first = _texts(write_resolution(content))[0]
    assert "1\u00a0point nécessaire manque" in first
    assert "(C-09)" in first


def test_the_yearly_review_goes_in_the_report_of_who_writes_one():
    content = make_content()
    assert "devant le conseil communautaire" in " ".join(_texts(write_resolution(content)))

    content["duties"].append({**content["duties"][0], "code": "rdd"})

    assert "avant les débats sur le projet de budget" in " ".join(_texts(write_resolution(content)))


def test_nothing_known_leaves_blanks_and_invents_nothing():
    content = make_empty_content()

    texts = " ".join(_texts(write_resolution(content)) + _texts(write_report(content)))

    assert "t CO₂e" not in texts
    assert " 0 " not in texts
    assert "[à compléter\u00a0: objectif, départ, cible, échéance]" in texts
    assert "[à compléter\u00a0: actions]" in texts
    assert [slide.title for slide in roadmap_deck(content).slides] == [
        "La loi demande une stratégie à Pays d’Exemple\u00a0: cette feuille de route la porte",
        "Aucune fiche action n’est encore écrite",
        "Le suivi est prévu dès le départ",
        "Décision attendue\u00a0: valider, puis adopter la feuille de route 2024–2026",
    ]


def test_the_report_has_one_row_for_each_action():
    actions = _tables(write_report(make_content()))[-1]

    assert [row[0] for row in actions.rows] == [str(number) for number in range(1, 18)]
    assert actions.rows[0][1:4] == (
        "Faire porter la démarche par un binôme élu et direction générale",
        "Direction générale",
        "S1 2024 à S2 2024",
    )


def test_titles_of_slides_state_the_finding():
    titles = [clean(slide.title) for slide in roadmap_deck(make_content()).slides]

    assert titles == [
        "La loi demande une stratégie à Pays d’Exemple\u00a0: cette feuille de route la porte",
        "Une démarche engagée, un retard sur les services",
        "Le parc numérique émet de l’ordre de 50\u00a0t CO₂e par an, entre 28 et 120",
        "17\u00a0leviers retenus parmi 81, après un vote individuel",
        titles[4],
        "17\u00a0actions, dont 5 gains rapides",
        "La suite\u00a0: actions 10 à 17, portées par 5 pilotes",
        "5 des 17\u00a0actions commencent dès le 1er semestre 2024",
        "510\u00a0jours d’agents et 162\u202f000\u202f€ de dépenses prévues sur la période 2024–2026",
        "5 thèmes du décret sur 6 ont au moins une action",
        "Un suivi par 34 indicateurs et 51 étapes datées",
        "Décision attendue\u00a0: valider, puis adopter la feuille de route 2024–2026",
    ]
    assert titles[4].startswith("3 objectifs chiffrés d’ici à fin 2026, dont −18")


def test_many_actions_stay_on_two_slides_and_it_is_said():
    content = make_content()
    content["sheets"] = [{**content["sheets"][0], "number": number} for number in range(1, 61)]

    deck = roadmap_deck(content)

    assert deck.count <= 14
    assert clean("18 sur 60 sont montrées") in " ".join(slide.lead for slide in deck.slides)


def test_slides_carry_no_name_and_no_vote():
    deck = roadmap_deck(make_content())

    assert "Vice-présidence" not in repr(deck)
    assert "votes" not in repr(deck)


def _plain(page: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(text.replace("◊", " ").split())


def test_the_insert_has_the_words_of_the_pdf():
    content = make_content(is_demonstration=False)
    page = _plain(
        render_roadmap_html(
            content, status=PublicationStatus.DRAFT, created_at=datetime(2024, 1, 12, tzinfo=UTC), version_number=None
        )
    ).replace("1 er", "1er")

    document = write_insert(content)

    paragraphs = [clean(block.text) for block in document.blocks if isinstance(block, Paragraph) and not block.is_small]
    assert len(paragraphs) >= 5
    for text in paragraphs:
        said = BLANK.split(text)[0].removesuffix("Écarts et ajustements\u00a0: ")
        assert " ".join(said.split()) in page


def test_the_insert_puts_each_action_in_its_block_with_the_two_years():
    content = make_content()
    content["sheets"][0]["perimeter"] = "les_deux"

    internal, territory = _tables(write_insert(content))[:2]

    assert [row[0] for row in internal.rows] == [str(number) for number in range(1, 17)]
    assert [row[0] for row in territory.rows] == ["1", "17"]
    assert internal.headers[4:] == ("Départ", "2023", "2024", "Cible")
    assert internal.rows[0][4:] == ("5", "5", "[à compléter]", "7")


def test_a_value_of_another_year_is_left_blank():
    content = make_content()
    content["sheets"][0]["indicators"][0]["baseline_year"] = 2021

    assert _tables(write_insert(content))[0].rows[0][4:] == ("5", "[à compléter]", "[à compléter]", "7")
