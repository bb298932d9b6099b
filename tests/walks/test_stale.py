"""Two people on one object: for every form that edits something, neither text is lost and each of the three ways saves.

The forms are those that the pages really show. A form that carries a version has a recipe here, one line for each of
its fields, with what the first person and the second one answer; a form with answers and no version has a reason.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from tests.hostile import HtmlForm, forms_of
from tests.routes import Route, all_routes, close_files, variants_of
from tests.spaces import Space, close_votes, open_votes
from tests.walks.stale_answers import EDITS, EXTENSIONS, NO_TWO_TEXTS, NO_VERSION, Answers, Edit
from tests.walks.test_access import browser_with, client_of, own_arguments, participant_with
from tests.walks.test_bad_input import LEFT_OUT, field_kinds

pytestmark = pytest.mark.one_database

# Not an answer: the version itself, and the mark of the drafts.
TECHNICAL = re.compile(r"draft|versions?|\w+-\d+-version")


def set_moment(space: Space, moment: str) -> None:
    """Lead the authority to a moment of the path: all finished, a new round and ballot open, or just closed."""
    if moment != "finished":
        open_votes(space)
    if moment == "closed":
        close_votes(space)


def browser_for(space: Space, route: Route) -> tuple[Client, dict[str, Any]]:
    """Return a browser of its own for somebody who may open the route, and the arguments of its address."""
    if route.gate is not None and route.gate[0] == "participant":
        participant = participant_with(space, route.gate[1])
        return browser_with(participant), own_arguments(route, space, participant)
    is_staff = route.gate is not None and route.gate[0] == "staff"
    return client_of(space.staff if is_staff else space.referent), own_arguments(route, space)


def answers_for(form: HtmlForm, edit: Edit) -> Answers:
    """Return the answers of a recipe with the keys of this base: the first two offered stand for unknown ones."""
    answers: Answers = {}
    for name, pair in edit.answers.items():
        kind = re.sub(r"\d+", r"\\d+", name)
        real = name if name in form.values else next((item for item in form.values if re.fullmatch(kind, item)), name)
        offered = sorted(form.options.get(real, set()) - {""}, key=lambda value: (len(value), value))
        given = {value for answer in pair for value in as_list(answer) if value}
        if len(offered) > 1 and not given <= set(offered):
            pair = tuple([offered[rank]] if isinstance(pair[rank], list) else offered[rank] for rank in (0, 1))
        answers[real] = pair
    return answers


def answers_of(form: HtmlForm) -> set[str]:
    """Return the fields that somebody fills, one for each kind of row."""
    names = [*field_kinds(form), *form.file_names]
    return {name for name in names if not TECHNICAL.fullmatch(name)}


def key_of(form: HtmlForm) -> str:
    match = resolve(form.action)
    word = match.kwargs.get("part_slug") or match.kwargs.get("entry_part")
    return f"{match.view_name} {word}" if word else match.view_name


def has_version(form: HtmlForm) -> bool:
    return any("version" in name for name in form.values)


def posted_forms(space: Space, only: tuple[str, ...] = ()) -> Iterator[HtmlForm]:
    """Give every form of every page that a member or a participant may send."""
    for route in all_routes():
        if route.name in LEFT_OUT or not route.name.startswith(only or ""):
            continue
        client, arguments = browser_for(space, route)
        for given in variants_of(arguments):
            url = reverse(route.name, kwargs=given)
            response = client.get(url)
            if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                yield from (form for form in forms_of(url, response.content.decode()) if form.method == "post")
            close_files(response)


@pytest.mark.parametrize("moment", ["finished", "open", "closed"])
def test_every_form_that_edits_is_known(moment: str, space: Space, db):
    """A new form with a version needs its line in `EDITS`, each field told; a form without version needs a reason."""
    set_moment(space, moment)
    unknown = set()
    for form in posted_forms(space, () if moment == "finished" else ("diagnostics:", "levers:")):
        key, names = key_of(form), answers_of(form)
        if key.endswith(("_create", ":rater_add")) or key in NO_TWO_TEXTS or key in EXTENSIONS:
            continue
        if has_version(form):
            edit = EDITS.get(key)
            if edit is None:
                unknown.add(f"{key} has a version and no recipe")
            elif edit.moment == moment and (missing := names - set(answers_for(form, edit)) - set(edit.kept)):
                unknown.add(f"{key}: {sorted(missing)} are in no recipe")
        elif names and not key.startswith(tuple(NO_VERSION)):
            unknown.add(f"{key} has answers ({sorted(names)}) and no version")
    assert not unknown, "\n".join(sorted(unknown))


# The two sessions -----------------------------------------------------------------------------------------------------


def form_at(client: Client, url: str, key: str) -> HtmlForm:
    response = client.get(url)
    assert response.status_code == 200, url
    return find_form(url, response, key)


def find_form(url: str, response: HttpResponse, key: str) -> HtmlForm:
    forms = forms_of(url, response.content.decode())
    return next(form for form in forms if form.method == "post" and key_of(form) == key and has_version(form))


def text_of(response: HttpResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", "\n", response.content.decode()))


def errors_of(response: HttpResponse) -> str:
    """Return the summary of errors of a page, for the message of a test."""
    found = re.search(r'<div class="errors".*?</div>', response.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", found[0])) if found else str(response.status_code)


def as_list(value: Any) -> list[str]:
    return sorted(value) if isinstance(value, list) else [value]


def shown(form: HtmlForm, name: str) -> list[str]:
    return sorted(value.removeprefix("\n").replace("\r\n", "\n") for value in form.values.get(name, []))


@pytest.mark.parametrize("key", EDITS)
def test_a_stale_save_shows_both_texts_and_each_way_saves(key: str, space: Space, db):
    edit = EDITS[key]
    set_moment(space, edit.moment)
    route_name, _, word = key.partition(" ")
    route = next(item for item in all_routes() if item.name == route_name)
    first_browser, arguments = browser_for(space, route)
    second_browser, _ = browser_for(space, route)
    variants = [given for given in variants_of(arguments) if not word or word in given.values()]
    url = reverse(route_name, kwargs=variants[0])
    one, two = form_at(first_browser, url, key), form_at(second_browser, url, key)
    recipe = answers_for(one, edit)
    first = {name: answers[0] for name, answers in recipe.items()}
    second = {name: answers[1] for name, answers in recipe.items()}

    saved = first_browser.post(one.action, one.values | first)
    assert saved.status_code in {302, 303}, errors_of(saved)
    stale = second_browser.post(two.action, two.values | second)
    assert stale.status_code == 409, errors_of(stale)
    page, again = text_of(stale), find_form(url, stale, key)
    assert {"Garder le mien", "Garder l’autre"} <= set(page.split("\n"))
    for name, answers in recipe.items():
        assert f"shown-{name}" in again.values, f"{name}: the two answers are not shown"
        assert sorted(again.values.get(f"mine-{name}", [])) == as_list(answers[1])
        for text in (*as_list(answers[0]), *as_list(answers[1])):
            assert " " not in text or text in page, text

    asked = [name for name in again.values if name.startswith("shown-")]
    for way in ("mine", "theirs", "merge"):
        choices = {f"keep-{shown_name.removeprefix('shown-')}": way for shown_name in asked}
        merged = {} if way != "merge" else {f: a[1] for f, a in recipe.items() if not is_text(again, f)}
        with transaction.atomic():
            done = second_browser.post(again.action, again.values | choices | merged)
            assert done.status_code in {302, 303}, f"{way}: {errors_of(done)}"
            kept = form_at(second_browser, url, key)
            for name, answers in recipe.items():
                if way == "merge" and is_text(again, name):
                    assert all(text in shown(kept, name)[0] for text in answers), f"{way}: {name}"
                else:
                    expected = as_list(answers[0] if way == "theirs" else answers[1])
                    assert shown(kept, name) == expected, f"{way}: {name}"
            transaction.set_rollback(True)


def is_text(form: HtmlForm, name: str) -> bool:
    """Tell whether the field of the conflict page is ready with both texts, one under the other."""
    return "\n\n" in form.values.get(name, [""])[0].replace("\r\n", "\n") if form.values.get(name) else False
