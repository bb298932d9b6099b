"""Pages of the référent: hub, preparation, follow-up, interviews."""

from datetime import timedelta

import pytest
from django.utils import timezone

from diagnostics.models import Diagnosis, Rating
from tests import factories
from tests.factories_diagnostics import (
    get_question,
    make_diagnosis,
    make_finished_diagnosis,
    make_rating,
    relative_round,
)

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"


def local(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def round_data(people, **fields) -> dict:
    return {
        "raters": [person.pk for person in people],
        "closes_at": local(timezone.now() + timedelta(days=10)),
        "are_names_shown": "non",
        "version": "1",
        **fields,
    }


def test_empty_hub_proposes_to_prepare(initiative, referent_client):
    page = referent_client.get(HUB).content.decode()

    assert f'href="{HUB}nouveau/"' in page
    assert "Aucun avis demandé pour l’instant" in page


def test_hub_of_somebody_who_only_reads_has_no_button(initiative, elected_client):
    page = elected_client.get(HUB).content.decode()

    assert "La personne référente prépare le diagnostic" in page
    assert f"{HUB}nouveau/" not in page


def test_preparation_proposes_everybody_and_two_weeks(initiative, people, questionnaire, referent_client):
    page = referent_client.get(f"{HUB}nouveau/").content.decode()

    assert page.count(" checked") == len(people) + 1
    expected = timezone.localtime(timezone.now() + timedelta(days=14))
    assert f"{expected:%Y-%m-%d}T18:00" in page
    assert "TER-2" in page


def test_preparation_proposes_the_closing_of_the_calendar(initiative, people, questionnaire, referent_client):
    planned_on = timezone.localdate() + timedelta(days=40)
    initiative.meetings.create(code="diagnostic_cloture", label="Clôture des avis", planned_on=planned_on)

    assert f"{planned_on:%Y-%m-%d}T18:00" in referent_client.get(f"{HUB}nouveau/").content.decode()


def test_prepare_then_open_a_round(initiative, people, questionnaire, referent_client, referent):
    response = referent_client.post(f"{HUB}nouveau/", round_data(people))
    assert (response.status_code, response["Location"]) == (302, HUB)
    draft = Diagnosis.objects.get()
    assert draft.opened_at is None

    hub = referent_client.get(HUB).content.decode()
    assert "Personne n’est encore prévenu" in hub
    assert f'action="{HUB}{draft.pk}/ouvrir/"' in hub

    response = referent_client.post(f"{HUB}{draft.pk}/ouvrir/")
    assert response["Location"] == f"{HUB}{draft.pk}/suivi/"
    draft.refresh_from_db()
    assert (draft.is_open(timezone.now()), draft.opened_by, draft.are_names_shown) == (True, referent, False)


def test_opening_announces_when_asked(
    initiative, people, referent_client, mailoutbox, django_capture_on_commit_callbacks
):
    draft = make_diagnosis(initiative, people, opened_at=None, closes_at=timezone.now() + timedelta(days=5))

    with django_capture_on_commit_callbacks(execute=True):
        referent_client.post(f"{HUB}{draft.pk}/ouvrir/", {"announce": "oui"})

    assert len(mailoutbox) == 3


BAD_ROUNDS = [
    ({"closes_at": ""}, "Indiquez une date et une heure"),
    ({"closes_at": "demain"}, "Indiquez une date et une heure, par exemple"),
    ({"closes_at": "2020-01-01T18:00"}, "Choisissez une clôture à venir."),
    ({"closes_at": "0001-01-01T00:00"}, "Indiquez une date entre le"),
    ({"closes_at": "9999-12-31T23:59"}, "Indiquez une date entre le"),
    ({"closes_at": "2059-12-31T23:59"}, "Choisissez une clôture dans l’année qui vient."),
    ({"raters": []}, "Cochez au moins une personne."),
    ({"raters": ["999999"]}, "Choisissez parmi les réponses proposées."),
    ({"raters": ["'; drop"]}, "Choisissez parmi les réponses proposées."),
    ({"raters": ["9" * 60]}, "Choisissez parmi les réponses proposées."),
    ({"are_names_shown": ""}, "Choisissez une réponse."),
    ({"are_names_shown": "peut-être"}, "Choisissez une réponse de la liste."),
    ({"version": "x"}, "Rechargez la page"),
]


@pytest.mark.parametrize(("fields", "message"), BAD_ROUNDS)
def test_bad_rounds_are_refused_in_french(initiative, people, questionnaire, referent_client, fields, message):
    response = referent_client.post(f"{HUB}nouveau/", round_data(people, **fields))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Diagnosis.objects.exists()


def test_raters_of_another_authority_are_refused(initiative, people, questionnaire, stranger, referent_client):
    response = referent_client.post(f"{HUB}nouveau/", round_data([*people, stranger]))

    assert response.status_code == 422
    assert not Diagnosis.objects.exists()


def test_stale_preparation_shows_both_answers(initiative, people, referent_client):
    closes_at = timezone.now() + timedelta(days=5)
    draft = make_diagnosis(initiative, people, opened_at=None, closes_at=closes_at, version=2)

    response = referent_client.post(f"{HUB}{draft.pk}/preparer/", round_data(people, version="1"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "Garder le mien" in page
    assert "Chaque avis porte le nom de la personne" in page
    draft.refresh_from_db()
    assert draft.are_names_shown is True


def test_open_round_cannot_be_prepared_again(open_round, people, referent_client):
    url = f"{HUB}{open_round.pk}/preparer/"

    assert referent_client.get(url)["Location"] == HUB
    response = referent_client.post(url, round_data(people))
    assert response.status_code == 422
    assert "Ce diagnostic est déjà ouvert" in response.content.decode()


def test_follow_up_page_shows_counts(open_round, people, referent_client):
    make_rating(open_round, people[0], "ACH-1", 4)

    page = referent_client.get(f"{HUB}{open_round.pk}/suivi/").content.decode()

    assert "2 personnes n’ont pas commencé" in page
    assert "1 réponse sur 5" in page
    assert "1 sur 2" in page


def test_add_somebody_during_the_round(open_round, initiative, referent_client):
    newcomer = factories.make_participant(initiative, service="cohesion", name="Coline")
    assert "Coline" in referent_client.get(f"{HUB}{open_round.pk}/suivi/").content.decode()

    response = referent_client.post(f"{HUB}{open_round.pk}/suivi/ajouter/", {"participant": newcomer.pk})

    assert response.status_code == 302
    assert newcomer in open_round.raters.all()


@pytest.mark.parametrize("value", ["", "abc", "9" * 40])
def test_add_nobody_is_refused(open_round, referent_client, value):
    response = referent_client.post(f"{HUB}{open_round.pk}/suivi/ajouter/", {"participant": value})

    assert response.status_code == 422
    assert "Choisissez une personne du comité." in response.content.decode()


def test_add_a_stranger_is_refused(open_round, stranger, referent_client):
    response = referent_client.post(f"{HUB}{open_round.pk}/suivi/ajouter/", {"participant": stranger.pk})

    assert response.status_code == 422
    assert stranger not in open_round.raters.all()


def test_remind_the_silent(open_round, referent_client, mailoutbox, django_capture_on_commit_callbacks):
    url = f"{HUB}{open_round.pk}/suivi/relancer/"
    with django_capture_on_commit_callbacks(execute=True):
        assert referent_client.post(url).status_code == 302
    assert len(mailoutbox) == 3

    response = referent_client.post(url)
    assert response.status_code == 422
    assert "attendez demain" in response.content.decode()


def test_extend(open_round, referent_client):
    url = f"{HUB}{open_round.pk}/prolonger/"
    later = (open_round.closes_at + timedelta(days=7)).replace(second=0, microsecond=0)

    response = referent_client.post(url, {"closes_at": local(later), "version": "1"})

    assert response.status_code == 302
    open_round.refresh_from_db()
    assert open_round.closes_at == later


def test_extend_refuses_an_earlier_closing_and_a_stale_page(open_round, referent_client):
    url = f"{HUB}{open_round.pk}/prolonger/"
    earlier = local(timezone.now() + timedelta(hours=1))

    response = referent_client.post(url, {"closes_at": earlier, "version": "1"})
    assert (response.status_code, "plus tardive" in response.content.decode()) == (422, True)

    later = local(open_round.closes_at + timedelta(days=7))
    response = referent_client.post(url, {"closes_at": later, "version": "7"})
    assert (response.status_code, "Garder le mien" in response.content.decode()) == (409, True)


def test_extend_a_closed_round_is_refused(closed_round, referent_client):
    url = f"{HUB}{closed_round.pk}/prolonger/"
    assert "ne se repousse plus" in referent_client.get(url).content.decode()

    later = local(timezone.now() + timedelta(days=7))
    response = referent_client.post(url, {"closes_at": later, "version": "1"})
    assert (response.status_code, "ouvrez un nouveau diagnostic" in response.content.decode()) == (422, True)


def test_close_after_a_confirmation(open_round, people, referent_client):
    make_rating(open_round, people[0], "ACH-1", 2)
    url = f"{HUB}{open_round.pk}/clore/"
    assert "ne rouvriront plus" in referent_client.get(url).content.decode()
    open_round.refresh_from_db()
    assert open_round.is_open(timezone.now())

    response = referent_client.post(url)

    assert response["Location"] == f"{HUB}{open_round.pk}/reunion/"
    open_round.refresh_from_db()
    assert not open_round.is_open(timezone.now())


def test_close_without_any_answer_is_refused(open_round, referent_client):
    response = referent_client.post(f"{HUB}{open_round.pk}/clore/")

    assert response.status_code == 422
    assert "Personne n’a encore répondu" in response.content.decode()


def interview_data(**fields) -> dict:
    empty = {"ACH-1-version": "0", "ACH-2-version": "0"}
    return {**empty, **fields}


def test_interview_is_typed_by_dimension(open_round, people, referent_client, referent):
    base = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/"
    assert referent_client.get(base)["Location"] == f"{base}ACH/"

    response = referent_client.post(
        f"{base}ACH/", interview_data(**{"ACH-1-level": "3", "ACH-1-comment": "Marché de 2025"})
    )

    assert response["Location"] == f"{base}PAR/"
    rating = Rating.objects.get()
    assert (rating.participant, rating.question, rating.level) == (people[0], get_question("ACH-1"), 3)
    assert (rating.comment, rating.entered_by) == ("Marché de 2025", referent)
    page = referent_client.get(f"{base}ACH/").content.decode()
    assert "Marché de 2025" in page


def test_interview_left_empty_writes_nothing(open_round, people, referent_client):
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"

    assert referent_client.post(url, interview_data()).status_code == 302
    assert not Rating.objects.exists()


def test_last_dimension_comes_back_to_the_follow_up(open_round, people, referent_client):
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/TER/"

    response = referent_client.post(url, {"TER-2-version": "0", "TER-2-level": "abstention"})

    assert response["Location"] == f"{HUB}{open_round.pk}/suivi/"
    assert Rating.objects.get().level is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ACH-1-level": "5"}, "Choisissez un niveau de 0 à 4"),
        ({"ACH-1-level": "-1"}, "Choisissez un niveau de 0 à 4"),
        ({"ACH-1-comment": "sans niveau"}, "pour garder le commentaire"),
        ({"ACH-1-level": "2", "ACH-1-comment": "x" * 2001}, "2000"),
        ({"ACH-1-level": "2", "ACH-1-version": ""}, "Rechargez la page"),
    ],
)
def test_bad_interviews_are_refused_whole(open_round, people, referent_client, fields, message):
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"

    response = referent_client.post(url, interview_data(**{"ACH-2-level": "1", **fields}))

    assert response.status_code == 422
    assert message in response.content.decode().replace("\u202f", "")
    assert not Rating.objects.exists()


def test_stale_interview_shows_both_texts(open_round, people, referent_client, referent):
    make_rating(open_round, people[0], "ACH-1", 1, "premier", entered_by=referent, entered_by_label="R", version=2)
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"

    response = referent_client.post(
        url, interview_data(**{"ACH-1-level": "4", "ACH-1-comment": "second", "ACH-1-version": "1"})
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Garder l’autre" in page
    assert "premier" in page
    assert "second" in page
    assert Rating.objects.get().level == 1


def test_interview_after_the_closing_is_refused(closed_round, people, referent_client):
    url = f"{HUB}{closed_round.pk}/entretiens/{people[0].pk}/ACH/"
    assert "Les avis ne sont pas ouverts" in referent_client.get(url).content.decode()

    response = referent_client.post(url, interview_data(**{"ACH-1-level": "2"}))

    assert response.status_code == 422
    assert "sont clos" in response.content.decode()


def test_hostile_identifiers(open_round, initiative, people, stranger, referent_client):
    outside = factories.make_participant(initiative, service="dsi")
    other_round = make_diagnosis(stranger.initiative, [stranger])
    key = open_round.pk
    for path in (
        f"{key}/entretiens/{stranger.pk}/ACH/",
        f"{key}/entretiens/{outside.pk}/ACH/",
        f"{key}/entretiens/{people[0].pk}/XXX/",
        f"{key}/entretiens/{'9' * 30}/ACH/",
        f"{other_round.pk}/suivi/",
        f"{other_round.pk}/preparer/",
        f"{other_round.pk}/prolonger/",
        f"{other_round.pk}/clore/",
        f"{other_round.pk}/reunion/",
        f"{other_round.pk}/resultats/",
        f"{other_round.pk}/entretiens/{stranger.pk}/ACH/",
        "999999/suivi/",
        f"{'9' * 30}/suivi/",
    ):
        assert referent_client.get(f"{HUB}{path}").status_code == 404, path
    for path in ("ouvrir/", "clore/", "suivi/relancer/", "suivi/ajouter/", "reunion/terminer/", "reunion/consensus/"):
        assert referent_client.post(f"{HUB}{other_round.pk}/{path}").status_code == 404, path


@pytest.mark.parametrize("client_name", ["elected_client", "outsider_client"])
def test_only_the_referent_manages(open_round, request, client_name):
    client = request.getfixturevalue(client_name)
    expected = 403 if client_name == "elected_client" else 404

    for path in ("nouveau/", f"{open_round.pk}/suivi/", f"{open_round.pk}/reunion/", f"{open_round.pk}/clore/"):
        assert client.get(HUB + path).status_code == expected


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("", 8), ("nouveau/", 15), ("{pk}/suivi/", 11), ("{pk}/clore/", 7), ("{pk}/entretiens/{rater}/ACH/", 12)],
)
def test_query_counts(initiative, questionnaire, referent_client, django_assert_num_queries, path, queries, count):
    people = [factories.make_participant(initiative, service="dsi") for _ in range(count)]
    now = timezone.now()
    diagnosis = make_diagnosis(initiative, people, number=9, **relative_round(now))
    for person in people:
        make_rating(diagnosis, person, "ACH-1", 2)
    for number in range(1, count):
        make_finished_diagnosis(initiative, {"ACH-1": 1}, number=number)
    url = HUB + path.format(pk=diagnosis.pk, rater=people[0].pk)

    with django_assert_num_queries(queries):
        assert referent_client.get(url).status_code == 200


def test_every_error_of_an_interview_is_listed_once_with_its_link(open_round, people, referent_client):
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"

    response = referent_client.post(
        url, interview_data(**{"ACH-1-level": "9", "ACH-2-comment": "sans niveau", "ACH-2-level": ""})
    )

    page = response.content.decode()
    assert page.count('id="erreurs"') == 1
    assert page.count('href="#id_ACH-1-level_0"') == 1
    assert page.count('href="#id_ACH-2-level_0"') == 1
