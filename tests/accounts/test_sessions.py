"""One's open sessions, and the end of one's account."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.devices import describe_device
from accounts.models import User
from accounts.services import create_confirmed_account
from tests import factories
from tests.accounts.test_sign_up import PASSWORD

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def user() -> User:
    return create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Référente")


def open_browser(user: User, user_agent: str = FIREFOX) -> Client:
    client = Client(HTTP_USER_AGENT=user_agent)
    assert client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (SAFARI, "Safari sur iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("curl/8.0", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_device_is_named(user_agent, name):
    assert describe_device(user_agent) == name


def test_list_shows_each_open_browser(user):
    here = open_browser(user)
    open_browser(user, SAFARI)

    html = here.get("/compte/sessions/").content.decode()

    assert html.index("Firefox sur Windows") < html.index("Cet appareil") < html.index("Safari sur iPhone")
    assert "2 appareils" in here.get("/compte/").content.decode()


def test_list_costs_the_same_with_one_session_and_with_three(user, django_assert_max_num_queries):
    here = open_browser(user)
    with django_assert_max_num_queries(6):
        here.get("/compte/sessions/")
    open_browser(user)
    open_browser(user)
    with django_assert_max_num_queries(6):
        here.get("/compte/sessions/")


def test_one_session_is_closed(user):
    here, there = open_browser(user), open_browser(user, SAFARI)
    far = UserSession.objects.get(user_agent=SAFARI)

    assert here.post(f"/compte/sessions/{far.pk}/fermer/").url == "/compte/sessions/"

    assert there.get("/compte/").status_code == 302
    assert here.get("/compte/").status_code == 200


def test_all_the_others_are_closed(user):
    here, there, far = open_browser(user), open_browser(user), open_browser(user)

    response = here.post("/compte/sessions/autres/fermer/", follow=True)

    assert "Les autres sessions sont fermées." in response.content.decode()
    assert [client.get("/compte/").status_code for client in (here, there, far)] == [200, 302, 302]


def test_sessions_of_somebody_else_do_not_exist(user):
    other = create_confirmed_account(email="autre@exemple.fr", password=PASSWORD, full_name="Autre")
    here, theirs = open_browser(user), open_browser(other)
    session = UserSession.objects.get(user=other)

    assert here.post(f"/compte/sessions/{session.pk}/fermer/").status_code == 404
    assert here.post("/compte/sessions/autres/fermer/").status_code == 302
    assert theirs.get("/compte/").status_code == 200


def test_new_password_closes_the_others(user):
    here, there = open_browser(user), open_browser(user, SAFARI)
    new = "girafe-trombone-jeudi"

    here.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert there.get("/compte/").status_code == 302
    html = here.get("/compte/sessions/").content.decode()
    assert "Firefox sur Windows" in html
    assert "Safari sur iPhone" not in html


# The end of the account -----------------------------------------------------------------------------------------------


def confirmed(user: User) -> Client:
    client = open_browser(user)
    client.post("/compte/identite/", {"password": PASSWORD})
    return client


def test_closing_asks_who_one_is_first(user):
    assert open_browser(user).get("/compte/supprimer/").url.startswith("/compte/identite/")


def test_account_is_closed_by_its_address_typed_again(user):
    client, there = confirmed(user), open_browser(user, SAFARI)
    assert client.post("/compte/supprimer/", {"email": "autre@exemple.fr"}).status_code == 422
    assert User.objects.filter(pk=user.pk).exists()

    response = client.post("/compte/supprimer/", {"email": "Referente@exemple.fr"})

    assert response.url == "/"
    assert not User.objects.filter(pk=user.pk).exists()
    assert there.get("/compte/").status_code == 302
    assert not UserSession.objects.exists()


def test_participation_stays_when_its_account_closes(user):
    authority = factories.make_authority()
    participant = factories.make_participant(authority.initiatives.get(), user=user)

    confirmed(user).post("/compte/supprimer/", {"email": user.email})

    participant.refresh_from_db()
    assert participant.user is None
    assert participant.is_active


def test_journal_notes_the_departure_without_the_name(authority, referent, elected_official):
    elected_official.set_password(PASSWORD)
    elected_official.save()
    create_confirmed_account(email=elected_official.email, password=PASSWORD, full_name="")

    confirmed(elected_official).post("/compte/supprimer/", {"email": elected_official.email})

    event = authority.events.latest("occurred_at")
    assert (event.actor_label, event.verb) == ("Jalons", "a retiré un membre, qui a supprimé son compte")


def test_last_referent_cannot_close_their_account():
    authority = factories.make_authority(name="Pays d’Exemple")
    referent = factories.make_member(authority, "referent")
    client = Client()
    referent.set_password(PASSWORD)
    referent.save()
    client.force_login(referent)
    client.post("/compte/identite/", {"password": PASSWORD})

    response = client.post("/compte/supprimer/", {"email": referent.email})

    assert response.status_code == 422
    assert "Pays d’Exemple" in response.content.decode()
    assert User.objects.filter(pk=referent.pk).exists()
