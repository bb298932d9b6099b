"""Pages of the meeting and of the results."""

import pytest
from django.utils import timezone

from diagnostics.models import AgreedLevel
from tests import factories
from tests.factories_diagnostics import (
    link_duty,
    make_agreed_level,
    make_diagnosis,
    make_finished_diagnosis,
    make_rating,
    relative_round,
)

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"


@pytest.fixture
def rated(closed_round, people):
    """ACH-1 consensual at 2; ACH-2 dispersed (0 to 4); PAR-1 dispersed (1 to 3); PAR-2 one rating; TER-2 none."""
    ratings = {"ACH-1": (2, 2, 3), "ACH-2": (0, 2, 4), "PAR-1": (1, 1, 3), "PAR-2": (None, 3, None)}
    for code, levels in ratings.items():
        for person, level in zip(people, levels, strict=True):
            make_rating(closed_round, person, code, level, f"{person.name} dit {level}")
    return closed_round


def url_of(diagnosis, path="") -> str:
    return f"{HUB}{diagnosis.pk}/reunion/{path}"


def question_url(diagnosis, code) -> str:
    return url_of(diagnosis, f"questions/{code}/")


def test_widest_spread_comes_first(rated, referent_client):
    page = referent_client.get(url_of(rated)).content.decode()

    assert "3 questions à discuter, 1 consensuelle" in page
    # Range 4, range 2, one rating; then the consensual one; then the one without any rating.
    order = [f"/questions/{code}/" for code in ("ACH-2", "PAR-1", "PAR-2", "ACH-1", "TER-2")]
    assert sorted(order, key=page.index) == order
    assert "Accepter la proposition consensuelle" in page


def test_accept_the_consensual_ones(rated, referent_client, referent):
    response = referent_client.post(url_of(rated, "consensus/"))

    assert response["Location"] == url_of(rated)
    agreed = AgreedLevel.objects.get()
    assert (agreed.question.code, agreed.level, agreed.author) == ("ACH-1", 2, referent)
    page = referent_client.get(url_of(rated)).content.decode()
    assert "Accepter" not in page
    again = referent_client.post(url_of(rated, "consensus/"))
    assert (again.status_code, "plus de proposition consensuelle" in again.content.decode()) == (422, True)


def test_question_page_proposes_the_median_rounded_down(rated, referent_client):
    page = referent_client.get(question_url(rated, "ACH-2")).content.decode()

    assert 'value="2" checked' in page
    assert "proposé" in page
    assert "Anne Achats" in page
    assert "Anne Achats dit 0" in page


def test_record_then_go_on_with_the_next_to_discuss(rated, referent_client):
    data = {"level": "2", "reason": "Les marchés récents en portent.", "version": "0"}

    response = referent_client.post(question_url(rated, "ACH-2"), data)

    assert response["Location"] == question_url(rated, "PAR-1")
    agreed = AgreedLevel.objects.get()
    assert (agreed.question.code, agreed.level, agreed.reason) == ("ACH-2", 2, "Les marchés récents en portent.")


def test_leave_a_question_open(rated, referent_client):
    referent_client.post(question_url(rated, "ACH-2"), {"level": "ouverte", "version": "0"})

    assert AgreedLevel.objects.get().level is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choisissez un niveau, ou «\u00a0non tranchée\u00a0»."),
        ({"level": "7"}, "Choisissez un niveau de 0 à 4"),
        ({"level": "2"}, "Écrivez le motif"),
        ({"level": "2", "reason": "x" * 2001}, "caractères au plus"),
        ({"level": "2", "reason": "ok", "version": ""}, "Rechargez la page"),
    ],
)
def test_bad_levels_are_refused_in_french(rated, referent_client, data, message):
    response = referent_client.post(question_url(rated, "ACH-2"), {"version": "0", **data})

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not AgreedLevel.objects.exists()


def test_reason_typed_is_not_lost_when_refused(rated, referent_client):
    response = referent_client.post(question_url(rated, "ACH-2"), {"reason": "Un long motif", "version": "0"})

    assert ">Un long motif</textarea>" in response.content.decode()


