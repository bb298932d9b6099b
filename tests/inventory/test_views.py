"""Pages of the inventory: who may open them, what they show, what they refuse."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Inventory, InventoryLine
from tests import factories
from tests.factories_inventory import fill, fill_figures, make_example, make_frozen, make_import, make_inventory

PAGES = ["lot_detail", "line_list", "line_update", "figure_update", "inventory_freeze", "footprint_detail",
         "family_list", "inventory_copy", "inventory_import", "inventory_export"]  # fmt: skip


def url(name: str, lot: Inventory, *args) -> str:
    return reverse(f"inventory:{name}", args=[lot.initiative.authority.slug, lot.pk, *args])


def sheet(form, **changes: str) -> dict[str, str]:
    """What the browser would send of a form, with some answers changed: « laptop__quantity »."""
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in data.items()} | {
        name.replace("__", "-"): value for name, value in changes.items()
    }


def stored(lot: Inventory, code: str) -> InventoryLine:
    return InventoryLine.objects.get(inventory=lot, category__code=code)


@pytest.fixture
def contributor(initiative):
    return factories.make_participant(initiative, roles=("contributor",), name="Prestataire")


@pytest.fixture
def contributor_client(contributor) -> Client:
    return factories.participant_client(contributor)


# Reading ------------------------------------------------------------------------------------------------------------


def test_empty_inventory_says_what_to_do(reference, referent_client, elected_client, authority):
    address = reverse("inventory:inventory_detail", args=[authority.slug])
    page = referent_client.get(address).content.decode()
    assert "Aucun inventaire pour l’instant" in page
    assert reverse("inventory:inventory_create", args=[authority.slug]) in page
    # An elected official reads the same and is offered nothing that they may not do.
    page = elected_client.get(address).content.decode()
    assert "Aucun inventaire pour l’instant" in page
    assert "lots/nouveau" not in page


def test_overview_shows_families_groups_and_ratios(example_lot, referent_client):
    fill_figures(example_lot, agents_equipped=100)
    page = referent_client.get(url("lot_detail", example_lot)).content.decode()
    assert "338 équipements, 1,8 terminal par agent" in page
    assert "5 familles renseignées sur 22" in page
    assert url("group_update", example_lot, "ordinateurs") in page


def test_reader_sees_no_way_to_write(example_lot, elected_client):
    page = elected_client.get(url("lot_detail", example_lot)).content.decode()
    for name in ("line_update", "figure_update", "inventory_freeze"):
        assert url(name, example_lot) not in page
    assert url("line_list", example_lot) in page


def test_reading_shows_what_is_filled_and_its_confidence(example_lot, elected_client):
    fill(example_lot, laptop={"mean_age_years": 3.4, "source": "Console"})
    page = elected_client.get(url("line_list", example_lot)).content.decode()
    for text in ("Ordinateurs portables", "Console", "3,4", "mesuré", "estimé", "inconnu"):
        assert text in page
    assert "Clients légers" not in page


def test_reading_of_an_empty_lot(lot, elected_client):
    assert "Aucune quantité n’est renseignée" in elected_client.get(url("line_list", lot)).content.decode()


def test_footprint_shows_range_criteria_and_limits(example_lot, elected_client):
    fill_figures(example_lot, agents_equipped=100)
    page = elected_client.get(url("footprint_detail", example_lot)).content.decode()
    for text in (
        "90\u202f% de l’empreinte se joue à l’achat",
        "entre 4,1 et 36",
        "entre 41 et 360",
        "La donnée à améliorer d’abord",
        "Changement climatique",
        "Particules fines",
        "Repères et équivalences",
        "Selon le jeu de facteurs",
        "pire des cas",
        "version 2026.11",
        '<svg class="chart"',
    ):
        assert text in page


def test_empty_footprint_is_not_zero(lot, referent_client):
    page = referent_client.get(url("footprint_detail", lot)).content.decode()
    assert "Pas encore d’empreinte" in page
    assert '<svg class="chart"' not in page


def test_trace_shows_every_parameter_with_source_and_licence(example_lot, elected_client):
    page = elected_client.get(url("trace_detail", example_lot, "server_rack")).content.decode()
    for text in (
        "1,1\u00a0t CO₂e par an",
        "3, entre 3 et 3",
        "1,6",
        "0,0461 kg CO₂e par kWh",
        "1\u202f215",
        "460 à 3\u202f700",
        "Boavizta environmental-footprint-data",
        "ODbL",
        "N × u × f / L",
    ):
        assert text in page


def test_trace_of_a_family_without_quantity_is_not_found(example_lot, referent_client):
    assert referent_client.get(url("trace_detail", example_lot, "tablet")).status_code == 404
    assert referent_client.get(url("trace_detail", example_lot, "unheard-of")).status_code == 404


def test_list_of_lots(reference, initiative, referent, referent_client):
    frozen = make_frozen(initiative, referent)
    make_inventory(initiative, copied_from=frozen)
    page = referent_client.get(reverse("inventory:inventory_list", args=[initiative.authority.slug])).content.decode()
    assert "2 lots datés" in page
    assert "10\u00a0t CO₂e par an, entre 4,1 et 36" in page
    assert "Facteurs de novembre 2026" in page


# Who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_lot_of_another_authority_is_not_found(reference, initiative, referent_client, outsider, name):
    """Another authority's number in my own address: the lot exists, and not for me."""
    foreign = make_example(outsider.memberships.get().authority.initiatives.get())
    address = reverse(f"inventory:{name}", args=[initiative.authority.slug, foreign.pk])
    assert referent_client.get(address).status_code == 404
    assert referent_client.post(address).status_code in {404, 405}
    assert stored(foreign, "laptop").quantity == 100


