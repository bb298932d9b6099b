"""The summary, the sheet and the insert as documents: tags, pages, texts, and what bad texts become in them."""

import base64
import re
from dataclasses import replace
from io import BytesIO
from unittest.mock import patch

import pdfua
import pikepdf
import pytest
from PIL import Image

from roadmap.documents import pages
from roadmap.documents.catalogue import documents_of, sheet_document
from roadmap.documents.edition import Edition, draft_edition
from roadmap.documents.short_pdfs import build_insert_pdf, build_sheet_pdf, build_summary_pdf
from roadmap.enums import PublicationStatus
from tests.pdf_readback import NOW, read_pages, walk_tags
from tests.roadmap.golden import page_pictures, picture_differences, text_differences
from tests.roadmap.sample_content import make_content, make_empty_content

pytestmark = pytest.mark.one_database

SHORT = ("synthese-elus", "encart-rdd", "fiche-8")
LONG = "Un texte beaucoup trop long pour tenir là où on l’attend. " * 900  # about 50 000 characters
HOSTILE = (
    '<script>alert(1)</script><img src="http://pirate.exemple/a.png"><svg onload="x"> =cmd|x 🌱 \u202eלשון עברית\u202c'
)


def make_logo() -> dict[str, str]:
    stream = BytesIO()
    Image.new("RGB", (240, 80), "#1d4f91").save(stream, "PNG")
    return {"type": "image/png", "sha256": "d" * 64, "data": base64.b64encode(stream.getvalue()).decode()}


def edition_of(content: dict) -> Edition:
    return Edition(content, PublicationStatus.FROZEN, NOW, version_number=1)


def build(code: str, edition: Edition) -> bytes:
    return next(item for item in documents_of(edition.content) if item.code == code).build(edition)


def html_of(code: str, content: dict) -> str:
    """Return the HTML of a document, without laying it out."""
    with patch.object(pages, "make_pdf", side_effect=lambda html, **options: html.encode()):
        return build(code, edition_of(content)).decode()


@pytest.fixture(scope="module")
def branded() -> dict:
    content = make_content()
    content["authority"] |= {"logo": make_logo(), "color": "#1d4f91"}
    return content


@pytest.fixture(scope="module", params=SHORT)
def pdf(request, branded) -> bytes:
    return build(request.param, edition_of(branded))


def test_the_document_is_the_one_that_was_read(request, pdf):
    name = request.node.callspec.params["pdf"]
    assert text_differences(name, read_pages(pdf)) == []
    assert picture_differences(name, page_pictures(pdf)) == []


@pytest.fixture(scope="module")
def tags(pdf) -> list[dict[str, str]]:
    with pikepdf.open(BytesIO(pdf)) as file:
        return [
            {
                "name": str(tag.S)[1:],
                "alt": str(tag.get("/Alt", "")),
                "scope": str(tag.get("/A", {}).get("/Scope", "")) if tag.S == "/TH" else "",
            }
            for tag in walk_tags(file.Root.StructTreeRoot.K)
        ]


def test_language_title_and_marks(pdf):
    with pikepdf.open(BytesIO(pdf)) as file:
        assert str(file.Root.Lang) == "fr"
        assert bool(file.Root.MarkInfo.Marked)
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
        assert str(file.docinfo["/Title"]).endswith("– Pays d’Exemple")
        with file.open_metadata() as metadata:
            assert (metadata.pdfa_status, metadata["pdfuaid:part"]) == ("3A", "1")


def test_one_title_and_no_level_skipped(tags):
    levels = [int(tag["name"][1]) for tag in tags if re.fullmatch(r"H[1-6]", tag["name"])]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(following <= level + 1 for level, following in zip(levels, levels[1:], strict=False))


def test_figures_have_a_text_and_header_cells_a_scope(tags):
    assert [tag for tag in tags if tag["name"] == "Figure" and not tag["alt"]] == []
    scopes = {tag["scope"] for tag in tags if tag["name"] == "TH"}
    assert scopes == {"/Column", "/Row"}


def test_the_logo_is_there_with_its_text(tags):
    assert "Pays d’Exemple" in [tag["alt"] for tag in tags if tag["name"] == "Figure"]


def test_the_checker_finds_nothing(pdf, tmp_path):
    file = tmp_path / "document.pdf"
    file.write_bytes(pdf)
    report = pdfua.validate(str(file))
    assert [f"{finding.rule_id}: {finding.message}" for finding in report.findings] == []


def test_one_family_of_fonts(pdf):
    with pikepdf.open(BytesIO(pdf)) as file:
        names = {
            str(font.BaseFont).split("+")[-1].rsplit("Jalons", 1)[0]
            for page in file.pages
            for font in page.resources.get("/Font", {}).values()
        }
    assert names == {"Public-Sans-"}


