"""Slides: the same deck written as pptx and as PDF, read back."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from common.pptx import build_pptx
from common.slides import Cover, Deck, Grid, Point, Points, Radar, RadarSlice, Slide, shorten
from common.slides_pdf import build_pdf, deck_html
from tests.pdf_readback import read_pages

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
AXES = [
    RadarSlice("Achats publics", "Achats", 1.5, 1.0, 2, 2),
    RadarSlice("Parc", "Parc", None, None, 0, 2),
    RadarSlice("Territoire", "Territoire", 4.0, 3.0, 1, 1),
]


def _logo() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (600, 100), "#0b4f4a").save(output, "PNG")
    return output.getvalue()


@pytest.fixture(scope="module")
def deck() -> Deck:
    return Deck(
        title="Restitution",
        author="Pays d'exemple",
        foot="Pays d'exemple · 10 mars 2026",
        written_at=NOW,
        cover=Cover(
            "Pays d'exemple", "Diagnostic", ["Un constat"], _logo(), logo_alternative="Logo du pays", notes="n"
        ),
        slides=[
            Slide(
                title="=1+1 <b>gras</b> n'est pas une formule",
                lead="En tête",
                columns=[
                    Radar(AXES, "Radar : Achats 1,5"),
                    Grid("Niveaux", ["Dimension", "Niveau"], [["Achats", "1,5"], ["Parc", "–"]], [3, 1]),
                ],
                source="un test",
                notes="Deux lignes\nde notes",
            ),
            Slide(title="Une liste", columns=[Points([Point("Tête", "texte"), Point("Seule")], heading="Liste")]),
            Slide(title="Rien", columns=[Points([], absent="Rien à montrer.")]),
        ],
    )


@pytest.fixture(scope="module")
def slides(deck):
    return list(Presentation(io.BytesIO(build_pptx(deck))).slides)


def _texts(slide) -> list[str]:
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_titles_are_placeholders_and_texts_stay_texts(slides):
    assert [slide.shapes.title.text_frame.text for slide in slides] == [
        "Diagnostic", "=1+1 <b>gras</b> n’est pas une formule", "Une liste", "Rien",
    ]  # fmt: skip
    assert "Source\u00a0: un test" in _texts(slides[1])
    assert "Liste\nTête — texte\nSeule" in _texts(slides[2])
    assert "Rien à montrer." in _texts(slides[3])


def test_charts_tables_and_pictures_have_their_alternative_text(slides):
    said = [
        (shape.shape_type, shape._element.xpath(".//p:cNvPr")[0].get("descr"))
        for slide in slides
        for shape in slide.shapes
        if shape.has_chart or shape.has_table or shape.shape_type == 13
    ]
    assert [text for _kind, text in said] == ["Logo du pays", "Radar\u00a0: Achats 1,5", "Niveaux"]


def test_the_radar_is_a_native_chart_and_an_unknown_value_is_no_zero(slides):
    chart = next(shape.chart for shape in slides[1].shapes if shape.has_chart)
    values = {series.name: list(series.values) for series in chart.plots[0].series}

    assert list(chart.plots[0].categories) == ["Achats", "Parc", "Territoire"]
    assert values == {
        "Niveau retenu": [1.5, None, 4.0],
        "Niveau 3, pratique généralisée": [3, 3, 3],
        "Diagnostic précédent": [1.0, None, 3.0],
    }


def test_the_table_is_native(slides):
    table = next(shape.table for shape in slides[1].shapes if shape.has_table)

    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Dimension", "Niveau"], ["Achats", "1,5"], ["Parc", "–"],
    ]  # fmt: skip
    assert table.first_row is True


def test_notes_properties_language_and_format(deck):
    target = Presentation(io.BytesIO(build_pptx(deck)))
    first = target.slides[1]

    assert first.notes_slide.notes_text_frame.text == "Deux lignes\nde notes"
    assert (target.core_properties.title, target.core_properties.author) == ("Restitution", "Pays d’exemple")
    assert (target.slide_width, target.slide_height) == (Inches(13.333), Inches(7.5))
    assert {run.get("lang") for slide in target.slides for run in slide._element.xpath(".//a:r/a:rPr")} == {"fr-FR"}
    names = {part.partname for part in target.part.package.iter_parts()}
    assert not [name for name in names if "vba" in name.lower() or "activeX" in name]
    assert len(target.slide_layouts) == 2


def test_every_shape_stays_on_its_slide(deck):
    target = Presentation(io.BytesIO(build_pptx(deck)))
    outside = [
        (slide.shapes.title.text, shape.name)
        for slide in target.slides
        for shape in slide.shapes
        if shape.left < 0 or shape.left + shape.width > target.slide_width or shape.top + shape.height > 6858000
    ]
    assert outside == []


def test_pdf_has_the_same_words_one_page_each_and_is_tagged(deck):
    content = build_pdf(deck)
    pages = read_pages(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "fr"
        assert {round(float(page.MediaBox[2]) / float(page.MediaBox[3]), 2) for page in pdf.pages} == {1.78}
    assert len(pages) == deck.count == 4
    text = pages[1]
    assert "n’est pas une formule" in text and "<b>gras</b>" in text and "Achats" in text
    assert "Deux lignes" not in text


def test_pdf_gives_alternatives_headings_and_scopes(deck):
    html = deck_html(deck)

    assert html.count("<h1>") == 1 and html.count("<h2>") == 3
    assert 'alt="Logo du pays"' in html
    assert '<th scope="row">Achats</th>' in html
    assert "&lt;b&gt;gras" in html


def test_the_same_deck_gives_the_same_pdf(deck):
    assert build_pdf(deck) == build_pdf(deck)


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [("court", 10, "court"), ("dix lettres", 11, "dix lettres"), ("un mot, puis un autre", 12, "un mot…")],
)
def test_shorten_cuts_at_a_word(text, length, expected):
    assert shorten(text, length) == expected
