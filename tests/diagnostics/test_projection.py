"""The projected meeting: pages, pace, recording in the background."""

import pytest
from django.utils import timezone

from diagnostics.models import AgreedLevel, Diagnosis
from diagnostics.pacing import minutes_per_question, planned_minutes
from diagnostics.scoring import score_question
from diagnostics.selectors import proposed_reason
from tests import factories
from tests.factories_authorities import make_meeting
from tests.factories_diagnostics import make_agreed_level, make_diagnosis, make_rating, relative_round

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"
AUTOSAVE = {"X-Autosave": "1"}


@pytest.fixture
def rated(closed_round, people):
    """ACH-1 consensual at 2; ACH-2 dispersed (0 to 4); PAR-1 dispersed (1 to 3); PAR-2 one rating; TER-2 none."""
    ratings = {"ACH-1": (2, 2, 3), "ACH-2": (0, 2, 4), "PAR-1": (1, 1, 3), "PAR-2": (None, 3, None)}
    for code, levels in ratings.items():
        for person, level in zip(people, levels, strict=True):
            make_rating(closed_round, person, code, level, f"dit {level}")
    return closed_round


def url_of(diagnosis, code="") -> str:
    return f"{HUB}{diagnosis.pk}/reunion/projection/{code}{'/' if code else ''}"


@pytest.mark.parametrize(
    ("count", "each", "total"),
    # 90 / 12 = 7.5, whole minutes; 90 / 3 = 30, ten at most; 90 / 60 = 1.5, two at least.
    [(0, 10, 0), (3, 10, 30), (12, 7, 84), (45, 2, 90), (60, 2, 120)],
)
def test_pace(count, each, total):
    assert (minutes_per_question(count, 90), planned_minutes(count, 90)) == (each, total)


def test_pace_follows_the_calendar(rated, initiative, referent_client):
    make_meeting(initiative, code="cotech_diagnostic", duration_minutes=15)

    # 15 / 3 = 5 minutes each.
    assert 'data-timer="5"' in referent_client.get(url_of(rated, "ACH-2")).content.decode()


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        ((0, 2, 4), "Échange en réunion\u00a0: 3 avis de 0 à 4, médiane arrondie 2."),
        ((3, None), "Échange en réunion\u00a0: 1 avis au niveau 3, médiane arrondie 3."),
        ((None,), "Échange en réunion, sans avis préalable."),
    ],
)
def test_proposed_reason_tells_what_the_ratings_were(levels, reason):
    assert proposed_reason(score_question(levels)) == reason


def test_agenda_says_how_many_and_how_long(rated, referent_client):
    page = referent_client.get(url_of(rated)).content.decode()

    assert "<h1>3 questions à discuter</h1>" in page
    assert "<dd>30 min</dd>" in page
    assert f'href="{url_of(rated, "ACH-2")}"' in page
    assert 'class="menu"' not in page


def test_question_shows_the_levels_in_full_and_who_stands_where(rated, referent_client):
    page = referent_client.get(url_of(rated, "PAR-1")).content.decode()

    assert "<b>2 sur 2 qui divergent</b> · 0 tranchée sur 3" in page
    for level in rated.asked_questions().get(code="PAR-1").levels.all():
        assert level.text in page
    assert 'value="1" checked' in page
    assert "<small>Anne Achats, Denis Dsi</small>" in page
    assert 'data-timer="10"' in page
    assert "Échange en réunion\u00a0: 3 avis de 1 à 3, médiane arrondie 1." in page
    assert f'data-go="ArrowLeft" href="{url_of(rated, "ACH-2")}"' in page
    assert f'data-go="ArrowRight" href="{url_of(rated, "PAR-2")}"' in page
    assert "3 commentaires" in page


@pytest.mark.parametrize(
    ("code", "progress"),
    [("PAR-2", "1 sur 1 avec peu d’avis"), ("ACH-1", "avis convergents"), ("TER-2", "aucun avis")],
)
def test_progress_names_what_it_counts(rated, referent_client, code, progress):
    assert f"<b>{progress}</b>" in referent_client.get(url_of(rated, code)).content.decode()


def test_names_stay_hidden_when_the_rule_says_so(rated, people, referent_client):
    Diagnosis.objects.update(are_names_shown=False)

    page = referent_client.get(url_of(rated, "ACH-2")).content.decode()

    assert "3 commentaires" in page
    assert not [person.name for person in people if person.name in page]