@pytest.mark.parametrize("name", PAGES)
def test_stranger_gets_not_found(example_lot, outsider_client, name):
    assert outsider_client.get(url(name, example_lot)).status_code == 404


def test_import_of_another_lot_is_not_found(reference, initiative, referent_client, outsider):
    foreign = make_import(make_example(outsider.memberships.get().authority.initiatives.get()))
    mine = make_inventory(initiative)
    for name in ("import_detail", "import_confirm"):
        address = reverse(f"inventory:{name}", args=[initiative.authority.slug, mine.pk, foreign.pk])
        method = referent_client.get if name == "import_detail" else referent_client.post
        assert method(address).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "pending"


@pytest.mark.parametrize(
    ("role", "readable", "writable", "freezable"),
    [
        ("referent", 200, 200, 200),
        ("committee", 200, 403, 403),
        ("elected", 200, 403, 403),
        ("contributor", 200, 200, 403),
        ("adviser", 200, 200, 403),
    ],
)
def test_roles(example_lot, authority, role, readable, writable, freezable):
    client = Client()
    client.force_login(factories.make_member(authority, role))
    assert client.get(url("footprint_detail", example_lot)).status_code == readable
    for name in ("line_update", "figure_update", "inventory_import", "inventory_export"):
        assert client.get(url(name, example_lot)).status_code == writable
    assert client.get(url("inventory_freeze", example_lot)).status_code == freezable


def test_lot_of_a_former_initiative_is_out_of_reach(reference, initiative, authority, referent_client):
    old = make_example(initiative)
    type(initiative).objects.filter(pk=initiative.pk).update(is_current=False)
    factories.make_initiative(authority, number=2)
    assert referent_client.get(url("lot_detail", old)).status_code == 404


# Opening and freezing -----------------------------------------------------------------------------------------------


def test_open_a_lot(reference, initiative, referent_client):
    address = reverse("inventory:inventory_create", args=[initiative.authority.slug])
    answer = referent_client.post(address, {"dated_on": "2026-03-01"})
    lot = Inventory.objects.get(initiative=initiative)
    assert (answer.status_code, answer["Location"]) == (302, url("line_update", lot))
    assert lot.dated_on == date(2026, 3, 1)
    # A second one waits for the first.
    answer = referent_client.post(address, {"dated_on": "2026-03-01"})
    assert answer.status_code == 422
    assert "Un lot est déjà en préparation" in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "demain", "2026-13-45"])
def test_bad_date_is_said_in_french(reference, initiative, referent_client, typed):
    address = reverse("inventory:inventory_create", args=[initiative.authority.slug])
    answer = referent_client.post(address, {"dated_on": typed})
    assert answer.status_code == 422
    assert "Indiquez une date" in answer.content.decode()
    assert not Inventory.objects.exists()


