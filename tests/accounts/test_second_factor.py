"""The second factor: application, recovery codes, forged keys, and the administrations that ask for it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import create_confirmed_account
from tests.accounts.test_sign_up import PASSWORD
from tests.accounts.totp import totp_code

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN = "/compte/connexion/second-facteur/"


@pytest.fixture(autouse=True)
def _no_used_code():
    cache.clear()


@pytest.fixture
def user() -> User:
    return create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Référente")


@pytest.fixture
def signed_in(user) -> Client:
    client = Client()
    client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})
    client.post("/compte/identite/", {"password": PASSWORD})
    return client


def add_application(user: User) -> Authenticator:
    return TOTP.activate(user, SECRET).instance


def secret_on(html: str) -> str:
    return re.search(r"<code>([A-Z2-7]{32})</code>", html).group(1)


def test_computed_codes_are_those_of_the_rfc():
    """RFC 6238, appendix B: the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # « 12345678901234567890 »
    assert [totp_code(secret, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_adding_asks_who_one_is_first(user):
    client = Client()
    client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})

    assert client.get("/compte/second-facteur/application/").url.startswith("/compte/identite/?next=")


def test_application_is_added_with_its_recovery_codes(signed_in, user, django_capture_on_commit_callbacks):
    html = signed_in.get("/compte/second-facteur/application/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in html
    assert "style=" not in html
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post("/compte/second-facteur/application/", {"code": totp_code(secret_on(html))})

    assert response.url == "/compte/second-facteur/secours/"
    html = signed_in.get(response.url).content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", html)) == 10
    assert mail.outbox[-1].subject == "Votre compte Jalons a changé"
    assert "Une application d’authentification vient d’être ajoutée" in mail.outbox[-1].body
    stored = Authenticator.objects.get(user=user, type="totp")
    assert stored.data["secret"].startswith("gAAAA"), "the secret is stored in the clear"


def test_wrong_code_does_not_add(signed_in, user):
    signed_in.get("/compte/second-facteur/application/")
    response = signed_in.post("/compte/second-facteur/application/", {"code": "000000"})

    assert "Ce code ne convient pas." in response.content.decode()
    assert not Authenticator.objects.filter(user=user).exists()


def sign_in_with_password(user: User) -> Client:
    client = Client()
    response = client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})
    assert response.url == SIGN_IN
    return client


def test_password_alone_does_not_enter(user):
    add_application(user)
    client = sign_in_with_password(user)

    assert client.get("/compte/").status_code == 302
    assert client.get(SIGN_IN).status_code == 200
    assert client.post(SIGN_IN, {"code": totp_code(SECRET)}).url == "/collectivites/"
    assert client.get("/compte/").status_code == 200


def test_code_of_the_application_serves_once(user):
    add_application(user)
    code = totp_code(SECRET)
    sign_in_with_password(user).post(SIGN_IN, {"code": code})

    response = sign_in_with_password(user).post(SIGN_IN, {"code": code})

    assert "Ce code ne convient pas." in response.content.decode()


def test_recovery_code_enters_once(signed_in, user):
    html = signed_in.get("/compte/second-facteur/application/").content.decode()
    signed_in.post("/compte/second-facteur/application/", {"code": totp_code(secret_on(html))})
    text = signed_in.get("/compte/second-facteur/secours/telecharger/")
    assert "attachment" in text["Content-Disposition"]
    code = re.findall(r"^\d{8}$", text.content.decode(), re.M)[0]

    assert sign_in_with_password(user).post(SIGN_IN, {"code": code}).url == "/collectivites/"
    assert sign_in_with_password(user).post(SIGN_IN, {"code": code}).status_code == 200


