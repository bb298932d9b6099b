import re

import pytest
from django.core import mail
from django.test import Client

from accounts.services import create_confirmed_account

pytestmark = pytest.mark.django_db

PASSWORD = "tortue-parapluie-lundi"


@pytest.fixture
def user():
    return create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Référente")


@pytest.fixture
def signed_in(user) -> Client:
    client = Client()
    assert client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def test_name_is_changed(signed_in, user):
    # A line end would write a paragraph of ours in the messages that bear the name.
    response = signed_in.post("/compte/", {"full_name": "  Référente\r\n\nnumérique\u202e "}, follow=True)

    user.refresh_from_db()
    assert user.full_name == "Référente numérique"
    assert "Votre nom est enregistré." in response.content.decode()


@pytest.mark.parametrize("name", ["", "x" * 151])
def test_name_is_refused_with_what_to_do(signed_in, user, name):
    response = signed_in.post("/compte/", {"full_name": name})

    assert response.status_code == 422
    user.refresh_from_db()
    assert user.full_name == "Référente"


def test_password_is_changed(signed_in, user):
    new = "girafe-trombone-jeudi"
    response = signed_in.post(
        "/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )

    user.refresh_from_db()
    assert user.check_password(new)
    assert "Votre mot de passe est changé." in response.content.decode()


def test_password_change_asks_the_current_one(signed_in, user):
    new = "girafe-trombone-jeudi"
    response = signed_in.post("/compte/mot-de-passe/", {"oldpassword": "faux", "password1": new, "password2": new})

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert "Indiquez votre mot de passe actuel." in response.content.decode()


def test_address_is_changed_by_the_code(signed_in, user):
    signed_in.post("/compte/adresse/", {"email": "nouvelle@exemple.fr", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "referente@exemple.fr"
    assert mail.outbox[-1].to == ["nouvelle@exemple.fr"]
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE).group(1)

    signed_in.post("/compte/adresse/code/", {"code": code})

    user.refresh_from_db()
    assert user.email == "nouvelle@exemple.fr"


def test_account_page_needs_an_account(client):
    assert client.get("/compte/").url == "/compte/connexion/?next=/compte/"


# English words that the pages of django-allauth would show.
ENGLISH = re.compile(r"\b(Password|Sign In|Sign Out|Sign Up|Email|Confirm|Please|your|Menu:)\b")


@pytest.mark.parametrize(
    "url",
    [
        "/compte/connexion/",
        "/compte/inscription/",
        "/compte/mot-de-passe/oublie/",
        "/compte/mot-de-passe/oublie/envoye/",
        "/compte/mot-de-passe/nouveau/1-set-password/",
        "/compte/mot-de-passe/nouveau/fait/",
        "/compte/inactif/",
    ],
)
def test_page_of_a_visitor_is_in_french_in_our_layout(client, url):
    html = client.get(url).content.decode()

    assert '<div class="door">' in html
    assert html.count("<h1>") == 1
    assert ENGLISH.findall(re.sub(r"<[^>]+>", " ", html)) == []


@pytest.mark.parametrize(
    "url",
    ["/compte/", "/compte/deconnexion/", "/compte/adresse/", "/compte/mot-de-passe/", "/compte/identite/"],
)
def test_page_of_an_account_is_in_french_in_our_layout(signed_in, url):
    response = signed_in.get(url)
    html = response.content.decode()

    assert response.status_code == 200
    assert html.count("<h1>") == 1
    assert 'class="foot"' in html
    assert ENGLISH.findall(re.sub(r"<[^>]+>", " ", html)) == []


def test_account_without_password_chooses_one(signed_in, user):
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user)

    html = client.get("/compte/mot-de-passe/choisir/").content.decode()

    assert "Choisir un mot de passe" in html


@pytest.mark.parametrize("url", ["/", "/accessibilite/", "/mentions/"])
def test_public_page_opens_without_account_nor_query(client, url, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(url)

    assert response.status_code == 200
    assert response.content.decode().count("<h1>") == 1


def test_legal_notice_names_the_publisher(client, settings):
    assert "c’est une installation d’essai" in client.get("/mentions/").content.decode()
    settings.SITE_PUBLISHER = "Pays d’Exemple, 1 place de la Mairie"
    assert "Pays d’Exemple, 1 place de la Mairie" in client.get("/mentions/").content.decode()


def cache_words(response) -> set[str]:
    return set(response.headers.get("Cache-Control", "").replace(" ", "").split(","))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/collectivites/", 200),
        ("/compte/", 200),
        ("/compte/sessions/", 200),
        ("/vos-donnees/", 200),
        ("/compte/second-facteur", 301),
        ("/collectivites/inconnue/", 404),
        ("/administration/", 302),
    ],
)
def test_answers_to_somebody_signed_in_are_kept_by_nobody(signed_in, path, status):
    response = signed_in.get(path)
    assert response.status_code == status
    assert {"private", "no-store"} <= cache_words(response)


def test_leaving_is_kept_by_nobody(signed_in):
    assert {"private", "no-store"} <= cache_words(signed_in.post("/compte/deconnexion/"))


@pytest.mark.parametrize(
    "path",
    [
        "/compte/connexion/",
        "/compte/inscription/",
        "/compte/mot-de-passe/oublie/",
        "/compte/mot-de-passe/oublie/envoye/",
    ],
)
def test_pages_of_the_account_are_kept_by_nobody(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert {"private", "no-store"} <= cache_words(response)


@pytest.mark.parametrize("path", ["/", "/methode-et-sources/", "/vos-donnees/", "/mentions/"])
def test_public_pages_may_be_kept(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert cache_words(response) == {""}