def test_freeze_then_copy(example_lot, referent_client):
    page = referent_client.get(url("inventory_freeze", example_lot))
    data = {"dated_on": "2026-03-01", "version": page.context["form"]["version"].value()}
    answer = referent_client.post(url("inventory_freeze", example_lot), data)
    assert answer["Location"] == url("footprint_detail", example_lot)
    example_lot.refresh_from_db()
    assert example_lot.is_frozen
    answer = referent_client.post(url("inventory_copy", example_lot), {"dated_on": "2026-03-02"})
    copy = Inventory.objects.get(number=2)
    assert answer["Location"] == url("line_update", copy)
    assert stored(copy, "laptop").quantity == 100


def test_freeze_of_a_lot_that_changed_asks_to_look_again(example_lot, referent_client):
    page = referent_client.get(url("inventory_freeze", example_lot))
    data = {"dated_on": "2026-03-01", "version": page.context["form"]["version"].value()}
    fill(example_lot, laptop={"quantity": 101})
    answer = referent_client.post(url("inventory_freeze", example_lot), data)
    assert answer.status_code == 409
    assert "Une autre version est enregistrée" in answer.content.decode()
    example_lot.refresh_from_db()
    assert not example_lot.is_frozen


def test_freeze_without_a_quantity(lot, referent_client):
    answer = referent_client.post(url("inventory_freeze", lot), {"dated_on": "2026-03-01", "version": lot.version})
    assert answer.status_code == 422
    assert "complétez au moins une famille" in answer.content.decode()


def test_frozen_lot_is_read_not_filled(reference, initiative, referent, referent_client):
    frozen = make_frozen(initiative, referent)
    for name, args in (("line_update", ()), ("group_update", ("ordinateurs",)), ("figure_update", ())):
        answer = referent_client.get(url(name, frozen, *args))
        assert (answer.status_code, answer["Location"]) == (302, url("lot_detail", frozen))
    assert "Ce lot est figé" in referent_client.get(url("lot_detail", frozen)).content.decode()


# Filling ------------------------------------------------------------------------------------------------------------


def test_table_is_saved(lot, referent_client):
    form = referent_client.get(url("line_update", lot)).context["form"]
    data = sheet(form, laptop__quantity="1 250", laptop__mean_age_years="3,4", laptop__confidence="measured")
    answer = referent_client.post(url("line_update", lot), data)
    assert answer.status_code == 302
    laptop = stored(lot, "laptop")
    assert (laptop.quantity, str(laptop.mean_age_years), laptop.confidence) == (1250, "3.4", "measured")
    assert stored(lot, "desktop").quantity is None
    assert "Enregistré à" in referent_client.get(answer["Location"]).content.decode()


