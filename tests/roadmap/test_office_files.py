"""Each office file opens, holds no program and no link to elsewhere, and says its language, its title, its tables."""

import io
import json
import re
import time
import zipfile
from xml.etree import ElementTree

import docx
import odfdo
import openpyxl
import pptx
import pytest
from docx.oxml.ns import qn

from roadmap.documents.office.files import OFFICE_FILES
from tests.roadmap.hostile_content import FORMULA, make_hostile_content
from tests.roadmap.sample_content import make_content, make_empty_content

FILES = {file.code: file for file in OFFICE_FILES}
PACKAGES = ("odt", "docx", "odp", "pptx", "ods", "xlsx")
LETTERS = ("deliberation", "rapport", "encart")
PROGRAMS = re.compile(r"vba|macro|Basic/|Scripts/|activeX|\.bin$|embeddings/.*\.(exe|js)", re.IGNORECASE)
DESC = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}desc"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
CONTENTS = {"whole": make_content, "empty": make_empty_content, "hostile": make_hostile_content}


@pytest.fixture(scope="module")
def built() -> dict[tuple[str, str], bytes]:
    """Every file of the three snapshots, built once."""
    made = {}
    for name, make in CONTENTS.items():
        content = make()
        made |= {(name, file.code): file.make(content, "projet") for file in OFFICE_FILES}
    return made


def _zip(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("kind", [file.code for file in OFFICE_FILES if file.extension in PACKAGES])
def test_a_package_is_well_formed_without_program_or_outside_link(built, name, kind):
    with _zip(built[name, kind]) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert len(names) == len(set(names))
        assert not [member for member in names if PROGRAMS.search(member)]
        for member in names:
            if member.endswith((".xml", ".rels")):
                text = archive.read(member).decode()
                # One part of LibreOffice is empty: the keys of its user.
                assert text == "" or ElementTree.fromstring(text) is not None  # noqa: S314 - written by us
                assert 'TargetMode="External"' not in text
                assert not re.search(r'xlink:href="(?!Pictures/)[^"]', text)


@pytest.mark.parametrize("kind", [file.code for file in OFFICE_FILES if file.extension in ("odt", "odp", "ods")])
def test_an_opendocument_says_its_type_language_title_and_day(built, kind):
    with _zip(built["whole", kind]) as archive:
        first = archive.infolist()[0]
        meta = archive.read("meta.xml").decode()
        styles = archive.read("styles.xml").decode()
        assert (first.filename, archive.read("mimetype").decode()) == ("mimetype", FILES[kind].content_type)
    assert "<dc:language>fr-FR</dc:language>" in meta
    assert 'fo:language="fr"' in styles
    assert "2024-01-12T12:00:00" in meta
    assert re.search(r"<dc:title>[^<]*(oute|bilan) [^<]+</dc:title>", meta)


@pytest.mark.parametrize("kind", ["deliberation-docx", "rapport-docx", "encart-docx"])
def test_a_word_letter_has_styles_headers_and_properties(built, kind):
    document = docx.Document(io.BytesIO(built["whole", kind]))

    properties = document.core_properties
    assert (properties.language, properties.author) == ("fr-FR", "Pays d’Exemple")
    assert f"{properties.created:%d/%m/%Y}" == "12/01/2024"
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {"fr-FR"}
    assert document.paragraphs[0].style.name == "Title"
    assert len([item for item in document.paragraphs if item.style.name.startswith("Heading")]) >= 3
    assert document.tables
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.parametrize("letter", LETTERS)
def test_word_and_libreoffice_say_the_same_words(built, letter):
    word = docx.Document(io.BytesIO(built["whole", f"{letter}-docx"]))
    written = [item.text for item in word.paragraphs if item.text]
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells if cell.text]

    body = odfdo.Document(io.BytesIO(built["whole", f"{letter}-odt"])).body
    said = [item.inner_text for item in body.get_elements("//text:p|//text:h") if item.inner_text]

    assert sorted(said) == sorted(written + cells)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_libreoffice_letter_has_headings_and_header_rows(built, letter):
    body = odfdo.Document(io.BytesIO(built["whole", f"{letter}-odt"])).body

    assert len(body.headers) >= 3
    tables = body.get_elements("//table:table")
    assert tables
    assert all(table.get_elements("table:table-header-rows/table:table-row") for table in tables)


