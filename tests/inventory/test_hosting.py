"""Virtual machines and the servers that carry them: each counted once."""

import io

import pytest
from openpyxl import load_workbook

from common.errors import DomainError
from common.versioning import StaleVersionError
from inventory.comparison import compare_inventories
from inventory.enums import MachineKey, MachinePlace
from inventory.exports import beges_lines, build_footprint_workbook
from inventory.hosting_services import save_hosting
from inventory.models import EquipmentCategory, MachineHosting
from inventory.selectors import footprint_page, freeze_data, inventory_footprint, read_data, trace_page
from inventory.selectors.hosting import hosting_sentence, machine_line
from inventory.services import add_category, create_inventory, freeze_inventory
from inventory.simulation import Effect, simulate
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill
from tests.inventory.test_views import sheet, stored, url

MACHINES = "cloud_vm_medium"
# One rack server at a PUE of 1.6, in kg a year: 243 + 6.353 + 3.587 + 112.8 (docs/calculs.md, a third of three).
SERVER_KG = 365.7


@pytest.fixture
def machines(example_lot):
    """The worked example with 20 virtual machines, counted."""
    category = EquipmentCategory.objects.get(code="cloud_vm_small")
    add_category(inventory=example_lot, category=category, actor=None, now=PARIS_NOON)
    return fill(example_lot, cloud_vm_medium={"quantity": 20, "confidence": "measured"})


def say(lot, code=MACHINES, *, version=0, host="server_rack", **fields):
    values = {
        "place": MachinePlace.SHARED,
        "host_category": EquipmentCategory.objects.get(code=host),
        "machine_count": 10,
        "host_count": 4,
        "key": MachineKey.MACHINES,
        "total": 40,
        **fields,
    }
    return save_hosting(
        line=machine_line(lot, code), values=values, expected_version=version, actor=None, now=PARIS_NOON
    )


def kilograms(lot, code=MACHINES) -> float:
    return inventory_footprint(lot)["GWP"].by_category[code].total.central


# Calculation ----------------------------------------------------------------------------------------------------------


def test_machines_on_shared_hosts_take_their_part_of_them(machines):
    by_provider = kilograms(machines)
    say(machines)
    # 10 of 40 machines on 4 servers: one server; the 10 others stay those of a provider.
    assert kilograms(machines) == pytest.approx(by_provider / 2 + SERVER_KG, abs=0.1)


@pytest.mark.parametrize(
    ("code", "count", "total", "servers"),
    # 10 machines of 4 vCPU are 40 of 80 vCPU: two of four servers. 10 of 2 vCPU are 20 of 80: one.
    [(MACHINES, 10, 80, 2.0), ("cloud_vm_small", 10, 80, 1.0), (MACHINES, 20, 80, 4.0)],
)
def test_vcpu_tell_the_part_too(machines, code, count, total, servers):
    fill(machines, cloud_vm_small={"quantity": 10})
    rest = kilograms(machines, code) * (1 - count / stored(machines, code).quantity)
    say(machines, code, machine_count=count, key=MachineKey.VCPU, total=total)
    assert kilograms(machines, code) == pytest.approx(rest + servers * SERVER_KG, abs=0.2)


def test_machines_on_the_hosts_of_the_lot_add_nothing(machines):
    servers = kilograms(machines, "server_rack")
    say(machines, place=MachinePlace.OWN, machine_count=20, host_count=3)
    assert kilograms(machines) == 0
    assert kilograms(machines, "server_rack") == servers
    page = trace_page(machines, MACHINES)
    # 20 of 40 machines on the three servers: half of them, already counted.
    assert page.carried.counted.central == pytest.approx(servers / 2)
    assert "rien ne s’ajoute, ces serveurs sont déjà comptés" in page.carried.sentence


def test_share_of_use_and_confidence_follow_the_line(machines):
    fill(machines, cloud_vm_medium={"use_share_percent": 50, "confidence": "unknown"})
    rest = kilograms(machines) / 2
    say(machines)
    assert kilograms(machines) == pytest.approx(rest + SERVER_KG / 2, abs=0.1)
    assert {line.confidence for line in read_data(machines).engine_lines if line.category == MACHINES} == {"unknown"}


def test_carried_machines_are_no_more_family_and_still_units(machines):
    before = inventory_footprint(machines)["GWP"].coverage
    say(machines)
    assert inventory_footprint(machines)["GWP"].coverage == before
    assert [row.code for row in footprint_page(machines).families].count(MACHINES) == 1


