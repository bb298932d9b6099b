"""Queries and elements of each page: the same whatever the number of rows, and within the budget."""

import re

import pytest
from django.urls import reverse

from inventory.models import EquipmentCategory, Scenario
from inventory.scenario_services import create_scenario_of
from inventory.selectors.scenarios import trial_values
from inventory.services import add_category
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, fill_figures, make_frozen, make_import, make_inventory, make_table_import
from tests.inventory.test_views import url

# Page → queries; the session, the account and the gate take four of them.
COUNTS = {
    "inventory_detail": 11,
    "lot_detail": 11,
    "line_list": 6,
    "line_update": 9,
    "group_update": 9,
    "figure_update": 8,
    "hosting_update": 9,
    "footprint_detail": 8,
    "family_list": 8,
    "trace_detail": 8,
    "uncertainty_detail": 8,
    "choice_detail": 8,
    "reference_detail": 9,
    "electricity_update": 8,
    "scenario_list": 10,
    "scenario_compare": 10,
    "scenario_detail": 10,
    "change_create": 11,
    "inventory_freeze": 9,
    "inventory_export": 11,
    "import_detail": 6,
    "inventory_import": 7,
    "import_columns": 7,
    "import_families": 11,
    "import_undo": 8,
}
BUDGET = 15
ELEMENTS = {"line_update": 600}


def address(name: str, lot) -> str:
    slug = lot.initiative.authority.slug
    if name == "inventory_detail":
        return reverse("inventory:inventory_detail", args=[slug])
    if name in {"scenario_detail", "change_create"}:
        scenario = Scenario.objects.filter(inventory=lot).first()
        return reverse(f"inventory:{name}", args=[slug, scenario.pk, *(["remplacement"] if "create" in name else [])])
    last = {"group_update": ["ordinateurs"], "trace_detail": ["laptop"], "hosting_update": ["cloud_vm_medium"]}.get(
        name, []
    )
    if name == "import_detail":
        last = [make_import(lot).pk]
    elif name.startswith("import_"):
        last = [
            make_table_import(
                lot, state={"import_undo": "applied", "import_columns": "columns"}.get(name, "pending")
            ).pk
        ]
    return url(name, lot, *last)


def fill_some(lot, count: int) -> None:
    fill(lot, **{line.category.code: {"quantity": 3} for line in lot.lines.select_related("category")[:count]})
    fill_figures(lot, agents_equipped=10)
    for code in ("plus-deux-ans", "recentraliser", "moins-d-electricite")[:count]:
        change = trial_values(lot, code, year=2026)
        if change is not None:
            create_scenario_of(inventory=lot, change=change, actor=None, now=PARIS_NOON)


@pytest.mark.parametrize("count", [1, 3, 22])
@pytest.mark.parametrize("name", COUNTS)
def test_queries_do_not_depend_on_the_rows(lot, referent_client, django_assert_num_queries, name, count):
    fill_some(lot, count)
    page = address(name, lot)
    referent_client.get(page)  # the factors are read once in the life of the process
    with django_assert_num_queries(COUNTS[name]):
        assert referent_client.get(page).status_code == 200
    assert COUNTS[name] <= BUDGET


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(reference, initiative, referent, referent_client, django_assert_num_queries, count):
    previous = None
    for _ in range(count):
        previous = make_frozen(initiative, referent) if previous is None else make_frozen(initiative, referent)
    page = reverse("inventory:inventory_list", args=[initiative.authority.slug])
    with django_assert_num_queries(5):
        assert referent_client.get(page).status_code == 200


@pytest.mark.parametrize("name", ["inventory_detail", "line_update", "group_update", "figure_update"])
def test_queries_of_a_personal_link(lot, initiative, django_assert_num_queries, name):
    contributor = factories.make_participant(initiative, roles=("contributor",))
    client = factories.participant_client(contributor)
    args = {"inventory_detail": [], "group_update": [lot.pk, "ordinateurs"]}.get(name, [lot.pk])
    page = reverse(f"inventory:participant_{name}", args=[contributor.pk, *args])
    client.get(page)
    with django_assert_num_queries({"inventory_detail": 9, "figure_update": 6}.get(name, 7)):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", [name for name in COUNTS if name not in {"inventory_export"}])
def test_elements_stay_within_the_budget_with_every_family(lot, referent_client, name):
    """The heaviest lot: the forty-two families, all filled."""
    for category in EquipmentCategory.objects.all():
        add_category(inventory=lot, category=category, actor=None, now=PARIS_NOON)
    fill_some(lot, 99)
    page = referent_client.get(address(name, lot)).content.decode()
    assert len(re.findall(r"<[a-z][a-z0-9]*[\s/>]", page)) <= ELEMENTS.get(name, 400)


def test_light_track_is_one_short_page(reference, initiative, referent_client):
    initiative.track = "light"
    initiative.save()
    lot = make_inventory(initiative)
    page = referent_client.get(url("line_update", lot)).content.decode()
    assert len(re.findall(r"<[a-z][a-z0-9]*[\s/>]", page)) <= 300