def test_stale_agreed_level_shows_both_texts(rated, referent_client):
    make_agreed_level(rated, "ACH-2", 1, reason="motif de l’autre", version=2)

    response = referent_client.post(
        question_url(rated, "ACH-2"), {"level": "3", "reason": "motif tapé", "version": "1"}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "motif de l’autre" in page
    assert "motif tapé" in page
    assert "Fusionner" in page
    assert AgreedLevel.objects.get().level == 1


def test_end_waits_then_leaves_the_rest_open(rated, referent_client):
    referent_client.post(url_of(rated, "consensus/"))

    refused = referent_client.post(url_of(rated, "terminer/"))
    assert refused.status_code == 422
    assert "3\u00a0questions à trancher" in refused.content.decode()

    response = referent_client.post(url_of(rated, "terminer/"), {"leaves_rest_open": "on"})
    assert response["Location"] == f"{HUB}{rated.pk}/resultats/"
    rated.refresh_from_db()
    assert rated.agreed_at is not None
    page = referent_client.get(url_of(rated)).content.decode()
    assert "<h1>Toutes les questions notées sont tranchées</h1>" in page


def test_finished_question_is_locked_until_the_meeting_is_taken_up_again(rated, referent_client):
    referent_client.post(url_of(rated, "consensus/"))
    referent_client.post(url_of(rated, "terminer/"), {"leaves_rest_open": "on"})
    page = referent_client.get(question_url(rated, "ACH-2")).content.decode()
    assert 'aria-disabled="true"' in page
    assert 'name="level"' not in page
    refused = referent_client.post(question_url(rated, "ACH-2"), {"level": "1", "reason": "x", "version": "1"})
    assert refused.status_code == 422

    assert referent_client.post(url_of(rated, "reprendre/"))["Location"] == url_of(rated)
    response = referent_client.post(question_url(rated, "ACH-2"), {"level": "1", "reason": "x", "version": "1"})
    assert response.status_code == 302


def test_hostile_identifiers(rated, referent_client, stranger):
    other = make_diagnosis(stranger.initiative, [stranger], **relative_round(timezone.now(), days_left=-1))
    for path in (question_url(rated, "XXX-1"), question_url(other, "ACH-1"), url_of(other)):
        assert referent_client.get(path).status_code == 404
    for path in (question_url(other, "ACH-1"), url_of(other, "terminer/"), url_of(other, "reprendre/")):
        assert referent_client.post(path, {"level": "1", "reason": "x", "version": "0"}).status_code == 404
    assert not AgreedLevel.objects.exists()


# Results --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def finished(initiative, people):
    levels = {"ACH-1": 1, "ACH-2": 3, "PAR-1": 4, "PAR-2": None}
    diagnosis = make_finished_diagnosis(initiative, levels, raters=people)
    for person, level in zip(people, (0, 4, None), strict=True):
        make_rating(diagnosis, person, "ACH-1", level)
    link_duty("ACH-1", "reemploi", level=3)
    return diagnosis


def test_results_state_the_finding(finished, elected_client):
    page = elected_client.get(f"{HUB}{finished.pk}/resultats/").content.decode()

    # Achats (1 + 3) / 2 = 2, parc 4; overall 3; three questions of five.
    assert "<h1>Une pratique installée sur le parc, des progrès à faire sur les achats</h1>" in page
    assert "3 questions répondues sur 5" in page
    assert "Niveau 1, attendu 3" in page
    assert "Obligation reemploi. En vigueur depuis le 1er janvier 2020." in page
    assert "infraction" not in page
    assert "Avis\u00a0: 1 au niveau 0, 1 au niveau 4. Niveau retenu\u00a0: 1." in page
    assert 'role="img" aria-labelledby="radar-title radar-desc"' in page
    assert "Revenir à la réunion" not in page


def test_every_question_is_in_the_whole_table(finished, elected_client):
    page = elected_client.get(f"{HUB}{finished.pk}/resultats/questions/").content.decode()

    assert page.count('<tr role="row" id=') == 5
    assert 'id="TER-2"' in page
    assert "sans réponse" in page
    assert "non tranchée" in page


def test_results_wait_for_the_end_of_the_meeting(rated, elected_client):
    for path in ("resultats/", "resultats/questions/"):
        assert elected_client.get(f"{HUB}{rated.pk}/{path}")["Location"] == HUB


def test_hub_of_a_finished_round(finished, elected_client):
    page = elected_client.get(HUB).content.decode()

    assert "Une pratique installée sur le parc" in page
    assert f'href="{HUB}{finished.pk}/resultats/"' in page


def test_results_without_any_rating_or_duty(initiative, referent_client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 2})

    page = referent_client.get(f"{HUB}{diagnosis.pk}/resultats/").content.decode()

    assert "Aucun point d’attention parmi les questions répondues" in page
    assert "Aucune question n’a deux niveaux d’écart ou plus." in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("reunion/", 8), ("reunion/questions/ACH-1/", 12), ("resultats/", 13), ("resultats/questions/", 14)],
)
def test_query_counts(initiative, questionnaire, referent_client, django_assert_num_queries, path, queries, count):
    people = [factories.make_participant(initiative) for _ in range(count)]
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 1}, raters=people)
    for person in people:
        make_rating(diagnosis, person, "ACH-1", 2, "un mot")
    for code in ("ACH-2", "PAR-1")[: count - 1]:
        make_agreed_level(diagnosis, code, 2)
    link_duty("ACH-1", "reemploi", level=3)

    with django_assert_num_queries(queries):
        assert referent_client.get(f"{HUB}{diagnosis.pk}/{path}").status_code == 200
