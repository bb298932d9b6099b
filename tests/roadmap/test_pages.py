"""Every page of the roadmap: empty and filled, who may open it, how many queries it makes."""

import pytest
from django.urls import reverse

from roadmap.models import ActionSheet
from roadmap.selectors.objectives import objective_board
from tests import factories
from tests.factories_roadmap import (
    make_full_sheet,
    make_objective,
    make_roadmap,
    make_sheets_from_levers,
    make_version,
    retain_levers,
)
from tests.roadmap.sample_content import make_content

pytestmark = pytest.mark.django_db

READ_PAGES = [
    "roadmap_detail",
    "objective_list",
    "schedule_detail",
    "load_detail",
    "validation_detail",
    "follow_up_detail",
]
EDIT_PAGES = ["objective_create", "theme_list", "texts_update"]


def url(name, authority, *args):
    return reverse(f"roadmap:{name}", args=[authority.slug, *args])


@pytest.mark.parametrize("name", ["dashboard", *READ_PAGES, *EDIT_PAGES])
def test_page_opens_before_anything_is_written(referent_client, authority, name):
    response = referent_client.get(url(name, authority))
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


def filled(authority, count=2):
    roadmap = make_roadmap(authority.initiatives.get())
    for _ in range(count):
        make_full_sheet(roadmap)
    make_version(roadmap, is_reen_usable=True, content=make_content())
    return roadmap


PAGES_OF_OBJECTS = [
    ("sheet_detail", lambda roadmap: [roadmap.sheets.first().pk]),
    ("sheet_delete", lambda roadmap: [roadmap.sheets.first().pk]),
    ("sheet_place", lambda roadmap: [roadmap.sheets.first().pk]),
    *[
        ("sheet_update", lambda roadmap, part=part: [roadmap.sheets.first().pk, part])
        for part in ("identite", "constat", "equipe", "etapes", "indicateurs", "moyens", "budget", "vigilance")
    ],
    ("objective_update", lambda roadmap: [roadmap.objectives.first().pk]),
    ("objective_delete", lambda roadmap: [roadmap.objectives.first().pk]),
    ("schedule_propose", lambda roadmap: []),
    ("capacity_update", lambda roadmap: []),
    ("version_freeze", lambda roadmap: []),
    ("version_detail", lambda roadmap: [1]),
    ("version_validate", lambda roadmap: [1]),
    ("version_adopt", lambda roadmap: [1]),
]


@pytest.mark.parametrize("name", ["dashboard", *READ_PAGES, *EDIT_PAGES])
def test_page_opens_when_filled(referent_client, authority, name):
    filled(authority)
    assert referent_client.get(url(name, authority)).status_code == 200


@pytest.mark.parametrize(("name", "arguments"), PAGES_OF_OBJECTS)
def test_page_of_an_object_opens(referent_client, authority, name, arguments):
    response = referent_client.get(url(name, authority, *arguments(filled(authority))))
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize(
    ("name", "arguments"), [*[(name, lambda roadmap: []) for name in READ_PAGES], *PAGES_OF_OBJECTS]
)
def test_page_does_not_exist_for_strangers(outsider_client, authority, name, arguments):
    assert outsider_client.get(url(name, authority, *arguments(filled(authority)))).status_code == 404


@pytest.mark.parametrize(
    ("name", "arguments"),
    [item for item in PAGES_OF_OBJECTS if item[0] not in {"sheet_detail", "version_detail"}],
)
def test_page_that_writes_is_closed_to_the_committee(client, committee_member, authority, name, arguments):
    client.force_login(committee_member)
    assert client.get(url(name, authority, *arguments(filled(authority)))).status_code == 403


@pytest.mark.parametrize(
    ("name", "arguments"),
    [item for item in PAGES_OF_OBJECTS if item[0] not in {"schedule_propose", "capacity_update", "version_freeze"}],
)
def test_ids_of_another_authority_do_not_exist(outsider_client, outsider, authority, name, arguments):
    """The outsider opens their own space, with the ids of somebody else."""
    own = outsider.memberships.get().authority
    assert outsider_client.get(url(name, own, *arguments(filled(authority)))).status_code == 404


@pytest.mark.parametrize("name", ["sheets_create", "savings_refresh", "schedule_release"])
def test_lone_buttons_refuse_a_get(referent_client, authority, name):
    assert referent_client.get(url(name, authority)).status_code == 405


def test_an_unknown_part_of_a_sheet_does_not_exist(referent_client, authority):
    sheet = filled(authority).sheets.first()
    assert referent_client.get(url("sheet_update", authority, sheet.pk, "inconnue")).status_code == 404


# Query counts ---------------------------------------------------------------------------------------------------------

