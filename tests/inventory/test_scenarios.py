"""Scenarios: services, pages, who may, what is refused."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from authorities.enums import Role
from authorities.models import Event
from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError
from inventory.enums import ChangeKind
from inventory.models import Scenario, ScenarioChange
from inventory.scenario_services import (
    CHANGES_MAX,
    SCENARIOS_MAX,
    ScenarioValues,
    add_change,
    create_scenario,
    create_scenario_of,
    delete_change,
    move_change,
    save_change,
    save_scenario,
)
from inventory.scenarios import KIND_BY_SLUG, ChangeValues
from inventory.selectors import inventory_footprint
from inventory.selectors.scenarios import compare_page, scenario_board, scenario_page, trial_values
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, make_frozen, make_inventory

LONGER = ChangeValues(
    ChangeKind.EXTEND_LIFETIME, 2026, ("laptop", "monitor_24", "smartphone"), years=Decimal(2), label="Deux ans de plus"
)
MOVED = ChangeValues(ChangeKind.HOSTING_MOVE, 2026, ("server_rack",), pue_to=Decimal("1.3"), label="Autre salle")


def make_scenario(lot, actor, *changes, **fields) -> Scenario:
    values = ScenarioValues(**{"name": "Sobriété", "start_year": 2026, **fields})
    scenario = create_scenario(inventory=lot, values=values, actor=actor, now=PARIS_NOON)
    for change in changes:
        add_change(scenario=scenario, values=change, actor=actor, now=PARIS_NOON)
    return scenario


def address(name: str, scenario: Scenario, *args) -> str:
    return reverse(f"inventory:{name}", args=[scenario.inventory.initiative.authority.slug, scenario.pk, *args])


# What it gives -----------------------------------------------------------------------------------------------------


def test_scenario_gives_the_figures_of_the_method(example_lot, referent):
    scenario = make_scenario(
        example_lot, referent, LONGER, MOVED, target_percent=Decimal(22), target_year=2027, target_source="essai"
    )
    before = inventory_footprint(example_lot)
    page = scenario_page(scenario)
    assert [(year, round(total.central, 1), change) for year, total, change in page.outcome.points] == [
        (2026, 10.4, "0\u202f%"),
        (2027, 8.8, "\u221216\u202f%"),
        (2028, 7.8, "\u221226\u202f%"),
    ]
    assert [(row.what, row.percent_label, row.found.is_low) for row in page.rows] == [
        ("Deux ans de plus", "\u221225\u202f%", False),
        ("Autre salle", "\u22120,6\u202f%", True),
    ]
    assert page.outcome.verdict == typography(
        "En 2027, il manque encore 0,64 t CO₂e : la cible ne serait atteinte qu’en 2028."
    )
    assert page.finding == typography("Sobriété : \u221226 % à plein effet")
    assert "ce n’est pas leur somme" in page.sum_note
    # The lot is untouched.
    assert inventory_footprint(example_lot) == before


def test_frozen_lot_takes_scenarios(reference, initiative, referent):
    lot = make_frozen(initiative, referent)
    scenario = make_scenario(lot, referent, LONGER)
    assert scenario_page(scenario).outcome.percent_label == "\u221225\u202f%"


def test_two_extensions_of_one_family_are_told(example_lot, referent):
    short = ChangeValues(ChangeKind.EXTEND_LIFETIME, 2026, ("laptop",), years=Decimal(1))
    page = scenario_page(make_scenario(example_lot, referent, LONGER, short))
    assert page.rows[1].discarded == typography(
        "Mis de côté : Ordinateurs portables, déjà compté par « Deux ans de plus »."
    )


def test_usual_trials_are_ranked_and_the_false_good_idea_is_named(example_lot):
    rows = scenario_board(example_lot, year=2026).trials
    assert [(row.trial.code, row.is_low) for row in rows] == [
        ("plus-deux-ans", False),
        ("reconditionne", False),
        ("moins-d-equipements", False),
        ("moins-d-electricite", False),
        ("recentraliser", True),
    ]
    assert rows[0].percent == pytest.approx(25.1, abs=0.1)


def test_empty_lot_has_no_trial(lot):
    board = scenario_board(lot, year=2026)
    assert (board.trials, board.has_footprint) == ([], False)
    assert trial_values(lot, "plus-deux-ans", year=2026) is None


def test_comparison_names_the_one_that_saves_most(example_lot, referent):
    first = make_scenario(example_lot, referent, MOVED, name="Serveurs")
    second = make_scenario(example_lot, referent, LONGER, name="Durées")
    page = compare_page(example_lot, str(first.pk), str(second.pk))
    assert page.finding == "«\u00a0Durées\u00a0» réduit plus que «\u00a0Serveurs\u00a0»"
    assert [year for year, _a, _b in page.years] == [2026, 2027, 2028]
    assert page.years[2][1][1] == "\u22120,6\u202f%"  # the shorter one keeps its last value
    # Words that name nothing fall back on the first two.
    assert compare_page(example_lot, "x", "999").first == first


# Writes --------------------------------------------------------------------------------------------------------------


def test_scenario_of_a_trial_is_named_after_it_and_never_twice(example_lot, referent):
    values = trial_values(example_lot, "recentraliser", year=2026)
    names = [
        create_scenario_of(inventory=example_lot, change=values, actor=referent, now=PARIS_NOON).name for _ in range(2)
    ]
    assert names[1] == f"{names[0]} (2)"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"categories": ("tablet",)}, "parmi celles que le lot compte"),
        ({"categories": ()}, "au moins une famille"),
        ({"starts_in": 2025}, "à partir de 2026"),
        ({"kind": "magic"}, "dans la liste"),
        ({"kind": ChangeKind.REPLACE, "category_to": "laptop"}, "par elle-même"),
        ({"kind": ChangeKind.REPLACE, "category_to": "teapot"}, "n’existe pas"),
    ],
)
def test_impossible_change_is_refused(example_lot, referent, fields, message):
    scenario = make_scenario(example_lot, referent)
    values = ChangeValues(
        **{"kind": ChangeKind.EXTEND_LIFETIME, "starts_in": 2026, "categories": ("laptop",), "years": Decimal(1)}
        | fields
    )
    with pytest.raises(DomainError, match=message):
        add_change(scenario=scenario, values=values, actor=referent, now=PARIS_NOON)
    assert not scenario.changes.exists()


def test_same_name_twice_is_refused(example_lot, referent):
    make_scenario(example_lot, referent)
    with pytest.raises(DomainError, match="déjà ce nom"):
        make_scenario(example_lot, referent)


def test_same_lever_twice_is_refused(example_lot, referent):
    values = ChangeValues(ChangeKind.REDUCE_COUNT, 2026, ("laptop",), percent=Decimal(5), lever_code="LEV-X")
    scenario = make_scenario(example_lot, referent, values)
    with pytest.raises(DomainError, match="déjà dans le scénario"):
        add_change(scenario=scenario, values=values, actor=referent, now=PARIS_NOON)


def test_there_is_a_limit(example_lot, referent):
    full = make_scenario(example_lot, referent, *[LONGER] * CHANGES_MAX)
    with pytest.raises(DomainError, match="10 changements au plus"):
        add_change(scenario=full, values=LONGER, actor=referent, now=PARIS_NOON)
    for rank in range(SCENARIOS_MAX - 1):
        make_scenario(example_lot, referent, name=f"Essai {rank}")
    with pytest.raises(DomainError, match="12 scénarios au plus"):
        make_scenario(example_lot, referent, name="Un de trop")


def test_the_longest_scenario_stays_within_the_budget(example_lot, referent, referent_client):
    full = make_scenario(example_lot, referent, *[LONGER] * CHANGES_MAX, target_percent=Decimal(22), target_year=2030)
    page = referent_client.get(address("scenario_detail", full)).text
    assert len(re.findall(r"<[a-z][a-z0-9]*[\s/>]", page)) <= 400


def test_decision_does_not_pass_its_changes(example_lot, referent):
    scenario = make_scenario(example_lot, referent, LONGER)
    with pytest.raises(DomainError, match="commence en 2026"):
        save_scenario(
            scenario=scenario,
            values=ScenarioValues("Plus tard", 2028),
            expected_version=1,
            actor=referent,
            now=PARIS_NOON,
        )


def test_stale_saves_are_refused(example_lot, referent):
    scenario = make_scenario(example_lot, referent, LONGER)
    change = scenario.changes.get()
    options = {"actor": referent, "now": PARIS_NOON, "expected_version": 1}
    save_change(change=change, values=LONGER, **options)
    with pytest.raises(StaleVersionError):
        save_change(change=ScenarioChange.objects.get(), values=MOVED, **options)
    assert ScenarioChange.objects.get().kind == ChangeKind.EXTEND_LIFETIME


def test_changes_move_one_place(example_lot, referent):
    scenario = make_scenario(example_lot, referent, LONGER, MOVED)
    first, second = scenario.changes.all()
    assert move_change(change=second, is_up=True)
    assert list(scenario.changes.all()) == [second, first]
    assert not move_change(change=second, is_up=True)
    delete_change(change=second, actor=referent, now=PARIS_NOON)
    assert list(scenario.changes.all()) == [first]
    assert Event.objects.filter(verb__contains="Sobriété").count() == 4


# Pages ---------------------------------------------------------------------------------------------------------------


def test_referent_composes_a_scenario(example_lot, referent_client):
    slug = example_lot.initiative.authority.slug
    create = reverse("inventory:scenario_create", args=[slug, example_lot.pk])
    answers = {"name": "Sobriété", "start_year": "2026", "target": "etat-2027", "note": "", "version": "0"}
    assert referent_client.post(create, answers).status_code == 302
    scenario = Scenario.objects.get()
    assert (scenario.target_percent, scenario.target_year) == (22, 2027)
    assert "circulaire" in scenario.target_source
    change = {"categories": ["laptop", "smartphone"], "years": "2", "fleet_share_percent": "100"}
    added = referent_client.post(
        address("change_create", scenario, "allongement"), change | {"starts_in": "2026", "label": "", "version": "0"}
    )
    assert added.status_code == 302
    page = referent_client.get(address("scenario_detail", scenario)).content.decode()
    assert typography("Garder 2 ans de plus") in page
    assert "<svg" in page


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"target": "libre"}, "Indiquez la réduction visée, en %."),
        ({"target": "libre", "target_percent": "30", "target_year": "2026"}, "vient après celle de la décision"),
        ({"target": "etat-2027", "start_year": "2030"}, "vient après celle de la décision"),
        ({"name": " "}, "Nom du scénario"),
    ],
)
def test_bad_scenario_says_what_to_do(example_lot, referent_client, answers, message):
    create = reverse("inventory:scenario_create", args=[example_lot.initiative.authority.slug, example_lot.pk])
    data = {"name": "Essai", "start_year": "2026", "target": "aucune", "note": "", "version": "0"} | answers
    response = referent_client.post(create, data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Scenario.objects.exists()


@pytest.mark.parametrize("slug", KIND_BY_SLUG)
def test_each_kind_of_change_has_its_form(example_lot, referent, referent_client, slug):
    scenario = make_scenario(example_lot, referent)
    page = referent_client.get(address("change_create", scenario, slug))
    assert page.status_code == 200
    assert len(page.context["form"].fields) >= 5
    refused = referent_client.post(address("change_create", scenario, slug), {"version": "0"})
    assert refused.status_code == 422
    assert "Choisissez au moins une famille." in refused.content.decode()


def test_unknown_kind_is_not_found(example_lot, referent, referent_client):
    assert (
        referent_client.get(address("change_create", make_scenario(example_lot, referent), "magie")).status_code == 404
    )


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.ADVISER, 200), (Role.CONTRIBUTOR, 403), (Role.ELECTED, 403), (Role.COMMITTEE, 403)],
)
def test_who_may_change_a_scenario(example_lot, authority, referent, client, role, expected):
    scenario = make_scenario(example_lot, referent, LONGER)
    member = factories.make_member(authority, role)
    client.force_login(member)
    assert client.get(address("scenario_update", scenario)).status_code == expected
    page = client.get(address("scenario_detail", scenario))
    assert page.status_code == 200
    assert ("Ajouter un changement" in page.content.decode()) == (expected == 200)


def test_moves_and_removals_by_buttons(example_lot, referent, referent_client):
    scenario = make_scenario(example_lot, referent, LONGER, MOVED)
    first, second = scenario.changes.all()
    move = address("change_move", scenario, second.pk)
    assert referent_client.post(move, {"vers": "haut"}).status_code == 302
    assert list(scenario.changes.all()) == [second, first]
    referent_client.post(move, {"vers": "ailleurs"})
    assert list(scenario.changes.all()) == [second, first]
    referent_client.post(address("change_delete", scenario, first.pk))
    assert list(scenario.changes.all()) == [second]
    referent_client.post(address("scenario_delete", scenario))
    assert not Scenario.objects.exists()


def test_change_of_another_scenario_is_not_found(example_lot, referent, referent_client):
    one = make_scenario(example_lot, referent, LONGER)
    other = make_scenario(example_lot, referent, name="Autre")
    assert referent_client.get(address("change_update", other, one.changes.get().pk)).status_code == 404


def test_trial_becomes_a_scenario(example_lot, referent_client):
    slug = example_lot.initiative.authority.slug
    adopt = reverse("inventory:trial_adopt", args=[slug, example_lot.pk])
    referent_client.post(adopt, {"essai": "inconnu"})
    assert not Scenario.objects.exists()
    referent_client.post(adopt, {"essai": "recentraliser"})
    assert [change.kind for change in Scenario.objects.get().changes.all()] == ["hosting_move"]


def test_a_new_lot_has_no_scenario_of_the_former(reference, initiative, referent):
    lot = make_frozen(initiative, referent)
    make_scenario(lot, referent, LONGER)
    copy = make_inventory(initiative, copied_from=lot, dated_on=date(2027, 1, 1))
    assert copy.scenarios.count() == 0
    assert fill(copy, laptop={"quantity": 90}).pk == copy.pk