def test_powerpoint_has_titles_alternatives_notes_and_language(built):
    deck = pptx.Presentation(io.BytesIO(built["whole", "presentation-pptx"]))

    titles = [slide.shapes.title.text for slide in deck.slides]
    assert 10 <= len(titles) == len(set(titles)) <= 14
    assert deck.core_properties.language == "fr-FR"
    for slide in deck.slides:
        drawn = [shape for shape in slide.shapes if shape.has_chart or shape.has_table]
        assert all(shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in drawn)
    assert sum(slide.has_notes_slide for slide in deck.slides) >= 10


def test_both_decks_say_the_same(built):
    deck = pptx.Presentation(io.BytesIO(built["whole", "presentation-pptx"]))
    titles = [slide.shapes.title.text for slide in deck.slides]
    cells = [
        cell.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]

    with _zip(built["whole", "presentation-odp"]) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314 - written by us
    pages = list(root.iter(f"{DRAW}page"))
    own_titles = [
        "".join(frame.itertext())
        for page in pages
        for frame in page.iter(f"{DRAW}frame")
        if frame.get(f"{PRESENTATION}class") == "title"
    ]
    own_cells = ["".join(cell.itertext()) for cell in root.iter(f"{TABLE}table-cell")]

    assert own_titles == titles
    assert own_cells == cells


def test_every_table_and_drawing_of_the_odp_has_its_alternative(built):
    with _zip(built["whole", "presentation-odp"]) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314 - written by us
    tables = [frame for frame in root.iter(f"{DRAW}frame") if frame.find(f"{TABLE}table") is not None]
    groups = list(root.iter(f"{DRAW}g"))

    assert tables
    assert len(groups) == 1
    assert all(item.find(DESC).text for item in [*tables, *groups])


def test_long_texts_are_cut_to_the_place_they_have_on_a_slide(built):
    deck = pptx.Presentation(io.BytesIO(built["hostile", "presentation-pptx"]))

    texts = [
        paragraph.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
    ]
    assert max(map(len, texts)) < 300


def test_what_looks_like_a_formula_or_markup_is_a_text(built):
    workbook = openpyxl.load_workbook(io.BytesIO(built["hostile", "tableur-xlsx"]))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]

    dangerous = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")) and cell.data_type != "n"]
    assert len(dangerous) > 20
    assert {(cell.data_type, cell.quotePrefix) for cell in dangerous} == {("s", True)}
    with _zip(built["hostile", "tableur-ods"]) as archive:
        text = archive.read("content.xml").decode()
    assert "table:formula" not in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("kind", ["donnees-csv", "projets"])
def test_no_cell_of_a_csv_begins_like_a_formula(built, kind):
    rows = built["hostile", kind].decode().split("\r\n")

    assert FORMULA[1:] in "".join(rows)
    assert not [cell for row in rows for cell in re.split(r',"?', row) if re.match(r"[=@]", cell)]


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("kind", ["donnees-json", "datapackage", "schema"])
def test_json_is_read_back(built, name, kind):
    assert json.loads(built[name, kind])


def test_the_same_snapshot_gives_the_same_bytes_at_another_time(built, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    content = make_content()

    again = {("whole", file.code): file.make(content, "projet") for file in OFFICE_FILES}

    assert [key for key, made in again.items() if made != built[key]] == []


def test_a_package_bears_the_day_of_its_snapshot_only(built):
    for file in OFFICE_FILES:
        if file.extension in PACKAGES:
            with _zip(built["whole", file.code]) as archive:
                assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
                if "docProps/core.xml" in archive.namelist():
                    dates = re.findall(r"dcterms:W3CDTF\">([^<]+)<", archive.read("docProps/core.xml").decode())
                    assert set(dates) == {"2024-01-12T12:00:00Z"}


def test_names_are_unique_and_say_what_the_file_is():
    names = [file.name("thonon", "v2") for file in OFFICE_FILES]

    assert len(names) == len(set(names)) == len(FILES)
    assert {"deliberation-thonon-v2.odt", "restitution-thonon-v2.odp", "donnees-thonon-v2.csv"} <= set(names)
