"""Hostile input on every form and every address: a refusal with its message, never a 500, nothing half written.

The forms are those that the pages really show, in three moments of the path; each field of each form is made hostile
alone, the others being valid, then all together. Which value meets which field turns from one to the next, so that the
test takes seconds; every value meets every kind of form.
"""

import re
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, path, reverse

import config.urls
from common.versioning import VersionedModel
from tests import factories
from tests.hostile import (
    FORM_QUERY_NAMES,
    HOSTILE_BODIES,
    HOSTILE_QUERY_VALUES,
    HOSTILE_VALUES,
    QUERY_NAMES,
    HtmlForm,
    encodable,
    forms_of,
    hostile_files,
    is_refused,
)
from tests.routes import Route, all_routes, close_files, variants_of
from tests.spaces import Space, close_votes, open_votes
from tests.walks.test_access import browser_with, client_of, own_arguments, participant_with

OWN_APPS = {"accounts", "authorities", "inventory", "diagnostics", "levers", "roadmap"}
WHOLE_FORM_ROUNDS = 3
# Signing out needs no field; the gallery of components sends nothing anywhere.
LEFT_OUT = {"account_logout", "components"}
# Addresses whose POST shows a page with 200, each with its reason.
SHOWN_AFTER_POST = {
    "/comite/liens/": "the sheet is sent at once: an address that one could open again would have to keep the tokens",
    "/compte/": "a form that the library of accounts refuses is shown again with 200",
    "/telecharger/": "what is held of somebody is the answer, and is kept nowhere",
    "/archive/": "the archive is the answer, and is kept nowhere",
    "/lien/": "the personal link is shown once, on the page that answers",
}


def _count_rows() -> str:
    """Return the query that counts the rows of each of our tables, and sums the versions of what is editable."""
    parts = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OWN_APPS:
            total = "COALESCE(SUM(version), 0)" if issubclass(model, VersionedModel) else "0"
            table = model._meta.db_table
            parts.append(f"SELECT '{table}', COUNT(*), {total} FROM {table}")  # noqa: S608 (names of our own tables)
    return " UNION ALL ".join(parts)


