"""The roadmap PDF, read back: tags, texts, pages, attached data."""

import json
import re
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from roadmap.documents.pdf import render_roadmap_html, render_roadmap_pdf
from roadmap.documents.presentation import Adoption
from roadmap.enums import PublicationStatus
from tests.pdf_readback import NOW, read_bookmarks, read_pages, walk_tags
from tests.roadmap.golden import page_pictures, picture_differences, text_differences
from tests.roadmap.sample_content import DIMENSIONS, LEVERS, THEMES, make_content, make_empty_content

pytestmark = pytest.mark.one_database

ADOPTION = Adoption(date(2024, 1, 30), "CC-2024-01-07")
FROZEN = {"status": PublicationStatus.FROZEN, "created_at": NOW, "version_number": 1}
DRAFT = {"status": PublicationStatus.DRAFT, "created_at": NOW}


def make_short_content() -> dict:
    """Three sheets and little else: quick to lay out."""
    sheets = make_content()["sheets"][:3]
    return make_empty_content(is_demonstration=True, sheets=sheets)


def sheet_pages(pages: list[str]) -> dict[int, int]:
    """Number of the action → rank of the page where its sheet starts."""
    starts = [rank for rank, page in enumerate(pages) if "Fiche action ·" in page]
    return dict(enumerate(starts, start=1))


@pytest.fixture(scope="module")
def whole() -> bytes:
    """The adopted document of seventeen sheets."""
    return render_roadmap_pdf(
        make_content(), status=PublicationStatus.ADOPTED, created_at=NOW, version_number=1, adoption=ADOPTION
    )


@pytest.fixture(scope="module")
def whole_pages(whole) -> list[str]:
    return read_pages(whole)


@pytest.fixture(scope="module")
def tags(whole) -> list:
    with pikepdf.open(BytesIO(whole)) as pdf:
        return [
            {
                "name": str(tag.S)[1:],
                "alt": re.sub(r"[\u00a0\u202f]", " ", str(tag.get("/Alt", ""))),
                "scope": str(tag.get("/A", {}).get("/Scope", "")) if tag.S == "/TH" else "",
            }
            for tag in walk_tags(pdf.Root.StructTreeRoot.K)
        ]


def test_the_text_is_the_one_that_was_read(whole_pages):
    assert text_differences("feuille-de-route", whole_pages) == []


def test_the_pages_look_as_they_did(whole, whole_pages):
    marks = (
        "94 873 habitants",  # the cover
        "Le numérique a un poids",  # the foreword
        "veut réduire l’empreinte annuelle",  # in brief
        "Une démarche engagée",  # the diagnosis
        "Le calendrier 7",  # the schedule
        "Fiche action · Parc et cycle de vie",  # a sheet
        "Cette page est la seule qui ait été ajoutée",  # the adoption
    )
    texts = [re.sub(r"\s", " ", page) for page in whole_pages]
    ranks = [next(rank for rank, text in enumerate(texts) if mark in text and "Sommaire" not in text) for mark in marks]
    assert picture_differences("feuille-de-route", page_pictures(whole, ranks)) == []


