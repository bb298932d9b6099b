"""Signing in by an identity provider: a real one, run as a process on loopback; the whole flow, and what is refused."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.services import create_confirmed_account
from tests.accounts.test_second_factor import SIGN_IN, add_application
from tests.accounts.test_sign_up import PASSWORD, code_in

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 20
CLIENT_SECRET = "secret-du-site"
SUBJECT = "agent-42"
ROUTES = ("", "lier/", "retour/", "annule/", "inscription/", "identites/")


@contextmanager
def running_provider(*modes: str) -> Iterator[str]:
    """Start a provider and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.accounts.oidc_provider", str(port), *modes],
        cwd=ROOT,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "OIDC_TEST_SECRET": CLIENT_SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            assert server.poll() is None, "the provider stopped"
            assert time.monotonic() < deadline, "the provider does not answer"
            try:
                requests.get(f"{url}/.well-known/openid-configuration", timeout=2)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running_provider() as url:
        yield url


def configure(settings, url: str, **changes) -> None:
    values = {
        "SITE_URL": "http://testserver",
        "OIDC_SERVER_URL": url,
        "OIDC_NAME": "ProConnect",
        "OIDC_CLIENT_ID": "jalons",
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_SCOPES": ["openid", "email", "profile"],
        "OIDC_TRUSTED": True,
        **changes,
    }
    for name, value in values.items():
        setattr(settings, name, value)


@pytest.fixture
def configured(settings, provider: str) -> str:
    configure(settings, provider)
    return provider


def tell(provider: str, **claims) -> None:
    """Say who the person is at the provider."""
    requests.put(f"{provider}/users/{SUBJECT}", json=claims, timeout=5).raise_for_status()


AGENT = {
    "email": "Agent@Exemple.fr",
    "given_name": "Camille",
    "usual_name": "Martin",
    "siret": "20000000000012",
    "uid": "x",
}


def leave(client: Client, path: str = "", **data) -> str:
    """Press the button of the site; return the address of the provider."""
    response = client.post(f"/compte/fournisseur/{path}", data)
    assert response.status_code == 302
    return response.url


def agree(address: str) -> str:
    """Identify oneself at the provider, in a real HTTP session; return where it leads back to."""
    with requests.Session() as session:
        session.get(address, timeout=5).raise_for_status()
        answer = session.post(address, data={"sub": SUBJECT}, timeout=5, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(client: Client, address: str):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: Client, provider: str, **claims):
    tell(provider, **(claims or AGENT))
    return come_back(client, agree(leave(client)))


# Off ------------------------------------------------------------------------------------------------------------------


def test_nothing_shows_when_unset(client):
    assert "S’identifier avec" not in client.get("/compte/connexion/").content.decode()
    client.force_login(create_confirmed_account(email="a@exemple.fr", password=PASSWORD, full_name="A"))
    for path in ROUTES:
        assert client.get(f"/compte/fournisseur/{path}").status_code == 404, path
        assert client.post(f"/compte/fournisseur/{path}").status_code == 404, path
    assert client.get("/compte/connexion/")["Content-Security-Policy"].count("http") == 0


def csp_with(**environment: str) -> str:
    code = "from config import settings; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_policy_lets_forms_lead_to_the_provider_only_when_set():
    assert csp_with() == "[\"'self'\"]"
    found = csp_with(
        OIDC_SERVER_URL="https://idp.example/api/v2/.well-known/openid-configuration",
        OIDC_CLIENT_ID="x",
        OIDC_FORM_ACTION="https://mire.example",
    )
    assert "'https://idp.example', 'https://mire.example'" in found
    assert "api/v2" not in found


def test_half_a_configuration_stops_the_start():
    assert "OIDC_CLIENT_ID" in csp_with(OIDC_SERVER_URL="https://idp.example")


# The flow -------------------------------------------------------------------------------------------------------------