def test_record_with_the_button_then_go_on(rated, referent_client, referent):
    data = {"level": "2", "reason": "Les marchés récents.", "version": "0"}

    response = referent_client.post(url_of(rated, "ACH-2"), data)

    assert response["Location"] == url_of(rated, "PAR-1")
    agreed = AgreedLevel.objects.get()
    assert (agreed.question.code, agreed.level, agreed.reason) == ("ACH-2", 2, "Les marchés récents.")
    page = referent_client.get(url_of(rated, "PAR-1")).content.decode()
    assert f"Juste besoin\u00a0: enregistré à {timezone.localtime(agreed.decided_at):%H:%M}" in page


def test_record_in_the_background_tells_where_to_go(rated, referent_client):
    make_agreed_level(rated, "ACH-2", 2)
    make_agreed_level(rated, "PAR-1", 1)

    response = referent_client.post(
        url_of(rated, "PAR-2"), {"level": "ouverte", "reason": "x", "version": "0"}, headers=AUTOSAVE
    )

    assert (response.status_code, response["X-Version"], response["X-Next"]) == (204, "1", url_of(rated))
    assert AgreedLevel.objects.get(question__code="PAR-2").level is None
    page = referent_client.get(url_of(rated)).content.decode()
    assert "<h1>Toutes les questions à discuter sont tranchées</h1>" in page
    assert "Accepter les propositions consensuelles" in page


def test_the_last_ones_come_back_to_those_that_were_passed(rated, referent_client):
    response = referent_client.post(url_of(rated, "PAR-2"), {"level": "3", "reason": "x", "version": "0"})

    assert response["Location"] == url_of(rated, "ACH-2")


def test_stale_level_shows_both_texts(rated, referent_client):
    make_agreed_level(rated, "ACH-2", 1, reason="motif de l’autre", version=2)

    response = referent_client.post(
        url_of(rated, "ACH-2"), {"level": "3", "reason": "motif tapé", "version": "1"}, headers=AUTOSAVE
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "motif de l’autre" in page
    assert "motif tapé" in page
    assert AgreedLevel.objects.get().level == 1


def test_refusal_keeps_what_was_typed(rated, referent_client):
    response = referent_client.post(url_of(rated, "ACH-2"), {"level": "9", "reason": "long motif", "version": "0"})

    assert response.status_code == 422
    assert ">long motif</textarea>" in response.content.decode()


def test_finished_diagnosis_is_only_shown(rated, referent_client):
    make_agreed_level(rated, "ACH-2", 2)
    Diagnosis.objects.update(agreed_at=timezone.now())

    page = referent_client.get(url_of(rated, "ACH-2")).content.decode()
    assert "<fieldset disabled>" in page
    assert "Retenir et continuer" not in page
    refused = referent_client.post(url_of(rated, "ACH-2"), {"level": "1", "reason": "x", "version": "1"})
    assert (refused.status_code, AgreedLevel.objects.get().level) == (422, 2)


def test_nothing_before_closing(open_round, people, referent_client):
    make_rating(open_round, people[0], "ACH-1", 0, "secret")

    for path in (url_of(open_round), url_of(open_round, "ACH-1")):
        response = referent_client.get(path)
        assert (response.status_code, "secret" in response.content.decode()) == (409, False)


def test_hostile_identifiers(rated, referent_client, stranger):
    other = make_diagnosis(stranger.initiative, [stranger], **relative_round(timezone.now(), days_left=-1))
    for path in (url_of(rated, "XXX-1"), url_of(other), url_of(other, "ACH-1")):
        assert referent_client.get(path).status_code == 404
    assert referent_client.post(url_of(other, "ACH-1"), {"level": "1", "version": "0"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("code", "queries"), [("", 9), ("ACH-1", 13)])
def test_query_counts(initiative, questionnaire, referent_client, django_assert_num_queries, code, queries, count):
    people = [factories.make_participant(initiative) for _ in range(count)]
    diagnosis = make_diagnosis(initiative, people, **relative_round(timezone.now(), days_left=-1))
    for person in people:
        make_rating(diagnosis, person, "ACH-1", 2, "un mot")

    with django_assert_num_queries(queries):
        assert referent_client.get(url_of(diagnosis, code)).status_code == 200