LIMITS = {
    "dashboard": 15,
    "roadmap_detail": 13,
    "objective_list": 15,
    "schedule_detail": 9,
    "load_detail": 9,
    "validation_detail": 18,
    "follow_up_detail": 7,
    "theme_list": 8,
    "schedule_propose": 10,
    "capacity_update": 9,
    "schedule_export": 7,
}


@pytest.mark.parametrize("name", list(LIMITS))
def test_queries_do_not_grow_with_the_sheets(referent_client, authority, django_assert_max_num_queries, name):
    roadmap = filled(authority, 1)
    referent_client.get(url(name, authority))
    with django_assert_max_num_queries(LIMITS[name]) as one:
        referent_client.get(url(name, authority))
    make_full_sheet(roadmap)
    make_full_sheet(roadmap)
    with django_assert_max_num_queries(LIMITS[name]) as three:
        referent_client.get(url(name, authority))
    assert len(one) == len(three)


def test_queries_of_a_sheet_do_not_grow(referent_client, authority, django_assert_max_num_queries):
    sheet = make_full_sheet(make_roadmap(authority.initiatives.get()))
    page = url("sheet_detail", authority, sheet.pk)
    with django_assert_max_num_queries(15) as one:
        referent_client.get(page)
    for position in (2, 3):
        sheet.steps.create(position=position, text="Encore")
        sheet.indicators.create(position=position, name="Encore")
    with django_assert_max_num_queries(15) as three:
        referent_client.get(page)
    assert len(one) == len(three)


# What pages say -------------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_sheet_misses(referent_client, authority, initiative, referent):
    make_sheets_from_levers(initiative, 1, referent)
    text = referent_client.get(url("roadmap_detail", authority)).content.decode()
    assert "Il manque l’objectif servi, la place au calendrier, la date de chaque étape et 4 autres points." in text
    assert "7 textes du catalogue à relire." in text


def test_the_list_says_when_a_lever_is_no_longer_retained(referent_client, authority, initiative, referent):
    make_sheets_from_levers(initiative, 1, referent)
    initiative.decisions.all().delete()
    text = referent_client.get(url("roadmap_detail", authority)).content.decode()
    assert "Le levier d’origine n’est plus retenu." in text


def test_creating_from_the_page_makes_the_sheets(referent_client, authority, initiative):
    retain_levers(initiative, 2)
    page = referent_client.get(url("roadmap_detail", authority)).content.decode()
    assert "2 leviers retenus n’ont pas encore leur fiche" in page
    response = referent_client.post(url("sheets_create", authority), follow=True)
    assert "2\u00a0fiches créées, déjà remplies depuis le catalogue." in response.content.decode()
    assert ActionSheet.objects.count() == 2


def test_creating_without_lever_says_what_to_do(referent_client, authority):
    response = referent_client.post(url("sheets_create", authority), follow=True)
    assert "Retenez d’abord des leviers" in response.content.decode()


def test_viewers_see_no_link_to_what_they_may_not_do(client, committee_member, authority):
    filled(authority)
    client.force_login(committee_member)
    for name in READ_PAGES:
        text = client.get(url(name, authority)).content.decode()
        assert url("texts_update", authority) not in text
        assert url("version_freeze", authority) not in text
    assert "/equipe/" not in client.get(url("sheet_detail", authority, ActionSheet.objects.first().pk)).content.decode()


def test_a_contributor_sees_no_roadmap(client, authority):
    client.force_login(factories.make_member(authority, "contributor"))
    assert client.get(url("roadmap_detail", authority)).status_code == 403


def test_objectives_show_their_path_and_their_gaps(referent_client, authority):
    roadmap = make_roadmap(authority.initiatives.get())
    make_objective(roadmap, source="", baseline_low=30, baseline_high=90)
    text = referent_client.get(url("objective_list", authority)).content.decode()
    assert "de 50 à 41\u00a0t CO₂e par an" in text
    assert "−18\u202f%" in text
    assert "entre 30 et 90" in text
    assert "Il manque la source." in text


def test_objectives_say_what_part_the_actions_cover(initiative, roadmap):
    make_objective(roadmap)
    board = objective_board(initiative)
    assert board.gain is None
    assert board.coverage == (
        "L’objectif demande 9,0\u00a0t CO₂e de moins par an\u202f; le gain d’aucune action n’est encore simulé."
    )


def test_sheet_whose_number_is_longer_than_a_key_is_refused(referent_client, authority):
    make_roadmap(authority.initiatives.get())
    data = {"title": "Moins d’achats", "kind": "other", "version": 1, "sheets": ["9" * 30]}
    assert referent_client.post(url("objective_create", authority), data).status_code == 422
