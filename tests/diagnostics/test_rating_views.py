"""Pages of a participant, behind a personal link."""

import pytest
from django.utils import timezone

from diagnostics.models import Rating
from tests import factories
from tests.factories_diagnostics import make_diagnosis, make_dimension, make_rating, relative_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def anne(people):
    return people[0]


@pytest.fixture
def anne_client(anne):
    return factories.participant_client(anne)


def base(participant) -> str:
    return f"/participation/{participant.pk}/avis/"


def question_url(diagnosis, participant, code="ACH-1") -> str:
    return f"{base(participant)}{diagnosis.pk}/{code}/"


def test_overview_puts_what_the_participant_knows_first(open_round, anne, anne_client):
    anne.dimensions.set([make_dimension("TER")])

    page = anne_client.get(base(anne)).content.decode()

    assert "3 questions sur ce que vous connaissez" in page
    known, others = page.split('id="autres"')
    assert [code in known for code in ("Part issue du réemploi", "Inclusion et médiation", "Inventaire")] == [
        True,
        True,
        False,
    ]
    assert "Inventaire" in others
    assert f'href="{question_url(open_round, anne)}"' in page


def test_overview_without_round(initiative, anne, anne_client):
    assert "Aucun avis ne vous est demandé" in anne_client.get(base(anne)).content.decode()


def test_draft_is_not_shown(initiative, people, anne, anne_client):
    draft = make_diagnosis(initiative, people, opened_at=None)

    assert "Aucun avis ne vous est demandé" in anne_client.get(base(anne)).content.decode()
    assert anne_client.get(question_url(draft, anne)).status_code == 404


def test_light_track_asks_the_essential_questions(initiative, people, anne, anne_client):
    make_diagnosis(initiative, people, track="light", **relative_round(timezone.now()))

    page = anne_client.get(base(anne)).content.decode()

    assert "1 question sur ce que vous connaissez" in page
    assert "Juste besoin" not in page


def test_question_shows_its_five_sentences_and_the_abstention(open_round, anne, anne_client):
    page = anne_client.get(question_url(open_round, anne)).content.decode()

    assert [f"ACH-1 au niveau {level}." in page for level in range(5)] == [True] * 5
    assert page.count('name="level"') == 6
    assert "Je ne me prononce pas" in page
    assert " checked" not in page


def test_get_changes_nothing(open_round, anne, anne_client):
    for path in (base(anne), question_url(open_round, anne), f"{base(anne)}{open_round.pk}/fin/"):
        assert anne_client.get(path).status_code == 200
    assert not Rating.objects.exists()


def test_rate_then_go_to_the_next_known_question_and_the_end(open_round, anne, anne_client):
    response = anne_client.post(question_url(open_round, anne), {"level": "2", "comment": "Un marché", "version": "0"})
    assert response["Location"] == question_url(open_round, anne, "ACH-2")
    rating = Rating.objects.get()
    assert (rating.participant, rating.level, rating.comment, rating.is_interview) == (anne, 2, "Un marché", False)

    response = anne_client.post(question_url(open_round, anne, "ACH-2"), {"level": "abstention", "version": "0"})
    assert response["Location"] == f"{base(anne)}{open_round.pk}/fin/"
    assert Rating.objects.get(question__code="ACH-2").level is None
    end = anne_client.get(response["Location"]).content.decode()
    assert "C’est enregistré, merci" in end
    assert "2 sur 2 questions que vous connaissez ont votre réponse." in end


def test_answer_is_shown_again_with_its_hour(open_round, anne, anne_client):
    anne_client.post(question_url(open_round, anne), {"level": "3", "comment": "Un texte", "version": "0"})
    rating = Rating.objects.get()

    page = anne_client.get(question_url(open_round, anne)).content.decode()

    assert f"Enregistré à {timezone.localtime(rating.rated_at):%H:%M}" in page
    assert 'value="3" checked' in page
    assert ">Un texte</textarea>" in page


def test_autosave_answers_without_a_page(open_round, anne, anne_client):
    url, headers = question_url(open_round, anne), {"X-Autosave": "1"}

    response = anne_client.post(url, {"level": "3", "version": "0"}, headers=headers)
    assert (response.status_code, response["X-Version"]) == (204, "1")

    response = anne_client.post(url, {"level": "1", "version": "1"}, headers=headers)
    assert (response.status_code, response["X-Version"]) == (204, "2")
    assert Rating.objects.get().level == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choisissez un niveau, ou «\u00a0Je ne me prononce pas\u00a0»."),
        ({"level": "5"}, "Choisissez un niveau de 0 à 4"),
        ({"level": "-1"}, "Choisissez un niveau de 0 à 4"),
        ({"level": "<script>"}, "Choisissez un niveau de 0 à 4"),
        ({"level": "2", "comment": "x" * 2001}, "caractères au plus"),
        ({"level": "2", "version": "abc"}, "Rechargez la page"),
    ],
)
def test_bad_answers_are_refused_in_french(open_round, anne, anne_client, data, message):
    response = anne_client.post(question_url(open_round, anne), {"version": "0", **data})

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Rating.objects.exists()


