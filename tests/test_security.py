"""What protects the doors: a cache that the processes share, and logs without secrets."""

import logging

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.services import issue_link
from common.checks import check_shared_cache
from common.logs import install_masking, masked
from tests import factories

TOKEN = "abcDEF-123_" * 4
LOCAL_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def records():
    """Every record that reaches the root logger, whatever its level and logger."""
    kept: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            self.format(record)
            kept.append(record)

    keeper, root = Keeper(), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(keeper)
    root.setLevel(level)


def written(records: list[logging.LogRecord]) -> str:
    formatter = logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s %(msg)s")
    return "\n".join(formatter.format(record) for record in records if not record.name.startswith("django.db"))


# The cache ------------------------------------------------------------------------------------------------------------


def test_the_cache_is_a_table_that_every_process_reads(db, django_assert_num_queries):
    cache.set("essais", 3, 60)
    with django_assert_num_queries(1):
        assert cache.get("essais") == 3


def test_migrating_again_keeps_the_table_of_the_cache(db):
    cache.set("essais", 3, 60)
    call_command("migrate", verbosity=0)
    assert cache.get("essais") == 3


def test_deployment_warns_of_a_cache_that_processes_do_not_share(settings):
    assert check_shared_cache() == []
    settings.CACHES = LOCAL_CACHE
    (warning,) = check_shared_cache()
    assert warning.id == "common.W002"


def test_no_page_reads_or_writes_the_cache_on_get(db, referent_client, authority, django_assert_max_num_queries):
    addresses = ["account_login", "account_signup", "account_reset_password", "authorities:invitation_lost", "home"]
    for name in addresses:
        with django_assert_max_num_queries(10) as captured:
            Client().get(reverse(name))
        assert not [query for query in captured.captured_queries if "jalons_cache" in query["sql"]]
    with django_assert_max_num_queries(30) as captured:
        referent_client.get(reverse("authorities:member_list", args=[authority.slug]))
    assert not [query for query in captured.captured_queries if "jalons_cache" in query["sql"]]


# The logs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Not Found: /invitations/{TOKEN}/", "Not Found: /invitations/…/"),
        (f"/invitations/{TOKEN}/nouveau/", "/invitations/…/nouveau/"),
        (f'"GET /invitations/{TOKEN} HTTP/1.1" 404', '"GET /invitations/… HTTP/1.1" 404'),
        ("/compte/mot-de-passe/nouveau/1-cle-secrete/", "/compte/mot-de-passe/nouveau/…/"),
        ("Not Found: /collectivites/pays/", "Not Found: /collectivites/pays/"),
        ("Not Found: /invitations/", "Not Found: /invitations/"),
    ],
)
def test_secrets_of_addresses_are_masked(text, expected):
    assert masked(text) == expected


def test_every_refusal_of_a_link_is_logged_without_its_token(db, initiative, records, settings, monkeypatch):
    settings.ACCOUNT_RATE_LIMITS = {"lost_link": "1/h/ip"}
    participant = factories.make_participant(initiative)
    now = timezone.now()
    _first, dead = issue_link(participant=participant, now=now)
    _second, token = issue_link(participant=participant, now=now)
    client = Client(raise_request_exception=False)
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    address, renewal = (f"/invitations/{token}/", f"/invitations/{token}/nouveau/")
    statuses = [
        client.get(f"/invitations/{TOKEN}/").status_code,
        client.get(f"/invitations/{dead}/").status_code,
        client.get(f"/invitations/{token}/inconnu/").status_code,
        strict.post(address).status_code,
        client.put(address).status_code,
        client.post(renewal).status_code,
        client.post(renewal).status_code,
    ]
    assert statuses == [404, 410, 404, 403, 405, 302, 429]

    def fail(**_arguments):
        raise ValueError(f"cannot read /invitations/{token}/")

    monkeypatch.setattr("authorities.services.confirm_link", fail)
    assert client.post(address).status_code == 500
    text = written(records)
    for secret in (TOKEN, dead, token):
        assert secret not in text
    for start in ("Not Found: /invitations/…/", "Gone: /invitations/…/", "Too Many Requests: /invitations/…/nouveau/"):
        assert start in text
    assert "Internal Server Error: /invitations/…/" in text
    assert "cannot read /invitations/…/" in text  # in the traceback too
    assert "Forbidden" in text


def test_an_access_log_of_named_values_is_masked_too(records):
    logging.getLogger("gunicorn.access").info("%(r)s %(s)s", {"r": f"GET /invitations/{TOKEN}/ HTTP/1.1", "s": 404})
    assert records[-1].getMessage() == "GET /invitations/…/ HTTP/1.1 404"


def test_masking_is_installed_once():
    factory = logging.getLogRecordFactory()
    install_masking()
    assert logging.getLogRecordFactory() is factory
