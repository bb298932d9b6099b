"""Signing in by a code: the same answer and the same work for everybody."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import create_confirmed_account
from tests.accounts.test_second_factor import add_application
from tests.accounts.test_sign_up import PASSWORD, code_in, put_back

pytestmark = pytest.mark.django_db

# A known address may cost the reading of its account, no more.
QUERY_DIFFERENCE = 2


@pytest.fixture
def user():
    return create_confirmed_account(email="referente@exemple.fr", password=PASSWORD, full_name="Référente")


def ask_code(client: Client, email: str, suffix: str = ""):
    return client.post(f"/compte/connexion/code/{suffix}", {"email": email})


def test_the_login_page_offers_the_code(client):
    assert (
        'href="/compte/connexion/code/?next=%2Fcompte%2F"'
        in client.get("/compte/connexion/?next=/compte/").content.decode()
    )


def test_code_signs_in(client, user):
    response = ask_code(client, "Referente@Exemple.fr")
    assert response.url == "/compte/connexion/code/saisie/"
    [message] = mail.outbox

    response = client.post(response.url, {"code": code_in(message)})

    assert response.url == "/collectivites/"
    assert client.get("/compte/").status_code == 200


def test_code_leads_where_one_was_going(client, user):
    response = ask_code(client, user.email, "?next=/compte/sessions/")

    assert client.post(response.url, {"code": code_in(mail.outbox[0])}).url == "/compte/sessions/"


def test_code_serves_once_and_in_its_own_browser(client, user):
    url = ask_code(client, user.email).url
    code = code_in(mail.outbox[0])
    assert Client().post(url, {"code": code}).url == "/compte/connexion/code/"
    client.post(url, {"code": code})
    client.post("/compte/deconnexion/")

    assert client.post(url, {"code": code}).url == "/compte/connexion/code/"
    assert client.get("/compte/").status_code == 302


def test_three_wrong_codes_end_the_attempt(client, user):
    url = ask_code(client, user.email).url
    for _ in range(2):
        assert "Ce code n’est pas celui du dernier message." in client.post(url, {"code": "AAAA-AAAA"}).content.decode()

    assert client.post(url, {"code": "AAAA-AAAA"}).url == "/compte/connexion/code/"
    assert client.post(url, {"code": code_in(mail.outbox[0])}).url == "/compte/connexion/code/"


def test_codes_tried_together_are_counted_together(client, user):
    """Requests that run side by side all read the session as it was before the first of them."""
    url = ask_code(client, user.email).url
    before = dict(client.session)
    answers = []
    for _ in range(5):
        answers.append(client.post(url, {"code": "AAAA-AAAA"}).status_code)
        put_back(client, before)

    assert answers == [200, 200, 200, 302, 302]
    assert client.post(url, {"code": code_in(mail.outbox[0])}).url == "/compte/connexion/code/"
    # Another code has its own turns.
    ask_code(client, user.email)
    assert client.post(url, {"code": code_in(mail.outbox[1])}).url == "/collectivites/"


def test_closed_account_gets_no_code(client, user):
    user.is_active = False
    user.save()

    ask_code(client, user.email)

    assert mail.outbox[0].subject == "Aucun compte Jalons à cette adresse"


def plain(html: str, email: str) -> str:
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
    return re.sub(r"Cette page pèse[^<]+", "", html).replace(email, "ADRESSE")


def test_the_answer_and_the_work_are_the_same_for_an_unknown_address(user):
    """Both get a message: the sending is most of the work, and only the owner of the mailbox reads it."""
    answers, queries = [], []
    for email in (user.email, "inconnue@exemple.fr"):
        client = Client()
        with CaptureQueriesContext(connection) as captured:
            response = ask_code(client, email)
        queries.append(len(captured))
        shown = client.get(response.url)
        wrong = client.post(response.url, {"code": "AAAA-AAAA"})
        answers.append(
            (
                response.status_code,
                response.url,
                plain(shown.content.decode(), email),
                plain(wrong.content.decode(), email),
            )
        )

    assert answers[0] == answers[1]
    assert abs(queries[0] - queries[1]) <= QUERY_DIFFERENCE
    assert [message.to for message in mail.outbox] == [[user.email], ["inconnue@exemple.fr"]]
    assert not re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.outbox[1].body)


def test_a_second_factor_is_asked_after_the_code(client, user):
    add_application(user)
    url = ask_code(client, user.email).url

    assert client.post(url, {"code": code_in(mail.outbox[0])}).url == "/compte/connexion/second-facteur/"
    assert client.get("/compte/").status_code == 302