def test_language_title_and_marks(whole):
    with pikepdf.open(BytesIO(whole)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        title = "Feuille de route numérique responsable 2024–2026 – Pays d’Exemple"
        assert str(pdf.docinfo["/Title"]) == title
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["pdfuaid:part"] == "1"


def test_every_figure_has_an_alternative_text(tags):
    figures = [tag for tag in tags if tag["name"] == "Figure"]

    assert len(figures) >= 2 * len(LEVERS)
    assert all(figure["alt"] for figure in figures)
    assert any(figure["alt"].startswith("Radar de maturité") for figure in figures)
    assert any(figure["alt"].startswith("Calendrier de 17 actions") for figure in figures)


def test_every_header_cell_has_a_scope(tags):
    scopes = [tag["scope"] for tag in tags if tag["name"] == "TH"]

    assert len(scopes) > 100
    assert set(scopes) == {"/Column", "/Row"}


def test_no_heading_level_is_skipped(tags):
    levels = [int(tag["name"][1]) for tag in tags if re.fullmatch(r"H[1-6]", tag["name"])]

    assert levels.count(1) == 1
    assert all(following <= level + 1 for level, following in zip([0, *levels], levels, strict=False))


def test_one_family_of_fonts_all_embedded(whole):
    with pikepdf.open(BytesIO(whole)) as pdf:
        fonts = {
            str(font.BaseFont).split("+")[-1]: "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            for page in pdf.pages
            for font in page.resources.get("/Font", {}).values()
        }

    assert fonts
    assert {name.rsplit("Jalons", 1)[0] for name in fonts} == {"Public-Sans-"}
    assert all(fonts.values())


def test_bookmarks_name_parts_and_sheets(whole):
    bookmarks = read_bookmarks(whole)

    assert "1. La collectivité et la démarche" in bookmarks
    assert "13. L’index des actions" in bookmarks
    assert {row[1] for row in LEVERS} <= set(bookmarks)


def test_open_data_are_attached(whole):
    with pikepdf.open(BytesIO(whole)) as pdf:
        attached = pdf.attachments["feuille-de-route.json"].get_file().read_bytes()
        assert str(pdf.Root.AF[0].AFRelationship) == "/Data"

    tables = {table["name"]: table["data"] for table in json.loads(attached)["resources"]}
    assert len(tables["actions"]) == 17
    assert tables["indicateurs"] and tables["objectifs"]


def test_seventeen_sheets_make_35_to_60_pages(whole_pages):
    assert 35 <= len(whole_pages) <= 60


def test_each_sheet_is_one_page(whole_pages):
    starts = sheet_pages(whole_pages)

    assert len(starts) == 17
    ranks = list(starts.values())
    assert [after - before for before, after in zip(ranks, ranks[1:], strict=False)] == [1] * 16
    for number, rank in starts.items():
        title = LEVERS[number - 1][1].replace("\u00a0", " ")
        assert title.split()[0] in whole_pages[rank]
        assert "Vote du comité technique" in whole_pages[rank]


def test_document_holds_what_the_law_asks(whole_pages):
    text = " ".join(whole_pages)

    for part in ("loi n° 2021-1485", "L. 2311-1-1", "D. 2311-15-1"):
        assert part in text
    for _, name, _, _ in DIMENSIONS:
        assert name in text
    for number, name, _ in THEMES:
        assert f"{number}°" in text
        assert name in text
    for number in range(1, 30):
        assert f"C-{number:02}" in text


def test_figures_are_those_of_the_snapshot(whole_pages):
    text = " ".join(whole_pages)

    assert "présenté avant les débats sur le projet de budget 2025" in text  # no thousands separator in a year
    assert "entre 28 et 120" in text  # 28 000 and 120 000 kg
    assert "34 questions répondues sur 36" in text
    assert "50 → 41" in text
    assert "16 points" in text  # from 11 to 27 % of spending


def test_contents_give_the_page_of_each_sheet(whole_pages):
    contents = next(page for page in whole_pages if "Sommaire" in page and "L’index des actions" in page)

    for number, rank in sheet_pages(whole_pages).items():
        assert f"{LEVERS[number - 1][1]} {rank + 1}".replace("\u00a0", " ") in contents.replace(f"{number} · ", "")


def test_insert_for_the_yearly_report_is_two_pages(whole_pages):
    insert = [rank for rank, page in enumerate(whole_pages) if "10. L’encart" in page]

    assert len(insert) == 2
    assert "1. Fonctionnement et activités internes" in whole_pages[insert[0]]
    assert "2. Politiques menées sur le territoire" in whole_pages[insert[1]]
    assert "cinq finalités" in whole_pages[insert[1]]


def test_adoption_page_comes_after_what_was_voted():
    content = make_short_content()
    frozen = read_pages(render_roadmap_pdf(content, **FROZEN))
    adopted = read_pages(
        render_roadmap_pdf(content, **{**FROZEN, "status": PublicationStatus.ADOPTED}, adoption=ADOPTION)
    )

    assert "Adoptée le 30 janvier 2024" in adopted[-2]
    assert "CC-2024-01-07" in adopted[-2]
    assert len(adopted) == len(frozen) + 1
    assert sheet_pages(frozen) == sheet_pages(adopted)
    assert not any("CC-2024-01-07" in page for page in frozen)


def test_draft_says_project_on_every_page():
    pages = read_pages(render_roadmap_pdf(make_empty_content(), **DRAFT))

    assert "PROJET" in pages[0].upper()
    assert all("projet, non validé" in page for page in pages[1:-1])


def test_frozen_version_is_no_draft(whole_pages):
    assert not any("projet, non validé" in page for page in whole_pages)
    assert all("version 1" in page for page in whole_pages[1:-1])


def test_illustration_mark_only_in_the_demonstration(whole_pages):
    assert "◊ donnée d’illustration" in whole_pages[10]
    assert "◊" not in render_roadmap_html(make_empty_content(), **DRAFT)


def test_empty_roadmap_says_what_is_missing():
    pages = read_pages(render_roadmap_pdf(make_empty_content(), **DRAFT))
    text = " ".join(pages)

    for sentence in (
        "à compléter",
        "Le diagnostic n’est pas terminé",
        "L’inventaire n’est pas rempli",
        "Aucun levier n’est encore choisi",
        "Aucun objectif n’est encore fixé",
        "Aucune action n’est encore placée",
        "Aucune fiche action n’est encore créée",
        "Les acteurs publics et privés du territoire restent à recenser",
    ):
        assert sentence in text


def test_same_snapshot_gives_the_same_bytes():
    content = make_empty_content(is_demonstration=True)

    assert render_roadmap_pdf(content, **DRAFT) == render_roadmap_pdf(content, **DRAFT)


def test_a_frozen_version_without_foreword_has_no_blank_page():
    content = make_empty_content()
    assert 'id="mot"' in render_roadmap_html(content, **DRAFT)
    assert 'id="mot"' not in render_roadmap_html(content, **FROZEN)
    content["foreword"] = {"text": "Un mot.", "author": ""}
    assert 'id="mot"' in render_roadmap_html(content, **FROZEN)


def test_insert_names_no_page(whole_pages):
    insert = " ".join(page for page in whole_pages if "10. L’encart" in page)

    assert "Usages du territoire" in insert
    assert not re.search(r"\bpage \d", insert)


def test_half_years_are_written_in_full(whole_pages):
    text = " ".join(whole_pages)

    assert re.search(r"Échéance.*2 ?e semestre 2024", text)
    assert "premier semestre" not in text


def test_long_sheet_continues_on_a_second_page():
    content = make_short_content()
    content["sheets"][1]["description"] = "Une phrase assez longue pour remplir la page de cette fiche. " * 40
    content["sheets"][1]["lead_detail"] = "Un pilote au nom interminable " * 8
    content["sheets"][1]["legal"] = ["Une référence légale particulièrement longue, avec son article et sa date"] * 9

    starts = sheet_pages(read_pages(render_roadmap_pdf(content, **FROZEN)))

    assert [starts[2] - starts[1], starts[3] - starts[2]] == [1, 2]


def test_texts_of_people_are_never_markup():
    content = make_empty_content()
    attack = (
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg><img src="http://pirate.exemple/a.png">'
    )
    content["authority"]["name"] = 'Pays "d’Exemple" <b>'
    content["foreword"] = {"text": attack, "author": attack}
    content["initiative"]["uses_summary"] = "Un caractère interdit \x0b et un emoji 🌱 ; 2 < 3 & 4 > 1"

    html = render_roadmap_html(content, **DRAFT)

    assert "<script" not in html
    assert "<img" not in html
    assert render_roadmap_pdf(content, **DRAFT).startswith(b"%PDF-1.7")


def test_many_actions_share_the_schedule_between_pages():
    content = make_content()
    extra = [{**sheet, "number": sheet["number"] + 17} for sheet in content["sheets"]]
    content["sheets"] += extra

    html = render_roadmap_html(content, **FROZEN)

    assert html.count('class="paysage"') == 2
