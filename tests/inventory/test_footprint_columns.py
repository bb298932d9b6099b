"""What the engine does beside the worked example: columns, exact sums, shares, choice of factors."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from inventory.footprint import (
    CategoryDefaults,
    Factor,
    FactorTable,
    FootprintLine,
    MixFactor,
    Range,
    VirtualMachine,
    columns_of,
    compute_footprint,
    data_impact,
    evaluate,
    home_boxes,
    host_shares,
    resolve_columns,
    resolve_lines,
    split_host,
    summarise,
)
from inventory.footprint.sums import CHUNK, GroupSum
from inventory.references import footprint_references
from inventory.tables import build_table


def gwp(lines, table, **options):
    return compute_footprint(lines, table, **options)["GWP"]


def test_engine_needs_neither_django_nor_the_base():
    code = (
        "import sys, inventory.footprint, inventory.simulation; print(any(m.startswith('django') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# Exact sums --------------------------------------------------------------------------------------------------------


def _sums(values, groups, size):
    adder = GroupSum(size, bound=float(np.abs(values).max()), count=len(values))
    for start in range(0, len(values), CHUNK):
        adder.add(values[start : start + CHUNK].copy(), groups[start : start + CHUNK])
    return adder.total


@pytest.mark.parametrize("spread", [0.1, 3, 8])
def test_sums_by_group_are_exact_whatever_the_order(spread):
    draw = np.random.default_rng(7)
    values = np.exp(draw.normal(0, spread, 3 * CHUNK + 5)) * draw.choice([-1.0, 1.0], 3 * CHUNK + 5)
    groups = draw.integers(0, 40, len(values))
    found = _sums(values, groups, 40)
    order = draw.permutation(len(values))
    assert (found == _sums(values[order], groups[order], 40)).all()
    exact = [math.fsum(values[groups == rank]) for rank in range(40)]
    assert found == pytest.approx(exact, rel=1e-15, abs=1e-12)


def test_sum_of_nothing_is_zero():
    assert GroupSum(3, bound=0.0, count=0).total.tolist() == [0, 0, 0]


def test_large_estate_gives_the_same_bits_in_any_order(table):
    draw = np.random.default_rng(3)
    lines = [
        FootprintLine(
            str(draw.choice(["laptop", "monitor_24", "server_rack"])),
            float(draw.integers(1, 900)) / 7,
            str(draw.choice(["measured", "estimated", "unknown"])),
            lifetime_years=float(draw.uniform(1, 9)),
            use_share=float(draw.uniform(0, 1)),
            zone=str(draw.choice(["FRA", "DEU"])),
        )
        for _ in range(2 * CHUNK)
    ]
    shuffled = [lines[rank] for rank in draw.permutation(len(lines))]
    assert compute_footprint(shuffled, table) == compute_footprint(lines, table)


def test_columns_and_lines_give_the_same(table, example):
    columns = columns_of(example)
    found = summarise(resolve_columns(columns, table), table)
    assert found.criteria == compute_footprint(example, table).criteria
    empty = replace(columns, quantity=np.array([np.nan, 150, 80, 3, 5]))
    assert summarise(resolve_columns(empty, table), table)["GWP"].total == gwp(example[1:], table).total


def test_each_line_of_a_batch_has_what_it_has_alone(table, example):
    lines = [*example, FootprintLine("network_fixed_gb", 3), FootprintLine("laptop", 2, zone="EU27")]
    impact, is_evaluated = evaluate(resolve_lines(lines, table), table, criteria=("GWP", "AP"))
    assert is_evaluated.tolist() == [[True, True]] * 5 + [[False, False], [True, False]]
    for rank, line in enumerate(lines):
        for column, code in enumerate(("GWP", "AP")):
            total = compute_footprint([line], table)[code].total
            expected = (total.low, total.central, total.high) if total else (0, 0, 0)
            assert impact[:, rank, column].sum(axis=1) == pytest.approx(expected)


# Reuse -------------------------------------------------------------------------------------------------------------


def test_certified_reuse_lengthens_the_life(table):
    """L = 5 + 0,4 × (8 − 5) = 6,2: 100 × 185,09 / 6,2 + 133,78."""
    line = FootprintLine("laptop", 100, "measured", reuse_rate=0.4, total_life_years=8)
    assert gwp([line], table).total.central == pytest.approx(18509 / 6.2 + 133.78, abs=0.1)
    # Without certificate the rate is zero; a total life under the internal one adds nothing.
    usual = gwp([FootprintLine("laptop", 100, "measured")], table).total.central
    assert gwp([replace(line, reuse_rate=0)], table).total.central == usual
    assert gwp([replace(line, total_life_years=4)], table).total.central == usual


# Hosts, boxes, networks ----------------------------------------------------------------------------------------------

MACHINES = [VirtualMachine("a", 4, 1.0, 1), VirtualMachine("b", 12, 1.0, 3)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("vcpu", {"a": 0.25, "b": 0.75}), ("storage_tb", {"a": 0.5, "b": 0.5}), ("weight", {"a": 0.25, "b": 0.75})],
)
def test_host_is_shared_by_the_key(key, expected):
    assert host_shares(MACHINES, key=key) == expected


def test_machines_of_a_host_make_the_host(table):
    host = FootprintLine("server_rack", 1, "measured", pue=1.6)
    parts = split_host(host, host_shares(MACHINES, key="vcpu"), "hote-1")
    assert gwp([parts["a"]], table).total.central == pytest.approx(gwp([host], table).total.central / 4)
    assert gwp(list(parts.values()), table).total.central == pytest.approx(gwp([host], table).total.central)


def test_host_and_its_machines_are_never_in_one_total(table):
    host = FootprintLine("server_rack", 1, host="hote-1")
    parts = split_host(host, {"a": 1.0}, "hote-1")
    with pytest.raises(ValueError, match="hote-1"):
        compute_footprint([host, *parts.values()], table)


@pytest.mark.parametrize(
    "machines", [[], [VirtualMachine("a")], [VirtualMachine("a", 0)], [VirtualMachine("a", 1), VirtualMachine("a", 2)]]
)
def test_host_share_without_key_is_refused(machines):
    with pytest.raises(ValueError, match=r"vcpu|machine"):
        host_shares(machines, key="vcpu")


def test_home_boxes():
    """120 people, 104 days a year at home: 120 × 104 / 365 / 2,16 = 15,83 boxes."""
    found = home_boxes(120, 104, persons_per_household=2.16, days_per_year=365)
    assert round(found, 2) == 15.83


def test_data_transferred(table):
    """10 000 GB on the fixed network, measured: 92,69 kg, from 9 900 × 0,00259 to 10 100 × 0,0308."""
    found = data_impact(10_000, table.data_factors["network_fixed_gb"], error=0.01)
    assert (round(found.low, 2), round(found.central, 2), round(found.high, 2)) == (25.64, 92.69, 311.08)


def test_use_shares_and_references_are_data():
    found = footprint_references()
    assert {item.code: item.percent for item in found.use_shares} == {"professionnel": 100, "cope": 85, "byod": 57}
    assert {item.value_kg for item in found.national_references} == {253, 434}
    assert all(item.source and item.perimeter and item.year for item in found.national_references)
    assert (found.targets[0].percent, found.targets[0].year) == (22, 2027)


# Choice of the factors --------------------------------------------------------------------------------------------


def _factor(value, preference, licence_class):
    return Factor("thing", "GWP", "embodied", value, None, None, "B", preference, licence_class=licence_class)


def test_favoured_classes_go_first_and_the_rest_is_marked():
    defaults = [CategoryDefaults(name, Range(5, 5, 5), Range(0, 0, 0)) for name in ("thing", "other")]
    other = replace(_factor(50, 1, "permissive"), category="other")
    table = FactorTable(
        [_factor(60, 1, "permissive"), _factor(300, 2, "share_alike"), other],
        defaults,
        [MixFactor("FRA", "GWP", 0.05)],
        favoured_licence_classes=frozenset({"share_alike"}),
    )
    assert gwp([FootprintLine("thing", 1), FootprintLine("other", 1)], table).total.central == 60 + 10
    assert (table.is_favoured("thing", "GWP"), table.is_favoured("other", "GWP")) == (True, False)


def test_manufacturer_sheets_give_five_times_as_much_for_a_screen(factor_files):
    choice = footprint_references().factor_choice("fabricants")
    rows = (factor_files.parameters, factor_files.factors, factor_files.mixes)
    sheets = build_table(*rows, favoured_licence_classes=choice.favoured)
    usual = build_table(*rows)
    embodied = [sum(f.value for f in table.chosen["monitor_24", "GWP"]) for table in (usual, sheets)]
    assert embodied == pytest.approx([69.84, 352.6])
    assert sheets.is_favoured("monitor_24", "GWP")
    assert not sheets.is_favoured("video_projector", "GWP")


def test_permissive_factors_leave_the_rest_not_evaluated(factor_files, example):
    choice = footprint_references().factor_choice("ouverts")
    table = build_table(
        factor_files.parameters, factor_files.factors, factor_files.mixes, allowed_licence_classes=choice.allowed
    )
    found = compute_footprint(example, table)
    assert found["GWP"].not_evaluated == ("printer_mfp",)
    assert {factor.licence_class for level in table.chosen.values() for factor in level} == {"permissive"}