def test_request_carries_state_nonce_and_challenge(client, configured):
    assert "S’identifier avec ProConnect" in client.get("/compte/connexion/").content.decode()
    address = leave(client, scope="admin", auth_params="prompt=none")

    assert address.startswith(f"{configured}/oauth2/authorize?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert len(query["state"]) >= 32
    assert len(query["nonce"]) >= 32
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == "http://testserver/compte/fournisseur/retour/"
    assert set(query["scope"].split()) == {"openid", "email", "profile"}
    # ProConnect refuses a request that holds anything else.
    assert set(query) == {
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }


def test_acr_values_are_asked_and_pkce_left_out_by_settings(client, settings, provider):
    configure(settings, provider, OIDC_ACR_VALUES="eidas2", OIDC_PKCE=False)
    query = parse_qs(urlsplit(leave(client)).query)

    assert query["acr_values"] == ["eidas2"]
    assert "code_challenge" not in query


def test_leaving_asks_a_form(client, configured):
    assert client.get("/compte/fournisseur/").status_code == 405


def test_first_visit_creates_the_account_and_the_second_finds_it(client, configured):
    response = sign_in(client, configured)

    assert response.url == "/collectivites/"
    user = User.objects.get()
    assert (user.email, user.full_name) == ("agent@exemple.fr", "Camille Martin")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get().verified
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid) == (configured, SUBJECT)
    assert set(account.extra_data) == {"sub", "email", "siret"}
    assert "agent@exemple.fr" in client.get("/compte/").content.decode()

    other = Client()
    assert sign_in(other, configured).url == "/collectivites/"
    assert User.objects.count() == 1
    assert other.get("/compte/").status_code == 200


def test_one_comes_back_where_one_was_going(client, configured):
    tell(configured, **AGENT)
    response = come_back(client, agree(leave(client, next="/compte/sessions/")))

    assert response.url == "/compte/sessions/"


@pytest.mark.parametrize("target", ["https://mechant.example/", "//mechant.example/", "javascript:alert(1)"])
def test_one_never_comes_back_elsewhere(client, configured, target):
    tell(configured, **AGENT)

    assert come_back(client, agree(leave(client, next=target))).url == "/collectivites/"


def test_signed_user_information_is_read(client, settings):
    """As ProConnect sends it: `application/jwt`, given_name and usual_name, no email_verified."""
    with running_provider("signed-userinfo") as url:
        configure(settings, url)
        assert sign_in(client, url).url == "/collectivites/"
    assert User.objects.get().full_name == "Camille Martin"


def test_second_factor_of_the_site_is_asked_too(client, configured):
    user = create_confirmed_account(email="agent@exemple.fr", password=PASSWORD, full_name="Agent")
    add_application(user)

    assert sign_in(client, configured).url == SIGN_IN
    assert client.get("/compte/").status_code == 302


def test_signing_out_goes_by_the_provider(client, configured):
    sign_in(client, configured)
    address = client.post("/compte/deconnexion/").url

    assert address.startswith(f"{configured}/oauth2/end_session?")
    query = parse_qs(urlsplit(address).query)
    assert query["post_logout_redirect_uri"] == ["http://testserver/"]
    assert query["id_token_hint"][0].count(".") == 2
    assert len(query["state"][0]) >= 32
    assert client.get("/compte/").status_code == 302


# Existing accounts ----------------------------------------------------------------------------------------------------


def test_trusted_provider_opens_the_account_of_the_same_address(client, configured):
    user = create_confirmed_account(email="agent@exemple.fr", password=PASSWORD, full_name="Agent")
    sign_in(client, configured)

    assert SocialAccount.objects.get().user == user
    assert User.objects.count() == 1
    assert client.get("/compte/").status_code == 200


def test_address_that_the_trusted_provider_did_not_verify_opens_nothing(client, configured):
    create_confirmed_account(email="agent@exemple.fr", password=PASSWORD, full_name="Agent")
    sign_in(client, configured, **AGENT, email_verified=False)

    assert not SocialAccount.objects.exists()
    assert client.get("/compte/").status_code == 302


def test_other_provider_asks_to_sign_in_first(client, settings, provider):
    """The page tells nothing of the account; the message to its owner says to sign in."""
    configure(settings, provider, OIDC_TRUSTED=False)
    user = create_confirmed_account(email="agent@exemple.fr", password=PASSWORD, full_name="Agent")
    response = sign_in(client, provider, **AGENT, email_verified=True)

    assert response.url == "/compte/adresse/code/"
    assert client.get("/compte/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert [message.subject for message in mail.outbox] == ["Vous avez déjà un compte Jalons"]

    client = Client()
    client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})
    client.post("/compte/identite/", {"password": PASSWORD})
    response = come_back(client, agree(leave(client, "lier/")))
    assert response.url == "/compte/"
    assert SocialAccount.objects.get().user == user
    assert "Votre identité est liée à ce compte." in client.get("/compte/").content.decode()
    other = Client()
    sign_in(other, provider, **AGENT)
    assert other.get("/compte/").status_code == 200


def test_other_provider_has_its_new_addresses_verified_by_a_code(client, settings, provider):
    configure(settings, provider, OIDC_TRUSTED=False)
    response = sign_in(client, provider, **AGENT, email_verified=True)
    assert response.url == "/compte/adresse/code/"
    assert not EmailAddress.objects.get().verified
    assert client.get("/compte/").status_code == 302

    client.post("/compte/adresse/code/", {"code": code_in(mail.outbox[0])})

    assert client.get("/compte/").status_code == 200


