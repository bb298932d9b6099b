"""Attacks that go through the real forms of a complete authority: stored markup, roles added by hand, open redirects.

Identifiers of another authority are tried by `test_access`, hostile values by `test_bad_input`, links by
`tests/authorities/test_links.py`, the speed of guesses by `tests/accounts`.
"""

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import OutboxMessage, User
from authorities.enums import Role
from authorities.models import Membership, Participant, PersonalLink
from tests.hostile import HtmlForm, forms_of
from tests.routes import all_routes, close_files
from tests.spaces import Space, close_votes, kept_for_a_while, open_votes
from tests.walks.test_access import client_of, own_arguments
from tests.walks.test_bad_input import visits

pytestmark = pytest.mark.one_database

MARK = "zq-attack"
# Leaves an attribute and a tag if it can, is a formula for a spreadsheet, and a variable for a template.
PAYLOAD = f'=A1"><{MARK} zqattr="1" onclick="zq()">{{{{ 7 }}}}'
SHORT_PAYLOAD = f'"><{MARK}>'
# Forms that would take away what the others need.
DESTRUCTIVE = ("supprimer", "retirer", "effacer", "deconnexion", "refuser", "revoquer", "fermer")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What a form never asks of who is not the référent.
EXTRA_FIELDS = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "role": "referent",
    "roles": ["referent"],
    "permissions": "manage_members",
    "scopes": ["vote", "rate"],
    "user": "1",
    "participant": "1",
    "entered_by": "1",
    "authority": "1",
    "initiative": "1",
    "is_current": "",
}
ELSEWHERE = ("https://mal.example/", "//mal.example/", "/\\mal.example/", "https:mal.example", "javascript:alert(1)")
# What the walk of the stored markup must have reached to prove anything.
MIN_PLANTED, MIN_SHOWN = 100, 100
REDIRECT_NAMES = ("next", "suivant", "retour", "url")


@pytest.fixture(scope="module")
def space(space: Space, django_db_blocker) -> Iterator[Space]:
    """The authority of the package, with a round and a ballot open while this module runs."""
    with kept_for_a_while(django_db_blocker):
        open_votes(space)
        yield space