def test_new_recovery_codes_replace_the_old(signed_in, user):
    html = signed_in.get("/compte/second-facteur/application/").content.decode()
    signed_in.post("/compte/second-facteur/application/", {"code": totp_code(secret_on(html))})
    old = signed_in.get("/compte/second-facteur/secours/telecharger/").content
    assert "Les anciens, dont 10" in signed_in.get("/compte/second-facteur/secours/nouveaux/").content.decode()

    signed_in.post("/compte/second-facteur/secours/nouveaux/")

    assert signed_in.get("/compte/second-facteur/secours/telecharger/").content != old


def test_application_is_removed(signed_in, user):
    add_application(user)
    assert signed_in.get("/compte/second-facteur/application/retirer/").status_code == 200

    signed_in.post("/compte/second-facteur/application/retirer/")

    assert not Authenticator.objects.filter(user=user).exists()


def test_changed_site_key_lets_no_code_in(user, settings):
    """Secrets that cannot be read any more match nothing, whatever is typed."""
    add_application(user)
    settings.SECRET_KEY = "another-key-another-key-another-key-another-key"
    client = Client()
    client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})

    assert client.post(SIGN_IN, {"code": totp_code(SECRET)}).status_code == 200


def test_former_site_key_still_reads_the_secrets(user, settings):
    add_application(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-another-key-another-key-another-key"

    assert sign_in_with_password(user).post(SIGN_IN, {"code": totp_code(SECRET)}).url == "/collectivites/"


FORGED = [
    "",
    "null",
    "[]",
    "{}",
    '"x"',
    "1",
    "{",
    '{"id": 1}',
    '{"id": "a", "rawId": "a", "type": "x", "response": {}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", '
    '"attestationObject": "oA", "authenticatorData": "AA", "signature": "AA"}}',
]


@pytest.mark.parametrize("answer", FORGED)
def test_forged_answer_of_a_key_is_refused(signed_in, user, answer):
    signed_in.get("/compte/second-facteur/cles/ajouter/")
    response = signed_in.post("/compte/second-facteur/cles/ajouter/", {"name": "Clé", "credential": answer})
    assert response.status_code == 200
    assert not Authenticator.objects.filter(user=user).exists()

    add_application(user)
    client = sign_in_with_password(user)
    client.get(SIGN_IN)
    assert client.post(SIGN_IN, {"credential": answer}).status_code == 200
    assert client.get("/compte/").status_code == 302


def test_keys_of_somebody_else_do_not_exist(signed_in):
    other = create_confirmed_account(email="autre@exemple.fr", password=PASSWORD, full_name="Autre")
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Clé", "credential": {}})

    for end in ("nom", "retirer"):
        assert signed_in.get(f"/compte/second-facteur/cles/{key.pk}/{end}/").status_code == 404
        assert signed_in.post(f"/compte/second-facteur/cles/{key.pk}/{end}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


# The administrations --------------------------------------------------------------------------------------------------


def test_administration_asks_staff_for_a_second_factor(client, user, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)

    refused = client.get("/administration/")
    assert refused.status_code == 403
    assert "Ajouter un second facteur" in refused.content.decode()
    assert client.get("/compte/second-facteur/").status_code == 200
    add_application(user)
    assert client.get("/administration/").status_code == 200


def test_administration_is_as_before_when_the_setting_is_off(client, user):
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)

    assert client.get("/administration/").status_code == 200


def test_staff_keep_their_last_factor(signed_in, user, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    User.objects.filter(pk=user.pk).update(is_staff=True)
    add_application(user)
    response = signed_in.post("/compte/second-facteur/application/retirer/")

    assert "Votre rôle demande un second facteur" in response.content.decode()
    assert Authenticator.objects.filter(user=user).exists()
    Authenticator.objects.filter(user=user).delete()
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Clé", "credential": {}})
    signed_in.post(f"/compte/second-facteur/cles/{key.pk}/retirer/")
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_administration_cannot_write_factors_nor_sessions(admin_client):
    html = admin_client.get("/administration/").content.decode()
    for name in ("authenticator", "usersession", "socialaccount", "socialapp"):
        assert name not in html