def test_missing_address_is_asked(client, configured):
    response = sign_in(client, configured, given_name="Camille")
    assert response.url == "/compte/fournisseur/inscription/"
    html = client.get(response.url).content.decode()
    assert "n’a pas transmis tout ce qu’il faut" in html

    client.post(response.url, {"full_name": "Camille", "email": "camille@exemple.fr"})
    client.post("/compte/adresse/code/", {"code": code_in(mail.outbox[0])})

    assert client.get("/compte/").status_code == 200
    assert User.objects.get().full_name == "Camille"


def test_identity_is_untied_once_there_is_a_password(client, configured):
    sign_in(client, configured)
    account = SocialAccount.objects.get()
    assert "Délier" in client.get("/compte/fournisseur/identites/").content.decode()
    response = client.post("/compte/fournisseur/identites/", {"account": account.pk})
    assert "Choisissez d’abord un mot de passe" in response.content.decode()

    client.post("/compte/mot-de-passe/choisir/", {"password1": PASSWORD, "password2": PASSWORD})
    client.post("/compte/identite/", {"password": PASSWORD})
    client.post("/compte/fournisseur/identites/", {"account": account.pk})

    assert not SocialAccount.objects.exists()


def test_identity_of_another_account_is_not_taken(client, configured):
    sign_in(Client(), configured)
    create_confirmed_account(email="autre@exemple.fr", password=PASSWORD, full_name="Autre")
    client.post("/compte/connexion/", {"login": "autre@exemple.fr", "password": PASSWORD})
    client.post("/compte/identite/", {"password": PASSWORD})
    come_back(client, agree(leave(client, "lier/")))

    assert "déjà liée à un autre compte" in client.get("/compte/").content.decode()
    assert SocialAccount.objects.get().user.email == "agent@exemple.fr"


# Refused --------------------------------------------------------------------------------------------------------------


def changed_query(address: str, **changes: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return f"{parts.path}?{urlencode({**query, **changes})}"


def is_refused_page(response) -> bool:
    html = response.content.decode()
    return response.status_code in {401, 503} and bool(re.search("n’a pas abouti|ne répond pas", html))


def test_wrong_state_is_refused(client, configured):
    tell(configured, **AGENT)
    address = agree(leave(client))

    assert is_refused_page(client.get(changed_query(address, state="x" * 48)))
    assert is_refused_page(Client().get(changed_query(address))), "the state belongs to one browser"
    assert not User.objects.exists()


def test_state_serves_once(client, configured):
    tell(configured, **AGENT)
    address = agree(leave(client))
    come_back(client, address)
    client.post("/compte/deconnexion/")

    assert is_refused_page(come_back(client, address))


def test_forged_code_is_refused(client, configured):
    tell(configured, **AGENT)
    address = agree(leave(client))

    assert is_refused_page(client.get(changed_query(address, code="forged")))
    assert not User.objects.exists()


def test_wrong_secret_is_refused(client, settings, provider):
    configure(settings, provider, OIDC_CLIENT_SECRET="faux")

    assert is_refused_page(sign_in(client, provider))


@pytest.mark.parametrize("fault", ["wrong-nonce", "wrong-signature", "wrong-audience", "wrong-subject"])
def test_faulty_answer_is_refused(client, settings, fault):
    with running_provider(fault) as url:
        configure(settings, url)
        assert is_refused_page(sign_in(client, url)), fault
    assert not User.objects.exists()


def test_refusal_of_the_person_is_told(client, configured):
    address = leave(client)
    state = parse_qs(urlsplit(address).query)["state"][0]
    response = client.get(f"/compte/fournisseur/retour/?error=access_denied&state={state}")

    assert response.url == "/compte/fournisseur/annule/"
    assert "Rien n’a changé." in client.get(response.url).content.decode()


def test_provider_that_is_down_gives_a_sentence(client, settings):
    with running_provider() as url:
        configure(settings, url)
        tell(url, **AGENT)
        address = agree(leave(client))

    for response in (client.post("/compte/fournisseur/"), come_back(client, address)):
        assert response.status_code in {401, 503}
        assert '<html lang="fr">' in response.content.decode()
        assert is_refused_page(response)
    assert client.post("/compte/fournisseur/").status_code == 503


def test_configuration_of_another_issuer_is_refused(client, settings, provider):
    configure(settings, f"{provider}/realms/other")
    assert client.post("/compte/fournisseur/").status_code == 503
