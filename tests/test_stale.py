"""Two people on one object: for every form that edits something, neither text is lost and each of the three ways saves.

The forms are those that the pages really show. A form that carries a version has a recipe here, one line for each of
its fields, with what the first person and the second one answer; a form with answers and no version has a reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from tests.hostile import HtmlForm, forms_of
from tests.routes import Route, all_routes, close_files, variants_of
from tests.spaces import EMPTY_PDF, NO_PDF, Space, build_space, close_votes, open_votes
from tests.stale_inventory import CHANGE, FIGURES, GROUP, LINE, SCENARIO
from tests.test_access import browser_with, client_of, own_arguments, participant_with
from tests.test_bad_input import LEFT_OUT, field_kinds

Answers = dict[str, tuple[Any, Any]]
# Not an answer: the version itself, and the mark of the drafts.
TECHNICAL = re.compile(r"draft|versions?|\w+-\d+-version")


@dataclass(frozen=True)
class Edit:
    """What two people answer in a form: field → (first person, second person).

    `moment`: when the page shows the form. `kept`: fields that both leave as they are, each with its reason.
    """

    answers: Answers
    moment: str = "finished"
    kept: dict[str, str] = field(default_factory=dict)


SHEET = "roadmap:sheet_update"
MAIL = {"choice": ("deadlines", "nothing")}

# Name of the route, and its word when each word has its own form.
EDITS: dict[str, Edit] = {
    "mail_preferences": Edit(MAIL),
    "authorities:participant_mail": Edit(MAIL),
    "authorities:authority_update": Edit(
        {
            "agent_count": ("440", "450"),
            "member_communes_count": ("26", "27"),
            "has_it_department": ("non", "oui"),
        },
        kept={"population": "that of the national list"},
    ),
    "authorities:initiative_update": Edit(
        {
            "perimeter": ("territoire", "les_deux"),
            "territory_follow_up": ("Suivi du premier", "Suivi de la seconde"),
            "council_on": ("2024-02-06", "2024-02-13"),
        },
        kept={
            "period_start_year": "the sheets are placed in the period",
            "period_years": "the sheets are placed in the period",
            "track": "the questions answered are those of the track",
        },
    ),
    "authorities:state_of_play_update": Edit(
        {
            name: (f"{name} du premier", f"{name} de la seconde")
            for name in ("uses_summary", "engaged_actions", "actors_involvement")
        }
    ),
    "authorities:participant_update": Edit(
        {
            "name": ("Premier", "Seconde"),
            "email": ("premier@exemple.fr", "seconde@exemple.fr"),
            "service": ("1", "2"),
            "function": ("Fonction du premier", "Fonction de la seconde"),
            "roles": (["committee"], ["contributor", "committee"]),
            "dimensions": (["1"], ["2", "3"]),
        }
    ),
    "authorities:committee_import_line": Edit(
        {
            "name": ("Premier", "Seconde"),
            "email": ("premier@exemple.fr", "seconde@exemple.fr"),
            "service": ("achats", "archives"),
            "function": ("Fonction du premier", "Fonction de la seconde"),
            "role": ("contributor", "elected"),
        }
    ),
    "authorities:calendar_plan": Edit({"preset": ("2", "3"), "council_on": ("2024-02-06", "2024-02-13")}),
    "authorities:meeting_update": Edit(
        {
            "label": ("Réunion du premier", "Réunion de la seconde"),
            "start_time": ("09:00", "10:00"),
            "duration_minutes": ("60", "90"),
            "place": ("Salle du premier", "Salle de la seconde"),
        },
        kept={"kind": "the assembly stays one", "planned_on": "the date of the assembly is that of the calendar"},
    ),
    "authorities:prerequisite_update": Edit(
        {"is_done": ([], ["on"]), "note": ("Note du premier", "Note de la seconde")}
    ),
    "authorities:document_update": Edit(
        {
            "kind": ("1", "2"),
            "title": ("Titre du premier", "Titre de la seconde"),
            "year": ("2019", "2020"),
            "implication": ("Portée du premier", "Portée de la seconde"),
        }
    ),
    "authorities:actor_update": Edit(
        {
            "name": ("Acteur du premier", "Acteur de la seconde"),
            "nature": ("public", "association"),
            "involvement": ("Rôle du premier", "Rôle de la seconde"),
        }
    ),
    "inventory:line_update": Edit(LINE),
    "inventory:group_update": Edit(GROUP),
    "inventory:figure_update": Edit(FIGURES),
    "inventory:scenario_update": Edit(
        SCENARIO, kept=dict.fromkeys(("target_percent", "target_year"), "goes with the target")
    ),
    "inventory:electricity_update": Edit({"zone": ("DEU", "BEL"), "hosting_zone": ("SWE", "POL")}),
    "inventory:change_update": Edit(CHANGE),
    "inventory:participant_line_update": Edit(LINE),
    "inventory:participant_group_update": Edit(GROUP),
    "inventory:participant_figure_update": Edit(FIGURES),
    "diagnostics:interview_update": Edit(
        {"GOV-1-level": ("1", "2"), "GOV-1-comment": ("Propos du premier", "Propos de la seconde")}, "open"
    ),
    "diagnostics:rating_update": Edit(
        {"level": ("1", "2"), "comment": ("Avis du premier", "Avis de la seconde")}, "open"
    ),
    "diagnostics:agreement_update": Edit(
        {"level": ("2", "3"), "reason": ("Motif du premier", "Motif de la seconde")}, "closed"
    ),
    "levers:vote_update": Edit({"choice": ("E", "P"), "reason": ("Raison du premier", "Raison de la seconde")}, "open"),
    "levers:decision_update": Edit(
        {"verdict": ("postponed", "dismissed"), "reason": ("Motif du premier", "Motif de la seconde")}
    ),
    "roadmap:sheet_place": Edit({"start_half": ("2024-S1", "2024-S2"), "end_half": ("2024-S2", "2025-S1")}),
    "roadmap:objective_update": Edit(
        {
            "title": ("Objectif du premier", "Objectif de la seconde"),
            "kind": ("other", "reduction"),
            "indicator_name": ("Indicateur du premier", "Indicateur de la seconde"),
            "unit": ("kWh", "kg"),
            "frequency": ("once", "quarterly"),
            "source": ("Source du premier", "Source de la seconde"),
            "baseline": ("52,3", "53,3"),
            "baseline_year": ("2022", "2021"),
            "baseline_low": ("20", "21"),
            "baseline_high": ("157", "158"),
            "target": ("41", "40"),
            "target_on": ("2026-06-30", "2025-12-31"),
            "target_low": ("10", "11"),
            "target_high": ("100", "101"),
            "note": ("Note du premier", "Note de la seconde"),
            "sheets": (["1", "2"], ["3"]),
        }
    ),
    "roadmap:capacity_update": Edit({"default_days": ("21", "22"), "service_2": ("5", "6")}),
    "roadmap:theme_list": Edit({"theme_6": ("Thème du premier", "Thème de la seconde")}),
    "roadmap:texts_update": Edit(
        {
            "foreword": ("Mot du premier", "Mot de la seconde"),
            "foreword_author": ("Signé du premier", "Signé de la seconde"),
            "governance": ("Suivi du premier", "Suivi de la seconde"),
            "committee_meetings_per_year": ("5", "6"),
            "steering_meetings_per_year": ("3", "4"),
            "council_reports_per_year": ("2", "3"),
        }
    ),
    f"{SHEET} identite": Edit(
        {
            "title": ("Titre du premier", "Titre de la seconde"),
            "short_title": ("Court du premier", "Court de la seconde"),
            "objective": ("2", "3"),
            "dimension": ("2", "3"),
            "theme": ("1", "2"),
            "perimeter": ("interne", "territoire"),
            "commitment": ("experimentation", "reflexion"),
            "status": ("ongoing", "blocked"),
            "is_quick_win": ([], ["on"]),
        }
    ),
    f"{SHEET} constat": Edit(
        {name: (f"{name} du premier", f"{name} de la seconde") for name in ("context", "aim", "description")}
    ),
    f"{SHEET} equipe": Edit(
        {
            "lead_participant": ("1", "2"),
            "lead_name": ("Pilote du premier", "Pilote de la seconde"),
            "elected_lead": ("Élue du premier", "Élue de la seconde"),
            "associated_note": ("Appuis du premier", "Appuis de la seconde"),
            "partners": ("Partenaires du premier", "Partenaires de la seconde"),
            "associated_services": (["10"], ["11", "12"]),
        },
        kept={"lead_service": "that of the participant who leads"},
    ),
    f"{SHEET} etapes": Edit(
        {
            "text-0": ("Étape du premier", "Étape de la seconde"),
            "who-0": ("Qui du premier", "Qui de la seconde"),
            "due_half-0": ("2025-S1", "2025-S2"),
            "due_on-0": ("2025-02-01", "2025-09-01"),
        }
    ),
    f"{SHEET} indicateurs": Edit(
        {
            "name-0": ("Indicateur du premier", "Indicateur de la seconde"),
            "unit-0": ("kWh", "kg"),
            "direction-0": ("down", "up"),
            "baseline-0": ("3", "4"),
            "baseline_year-0": ("2022", "2021"),
            "target-0": ("1", "2"),
            "target_year-0": ("2025", "2024"),
            "frequency-0": ("yearly", "quarterly"),
            "source-0": ("Source du premier", "Source de la seconde"),
            "note-0": ("Note du premier", "Note de la seconde"),
        }
    ),
    f"{SHEET} moyens": Edit(
        {
            "days_2024-S1": ("5", "6"),
            "human_note": ("Temps du premier", "Temps de la seconde"),
            "budget_eur": ("1000", "2000"),
            "budget_note": ("Budget du premier", "Budget de la seconde"),
            "funding": ("Aide du premier", "Aide de la seconde"),
        },
        kept={"human_days": "empty as soon as the days are told by half-year"},
    ),
    f"{SHEET} vigilance": Edit(
        {
            "effort": ("1", "3"),
            "impact": ("1", "3"),
            "links": ("https://premier.exemple.fr", "https://seconde.exemple.fr"),
        }
        | {
            name: (f"{name} du premier", f"{name} de la seconde")
            for name in ("expected_effect", "rebound", "risks", "legal_references")
        }
    ),
}
# Forms that carry a version and do not show the two texts.
NO_TWO_TEXTS = {
    "authorities:committee_import_confirm": "a lone button: refused with 409, nothing is typed",
    "authorities:committee_import_detail": "a list being read: what one person chose is asked no more",
    "diagnostics:diagnosis_extend": "a date that only goes later: the other one is told, keeping it asks for nothing",
    "levers:ballot_extend": "a date that only goes later: the other one is told, keeping it asks for nothing",
    "authorities:logo_update": "a file: the page asks for it again, the stored image is shown",
    "inventory:inventory_freeze": "freezing is final: whoever comes second is led to the frozen lot",
    "levers:ballot_close": "a box that confirms: closing is final",
    "levers:paper_ballot": "a table of votes: what is stored is told on its row, and the page may be sent again",
    "levers:vote_table": "a table of votes: what is stored is told on its row, and the page may be sent again",
    "roadmap:sheet_restore": "a lone button: refused with 409, the page shows what would change",
    "roadmap:sheet_release": "a lone button: refused with 409, nothing is typed",
}
# Forms with answers and without version: they edit no versioned object.
NO_VERSION = {
    "account": "one’s own account",
    "account_": "one’s own account, and the doors",
    "mfa_": "one’s own account",
    "authorities:authority_create_manual": "creates",
    "authorities:invitation_lost": "asks for a message",
    "authorities:link_sheet": "a choice of people: makes links",
    "authorities:participant_invite": "sends messages",
    "authorities:committee_import": "creates",
    "authorities:member_update": "boxes of the roles of one account, no text; each change is in the trail",
    "authorities:membership_request_": "creates, or answers once",
    "inventory:category_add": "adds a line",
    "inventory:participant_category_add": "adds a line",
    "inventory:inventory_create": "creates",
    "inventory:inventory_copy": "creates",
    "inventory:inventory_import": "a file",
    "inventory:participant_inventory_import": "a file",
    "inventory:trial_adopt": "creates",
    "inventory:change_move": "a lone button: the order changes no figure",
    "levers:scenario_lever_list": "adds to a list; what is there already stays",
    "diagnostics:rater_add": "adds somebody",
    "diagnostics:diagnosis_agree": "a box that confirms: closing the meeting is refused when a level changed",
    "levers:shortlist_": "adds to a list and takes from it; what is there already stays",
    "levers:ballot_create": "creates",
    "levers:voter_create": "adds somebody",
    "roadmap:authority_erase": "the name typed again, to confirm",
    "roadmap:initiative_create": "creates",
    "roadmap:schedule_propose": "a proposal, refused when the schedule changed in between",
    "roadmap:version_": "freezes, validates, adopts: each once",
}


@pytest.fixture(scope="module")
def space(django_db_setup: None, django_db_blocker) -> Iterator[Space]:
    """A complete authority, built once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        yield build_space("Morlaix Communauté", "morlaix.example")
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quiet(caplog) -> Iterator[None]:
    caplog.set_level("CRITICAL", logger="django")
    with patch(NO_PDF, return_value=EMPTY_PDF):
        yield


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
    return client_of(space.referent), own_arguments(route, space)


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
    word = match.kwargs.get("part_slug")
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
        if key.endswith(("_create", ":rater_add")) or key in NO_TWO_TEXTS:
            continue
        if has_version(form):
            edit = EDITS.get(key)
            if edit is None:
                unknown.add(f"{key} has a version and no recipe")
            elif edit.moment == moment and (missing := names - set(answers_for(form, edit)) - set(edit.kept)):
                unknown.add(f"{key}: {sorted(missing)} are in no recipe")
        elif names and not key.startswith(tuple(NO_VERSION)):
            unknown.add(f"{key} has answers ({sorted(names)}) and no version")
    assert unknown == set()


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
    url = reverse(route_name, kwargs=arguments | ({"part_slug": word} if word else {}))
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
