"""A long text is kept while it is typed: every form that has one declares it, and its page gives the text back.

The forms are those that the pages really show, at the moments of `test_wrong_answers`: a new form with a text of
several lines, or with a line that takes a sentence, either is kept as a draft or has its reason here.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.templatetags.components import LONG_LINE
from tests.hostile import HtmlForm, forms_of
from tests.routes import close_files
from tests.spaces import Space
from tests.walks.test_wrong_answers import MOMENTS, forms_at, name_of, words_for

pytestmark = pytest.mark.one_database

# Forms with a long text that is not kept as a draft, each with its reason.
NOT_KEPT = {
    "levers:vote_update": "a vote is saved while it is typed, and lies nowhere beside the ballot box",
}


def has_long_text(form: HtmlForm) -> bool:
    return any(
        form.kinds.get(name) == "textarea" or (name in form.text_names and form.limits.get(name, 0) >= LONG_LINE)
        for name in form.kinds
    )


def marked_form(client: Client, url: str, key: str) -> tuple[str, HtmlForm | None]:
    """Return a page and its form, once the page has told it whose it is; None when it has not."""
    response = client.get(url)
    html = response.content.decode()
    close_files(response)
    marked = (form for form in forms_of(url, html) if name_of(form) == key and "draft" in form.values)
    return html, next(marked, None)


def faults_of(client: Client, url: str, key: str) -> Iterator[str]:
    """Type in the texts of a form without saving, then come back: give what the page does not do."""
    html, form = marked_form(client, url, key)
    if form is None:
        yield "the form does not say whose it is"
        return
    if "data-saved" not in html:
        yield "the page has no place to say « Brouillon gardé »"
    # A table of numbers has no text: its first number changes.
    words = words_for(form) or {next(name for name, kind in form.kinds.items() if kind == "number"): "37"}
    kept = client.post(str(form.draft), form.values | words | {"draft-path": form.address})
    if kept.status_code != 204:
        yield f"the draft is not kept: {kept.status_code}"
    offer = re.search(r'href="([^"]*brouillon=[^"]*)"', client.get(url).content.decode())
    if offer is None:
        yield "the text is not offered"
        return
    _, again = marked_form(client, unescape(offer[1]), key)
    for name, word in words.items() if again else ():
        if [text.removeprefix("\n") for text in again.values[name]] != [word]:
            yield f"{name} is not given back"


def test_every_long_text_is_kept_while_it_is_typed(space: Space, db):
    failures: list[str] = []
    long: set[str] = set()
    seen: set[tuple[Any, ...]] = set()
    for lead in MOMENTS:
        lead(space)
        for client, url, form in list(forms_at(space, seen)):
            key = name_of(form)
            if form.draft:
                failures += [] if form.draft == reverse("authorities:draft_keep") else [f"{key}: {form.draft}"]
                failures += [f"{key}: {fault}" for fault in faults_of(client, url, key)]
            elif has_long_text(form):
                long.add(key)
                failures += [] if key in NOT_KEPT and form.saves else [f"{key}: a long text, and no draft"]
    assert failures == []
    assert long == set(NOT_KEPT)
