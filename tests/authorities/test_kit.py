"""Documents of the kick-off, read back from their files: words, styles, language, what is left to complete."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import docx
import odfdo
import pytest
from django.conf import settings
from django.urls import reverse

from authorities.enums import Role
from authorities.kit.texts import FILE, kit_texts, read_texts
from authorities.kit.writing import (
    KitDate,
    KitDuty,
    KitFacts,
    KitPerson,
    write_argument,
    write_invitation,
    write_mission,
)
from authorities.selectors.kit import BY_SLUG, kit_facts, missing_facts
from common.document import Bullets, Document, Heading, Paragraph, Table, blank, runs_of
from common.docx import build_docx
from common.odt import build_odt
from reference.duties import Binding
from reference.fixtures import FixtureError
from tests import factories
from tests.factories_authorities import make_meeting, make_reen_duties

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
FIRST = KitDate("Lancement", date(2026, 3, 3), "14 h", "salle du conseil")
FULL = KitFacts(
    authority="Pays d’Exemple",
    population=60_000,
    agent_count=420,
    period="2026–2028",
    perimeter="fonctionnement interne",
    binding=Binding.BOUND,
    duties=[KitDuty("Stratégie numérique responsable", "Loi REEN, art. 35")],
    referents=[KitPerson("Anne Le Gall", "chargée de mission")],
    elected=[KitPerson("Yann Pen", "")],
    first_meeting=FIRST,
    rating_deadline=KitDate("Clôture des avis", date(2026, 4, 1)),
    dates=[FIRST],
    council_on=date(2026, 9, 15),
    question_count=36,
    working_days=47,
    weeks=28,
    today=date(2026, 1, 5),
    now=NOW,
)
EMPTY = replace(
    FULL, population=None, agent_count=None, duties=[], referents=[], elected=[], first_meeting=None,
    rating_deadline=None, dates=[], council_on=None, question_count=None, working_days=None, weeks=None,
)  # fmt: skip
WRITERS = {"invitation": write_invitation, "argumentaire": write_argument, "lettre-de-mission": write_mission}


def words_of(document):
    texts = [document.title]
    for block in document.blocks:
        if isinstance(block, Bullets):
            texts += block.items
        elif isinstance(block, Table):
            texts += [block.caption, *block.headers, *(cell for row in block.rows for cell in row)]
        else:
            texts.append(block.text)
    return "\n".join(texts)


def test_the_invitation_says_when_what_and_how_long():
    words = words_of(write_invitation(FULL, kit_texts()))
    assert "La première réunion aura lieu : mardi 3 mars 2026 à 14 h, salle du conseil." in words
    assert "36 questions, une minute chacune : 36 minutes au plus" in words
    assert "Réponses attendues avant : mercredi 1er avril 2026." in words
    assert "Anne Le Gall, chargée de mission" in words


def test_the_argument_gives_each_figure_its_source_and_its_year():
    words = words_of(write_argument(FULL, kit_texts()))
    for figure in kit_texts().figures:
        assert figure.text in words
        assert f"{figure.source} ({figure.year})." in words
    assert "Stratégie numérique responsable (Loi REEN, art. 35)" in words
    assert "60\u202f000 habitants, 420 agents" in words


def test_the_mission_letter_says_time_duration_and_tasks():
    words = words_of(write_mission(FULL, kit_texts()))
    assert "pendant 28 semaines, soit 47 jours de travail" in words
    assert "15 septembre 2026" in words
    assert all(task in words for task in kit_texts().mission_tasks)
    assert kit_texts().mission_source in words


@pytest.mark.parametrize("slug", sorted(WRITERS))
def test_what_nobody_knows_is_left_to_complete(slug):
    words = words_of(WRITERS[slug](EMPTY, kit_texts()))
    assert "[à compléter" in words
    assert "None" not in words
    assert BY_SLUG[slug].write is WRITERS[slug]


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        (Binding.BOUND, "demande une stratégie numérique responsable à notre collectivité."),
        (Binding.VOLUNTARY, "la démarche est volontaire."),
        (Binding.TO_CHECK, "[à compléter\u00a0: obligatoire ou volontaire pour nous]"),
    ],
)
def test_the_duty_is_said_to_colleagues(binding, words):
    for write in WRITERS.values():
        assert words in words_of(write(replace(FULL, binding=binding), kit_texts()))


def test_the_missing_facts_are_named():
    assert missing_facts(FULL) == []
    assert missing_facts(EMPTY)[0] == "la date de la première réunion"
    assert len(missing_facts(EMPTY)) == 7


def test_figures_of_the_kit_agree_with_those_of_the_inventory():
    rows = (settings.BASE_DIR / "fixtures" / "impact_factors.csv").read_text()
    line = next(row for row in rows.splitlines() if row.startswith("laptop,Ordinateur portable,1,GWP,kgCO2eq,manuf"))
    assert line.split(",")[7:10] == ["170", "132.2", "315.2"]
    assert "170\u00a0kg" in next(figure.text for figure in kit_texts().figures if figure.code == "ordinateur")


def test_a_fixture_without_source_is_refused(tmp_path):
    text = (settings.BASE_DIR / "fixtures" / FILE).read_text()
    (tmp_path / FILE).write_text(text.replace("  source: ADEME et Arcep, même étude", "  origin: ADEME", 1))
    with pytest.raises(FixtureError):
        read_texts(tmp_path)


# Files ----------------------------------------------------------------------------------------------------------------

SAMPLE = Document(
    title="Lettre d'essai",
    author="Pays\x00 d’Exemple",
    blocks=[
        Heading("Objet"),
        Paragraph(f"Bonjour {blank('nom')}, 3 < 4 & <b>gras</b> \x07\u202e =1+1"),
        Bullets(["un", "deux"]),
        Table("Dates", ("Quand", "Quoi"), [("lundi", "réunion")]),
        Heading("Détail", 2),
        Paragraph("Source", is_small=True),
    ],
    written_at=NOW,
)
SENTENCE = "Bonjour [à compléter\u00a0: nom], 3 < 4 & <b>gras</b>  =1+1"


def test_runs_set_apart_what_is_to_be_completed():
    runs = [(run.text, run.is_blank) for run in runs_of(f"Le {blank('date')}, ici")]
    assert runs == [("Le ", False), ("[à compléter\u00a0: date]", True), (", ici", False)]


def test_docx_has_styles_language_title_and_headers():
    data = build_docx(SAMPLE)
    read = docx.Document(io.BytesIO(data))
    assert [(item.style.name, item.text) for item in read.paragraphs if item.text] == [
        ("Title", "Lettre d’essai"),
        ("Heading 1", "Objet"),
        ("Normal", SENTENCE),
        ("List Bullet", "un"),
        ("List Bullet", "deux"),
        ("Caption", "Dates"),
        ("Heading 2", "Détail"),
        ("Body Text 2", "Source"),
    ]
    properties = read.core_properties
    assert (properties.title, properties.author, properties.language) == ("Lettre d’essai", "Pays d’Exemple", "fr-FR")
    assert read.tables[0].rows[0]._tr.trPr.xpath("w:tblHeader")
    assert [cell.text for cell in read.tables[0].rows[1].cells] == ["lundi", "réunion"]
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [name for name in names if "vba" in name.lower()]
    assert 'w:val="fr-FR"' in zipfile.ZipFile(io.BytesIO(data)).read("word/styles.xml").decode()


def test_odt_has_styles_language_title_and_headers():
    data = build_odt(SAMPLE)
    read = odfdo.Document(io.BytesIO(data))
    headers = [(header.style, str(header).strip(), int(header.level)) for header in read.body.headers]
    assert headers == [("Heading_20_1", "Objet", 1), ("Heading_20_2", "Détail", 2)]
    paragraphs = {paragraph.inner_text: paragraph.style for paragraph in read.body.paragraphs}
    assert paragraphs["Lettre d’essai"] == "Title"
    assert (paragraphs["Source"], paragraphs["un"]) == ("Petit", "Point")
    assert any(text.startswith("Bonjour [à compléter") for text in paragraphs)
    assert (read.meta.title, read.meta.creator, read.language) == ("Lettre d’essai", "Pays d’Exemple", "fr-FR")
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    assert "<table:table-header-rows>" in content
    assert "&lt;b&gt;gras&lt;/b&gt;" in content
    assert "\x07" not in content
    assert "table:formula" not in content
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [name for name in names if name.startswith(("Basic/", "Scripts/"))]


# Pages ----------------------------------------------------------------------------------------------------------------


def url(initiative, route="kit_detail", *arguments):
    return reverse(f"authorities:{route}", args=[initiative.authority.slug, *arguments])


@pytest.mark.django_db
def test_the_facts_come_from_the_preparation(initiative):
    make_reen_duties()
    make_meeting(initiative, code="copil_lancement", label="COPIL", kind="copil", planned_on=date(2026, 2, 2))
    make_meeting(initiative, code="cotech", label="COTECH", kind="cotech", planned_on=date(2026, 2, 9))
    make_meeting(initiative, code="diagnostic_cloture", label="Clôture", kind="", planned_on=date(2026, 4, 1))
    factories.make_participant(initiative, name="Anne", function="cheffe", roles=(Role.REFERENT,))
    factories.make_participant(initiative, name="Parti", roles=(Role.REFERENT,), is_active=False)
    facts = kit_facts(initiative, now=NOW)
    assert (facts.first_meeting.label, facts.rating_deadline.day) == ("COTECH", date(2026, 4, 1))
    assert [item.label for item in facts.dates] == ["COPIL", "COTECH"]
    assert [person.written for person in facts.referents] == ["Anne, cheffe"]
    assert [duty.title for duty in facts.duties] == [
        "Programme de travail préalable",
        "Stratégie numérique responsable",
    ]
    assert facts.binding is Binding.BOUND


@pytest.mark.django_db
def test_a_letter_speaks_of_meetings_to_come(initiative):
    make_meeting(
        initiative, code="copil_lancement", label="COPIL de lancement", kind="copil", planned_on=date(2026, 1, 4)
    )
    make_meeting(initiative, code="diagnostic_cloture", label="Clôture", kind="", planned_on=date(2026, 1, 4))
    make_meeting(initiative, code="cotech", label="COTECH", kind="cotech", planned_on=date(2026, 1, 5))
    facts = kit_facts(initiative, now=NOW)
    assert [item.label for item in facts.dates] == ["COTECH"]
    assert (facts.first_meeting.label, facts.rating_deadline) == ("COTECH", None)


@pytest.mark.django_db
@pytest.mark.parametrize("extension", ["odt", "docx"])
@pytest.mark.parametrize("slug", sorted(BY_SLUG))
def test_each_document_is_downloaded(initiative, referent_client, slug, extension):
    factories.make_participant(initiative, name="<script>x</script>\x07", roles=("referent",))
    response = referent_client.get(url(initiative, "kit_document", slug, extension))
    assert response.status_code == 200
    assert f"{slug}-{initiative.authority.slug}.{extension}" in response["Content-Disposition"]
    read = odfdo.Document if extension == "odt" else docx.Document
    assert read(io.BytesIO(response.content)) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("inconnu", "odt"), ("invitation", "exe")])
def test_another_document_is_not_found(initiative, referent_client, arguments):
    assert referent_client.get(url(initiative, "kit_document", *arguments)).status_code == 404


@pytest.mark.django_db
def test_the_kit_opens_to_those_who_read_the_preparation(initiative, elected_client, outsider_client, authority):
    assert elected_client.get(url(initiative)).status_code == 200
    assert outsider_client.get(url(initiative)).status_code == 404
    contributor = factories.make_member(authority, "contributor")
    elected_client.force_login(contributor)
    assert elected_client.get(url(initiative)).status_code == 403
