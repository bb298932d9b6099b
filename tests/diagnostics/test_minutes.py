"""Minutes of the meeting: what they say, who may be named, the three formats."""

import io
from datetime import date, time

import docx
import odfdo
import pytest
from django.utils import timezone

from authorities.models import Event
from common.document import Bullets, Document, Heading, Paragraph, Table
from common.document_pdf import build_pdf
from common.docx import build_docx
from common.errors import DomainError
from common.odt import build_odt
from common.versioning import StaleVersionError
from diagnostics.minutes import (
    MinutesDimension,
    MinutesFacts,
    MinutesOpinion,
    MinutesQuestion,
    duration_label,
    write_minutes,
)
from diagnostics.models import Diagnosis, MeetingMinutes
from diagnostics.selectors import minutes_facts, proposed_minutes
from diagnostics.services import MinutesValues, save_minutes
from tests import factories
from tests.factories_authorities import make_meeting
from tests.factories_diagnostics import make_agreed_level, make_diagnosis, make_rating, relative_round
from tests.pdf_readback import is_tagged_in_french, read_title, read_words

HUB = "/collectivites/pays-dexemple/diagnostics/"
NOW = factories.PARIS_NOON
TYPED = {
    "held_on": "07/04/2026", "starts_at": "14:00", "ends_at": "15:30", "place": "Salle du conseil",
    "other_people": "Mme Bénard, préfecture\n\nM. Loiseau, syndicat", "decisions": "La DSI chiffre le réemploi.",
    "notes": "", "version": "0",
}  # fmt: skip


def values(**fields) -> MinutesValues:
    defaults = {
        "held_on": date(2026, 4, 7), "starts_at": None, "ends_at": None, "place": "", "present": [],
        "other_people": "", "decisions": "", "notes": "",
    }  # fmt: skip
    return MinutesValues(**{**defaults, **fields})


def question(code: str, *levels: int | None, **fields) -> MinutesQuestion:
    defaults = {"title": "Titre", "is_settled": True, "level": 2, "level_text": "Deux.", "reason": ""}
    return MinutesQuestion(code=code, opinions=[MinutesOpinion(level) for level in levels], **{**defaults, **fields})


def facts(*questions: MinutesQuestion, **fields) -> MinutesFacts:
    defaults = {
        "authority": "Pays d’Exemple", "number": 1, "questionnaire": "Questionnaire d’essai", "asked_count": 4,
        "rater_count": 3, "opened_on": date(2026, 3, 2), "closed_on": date(2026, 3, 20),
        "held_on": None, "starts_at": None, "ends_at": None, "place": "", "present": [], "decisions": "", "notes": "",
        "agreed_on": None, "dimensions": [MinutesDimension("Achats", questions)], "now": NOW,
    }  # fmt: skip
    return MinutesFacts(**{**defaults, **fields})


def text_of(document: Document) -> str:
    lines = [document.title]
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            lines.append(block.text)
        elif isinstance(block, Bullets):
            lines += block.items
        elif isinstance(block, Table):
            lines += [block.caption, *(" | ".join(row) for row in block.rows)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        (time(14), time(15, 30), "1\u00a0h\u00a030"),
        (time(14), time(16), "2\u00a0h"),
        (time(14, 45), time(15, 15), "30\u00a0min"),
        (time(14), None, ""),
    ],
)
def test_duration(start, end, label):
    assert duration_label(start, end) == label


def test_minutes_say_levels_reasons_and_what_stayed_open():
    settled = question("ACH-1", 0, 2, 2, None, reason="Échange.", evidence=["CCTP 2026"])
    left_open = question("ACH-2", 1, level=None, level_text="", reason="À revoir.")
    unsettled = question("ACH-3", is_settled=False, level=None, level_text="")

    text = text_of(write_minutes(facts(settled, left_open, unsettled, starts_at=time(9), ends_at=time(10, 30))))

    # Each opinion is unbreakable, so that a narrow cell never parts « 2 » from « au niveau 2 ».
    said = ", ".join(item.replace(" ", "\u00a0") for item in ("1 au niveau 0", "2 au niveau 2", "1 abstention"))
    assert f"ACH-1 Titre | {said} | 2 | Deux. Motif : Échange. Pièces : CCTP 2026." in text
    assert "1 niveau retenu sur 3 questions ; 3 personnes ont noté sur 4 à qui l’avis a été demandé." in text
    assert "Ensemble : 2,0 sur 4" in text
    assert "Achats : 2,0 sur 4\nNiveaux retenus, 1 question répondue sur 3\n" in text.replace("\u00a0:", " :")
    assert "Avis ouverts du 2 mars 2026 au 20 mars 2026." in text
    assert "ACH-2 Titre (1\u00a0au\u00a0niveau\u00a01). À revoir." in text
    assert "ACH-3 Titre (aucun avis)." in text
    assert "Durée : 1\u00a0h\u00a030 (09:00 à 10:30)" in text
    assert "Document provisoire" in text
    assert "[à compléter\u00a0: personnes présentes]" in text