class _Scan(HTMLParser):
    """Collects what the payload would have made: a tag, an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == MARK or any(name.startswith(("zq", "on")) for name, _value in attrs):
            self.found.append(self.get_starttag_text() or tag)


def markup_in(html: str) -> list[str]:
    """Return the tags that the payload made in a page."""
    scan = _Scan()
    scan.feed(html)
    return scan.found


def test_the_scan_sees_what_it_must():
    assert markup_in(f"<p>{PAYLOAD}</p>") != []
    assert markup_in(f'<input value="{PAYLOAD}">') != []
    assert markup_in("<p>&lt;zq-attack zqattr=&quot;1&quot;&gt;</p>") == []


# Stored markup ------------------------------------------------------------------------------------------------------


def _forms(client: Client, url: str) -> list[HtmlForm]:
    response = client.get(url)
    is_page = response.status_code == 200 and "text/html" in response.headers["Content-Type"]
    forms = forms_of(url, response.content.decode()) if is_page else []
    close_files(response)
    return [
        form
        for form in forms
        if form.method == "post" and form.text_names and not any(word in form.action for word in DESTRUCTIVE)
    ]


def _is_accepted(client: Client, form: HtmlForm, names: set[str], payload: str) -> bool:
    """Send a form with the payload in some of its texts; what waits for a choice gets one of those offered."""
    response = client.post(form.action, {**form.values, **form.first_choices(), **dict.fromkeys(names, payload)})
    close_files(response)
    return response.status_code in {200, 302, 303}


def _plant(client: Client, url: str, rank: int) -> set[tuple[str, str]]:
    """Write the payload in the texts of a form: in all at once, else in each alone. Returns those that took it."""
    form = _forms(client, url)[rank]
    for payload in (PAYLOAD, SHORT_PAYLOAD):
        if _is_accepted(client, form, form.text_names, payload):
            return {(form.action, name) for name in form.text_names}
    planted = set()
    for name in sorted(form.text_names):
        for payload in (PAYLOAD, SHORT_PAYLOAD):
            fresh = _forms(client, url)
            if rank < len(fresh) and name in fresh[rank].values and _is_accepted(client, fresh[rank], {name}, payload):
                planted.add((form.action, name))
                break
    return planted


def _plant_everywhere(space: Space) -> set[tuple[str, str]]:
    planted: set[tuple[str, str]] = set()
    for _route, client, url in list(visits(space)):
        for rank, form in enumerate(_forms(client, url)):
            if {(form.action, name) for name in form.text_names} - planted:
                planted |= _plant(client, url, rank)
    return planted


def _check_file(content: bytes, kind: str, url: str) -> list[str]:
    """Return what a spreadsheet would run."""
    if kind == XLSX:
        cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
        return [f"{url}: formula in {cell.coordinate}" for cell in cells if cell.data_type == "f"]
    if kind.startswith("text/csv"):
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        return [
            f"{url}: {cell[:30]}" for row in rows for cell in row if MARK in cell and cell.startswith(FORMULA_STARTS)
        ]
    return []


def test_stored_markup_stays_text(space: Space, db, drawn, record_property):
    planted = _plant_everywhere(space)
    close_votes(space)
    planted |= _plant_everywhere(space)
    failures, shown = [], 0
    for _route, client, url in list(visits(space)):
        response = client.get(url)
        content = b"".join(response) if response.streaming else response.content
        close_files(response)
        kind = response.headers.get("Content-Type", "")
        if "text/html" in kind:
            failures += [f"{url}: {tag}" for tag in markup_in(content.decode())]
            shown += MARK in content.decode()
        failures += _check_file(content, kind, url)
    failures += [f"document: {tag}" for html in drawn for tag in markup_in(html)]
    messages = OutboxMessage.objects.exclude(html="")
    failures += [f"mail {message.reason}: {tag}" for message in messages for tag in markup_in(message.html)]
    assert failures == []
    record_property("fields with markup", len(planted))
    assert len(planted) > MIN_PLANTED
    assert shown > MIN_SHOWN
    assert any(MARK in html for html in drawn)
    assert any(MARK in message.html for message in messages)


# Roles --------------------------------------------------------------------------------------------------------------


def _rights() -> list[Any]:
    """Return who may do what: accounts, members, participants, links."""
    return [
        list(User.objects.order_by("pk").values_list("pk", "is_staff", "is_superuser", "is_active")),
        list(Membership.objects.order_by("pk").values_list("pk", "user", "authority", "roles")),
        list(Participant.objects.order_by("pk").values_list("pk", "user", "initiative", "roles", "is_active")),
        list(PersonalLink.objects.order_by("pk").values_list("pk", "participant", "scopes")),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REFERENT])
def test_no_form_gives_a_role_by_fields_that_it_does_not_have(role: Role, space: Space, db):
    client = client_of(space.members[role])
    before, sent, failures = _rights(), 0, []
    for route in all_routes():
        if route.gate is None or route.gate[0] != "authority":
            continue
        url = reverse(route.name, kwargs=own_arguments(route, space))
        response = client.get(url)
        is_page = response.status_code == 200 and "text/html" in response.headers["Content-Type"]
        forms = forms_of(url, response.content.decode()) if is_page else []
        close_files(response)
        for form in forms:
            if form.method != "post" or any(word in form.action for word in DESTRUCTIVE):
                continue
            extra = {name: value for name, value in EXTRA_FIELDS.items() if name not in form.values}
            with transaction.atomic():
                close_files(client.post(form.action, {**form.values, **extra}))
                if [rows[: len(then)] for rows, then in zip(_rights(), before, strict=True)] != before:
                    failures.append(form.action)
                transaction.set_rollback(True)
            sent += 1
    assert failures == []
    assert sent > 0


# Ways out -----------------------------------------------------------------------------------------------------------


def _leads_elsewhere(response: Any) -> bool:
    target = urlsplit(response.headers.get("Location", ""))
    return target.netloc not in {"", "testserver"} or target.scheme not in {"", "http", "https"}


def test_no_page_sends_elsewhere(space: Space, db):
    failures = []
    for rank, (_route, client, url) in enumerate(list(visits(space))):
        query = dict.fromkeys(REDIRECT_NAMES, ELSEWHERE[rank % len(ELSEWHERE)])
        response = client.get(url, query)
        failures += [url] if _leads_elsewhere(response) else []
        close_files(response)
    assert failures == []


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(space: Space, db, target: str):
    fields = {"login": space.referent.email, "password": "demonstration-jalons", "next": target}
    response = Client().post("/compte/connexion/", fields)
    assert response.status_code == 302
    assert not _leads_elsewhere(response)
    assert "mal.example" not in response["Location"]


def test_a_session_given_before_signing_in_is_worth_nothing_after(space: Space, db):
    """Session fixation: the key that somebody slipped into the browser does not become that of the account."""
    victim, thief = Client(), Client()
    victim.get("/compte/connexion/")
    session = victim.session
    session["slipped"] = "yes"
    session.save()
    victim.cookies["sessionid"] = thief.cookies["sessionid"] = session.session_key
    victim.post("/compte/connexion/", {"login": space.referent.email, "password": "demonstration-jalons"})
    assert victim.session.session_key != session.session_key
    dashboard = space.authority.get_absolute_url()
    assert victim.get(dashboard).status_code == 200
    assert thief.get(dashboard).status_code == 302
