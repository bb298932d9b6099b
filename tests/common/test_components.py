import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.urls import reverse

from common.steps import NextAction, StepState, StepStatus
from common.templatetags import components

STEPS = [
    StepState("preparation", "Préparer", "/preparer/", StepStatus.DONE, "fait le 4"),
    StepState("diagnosis", "Diagnostiquer", "", StepStatus.CURRENT, "", detail="34 questions"),
]


def render(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return engines["django"].from_string("{% load components %}" + source).render(context, request)


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "licorne" %}',
        '{% badge "violet" "Fait" %}',
        '{% confidence "peut-être" %}',
        '{% alert "violet" "Titre" %}',
        '{% alertblock "violet" "Titre" %}x{% endalertblock %}',
        '{% stepper steps "inconnue" %}',
        '{% tabs items "inconnu" %}',
        "{% dots 6 %}",
        "{% rod 6 0 5 %}",
        "{% rod 0 0 0 %}",
        "{% level_mark 5 %}",
        '{% progress "Import" 3 2 %}',
        '{% empty_state "Vide" "Texte" url="/x" %}',
        '{% empty_state "Vide" "Texte" level=4 %}',
        '{% locked_button "Figer" "Raison" link="Compléter" %}',
        '{% figure_value "Empreinte" "59" url="/x" %}',
        '{% crumbs "Accueil" %}',
        '{% path_rail "inconnue" %}',
        '{{ 2|pluriel:"levier" }}',
    ],
)
def test_component_refuses_an_unknown_variant(source):
    with pytest.raises(TemplateSyntaxError):
        render(source, steps=STEPS, items=[("a", "A", "/a")])


def test_icons_are_those_of_the_sprite():
    sprite = (Path(__file__).resolve().parents[2] / "static/img/icons.svg").read_text()

    assert set(re.findall(r'<symbol id="([a-z]+)"', sprite)) == components.ICONS


def test_icon_is_hidden_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    assert 'role="img" aria-label="Page suivante"' in render('{% icon "next" "Page suivante" %}')


def test_badge_has_an_icon_and_a_word():
    html = render('{% badge "wait" text %}', text="Attendu <3>")

    assert "icons.svg#clock" in html
    assert "Attendu &lt;3&gt;" in html


def test_stepper_tells_the_state_in_words_and_the_place():
    html = render('{% stepper steps "diagnosis" %}', steps=STEPS)

    assert "Étape 2 sur 2" in html
    assert '<li data-state="done"><a href="/preparer/">' in html
    assert '<li data-state="current"><span aria-current="step">' in html
    assert "Fait · fait le 4" in html
    assert "34 questions" not in html


def test_full_stepper_has_the_details():
    assert "34 questions" in render("{% stepper steps full=True %}", steps=STEPS)


def test_next_action_leaves_out_what_is_not_told():
    action = NextAction("Ouvrir le scrutin", "La présélection est validée.", "Ouvrir", "/scrutin/", "1 minute")
    html = render("{% next_action action %}", action=action)

    assert '<a class="btn" href="/scrutin/">Ouvrir</a>' in html
    assert "Avant le" not in html


def test_pagination_keeps_the_other_parameters():
    page = Paginator(range(110), 10).page(2)
    html = render("{% pagination page_obj %}", "/?theme=achats&page=2", page_obj=page)

    assert 'href="?theme=achats&amp;page=3" rel="next"' in html
    assert 'href="?theme=achats&amp;page=1" rel="prev"' in html
    assert 'href="?theme=achats&amp;page=2" aria-current="page"' in html


def test_pagination_of_one_page_prints_nothing():
    assert render("{% pagination page_obj %}", page_obj=Paginator(range(3), 10).page(1)).strip() == ""


def test_rod_has_one_path_for_each_colour_whatever_the_number():
    assert render("{% rod 11 12 33 %}").count("<path") == 3
    assert render("{% rod 0 0 5 %}").count("<path") == 1


def test_dots_say_the_figure():
    assert render("{% dots 2 %}").endswith("2 sur 5")


def test_locked_button_is_described_by_its_reason():
    html = render('{% locked_button "Figer" "Il manque trois pilotes." %}{% locked_button "Figer" "Autre raison." %}')
    ids = re.findall(r'aria-describedby="([^"]+)"', html)

    assert len(set(ids)) == 2
    assert all(f'id="{reason_id}"' in html for reason_id in ids)


def test_filters_write_french():
    assert render('{{ 0|pluriel:"levier,leviers" }}') == "levier"
    assert render("{{ 59.44|significant:2 }}") == "59"
    assert render("{{ 32.4|interval:151.7 }}") == "entre 32 et 150"
    assert render("{{ 12345|number }}") == "12\u202f345"
    assert render('{{ "l\'écran : oui"|typo }}') == "l’écran\u00a0: oui"


def test_menu_of_a_visitor_leads_to_the_door():
    html = render("{% main_menu %}")

    assert "Se connecter" in html
    assert "Créer un compte" in html


@pytest.mark.parametrize("route", [route for _code, _title, route in components.STEP_ROUTES])
def test_each_step_has_its_page(route):
    assert reverse(route, args=["pays-dexemple"]).startswith("/collectivites/pays-dexemple/")


@pytest.mark.parametrize("route", [route for _text, route, _permission in components.AUTHORITY_MENU])
def test_each_entry_of_the_menu_has_its_page(route):
    assert reverse(route, args=["pays-dexemple"]).startswith("/collectivites/pays-dexemple/")


@pytest.mark.django_db
def test_menu_shows_what_the_role_opens(referent, authority):
    request = RequestFactory().get("/")
    request.user = referent
    request.access = SimpleNamespace(authority=authority, permissions=frozenset({"view_dashboard", "view_inventory"}))
    html = engines["django"].from_string("{% load components %}{% main_menu %}").render({}, request)

    assert re.findall(r">([^<]+)</a>", html) == ["Tableau de bord", "Inventaire", referent.email]