def test_names_are_written_beside_the_opinions_when_they_are_given():
    item = question("ACH-1")
    said = [MinutesOpinion(0, "Anne Achats"), MinutesOpinion(None, "Denis Dsi")]
    named = MinutesQuestion(**{**vars(item), "opinions": said})

    assert named.opinions_label == "Anne Achats 0, Denis Dsi abstention"


def test_the_three_formats_hold_the_same_text():
    document = write_minutes(facts(question("ACH-1", 0, 2, reason="Échange."), agreed_on=date(2026, 4, 7)))

    word = docx.Document(io.BytesIO(build_docx(document)))
    writer = odfdo.Document(io.BytesIO(build_odt(document)))
    pdf = build_pdf(document)
    in_pdf = read_words(pdf)

    assert word.core_properties.title == writer.meta.title == read_title(pdf)
    assert [cell.text for cell in word.tables[0].rows[1].cells][2] == "2"
    for words in ("Personnes présentes", "Niveaux retenus", "ACH-1 Titre", "Motif", "Diagnostic terminé le 7 avril"):
        assert words in in_pdf
    assert is_tagged_in_french(pdf)


# Service and pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def rated(closed_round, people):
    """ACH-1 from 0 to 4, one abstention; agreed at 2."""
    for person, level in zip(people, (0, 4, None), strict=True):
        make_rating(closed_round, person, "ACH-1", level)
    make_agreed_level(closed_round, "ACH-1", 2, reason="Entendu en réunion.")
    return closed_round


def url_of(diagnosis, extension="") -> str:
    return f"{HUB}{diagnosis.pk}/reunion/compte-rendu{f'.{extension}' if extension else '/'}"


def test_save_then_download(rated, people, referent_client):
    response = referent_client.post(url_of(rated), {**TYPED, "present": [people[0].pk, people[2].pk]})

    assert response["Location"] == url_of(rated)
    minutes = MeetingMinutes.objects.get()
    assert (minutes.held_on, minutes.starts_at, minutes.place) == (date(2026, 4, 7), time(14), "Salle du conseil")
    assert [person.name for person in minutes.present.all()] == ["Anne Achats", "Chloé Com"]
    assert Event.objects.filter(verb__contains="compte rendu").count() == 1
    downloaded = referent_client.get(url_of(rated, "docx"))
    assert "attachment" in downloaded["Content-Disposition"]
    word = docx.Document(io.BytesIO(downloaded.content))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for words in (
        "Anne Achats",
        "Mme Bénard, préfecture",
        "M. Loiseau, syndicat",
        "La DSI chiffre",
        "1\u00a0h\u00a030",
    ):
        assert words in text
    assert "Denis Dsi" not in text
    assert [cell.text for cell in word.tables[0].rows[1].cells][1:3] == [
        "1\u00a0au\u00a0niveau\u00a00, 1\u00a0au\u00a0niveau\u00a04, 1\u00a0abstention",
        "2",
    ]


@pytest.mark.parametrize("shows_names", [True, False])
def test_names_follow_the_rule_of_the_round(rated, people, referent, shows_names):
    Diagnosis.objects.update(are_names_shown=shows_names)
    MeetingMinutes.objects.create(diagnosis=rated, are_names_written=True)
    rated.refresh_from_db()

    text = text_of(write_minutes(minutes_facts(rated, now=timezone.now())))

    assert ("Anne Achats 0, Denis Dsi 4, Chloé Com abstention" in text) == shows_names
    assert ("Anne" in text) == shows_names


def test_names_are_refused_when_the_rule_hides_them(rated, referent, referent_client):
    Diagnosis.objects.update(are_names_shown=False)
    assert "are_names_written" not in referent_client.get(url_of(rated)).content.decode()
    with pytest.raises(DomainError, match="cache les noms"):
        save_minutes(
            diagnosis=rated,
            expected_version=0,
            values=values(are_names_written=True),
            actor=referent,
            now=timezone.now(),
        )


