import importlib

import pytest
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, reverse

from accounts import urls_public
from accounts.models import OutboxMessage
from common.emails import build_email

NAMES = {
    "account_code": {"code": "ABCD-EFGH"},
    "account_exists": {"email": "a@exemple.fr", "password_reset_url": "https://jalons.example/oubli/"},
    "account_unknown": {"email": "a@exemple.fr", "signup_url": "https://jalons.example/inscription/"},
    "password_reset": {"password_reset_url": "https://jalons.example/nouveau/1-abc/"},
}


@pytest.mark.parametrize("name", NAMES)
def test_message_says_the_same_in_both_parts(name):
    message = build_email(name, "a@exemple.fr", NAMES[name])
    html, kind = message.alternatives[0]

    assert kind == "text/html"
    assert "\n" not in message.subject
    assert message.subject != ""
    for value in NAMES[name].values():
        assert value in message.body
        assert value in html
    assert html.count("<a href=") <= 2
    assert len(message.message().as_bytes()) < 20_000
    assert "<img" not in html


def test_text_part_is_not_escaped_and_html_part_is():
    context = {"email": "o'neil&co@exemple.fr", "signup_url": "https://jalons.example/?a=1&b=2"}
    message = build_email("account_unknown", "a@exemple.fr", context)

    assert "o'neil&co@exemple.fr" in message.body
    assert "https://jalons.example/?a=1&b=2" in message.body
    assert "o&#x27;neil&amp;co@exemple.fr" in message.alternatives[0][0]


def test_subject_cannot_hold_a_second_header_and_keeps_its_no_break_spaces():
    message = build_email("account_code", "a@exemple.fr", {"code": "A\r\nBcc: autre@exemple.fr\u2028B\x85C\x00D"})

    assert message.subject == "Votre code pour Jalons\u00a0: A Bcc: autre@exemple.fr B C D"
    assert "Bcc" not in message.message()


def test_outbox_is_not_routed_without_the_setting():
    with pytest.raises(NoReverseMatch):
        reverse("outbox")
    assert Client().get("/developpement/courrier/").status_code == 404


@pytest.fixture
def shown_outbox(settings):
    """The routes as a development server has them."""
    settings.SHOW_OUTBOX = True
    importlib.reload(urls_public)
    for module in ("config.urls",):
        importlib.reload(importlib.import_module(module))
    clear_url_caches()
    yield
    settings.SHOW_OUTBOX = False
    importlib.reload(urls_public)
    importlib.reload(importlib.import_module("config.urls"))
    clear_url_caches()


@pytest.mark.django_db
def test_outbox_shows_the_last_fifty_with_their_links(shown_outbox, django_assert_num_queries):
    for number in range(51):
        body = f"Message {number} <b>\nhttps://jalons.example/lien/{number}/?a=1&b=2\nFin."
        OutboxMessage.objects.create(to="a@exemple.fr", subject=f"Objet {number}", body=body)

    with django_assert_num_queries(1):
        html = Client().get("/developpement/courrier/").content.decode()

    assert html.count('<section class="mail"') == 50
    assert "Objet 50" in html
    assert "Objet 0<" not in html
    link = "https://jalons.example/lien/50/?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>' in html
    assert "Message 50 &lt;b&gt;" in html
    assert "Courrier de développement</a>" in html


@pytest.mark.django_db
def test_empty_outbox_says_what_to_do(shown_outbox):
    assert "Aucun message pour l’instant" in Client().get("/developpement/courrier/").content.decode()