def test_text_typed_without_level_is_not_lost(open_round, anne, anne_client):
    response = anne_client.post(question_url(open_round, anne), {"comment": "Un long texte", "version": "0"})

    assert ">Un long texte</textarea>" in response.content.decode()


def test_stale_answer_shows_both_texts(open_round, anne, anne_client):
    make_rating(open_round, anne, "ACH-1", 1, "texte gardé", version=3)
    url = question_url(open_round, anne)

    response = anne_client.post(url, {"level": "4", "comment": "texte tapé", "version": "2"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Garder le mien" in page
    assert "texte tapé" in page
    assert "texte gardé" in page
    assert Rating.objects.get().level == 1

    kept = {
        "version": "3", "level": "4", "keep-level": "mine", "mine-level": "4",
        "comment": "les deux", "keep-comment": "merge", "mine-comment": "texte tapé",
    }  # fmt: skip
    assert anne_client.post(url, kept).status_code == 302
    rating = Rating.objects.get()
    assert (rating.level, rating.comment) == (4, "les deux")


def test_answer_typed_for_the_participant_says_so(open_round, anne, anne_client, referent):
    make_rating(open_round, anne, "ACH-1", 1, entered_by=referent, entered_by_label="La référente")

    page = anne_client.get(question_url(open_round, anne)).content.decode()

    assert "saisie pour vous par La référente" in page


def test_after_the_closing_own_answers_are_read_only(closed_round, anne, anne_client):
    make_rating(closed_round, anne, "ACH-1", 2, "mon texte")
    url = question_url(closed_round, anne)

    page = anne_client.get(url).content.decode()
    assert "Les avis sont clos" in page
    assert "ACH-1 au niveau 2." in page
    assert "mon texte" in page
    assert 'name="level"' not in page

    response = anne_client.post(url, {"level": "4", "comment": "trop tard", "version": "1"})
    refused = response.content.decode()
    assert response.status_code == 422
    assert "votre réponse n’a pas été enregistrée" in refused
    assert "trop tard" in refused
    assert Rating.objects.get().level == 2
    assert "Les avis sont clos" in anne_client.get(base(anne)).content.decode()


def test_a_participant_never_sees_the_answers_of_others(open_round, people, anne, anne_client):
    make_rating(open_round, people[1], "ACH-1", 4, "secret de Denis")

    for path in (base(anne), question_url(open_round, anne), f"{base(anne)}{open_round.pk}/fin/"):
        page = anne_client.get(path).content.decode()
        assert "secret de Denis" not in page
        assert " checked" not in page


def test_law_is_folded_under_the_question(open_round, anne, anne_client):
    question = open_round.asked_questions().get(code="ACH-1")
    question.legal_reference, question.duty_level = "art. 58 loi AGEC", 3
    question.save()

    page = anne_client.get(question_url(open_round, anne)).content.decode()

    assert "Art. 58 loi AGEC." in page
    assert "Le niveau 3 correspond à cette attente" in page


def test_hostile_identifiers(open_round, initiative, people, anne, anne_client, stranger):
    other_round = make_diagnosis(stranger.initiative, [stranger], **relative_round(timezone.now()))
    not_asked = make_diagnosis(initiative, people[1:], **relative_round(timezone.now()))
    denis = people[1]
    for path in (
        base(denis),
        question_url(open_round, denis),
        question_url(other_round, anne),
        question_url(not_asked, anne),
        question_url(open_round, anne, "XXX-9"),
        f"{base(anne)}{'9' * 30}/ACH-1/",
        f"{base(anne)}{other_round.pk}/fin/",
    ):
        assert anne_client.get(path).status_code == 404, path
        if not path.endswith(("avis/", "fin/")):
            assert anne_client.post(path, {"level": "1", "version": "0"}).status_code == 404, path
    assert not Rating.objects.exists()


def test_the_link_of_somebody_who_may_not_rate_opens_nothing(open_round, anne):
    client = factories.participant_client(anne, scopes=["read"])

    assert client.get(base(anne)).status_code == 403
    assert client.post(question_url(open_round, anne), {"level": "1", "version": "0"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("", 7), ("{pk}/ACH-1/", 10), ("{pk}/fin/", 7)])
def test_query_counts(initiative, questionnaire, django_assert_num_queries, path, queries, count):
    people = [factories.make_participant(initiative, service="dsi") for _ in range(3)]
    diagnosis = make_diagnosis(initiative, people, **relative_round(timezone.now()))
    for code in ("ACH-1", "PAR-1", "PAR-2")[:count]:
        for person in people:
            make_rating(diagnosis, person, code, 2)
    client = factories.participant_client(people[0])

    with django_assert_num_queries(queries):
        assert client.get(base(people[0]) + path.format(pk=diagnosis.pk)).status_code == 200