def test_summary_holds_two_pages_for_elected_officials():
    first, second = read_pages(build_summary_pdf(edition_of(make_content())))

    positions = [
        first.find(words)
        for words in ("Le numérique responsable", "Où nous en sommes", "Ce que demande la loi", "Ce que l’assemblée")
    ]
    assert -1 not in positions
    assert positions == sorted(positions)
    assert "Adopter la stratégie" in first
    assert "entre 28 et 120 t" in first
    for words in ("17 actions, 6 semestres", "Les objectifs", "Le suivi", "Comité de pilotage, 2 fois par an"):
        assert words in second


def test_insert_holds_two_pages_with_both_years():
    first, second = read_pages(build_insert_pdf(edition_of(make_content())))

    assert "1. Fonctionnement et activités internes" in first
    assert "Départ 2023 2024 Cible" in first
    assert "2. Politiques menées sur le territoire" in second
    assert "cinq finalités" in second
    assert "2. Politiques" not in first


def test_each_sheet_says_everything_on_one_page():
    content = make_content()
    for number in (1, 8, 17):
        sheet = content["sheets"][number - 1]
        found = read_pages(build_sheet_pdf(edition_of(content), number=number))
        assert len(found) == 1
        text = re.sub(r"\s|-", "", found[0])
        texts = [*sheet["legal"], *sheet["partners"], *sheet["associated"], *sheet["risks"]]
        texts += [step["text"] for step in sheet["steps"]]
        texts.append(content["objectives"][sheet["objective"] - 1]["title"])
        plain = [re.sub(r"[\s\u00a0\u202f]|-", "", item) for item in texts]
        assert [item for item in plain if item not in text] == []


@pytest.mark.parametrize("code", SHORT)
def test_a_draft_says_so(code):
    for page in read_pages(build(code, draft_edition(make_content())))[:1]:
        assert "Projet, non validé" in page
        assert "projet, non validé" in page


@pytest.mark.parametrize("code", ["synthese-elus", "encart-rdd"])
def test_two_pages_whatever_is_typed_and_when_nothing_is(code):
    content = make_content()
    for sheet in [*content["sheets"]]:
        content["sheets"].append({**sheet, "number": sheet["number"] + 17})
    for objective in content["objectives"]:
        objective["title"] += " " + LONG[:200]
    content["initiative"]["uses_summary"] = LONG
    content["authority"]["name"] = "Communauté de communes des Très Longs Noms de la Vallée et du Plateau Réunis"

    assert len(read_pages(build(code, edition_of(content)))) == 2
    assert len(read_pages(build(code, draft_edition(make_empty_content())))) == 2


def _spoil(value, text: str):
    """Put a text in place of every free text of a snapshot."""
    if isinstance(value, dict):
        return {name: item if name in KEPT else _spoil(item, text) for name, item in value.items()}
    if isinstance(value, list):
        return [_spoil(item, text) for item in value]
    return text if isinstance(value, str) and " " in value else value


# Codes and dates, and what the reference data say.
KEPT = {
    "format",
    "on",
    "logo",
    "color",
    "slug",
    "completeness",
    "duties",
    "half_years",
    "start_half",
    "end_half",
    "sources",
}


@pytest.mark.parametrize("code", [*SHORT, "feuille-de-route"])
def test_bad_texts_are_printed_as_texts(code, branded):
    html = html_of(code, _spoil(branded, HOSTILE))

    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    # Nothing is asked for but our style sheets, and the logo that is in the snapshot.
    asked = set(re.findall(r"""<[a-z]+\b[^>]*?\s(?:src|href|xlink:href)="([^"]*)\"""", html))
    asked = {address for address in asked if not address.startswith(("#", "data:image/png;base64,"))}
    assert asked <= {f"pdf/{name}.css" for name in ("roadmap", "pictograms", "summary", "sheet", "insert")}


@pytest.mark.parametrize("code", SHORT)
def test_a_document_of_bad_and_endless_texts_is_still_made(code, branded):
    content = _spoil(branded, HOSTILE)
    content["sheets"][7]["context"] = LONG
    content["initiative"]["uses_summary"] = LONG
    assert build(code, edition_of(content)).startswith(b"%PDF-1.7")


def test_colours_of_the_authority_are_in_the_file(branded):
    """The blue of the authority, 29 79 145, is what fills; the green of the site is gone."""
    with pikepdf.open(BytesIO(build("synthese-elus", edition_of(branded)))) as file:
        drawn = b"".join(_streams(file))
    blue, green = (b"0.113725 0.309804 0.568627", b"0.043137 0.309804 0.290196")
    assert blue in drawn
    assert green not in drawn


def _streams(file):
    for item in file.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image":
            try:
                yield item.read_bytes()
            except pikepdf.PdfError:
                continue


def test_the_same_edition_gives_the_same_bytes():
    edition = replace(draft_edition(make_content()))
    document = sheet_document(3)
    assert document.build(edition) == document.build(edition)
