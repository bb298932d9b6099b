"""From nothing to a signed-in account, with the code read in the mail; and what a stranger may learn."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.services import create_confirmed_account

pytestmark = pytest.mark.django_db

PASSWORD = "tortue-parapluie-lundi"
SIGN_UP = {
    "full_name": "Référente numérique",
    "email": "Referente@Exemple.fr",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


def code_in(message: mail.EmailMessage) -> str:
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", message.body, re.MULTILINE).group(1)


def put_back(client: Client, values: dict[str, object]) -> None:
    """Give the session of a browser the values that it had."""
    session = client.session
    session.clear()
    session.update(values)
    session.save()


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_sign_up_with_the_code_opens_the_site(client):
    response = client.post("/compte/inscription/", SIGN_UP)
    assert response.status_code == 302
    assert response.url == "/compte/adresse/code/"

    html = page(client, response.url)
    assert "Recopiez le code reçu" in html
    assert "referente@exemple.fr" in html
    [message] = mail.outbox
    assert message.to == ["referente@exemple.fr"]
    response = client.post("/compte/adresse/code/", {"code": code_in(message)})

    assert response.status_code == 302
    assert response.url == "/collectivites/"
    user = User.objects.get()
    assert (user.email, user.full_name) == ("referente@exemple.fr", "Référente numérique")
    assert EmailAddress.objects.get(user=user).verified
    assert "referente@exemple.fr" in page(client, "/compte/")


def test_wrong_code_is_refused_with_what_to_do(client):
    client.post("/compte/inscription/", SIGN_UP)

    response = client.post("/compte/adresse/code/", {"code": "AAAA-AAAA"})

    assert "Ce code n’est pas celui du dernier message." in response.content.decode()
    assert not EmailAddress.objects.get().verified


def test_another_code_may_be_asked(client):
    client.post("/compte/inscription/", SIGN_UP)

    client.post("/compte/adresse/code/", {"action": "resend"})

    assert len(mail.outbox) == 2


def test_address_may_be_corrected_by_signing_up_again(client):
    client.post("/compte/inscription/", SIGN_UP)
    assert "Recommencer avec une autre adresse" in page(client, "/compte/adresse/code/")
    response = client.post("/compte/deconnexion/", {"next": "/compte/inscription/"})
    assert response.url == "/compte/inscription/"

    client.post("/compte/inscription/", {**SIGN_UP, "email": "autre@exemple.fr"})

    assert mail.outbox[-1].to == ["autre@exemple.fr"]
    response = client.post("/compte/adresse/code/", {"code": code_in(mail.outbox[-1])})
    assert response.url == "/collectivites/"
    assert list(EmailAddress.objects.filter(verified=True).values_list("email", flat=True)) == ["autre@exemple.fr"]


def test_unverified_account_does_not_enter(client):
    client.post("/compte/inscription/", SIGN_UP)

    response = Client().get("/collectivites/")

    assert response.status_code == 302
    assert response.url.startswith("/compte/connexion/")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("full_name", "", "Complétez ce champ."),
        ("email", "referente", "Indiquez une adresse électronique complète, par exemple prenom.nom@exemple.fr."),
        ("password1", "court", "Ce mot de passe est trop court. Il doit contenir au minimum 12\u00a0caractères."),
        ("password2", "autre-chose-encore", "Les deux mots de passe diffèrent\u00a0: tapez deux fois le même."),
    ],
)
def test_sign_up_says_what_to_correct(client, field, value, message):
    response = client.post("/compte/inscription/", {**SIGN_UP, field: value})

    html = response.content.decode()
    assert response.status_code == 200
    assert message.replace("\u00a0caractères", " caractères") in html.replace("\u00a0caractères", " caractères")
    assert 'role="alert"' in html
    assert not User.objects.exists()


def test_sign_up_tells_nothing_of_an_existing_account(client):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    known = client.post("/compte/inscription/", SIGN_UP)
    known_page = page(client, known.url)
    other = Client()
    unknown = other.post("/compte/inscription/", {**SIGN_UP, "email": "inconnue@exemple.fr"})
    unknown_page = page(other, unknown.url)

    def plain(html: str) -> str:
        html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
        return re.sub(r"Cette page pèse[^<]+", "", html).replace("inconnue@", "referente@")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert plain(known_page) == plain(unknown_page)
    assert mail.outbox[0].subject == "Vous avez déjà un compte Jalons"
    assert User.objects.get(email="referente@exemple.fr").full_name == "Première"


def hasher_calls(monkeypatch) -> list[str]:
    """Return the list where each hashing of a password is noted."""
    calls = []
    encode = MD5PasswordHasher.encode

    def note(self, password, salt):
        calls.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return calls


@pytest.mark.parametrize("email", ["referente@exemple.fr", "inconnue@exemple.fr"])
def test_sign_up_is_the_same_work_for_a_known_address(client, monkeypatch, email):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    calls = hasher_calls(monkeypatch)

    client.post("/compte/inscription/", {**SIGN_UP, "email": email})

    assert calls == [PASSWORD]
    assert [message.to for message in mail.outbox] == [[email]]


@pytest.mark.parametrize("email", ["referente@exemple.fr", "inconnue@exemple.fr"])
def test_each_demand_of_a_code_is_one_message_for_a_known_address_too(client, monkeypatch, email):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    client.post("/compte/inscription/", {**SIGN_UP, "email": email})
    mail.outbox.clear()
    calls = hasher_calls(monkeypatch)

    # The third demand is refused to both: it is judged as a code.
    for _ in range(3):
        client.post("/compte/adresse/code/", {"action": "resend"})

    assert [message.to for message in mail.outbox] == [[email], [email]]
    assert calls == []


def test_links_of_account_messages_are_those_of_the_site(client):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    host = {"headers": {"host": "127.0.0.1:9999"}}
    client.post("/compte/mot-de-passe/oublie/", {"email": "referente@exemple.fr"}, **host)
    client.post("/compte/mot-de-passe/oublie/", {"email": "inconnue@exemple.fr"}, **host)
    client.post("/compte/inscription/", SIGN_UP, **host)

    links = [re.findall(r"https?://\S+", message.body) for message in mail.outbox]
    assert [len(found) for found in links] == [2, 2, 2]
    assert {urlsplit(link).netloc for found in links for link in found} == {urlsplit(settings.SITE_URL).netloc}
    assert not any("9999" in message.alternatives[0][0] for message in mail.outbox)


def test_codes_tried_together_are_counted_together(client):
    """Requests that run side by side all read the session as it was before the first of them."""
    client.post("/compte/inscription/", SIGN_UP)
    before = dict(client.session)

    for _ in range(5):
        client.post("/compte/adresse/code/", {"code": "AAAA-AAAA"})
        put_back(client, before)

    response = client.post("/compte/adresse/code/", {"code": code_in(mail.outbox[0])})
    assert response.url == "/compte/connexion/"
    assert not EmailAddress.objects.get().verified


def test_reset_tells_nothing_of_an_existing_account(client):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    known = client.post("/compte/mot-de-passe/oublie/", {"email": "referente@exemple.fr"})
    unknown = client.post("/compte/mot-de-passe/oublie/", {"email": "inconnue@exemple.fr"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, known.url)
    assert [message.subject for message in mail.outbox] == [
        "Choisir un nouveau mot de passe Jalons",
        "Aucun compte Jalons à cette adresse",
    ]


def test_log_in_tells_nothing_of_an_existing_account(client):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    sentence = "L’adresse ou le mot de passe ne convient pas."

    for login in ("referente@exemple.fr", "inconnue@exemple.fr"):
        response = client.post("/compte/connexion/", {"login": login, "password": "faux-mot-de-passe"})
        assert sentence in response.content.decode()


def test_log_in_then_out(client):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")

    response = client.post("/compte/connexion/", {"login": "Referente@exemple.fr", "password": PASSWORD})
    assert response.url == "/collectivites/"
    assert client.get("/").url == "/collectivites/"
    # A link that somebody makes you follow does not sign you out.
    assert "Se déconnecter" in page(client, "/compte/deconnexion/")
    assert client.get("/compte/").status_code == 200
    assert client.post("/compte/deconnexion/").url == "/"
    assert client.get("/compte/").status_code == 302


def test_forgotten_password_is_replaced_by_the_link(client):
    user = create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    client.post("/compte/mot-de-passe/oublie/", {"email": user.email})
    link = re.search(r"http://127\.0\.0\.1:8000(/compte/mot-de-passe/nouveau/\S+)", mail.outbox[0].body).group(1)

    response = client.get(link, follow=True)
    assert "Choisir un nouveau mot de passe" in response.content.decode()
    form_url = response.redirect_chain[-1][0]
    new = "girafe-trombone-jeudi"
    response = client.post(form_url, {"password1": new, "password2": new}, follow=True)

    assert "Votre mot de passe est changé" in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(new)
    # The link serves once.
    assert "Ce lien n’est plus valable" in Client().get(link, follow=True).content.decode()


def test_too_many_sign_ups_are_stopped_in_french(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    client.post("/compte/inscription/", SIGN_UP)

    response = Client().post("/compte/inscription/", {**SIGN_UP, "email": "autre@exemple.fr"})

    assert response.status_code == 429
    assert "Trop de demandes en peu de temps" in response.content.decode()
    assert User.objects.count() == 1


def test_too_many_wrong_passwords_are_stopped(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    for _ in range(2):
        client.post("/compte/connexion/", {"login": "referente@exemple.fr", "password": "faux-mot-de-passe"})

    response = client.post("/compte/connexion/", {"login": "referente@exemple.fr", "password": PASSWORD})

    assert "Trop d’essais en peu de temps." in response.content.decode()
    assert client.get("/compte/").status_code == 302


def test_administration_is_entered_by_the_same_door(client):
    response = client.get("/administration/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/compte/connexion/?next=")


def test_administration_is_closed_to_ordinary_accounts(client):
    create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Première")
    client.post("/compte/connexion/", {"login": "referente@exemple.fr", "password": PASSWORD})

    assert client.get("/administration/", follow=True).status_code == 403


def test_administration_cannot_declare_an_address_verified(admin_client):
    """A verified address opens the participation of whoever was invited there, with their answers."""
    assert "emailaddress" not in admin_client.get("/administration/").content.decode()
    assert admin_client.get("/administration/account/emailaddress/add/").status_code == 404