def test_nothing_before_closing(open_round, people, referent, referent_client):
    make_rating(open_round, people[0], "ACH-1", 0)

    for path in (url_of(open_round), *(url_of(open_round, extension) for extension in ("odt", "docx", "pdf"))):
        assert referent_client.get(path).status_code == 409
    assert referent_client.post(url_of(open_round), TYPED).status_code == 409
    with pytest.raises(DomainError, match="après la clôture"):
        save_minutes(diagnosis=open_round, expected_version=0, values=values(), actor=referent, now=timezone.now())
    with pytest.raises(DomainError, match="ne sont pas clos"):
        minutes_facts(open_round, now=timezone.now())
    assert not MeetingMinutes.objects.exists()


def test_stale_minutes_show_both_texts(rated, people, referent_client):
    MeetingMinutes.objects.create(diagnosis=rated, decisions="texte de l’autre", version=2)

    response = referent_client.post(url_of(rated), {**TYPED, "decisions": "texte tapé", "version": "1"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "texte de l’autre" in page
    assert "texte tapé" in page
    assert MeetingMinutes.objects.get().decisions == "texte de l’autre"


def test_two_first_saves(rated, referent):
    save_minutes(diagnosis=rated, expected_version=0, values=values(notes="a"), actor=referent, now=timezone.now())
    with pytest.raises(StaleVersionError):
        save_minutes(diagnosis=rated, expected_version=0, values=values(notes="b"), actor=referent, now=timezone.now())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"ends_at": "13:00"}, "Indiquez une fin qui vient après le début."),
        ({"starts_at": "25 h"}, "Indiquez une heure, par exemple 14:30."),
        ({"held_on": "hier"}, "Indiquez une date"),
        ({"notes": "x" * 5001}, "caractères au plus"),
        ({"present": "999999"}, "Choisissez parmi les réponses proposées."),
    ],
)
def test_bad_answers_are_refused_in_french(rated, referent_client, data, message):
    response = referent_client.post(url_of(rated), {**TYPED, **data})

    assert response.status_code == 422
    assert message in response.content.decode()
    assert "La DSI chiffre le réemploi." in response.content.decode()
    assert not MeetingMinutes.objects.exists()


def test_a_stranger_is_not_present(rated, stranger, referent, referent_client):
    assert referent_client.post(url_of(rated), {**TYPED, "present": [stranger.pk]}).status_code == 422
    with pytest.raises(DomainError, match="pas de cette démarche"):
        save_minutes(
            diagnosis=rated, expected_version=0, values=values(present=[stranger]), actor=referent, now=timezone.now()
        )
    other = make_diagnosis(stranger.initiative, [stranger], **relative_round(timezone.now(), days_left=-1))
    assert referent_client.get(url_of(other)).status_code == 404
    assert referent_client.get(url_of(other, "odt")).status_code == 404
    assert referent_client.get(url_of(rated, "exe")).status_code == 404


def test_heading_is_proposed_from_the_calendar_and_the_levels(rated, initiative):
    decided_at = rated.agreed_levels.get().decided_at
    day = timezone.localtime(decided_at).date()
    make_meeting(
        initiative, code="cotech_diagnostic", planned_on=day, start_time=time(0, 5), place="Salle des mariages"
    )

    proposed = proposed_minutes(rated, today=day)

    assert (proposed["held_on"], proposed["starts_at"], proposed["place"]) == (day, time(0, 5), "Salle des mariages")
    assert proposed["ends_at"] == timezone.localtime(decided_at).time().replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("planned_on", "proposed_on"), [(date(2026, 4, 6), date(2026, 4, 6)), (date(2026, 4, 8), None)]
)
def test_a_meeting_that_is_to_come_is_not_proposed(closed_round, initiative, planned_on, proposed_on):
    make_meeting(initiative, code="cotech_diagnostic", planned_on=planned_on, start_time=time(14))

    assert proposed_minutes(closed_round, today=date(2026, 4, 7))["held_on"] == proposed_on


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("extension", "queries"), [("", 12), ("odt", 14)])
def test_query_counts(initiative, questionnaire, referent_client, django_assert_num_queries, extension, queries, count):
    people = [factories.make_participant(initiative) for _ in range(count)]
    diagnosis = make_diagnosis(initiative, people, **relative_round(timezone.now(), days_left=-1))
    for person in people:
        make_rating(diagnosis, person, "ACH-1", 2)
    minutes = MeetingMinutes.objects.create(diagnosis=diagnosis)
    minutes.present.set(people)

    with django_assert_num_queries(queries):
        assert referent_client.get(url_of(diagnosis, extension)).status_code == 200