class Prober:
    """Sends hostile requests, undoes what they wrote, and notes the answers that break a rule."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.sent = 0
        self.turn = count()
        self.error: BaseException | None = None
        self.sql = _count_rows()
        got_request_exception.connect(self.note_error)

    def note_error(self, **_arguments: Any) -> None:
        self.error = sys.exc_info()[1]

    def rows(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            return cursor.fetchall()

    def send(self, ask: Callable[[], HttpResponse], label: str, before: list[tuple[Any, ...]]) -> None:
        """Send a request and check its answer; `before` are the rows that it must leave when it is refused."""
        self.sent += 1
        self.error = None
        with transaction.atomic():
            response = ask()
            self.check(response, label, before)
            close_files(response)
            transaction.set_rollback(True)

    def check(self, response: HttpResponse, label: str, before: list[tuple[Any, ...]]) -> None:
        status = response.status_code
        if status >= 500:
            self.failures.append(f"{label}: {status}, {type(self.error).__name__}: {self.error}")
        elif is_refused(response):
            changed = [now for now, then in zip(self.rows(), before, strict=True) if now != then]
            if changed:
                self.failures.append(f"{label}: refused ({status}), yet it wrote {changed}")
        elif label.startswith("POST") and status == 200 and not any(part in label for part in SHOWN_AFTER_POST):
            self.failures.append(f"{label}: shown again with 200")

    def next_value(self) -> tuple[str, str | list[str]]:
        """Return the next hostile value, with its name."""
        name, value = list(HOSTILE_VALUES.items())[next(self.turn) % len(HOSTILE_VALUES)]
        return name, value if isinstance(value, list) else encodable(value)

    # Forms

    def probe_form(self, client: Client, form: HtmlForm, before: list[tuple[Any, ...]]) -> None:
        """Make every kind of field hostile alone, then all of them, then send what is no form at all.

        A form of search, of which there are few, takes every value.
        """
        if form.method == "get":
            for label, value in HOSTILE_VALUES.items():
                text = value if isinstance(value, list) else encodable(value)
                self.submit(client, form, dict.fromkeys(form.values, text), label, before)
            return
        for name in field_kinds(form):
            label, value = self.next_value()
            self.submit(client, form, {**form.values, name: value}, f"{name}: {label}", before)
        for _ in range(WHOLE_FORM_ROUNDS if form.values else 0):
            chosen = {name: self.next_value() for name in form.values}
            first = next(iter(chosen.values()))[0]
            self.submit(client, form, {name: value for name, (_, value) in chosen.items()}, f"all: {first}…", before)
        kind, body = HOSTILE_BODIES[next(self.turn) % len(HOSTILE_BODIES)]
        ask = lambda: client.generic("POST", form.action, body, content_type=kind)  # noqa: E731
        self.send(ask, f"POST {form.action}, {kind}", before)
        for name in form.file_names:
            for label, file in hostile_files():
                self.submit(client, form, {**form.values, name: file}, f"{name}: {label}", before)

    def submit(
        self, client: Client, form: HtmlForm, data: dict[str, Any], label: str, before: list[tuple[Any, ...]]
    ) -> None:
        send = client.get if form.method == "get" else client.post
        self.send(lambda: send(form.action, data), f"{form.method.upper()} {form.action}, {label}", before)


def field_kinds(form: HtmlForm) -> list[str]:
    """Return one field for each kind: the fields of a table differ by a number or by the code of a family."""
    kinds: dict[str, str] = {}
    for name in form.values:
        prefix, _, last = name.rpartition("-")
        kinds.setdefault(re.sub(r"\d+", "N", prefix if last.isdigit() else last), name)
    return list(kinds.values())


@pytest.fixture
def prober(space: Space, db, record_property) -> Iterator[Prober]:
    probing = Prober()
    yield probing
    got_request_exception.disconnect(probing.note_error)
    record_property("hostile requests", probing.sent)


def visits(space: Space) -> Iterator[tuple[Route, Client, str]]:
    """Give every route with its address and somebody who may open it."""
    referent, staff = client_of(space.referent), client_of(space.staff)
    browsers: dict[int, Client] = {}
    for route in all_routes():
        if route.name in LEFT_OUT:
            continue
        if route.gate is None or route.gate[0] in {"authority", "staff"}:
            is_door = route.gate is None and not getattr(route.view, "login_required", True)
            insider = staff if route.gate is not None and route.gate[0] == "staff" else referent
            client = Client(raise_request_exception=False) if is_door else insider
            for arguments in variants_of(own_arguments(route, space)):
                yield route, client, reverse(route.name, kwargs=arguments)
            continue
        participant = participant_with(space, route.gate[1])
        client = browsers.setdefault(participant.pk, browser_with(participant))
        yield route, client, reverse(route.name, kwargs=own_arguments(route, space, participant))


def forms_to_probe(space: Space, seen: set[tuple[Any, ...]]) -> Iterator[tuple[Client, HtmlForm]]:
    """Give every form of every page, once for each kind of form."""
    for _route, client, url in list(visits(space)):
        response = client.get(url)
        if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
            for form in forms_of(url, response.content.decode()):
                key = (form.method, re.sub(r"\d+", "N", form.action), tuple(field_kinds(form)))
                if key not in seen and not form.action.endswith("/deconnexion/"):
                    seen.add(key)
                    yield client, form
        close_files(response)


# Kinds of forms that a moment has already sent: the next one sends only what it adds.
SEEN: set[tuple[Any, ...]] = set()


@pytest.mark.parametrize("moment", ["finished", "open", "closed"])
def test_hostile_forms_are_refused_whole(moment: str, space: Space, prober: Prober):
    """`moment`: all is finished; a second round and ballot are open; they are closed, the meeting is to be held."""
    if moment != "finished":
        open_votes(space)
    if moment == "closed":
        close_votes(space)
    forms = list(forms_to_probe(space, SEEN))
    before = prober.rows()
    for client, form in forms:
        prober.probe_form(client, form, before)
    assert prober.failures == []
    assert forms != []


def test_hostile_queries_are_answered(space: Space, prober: Prober):
    """Each page takes a NUL, then another value that turns with the page, in every parameter that a view reads."""
    everyone = list(visits(space))
    before = prober.rows()
    for _route, client, url in everyone:
        for value in ("%00", HOSTILE_QUERY_VALUES[next(prober.turn) % len(HOSTILE_QUERY_VALUES)]):
            query = "&".join(f"{name}={value}" for name in QUERY_NAMES + FORM_QUERY_NAMES)
            prober.send(lambda: client.get(f"{url}?{query}"), f"GET {url}, {value[:10]}", before)  # noqa: B023
    assert prober.failures == []


def test_query_names_are_those_that_views_read():
    source = "\n".join(path.read_text() for app in OWN_APPS for path in Path(app).rglob("*.py"))
    read = re.findall(
        r"""request\.GET(?:\.get|\.getlist)?[(\[]["'](\w+)|["'](\w+)["'] (?:not )?in request\.GET""", source
    )
    assert {first or second for first, second in read} == set(QUERY_NAMES)


def test_hostile_addresses_are_not_found(space: Space, prober: Prober):
    everyone = list(visits(space))
    before = prober.rows()
    for route, client, url in everyone:
        arguments = dict(zip(route.parameters, _values_of(route, url), strict=True))
        for name, value in arguments.items():
            for hostile in (0, 10**30) if value.isdigit() else ("inconnu", "x" * 2_000):
                try:
                    address = reverse(route.name, kwargs=arguments | {name: hostile})
                except NoReverseMatch:
                    continue
                for method in ("get", "post"):
                    ask = lambda: getattr(client, method)(address)  # noqa: B023, E731
                    prober.send(ask, f"{method.upper()} {address[:150]}", before)
    assert prober.failures == []


def _values_of(route: Route, url: str) -> list[str]:
    """Read the parameters back from an address."""
    pattern = re.sub(r"<(?:\w+:)?\w+>", "([^/]+)", route.pattern) if "(?P" not in route.pattern else None
    found = re.fullmatch(pattern, url.lstrip("/")) if pattern else None
    return list(found.groups()) if found else [""] * len(route.parameters)


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("what a view must never do")


def half_written(request: HttpRequest) -> HttpResponse:
    factories.make_authority()
    return HttpResponse("refusé", status=422)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (broken, "500, ValueError: what a view must never do"),
        (half_written, "refused (422), yet it wrote"),
        (lambda request: HttpResponse("formulaire"), "shown again with 200"),
    ],
)
def test_what_must_fail_is_seen(view: Callable[..., HttpResponse], expected: str, prober: Prober, settings):
    urls = ModuleType("urls_with_a_fault")
    vars(urls).update(
        vars(config.urls), urlpatterns=[path("faute/", login_not_required(view)), *config.urls.urlpatterns]
    )
    settings.ROOT_URLCONF = urls
    form = HtmlForm("/faute/", "post", {"name": ["a"]})
    prober.submit(Client(raise_request_exception=False), form, {"name": "b"}, "name", prober.rows())
    (failure,) = prober.failures
    assert expected in failure