@pytest.mark.parametrize("fields", [{}, {"place": MachinePlace.OWN, "host_count": 3}])
def test_comparison_counts_every_machine(machines, fields):
    before = read_data(machines)
    say(machines, **fields)
    found = compare_inventories(before.engine_lines, read_data(machines).engine_lines, before.table)
    [change] = [item for item in found.families if item.category == MACHINES]
    assert (change.units_before, change.units_after) == (20, 20)


def test_gestures_on_the_servers_leave_the_shared_ones(machines):
    """Nobody decides alone for servers shared with others."""
    say(machines, machine_count=20, total=20)
    data = read_data(machines)
    effect = Effect("LEV", "reduce_count", frozenset({"server_rack"}), percent=100)
    after = simulate(data.engine_lines, [effect], data.table, rules=data.rules).simulated["GWP"].by_category
    assert after["server_rack"].total.central == 0
    assert after[MACHINES].total.central == pytest.approx(4 * SERVER_KG, abs=0.5)


def test_shared_hosts_are_services_bought(machines):
    before = {line.post.what: line.total_t.central for line in beges_lines(read_data(machines))}
    say(machines, machine_count=20, total=20)
    after = {line.post.what: line.total_t.central for line in beges_lines(read_data(machines))}
    assert after["hosted"] == pytest.approx(4 * SERVER_KG / 1000, abs=1e-3)
    assert (after["use"], after["embodied"]) == (before["use"], before["embodied"])


def test_spreadsheet_says_what_carries_them(machines):
    say(machines)
    content = build_footprint_workbook(read_data(machines), now=PARIS_NOON, is_ods=False)
    rows = {row[0]: row[-1] for row in load_workbook(io.BytesIO(content))["Parc"].iter_rows(values_only=True)}
    assert rows["Machines virtuelles hébergées (4 vCPU)"] == hosting_sentence(machine_line(machines, MACHINES))
    assert not rows["Ordinateurs portables"]


# Copies, freezing -----------------------------------------------------------------------------------------------------


