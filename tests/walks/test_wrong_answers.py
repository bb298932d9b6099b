"""One wrong answer in a form takes nothing away: for every form of every page, what was typed beside it is still there.

The forms are those that the pages really show, at the three moments of `test_bad_input`. Each of their texts gets a
word of its own, then one answer at a time is made wrong: left out, unreadable, out of range, not offered. The page that
comes back has a 4xx, every word at its field, a summary that leads to the wrong answer with a sentence of ours in
French; and no statement has written in the base.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import unescape
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.core import validators
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import Resolver404, path
from django.utils.translation import override

import config.urls
from tests import factories
from tests.hostile import HtmlForm, forms_of, is_refused
from tests.routes import close_files
from tests.spaces import Space, close_votes, open_votes, prepare_again
from tests.walks.test_bad_input import OWN_APPS, field_kinds, visits
from tests.walks.test_stale import key_of

pytestmark = pytest.mark.one_database

UNREADABLE = {
    "number": ("abc", "9" * 31),
    "date": ("31/02/2024",),
    "datetime-local": ("2024-02-31T18:00",),
    "time": ("25:61",),
    "email": ("pas une adresse",),
    "url": ("pas une adresse",),
    "select": ("inconnu",),
    "radio": ("inconnu",),
}
# What leads from one moment of the path to the next: all is finished, then votes are open, closed, prepared again.
MOMENTS: tuple[Callable[[Space], None], ...] = (lambda _space: None, open_votes, close_votes, prepare_again)
LEFT_OUT, TOO_LONG = "left out", "too long"
# The library of accounts shows a refused form again with 200.
SHOWN_WITH_200 = {
    "account_login",
    "account_request_login_code",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_reset_password",
}
# Forms in which no answer can be wrong, each with its reason.
NOTHING_WRONG = {
    "diagnostics:diagnosis_agree": "a box that may stay empty",
    "diagnostics:diagnosis_open": "a box that may stay empty",
    "roadmap:sheet_update constat": "texts that may be empty and have no limit",
    "roadmap:participant_sheet_update constat": "texts that may be empty and have no limit",
}
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


# What is sent ---------------------------------------------------------------------------------------------------------


def name_of(form: HtmlForm) -> str:
    try:
        return key_of(form)
    except Resolver404:
        return form.action


def words_for(form: HtmlForm) -> dict[str, str]:
    """Return a word for each text of a form: one that nobody else typed, within its limit."""
    return {
        name: f"Mot {rank} de {name}"[: form.limits.get(name, 200)]
        for rank, name in enumerate(sorted(form.text_names), start=1)
    }


def wrong_answers(form: HtmlForm, name: str) -> list[tuple[str, Any]]:
    """Return what makes an answer wrong, each with its name; nothing when no answer can be."""
    kind, offered = form.kinds.get(name, ""), form.options.get(name, set())
    wrong: list[tuple[str, Any]] = [(value[:20], value) for value in UNREADABLE.get(kind, ())]
    is_group = kind == "checkbox" and len(offered) > 1
    if is_group:
        wrong.append(("inconnu", "inconnu"))
    if kind == "file":
        wrong.append(("a program", SimpleUploadedFile("parc.exe", b"MZ" + b"\x00" * 200)))
    if name in form.required or is_group or kind == "radio":
        wrong.append((LEFT_OUT, None if kind in {"radio", "checkbox", "file"} else ""))
    if name in form.text_names:
        wrong.append((TOO_LONG, "é" * (form.limits.get(name, 50_000) + 1)))
    return wrong


def may_be_right(form: HtmlForm, name: str, fault: str) -> bool:
    """Tell whether the page does not say that this is wrong: a choice that may wait, a text without limit."""
    return (fault == LEFT_OUT and name not in form.required) or (fault == TOO_LONG and name not in form.limits)


def trials(form: HtmlForm) -> Iterator[tuple[str, str, Any]]:
    """Give each wrong answer of a form, once for each kind of field: (field, name of the fault, answer)."""
    for name in [*field_kinds(form), *form.file_names]:
        for fault, value in wrong_answers(form, name):
            yield name, fault, value


# What comes back ------------------------------------------------------------------------------------------------------


@cache
def own_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model._meta.app_label in OWN_APPS}


@contextmanager
def watch_writes() -> Iterator[set[str]]:
    """Collect the tables of our applications that are written."""
    written: set[str] = set()

    def note(execute: Any, sql: str, *arguments: Any) -> Any:
        if (match := WRITES.match(sql)) and match[1] in own_tables():
            written.add(match[1])
        return execute(sql, *arguments)

    with connection.execute_wrapper(note):
        yield written


@cache
def bare_messages() -> re.Pattern[str]:
    """Return what recognises the sentences that Django says when nobody chose one, in French and in English."""
    classes = [value for value in vars(forms).values() if isinstance(value, type) and issubclass(value, forms.Field)]
    said = [message for class_ in classes for message in class_.default_error_messages.values()]
    said += [value.message for value in vars(validators).values() if hasattr(value, "message")]
    texts = set()
    for language in ("fr", "en"):
        with override(language):
            texts |= {str(message) for message in said if not hasattr(message, "_proxy____kw")}
    return re.compile("|".join(re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(text)) for text in sorted(texts) if text))


def summary_of(html: str) -> list[tuple[str, str]]:
    """Return the lines of the summaries of errors of a page: (id of the control, sentence)."""
    found = []
    for block in re.findall(r'<div class="errors[ "].*?</div>', html, re.DOTALL):
        for line in re.findall(r"<li>(.*?)</li>", block, re.DOTALL):
            target = re.search(r'href="#([^"]+)"', line)
            found.append((target[1] if target else "", unescape(re.sub(r"<[^>]+>", "", line)).strip()))
    return found


def same_form(form: HtmlForm, response: HttpResponse) -> HtmlForm | None:
    """Return the form of the answer that has the fields of the form sent."""
    again = forms_of(form.action, response.content.decode())
    return max(
        (item for item in again if item.method == "post" and name_of(item) == name_of(form)),
        key=lambda item: len(set(item.values) & set(form.values)),
        default=None,
    )


@dataclass(frozen=True)
class Trial:
    """A form with one wrong answer: what was typed beside it, and what came back."""

    form: HtmlForm
    name: str
    words: dict[str, str]
    response: HttpResponse
    written: set[str]

    @property
    def is_refused(self) -> bool:
        return is_refused(self.response) or (self.response.status_code == 200 and name_of(self.form) in SHOWN_WITH_200)

    def faults(self) -> Iterator[str]:
        """Give what the refusal lacks."""
        if self.written:
            yield f"wrote in {sorted(self.written)}"
        html = self.response.content.decode()
        again, lines = same_form(self.form, self.response), summary_of(html)
        if again is None:
            yield f"{self.response.status_code} without the form"
            return
        for name, word in self.words.items():
            if [text.removeprefix("\n") for text in again.values.get(name, [])] != [word]:
                yield f"{name} is lost"
        if not any(target in again.ids.get(self.name, set()) for target, _ in lines):
            yield f"no summary leads to it: {lines}"
        for _, sentence in lines:
            if bare_messages().search(sentence) or not sentence.endswith((".", "?", "!")):
                yield f"not a sentence of ours: {sentence}"


def send(client: Client, form: HtmlForm, name: str, value: Any) -> Trial:
    """Send a form with one wrong answer, and a word in each of its texts."""
    words = words_for(form)
    # With a token as a browser sends it: without it, a form of boxes left empty would be no form at all.
    token = {"csrfmiddlewaretoken": "x"}
    numbers = {
        field: "1" for field in form.required if form.kinds.get(field) == "number" and not any(form.values[field])
    }
    sent = token | form.values | form.first_choices() | numbers | words | (form.pressed or {}) | {name: value}
    with watch_writes() as written:
        response = client.post(form.action, {field: answer for field, answer in sent.items() if answer is not None})
    close_files(response)
    return Trial(form, name, words | ({name: value} if name in words else {}), response, written)


def pages_of(client: Client, url: str) -> Iterator[tuple[str, list[HtmlForm]]]:
    """Give the address of a page with its forms, and that of the next step when it is one of several."""
    response = client.get(url)
    if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
        shown = forms_of(url, response.content.decode())
        yield url, shown
        for form in shown:
            if form.method == "get" and "etape" in form.values:
                step = f"{form.action}?{urlencode(form.values | form.first_choices(), doseq=True)}"
                yield step, forms_of(step, client.get(step).content.decode())
    close_files(response)


def forms_at(space: Space, seen: set[tuple[Any, ...]]) -> Iterator[tuple[Client, str, HtmlForm]]:
    """Give every form that somebody fills, once for each kind, with the address of its page."""
    for _route, client, url in list(visits(space)):
        for page, shown in pages_of(client, url):
            for form in shown:
                key = (name_of(form), tuple(field_kinds(form)))
                if form.method == "post" and (form.kinds or form.file_names) and key not in seen:
                    seen.add(key)
                    yield client, page, form


def test_a_wrong_answer_takes_nothing_away(space: Space, db, record_property):
    """Each moment sends what it adds; the forms without a wrong answer are known by name."""
    failures: list[str] = []
    refused: dict[str, int] = {}
    with_200: set[str] = set()
    seen: set[tuple[Any, ...]] = set()
    for lead in MOMENTS:
        lead(space)
        for client, _page, form in list(forms_at(space, seen)):
            refused.setdefault(name_of(form), 0)
            for name, fault, value in trials(form):
                with transaction.atomic():
                    trial = send(client, form, name, value)
                    label = f"{name_of(form)}, {name} {fault}"
                    if trial.is_refused:
                        refused[name_of(form)] += 1
                        with_200 |= {name_of(form)} if trial.response.status_code == 200 else set()
                        failures += [f"{label}: {lack}" for lack in trial.faults()]
                    elif not may_be_right(form, name, fault):
                        failures.append(f"{label}: accepted ({trial.response.status_code})")
                    transaction.set_rollback(True)
    record_property("wrong answers", sum(refused.values()))
    assert failures == []
    assert {name for name, count in refused.items() if not count} == set(NOTHING_WRONG)
    assert with_200 == SHOWN_WITH_200


# What must fail -------------------------------------------------------------------------------------------------------

SUMMARY = '<div class="errors"><ul><li><a href="#id_day">Jour : {}</a></li></ul></div>'
PAGE = '<form method="post">{}<input name="day" type="date" id="id_day"></form>'
KEPT = '<textarea name="note">Mot 1 de note</textarea>'


def half_written(_request: HttpRequest) -> HttpResponse:
    factories.make_authority()
    return HttpResponse(SUMMARY.format("Indiquez un jour.") + PAGE.format(KEPT), status=422)


def answer(page: str, summary: str = SUMMARY.format("Indiquez un jour.")) -> Callable[[HttpRequest], HttpResponse]:
    return lambda _request: HttpResponse(summary + page, status=422)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (answer(PAGE.format(KEPT)), []),
        (half_written, ["wrote in ['authorities_authority', 'authorities_initiative']"]),
        (answer("<p>Refusé</p>"), ["422 without the form"]),
        (answer(PAGE.format('<textarea name="note"></textarea>')), ["note is lost"]),
        (answer(PAGE.format(KEPT), ""), ["no summary leads to it: []"]),
        (
            answer(PAGE.format(KEPT), SUMMARY.format("Saisissez une date valide.")),
            ["not a sentence of ours: Jour : Saisissez une date valide."],
        ),
        (
            answer(PAGE.format(KEPT), SUMMARY.format("This field is required.")),
            ["not a sentence of ours: Jour : This field is required."],
        ),
    ],
)
def test_what_a_refusal_lacks_is_seen(view: Callable[..., HttpResponse], expected: list[str], db, settings):
    urls = ModuleType("urls_with_a_fault")
    vars(urls).update(
        vars(config.urls), urlpatterns=[path("faute/", login_not_required(view)), *config.urls.urlpatterns]
    )
    settings.ROOT_URLCONF = urls
    (form,) = forms_of("/faute/", PAGE.format('<textarea name="note"></textarea>'))
    assert list(send(Client(), form, "day", "31/02/2024").faults()) == expected