def test_autosave_answers_with_the_new_version(lot, referent_client):
    address = url("group_update", lot, "ordinateurs")
    form = referent_client.get(address).context["form"]
    data = sheet(form, laptop__quantity="12")
    answer = referent_client.post(address, data, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert int(answer["X-Version"]) == int(data["version"]) + 1
    # The page goes on with this version.
    data |= {"version": answer["X-Version"], "laptop-quantity": "13"}
    assert referent_client.post(address, data, headers={"X-Autosave": "1"}).status_code == 204
    assert stored(lot, "laptop").quantity == 13


def test_group_goes_to_the_next_one(lot, referent_client):
    address = url("group_update", lot, "ordinateurs")
    data = sheet(referent_client.get(address).context["form"]) | {"next": "1"}
    assert referent_client.post(address, data)["Location"] == url("group_update", lot, "ecrans")
    address = url("group_update", lot, "objets")
    data = sheet(referent_client.get(address).context["form"]) | {"next": "1"}
    assert referent_client.post(address, data)["Location"] == url("figure_update", lot)
    assert referent_client.get(url("group_update", lot, "unheard-of")).status_code == 404


def test_every_detail_of_a_family_is_on_the_page_of_its_group(lot, referent_client):
    address = url("group_update", lot, "ordinateurs")
    data = sheet(
        referent_client.get(address).context["form"],
        laptop__quantity="10",
        laptop__stock_quantity="3",
        laptop__lifetime_years="6",
        laptop__observed_lifetime_years="5,5",
        laptop__refurbished_percent="12",
        laptop__first_life_years="3",
        laptop__bought_last_year="4",
        laptop__retired_last_year="5",
        laptop__reused_last_year="2",
        laptop__use_share_percent="85",
        laptop__source="Console",
    )
    assert referent_client.post(address, data).status_code == 302
    laptop = stored(lot, "laptop")
    assert (laptop.stock_quantity, laptop.bought_last_year, laptop.retired_last_year, laptop.reused_last_year) == (
        3,
        4,
        5,
        2,
    )
    assert (float(laptop.observed_lifetime_years), laptop.use_share_percent, laptop.source) == (5.5, 85, "Console")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("laptop-quantity", "beaucoup", "Indiquez un nombre entier entre 0 et 1\u202f000\u202f000."),
        ("laptop-quantity", "-3", "Indiquez un nombre entier entre 0 et 1\u202f000\u202f000."),
        ("laptop-quantity", "9" * 40, "Indiquez un nombre entier entre 0 et 1\u202f000\u202f000."),
        ("laptop-lifetime_years", "0,2", "Indiquez un nombre entre 1 et 30\u00a0ans."),
        ("laptop-lifetime_years", "5,25", "Indiquez un nombre avec un chiffre au plus après la virgule."),
        ("laptop-refurbished_percent", "101", "Indiquez un nombre entre 0 et 100"),
        ("laptop-confidence", "sure", "Choisissez une réponse de la liste."),
        ("laptop-reused_last_year", "9", "Indiquez au plus 5"),
        ("laptop-source", "x" * 151, "Écrivez 150 caractères au plus"),
    ],
)
def test_bad_figures_are_said_in_french_and_nothing_is_lost(lot, referent_client, field, typed, message):
    address = url("group_update", lot, "ordinateurs")
    data = sheet(referent_client.get(address).context["form"], desktop__quantity="8", laptop__retired_last_year="5")
    answer = referent_client.post(address, data | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert 'aria-invalid="true"' in page
    assert f'href="#id_{field}"' in page
    # What was typed is still there, and nothing is half-written.
    assert 'value="8"' in page
    assert stored(lot, "desktop").quantity is None


def test_what_is_not_sent_is_not_erased(example_lot, referent_client):
    form = referent_client.get(url("line_update", example_lot)).context["form"]
    data = {name: value for name, value in sheet(form).items() if not name.startswith("laptop")}
    data |= {"laptop-quantity": "101", "laptop-confidence": "measured"}
    fill(example_lot)
    assert referent_client.post(url("line_update", example_lot), data).status_code == 302
    laptop = stored(example_lot, "laptop")
    assert laptop.quantity == 101


@pytest.mark.parametrize("version", ["", "abc", None])
def test_version_that_cannot_be_read(lot, referent_client, version):
    data = sheet(referent_client.get(url("line_update", lot)).context["form"])
    if version is None:
        del data["version"]
    else:
        data["version"] = version
    assert referent_client.post(url("line_update", lot), data).status_code == 422


def test_two_people_on_one_figure(lot, referent_client, contributor, contributor_client):
    """Neither value is lost: the second is told, sees both, and chooses."""
    mine = url("line_update", lot)
    theirs = reverse("inventory:participant_line_update", args=[contributor.pk, lot.pk])
    data = sheet(referent_client.get(mine).context["form"], laptop__quantity="120", desktop__quantity="7")
    other = sheet(contributor_client.get(theirs).context["form"], laptop__quantity="118")
    assert contributor_client.post(theirs, other).status_code == 302
    answer = referent_client.post(mine, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert stored(lot, "laptop").quantity == 118
    assert "Garder le mien" in page
    assert "Garder l’autre" in page
    assert "120" in page
    assert "118" in page
    labels = [conflict.label for conflict in answer.context["form"].conflicts]
    assert labels == ["Ordinateurs portables, en service", "Ordinateurs fixes, en service"]
    # Both answers are kept in the page; the reader keeps theirs for one, their own for the other.
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    again |= {
        "version": form["version"].value(),
        "shown-laptop-quantity": "1",
        "mine-laptop-quantity": "120",
        "keep-laptop-quantity": "theirs",
        "shown-desktop-quantity": "1",
        "mine-desktop-quantity": "7",
        "keep-desktop-quantity": "mine",
    }
    assert referent_client.post(mine, again).status_code == 302
    assert (stored(lot, "laptop").quantity, stored(lot, "desktop").quantity) == (118, 7)


def test_autosave_of_a_stale_page_is_refused(lot, referent_client):
    address = url("line_update", lot)
    data = sheet(referent_client.get(address).context["form"], laptop__quantity="120")
    fill(lot, laptop={"quantity": 118})
    assert referent_client.post(address, data, headers={"X-Autosave": "1"}).status_code == 409
    assert stored(lot, "laptop").quantity == 118


def test_save_that_comes_after_the_freeze_keeps_what_was_typed(example_lot, referent_client):
    address = url("line_update", example_lot)
    data = sheet(referent_client.get(address).context["form"], laptop__quantity="777")
    version = {"dated_on": "2026-03-01", "version": str(example_lot.version)}
    assert referent_client.post(url("inventory_freeze", example_lot), version).status_code == 302
    answer = referent_client.post(address, data)
    assert answer.status_code == 409
    assert "Ce lot est figé" in answer.content.decode()
    assert 'value="777"' in answer.content.decode()
    assert stored(example_lot, "laptop").quantity == 100


def test_figures_are_saved(lot, referent_client):
    form = referent_client.get(url("figure_update", lot)).context["form"]
    data = sheet(form, agents_equipped__value="420", room_pue__value="1,35", room_pue__confidence="measured")
    assert referent_client.post(url("figure_update", lot), data).status_code == 302
    figure = lot.figures.get(kind__code="room_pue")
    assert (float(figure.value), figure.confidence) == (1.35, "measured")
    answer = referent_client.post(url("figure_update", lot), data | {"room_pue-value": "0,8"})
    assert answer.status_code == 422
    assert "Indiquez un nombre entre 1 et 5." in answer.content.decode()


def test_add_a_family(lot, referent_client):
    answer = referent_client.post(url("category_add", lot), {"category": "workstation"})
    assert answer["Location"] == url("group_update", lot, "ordinateurs")
    assert lot.lines.filter(category__code="workstation").exists()
    for code in ("workstation", "laptop_charger", "", "<script>"):
        answer = referent_client.post(url("category_add", lot), {"category": code})
        assert answer.status_code == 422
        assert "Choisissez une famille de la liste" in answer.content.decode()


# Personal link ------------------------------------------------------------------------------------------------------


def test_contributor_fills_by_a_personal_link(lot, contributor, contributor_client):
    page = contributor_client.get(reverse("inventory:participant_inventory_detail", args=[contributor.pk]))
    address = reverse("inventory:participant_group_update", args=[contributor.pk, lot.pk, "ordinateurs"])
    assert address in page.content.decode()
    form = contributor_client.get(address).context["form"]
    assert contributor_client.post(address, sheet(form, laptop__quantity="12")).status_code == 302
    assert stored(lot, "laptop").quantity == 12
    assert lot.initiative.events.filter(actor_participant=contributor).count() == 1


def test_contributor_sees_neither_footprint_nor_freeze(example_lot, contributor, contributor_client):
    page = contributor_client.get(
        reverse("inventory:participant_inventory_detail", args=[contributor.pk])
    ).content.decode()
    for word in ("empreinte", "figer", "/collectivites/"):
        assert word not in page


def test_link_without_the_scope_is_refused(lot, initiative):
    voter = factories.make_participant(initiative, roles=("committee",))
    client = factories.participant_client(voter)
    address = reverse("inventory:participant_line_update", args=[voter.pk, lot.pk])
    assert client.get(address).status_code == 403
    assert client.post(address, {}).status_code == 403


def test_link_does_not_reach_another_authority(reference, contributor, contributor_client, outsider):
    foreign = make_example(outsider.memberships.get().authority.initiatives.get())
    for name, args in (
        ("participant_line_update", ()),
        ("participant_group_update", ("ordinateurs",)),
        ("participant_figure_update", ()),
        ("participant_inventory_export", ()),
        ("participant_inventory_import", ()),
    ):
        address = reverse(f"inventory:{name}", args=[contributor.pk, foreign.pk, *args])
        assert contributor_client.get(address).status_code == 404
        assert contributor_client.post(address, {}).status_code in {404, 405}


def test_participant_before_the_lot_is_open(initiative, contributor, contributor_client):
    page = contributor_client.get(reverse("inventory:participant_inventory_detail", args=[contributor.pk]))
    assert "L’inventaire n’est pas encore ouvert" in page.content.decode()


def test_participant_adds_a_family(lot, contributor, contributor_client):
    address = reverse("inventory:participant_category_add", args=[contributor.pk, lot.pk])
    answer = contributor_client.post(address, {"category": "workstation"})
    assert answer["Location"] == reverse(
        "inventory:participant_group_update", args=[contributor.pk, lot.pk, "ordinateurs"]
    )