def test_frozen_lot_keeps_its_hosts_and_its_copy_has_them(machines, referent):
    say(machines)
    before = inventory_footprint(machines)["GWP"].total
    machines.refresh_from_db(fields=["version"])
    frozen = freeze_inventory(
        inventory=machines,
        dated_on=machines.dated_on,
        expected_version=machines.version,
        actor=referent,
        now=PARIS_NOON,
    )
    assert inventory_footprint(frozen)["GWP"].total == before
    assert freeze_data(read_data(frozen))["lines"][-1] == frozen.result["lines"][-1]
    assert trace_page(frozen, MACHINES).carried.key == "10 machines sur 40 portées par ces serveurs"
    copy = create_inventory(
        initiative=frozen.initiative, dated_on=frozen.dated_on, actor=referent, now=PARIS_NOON, copied_from=frozen
    )
    assert inventory_footprint(copy)["GWP"].total == before
    with pytest.raises(DomainError, match="Ce lot est figé"):
        say(frozen, version=1)


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"machine_count": 21}, "21 machines sur des serveurs connus, mais la famille en compte 20 en tout"),
        ({"total": 9}, "ces serveurs portent 9 machines en tout, les vôtres en font 10"),
        ({"key": MachineKey.VCPU, "total": 39}, "ces serveurs portent 39 vCPU en tout, les vôtres en font 40"),
        ({"place": MachinePlace.OWN, "host_count": 4}, "le lot en compte 3, vous en déclarez 4"),
        ({"place": MachinePlace.OWN, "host": "server_tower_small"}, "indiquez d’abord combien sont en service"),
        ({"host_count": None}, "Indiquez les serveurs qui portent ces machines"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(machines, fields, message):
    with pytest.raises(DomainError) as refused:
        say(machines, **fields)
    assert message in refused.value.message.replace("\u00a0", " ").replace("\u202f", " ")
    assert not MachineHosting.objects.exists()


def test_families_on_the_same_hosts_share_them(machines):
    fill(machines, cloud_vm_small={"quantity": 40})
    say(machines)
    with pytest.raises(DomainError, match="les vôtres en font"):
        say(machines, "cloud_vm_small", machine_count=31)
    say(machines, "cloud_vm_small", machine_count=30)


@pytest.mark.parametrize("quantity", [9, None])
def test_quantity_never_falls_below_what_is_carried(machines, quantity):
    say(machines)
    with pytest.raises(DomainError, match="sur des serveurs connus"):
        fill(machines, cloud_vm_medium={"quantity": quantity})
    assert stored(machines, MACHINES).quantity == 20


def test_hosts_of_the_lot_never_fall_below_those_that_carry(machines):
    say(machines, place=MachinePlace.OWN, host_count=3)
    with pytest.raises(DomainError, match="vous en déclarez"):
        fill(machines, server_rack={"quantity": 2})


def test_family_that_is_no_machine_has_no_host(machines):
    assert machine_line(machines, "laptop") is None


def test_stale_answer_is_refused(machines):
    say(machines)
    with pytest.raises(StaleVersionError):
        say(machines, version=0)
    assert say(machines, version=1, total=50).version == 2


def test_provider_forgets_the_numbers(machines):
    before = kilograms(machines)
    say(machines)
    hosting = say(machines, version=1, place=MachinePlace.PROVIDER)
    assert (hosting.machine_count, hosting.host_category, hosting.total) == (None, None, None)
    assert kilograms(machines) == before


# Pages ----------------------------------------------------------------------------------------------------------------


def answers(page, **changes: str) -> dict[str, str]:
    values = {"place": "shared", "machine_count": "10", "host_count": "4", "total": "40", "is_apart": "on", **changes}
    values["host_category"] = str(EquipmentCategory.objects.get(code="server_rack").pk)
    return sheet(page.context["form"]) | values


def test_page_saves_and_every_page_explains(machines, referent_client):
    address = url("hosting_update", machines, MACHINES)
    group = referent_client.get(url("group_update", machines, "serveurs")).content.decode()
    assert "machines virtuelles moyennes, chez un hébergeur" in group
    assert address in group
    place = f"{url('group_update', machines, 'serveurs')}#famille-{MACHINES}"
    assert place in referent_client.get(url("footprint_detail", machines)).content.decode()
    answer = referent_client.post(address, answers(referent_client.get(address)), follow=True)
    assert "enregistré, l’empreinte est recalculée" in answer.content.decode()
    assert "et en prennent 25" in answer.content.decode()
    assert place not in referent_client.get(url("footprint_detail", machines)).content.decode()
    trace = referent_client.get(url("trace_detail", machines, MACHINES)).content.decode()
    assert "Les serveurs qui portent ces machines" in trace
    assert "10 machines sur 40 portées par ces serveurs" in trace


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"is_apart": ""}, "is_apart", "Un serveur compte une seule fois"),
        ({"place": "provider"}, "host_count", "le calcul prend une machine virtuelle moyenne"),
        ({"total": ""}, "total", "les machines des autres comprises"),
        ({"machine_count": "0"}, "machine_count", "Indiquez un nombre entier entre 1"),
        ({"machine_count": "21"}, None, "Corrigez l’un des deux nombres"),
    ],
)
def test_page_refuses_with_a_sentence_and_keeps_what_was_typed(machines, referent_client, changes, field, message):
    address = url("hosting_update", machines, MACHINES)
    data = answers(referent_client.get(address), **changes)
    if changes.get("is_apart") == "":
        del data["is_apart"]
    answer = referent_client.post(address, data)
    errors = answer.context["form"].errors[field or "__all__"]
    assert answer.status_code == 422
    assert message in errors[0].replace("\u00a0", " ").replace("\u202f", " ")
    assert not MachineHosting.objects.exists()


def test_other_families_and_frozen_lots_have_no_such_page(machines, referent, referent_client):
    assert referent_client.get(url("hosting_update", machines, "laptop")).status_code == 404
    machines.refresh_from_db()
    freeze_inventory(
        inventory=machines,
        dated_on=machines.dated_on,
        expected_version=machines.version,
        actor=referent,
        now=PARIS_NOON,
    )
    assert referent_client.get(url("hosting_update", machines, MACHINES)).status_code == 302


def test_sentence_says_where_each_machine_is(machines):
    say(machines)
    sentence = hosting_sentence(machine_line(machines, MACHINES))
    assert sentence.replace("\u00a0", " ").replace("\u202f", " ") == (
        "10 machines sur 20 tournent sur 4 serveurs physiques partagés avec d’autres, hors du lot, et en prennent "
        "25 % : le calcul prend cette part de leur fabrication et de leur électricité. Les 10 autres restent chez un "
        "hébergeur, comptées comme des machines moyennes."
    )
