"""Plans year after year, on the worked example of docs/calculs.md."""

import pytest

from inventory.footprint import FootprintLine
from inventory.simulation import Effect, simulate
from inventory.trajectory import LONGEST_YEARS, Target, follow

LONGER = Effect("a", "extend_lifetime", frozenset({"laptop", "monitor_24", "smartphone"}), years=2)
FEWER = Effect("b", "reduce_count", frozenset({"laptop"}), percent=30)
REFURBISHED = Effect("c", "refurbished_share", frozenset({"laptop"}), percent=30)
MOVED = Effect("d", "hosting_move", frozenset({"server_rack"}), pue_to=1.3)


def four(value: float) -> float:
    return float(f"{value:.3e}")


def _follow(example, table, rules, *effects, **options):
    return follow(example, effects, table, rules=rules, start_year=2026, **options)


def test_extension_grows_a_year_a_year_and_stops(example, table, rules):
    found = _follow(example, table, rules, LONGER, target=Target(22, 2029))
    assert [(point.year, four(point.total.central)) for point in found.points] == [
        (2026, 10440),
        (2027, 8847),
        (2028, 7816),
        (2029, 7816),
    ]
    assert found.complete_year == 2028
    assert [round(point.percent, 1) for point in found.points] == [0, 15.3, 25.1, 25.1]


def test_target_is_missed_in_its_year_and_reached_later(example, table, rules):
    found = _follow(example, table, rules, LONGER, target=Target(22, 2027))
    # 10440,8 × 0,78 = 8143,8; 8847,4 − 8143,8 = 703,5
    assert four(found.target_value) == 8144
    assert (found.is_reached, found.reached_year) == (False, 2028)
    assert four(found.missing) == pytest.approx(703.5, abs=0.5)
    assert [point.year for point in found.points] == [2026, 2027, 2028]


def test_target_reached(example, table, rules):
    found = _follow(example, table, rules, LONGER, target=Target(15, 2027))
    assert (found.is_reached, found.reached_year, found.missing) == (True, 2027, 0)


def test_units_less_draw_no_power_at_once_and_weigh_until_the_renewal(table, rules):
    """100 laptops, 30 fewer, a fifth renewed each year: 20 purchases avoided after one year, 30 after two."""
    line = [FootprintLine("laptop", 100, "measured")]
    found = _follow(line, table, rules, FEWER)
    embodied, use = 185.09 / 5, 29.02 * 0.0461
    expected = [100 * embodied + 70 * use, 80 * embodied + 70 * use, 70 * (embodied + use)]
    assert [point.total.central for point in found.points] == pytest.approx(expected, abs=0.1)
    assert found.complete_year == 2028


def test_refurbished_purchases_come_with_the_renewals(table, rules):
    line = [FootprintLine("laptop", 100, "measured")]
    found = _follow(line, table, rules, REFURBISHED)
    lives = [5 + 0.9 * years / 5 for years in range(6)]
    expected = [100 * (185.09 / life + 29.02 * 0.0461) for life in lives]
    assert [point.total.central for point in found.points] == pytest.approx(expected, abs=0.1)


def test_later_changes_start_later(example, table, rules):
    late = Effect("d", "hosting_move", frozenset({"server_rack"}), pue_to=1.3, starts_after=2)
    found = _follow(example, table, rules, late)
    assert [round(point.saving.central, 2) for point in found.points] == [0, 0, 0, 63.44]


def test_recentralising_servers_is_said_to_be_of_little_effect(example, table, rules):
    found = _follow(example, table, rules, LONGER, MOVED)
    assert [(item.lever, item.is_low, round(item.percent, 1)) for item in found.alone] == [
        ("a", False, 25.1),
        ("d", True, 0.6),
    ]


def test_combined_is_never_the_sum(example, table, rules):
    found = _follow(example, table, rules, LONGER, FEWER)
    assert found.combined["GWP"].central < sum(item.savings["GWP"].central for item in found.alone)


def test_other_criterion(example, table, rules):
    found = _follow(example, table, rules, MOVED, criterion="PE")
    assert found.percents["PE"] > found.percents["GWP"] > found.percents["ADPE"]
    assert found.baseline.central == pytest.approx(369700, rel=1e-3)


def test_long_plan_is_cut(table, rules):
    line = [FootprintLine("laptop", 100, "measured", lifetime_years=20)]
    assert len(_follow(line, table, rules, REFURBISHED).points) == LONGEST_YEARS + 1


def test_nothing_evaluated_has_no_trajectory(table, rules):
    assert _follow([FootprintLine("laptop", 0)], table, rules, LONGER) is None
    assert _follow([FootprintLine("laptop", None)], table, rules, LONGER) is None


def test_empty_plan_is_flat(example, table, rules):
    found = _follow(example, table, rules)
    assert [point.percent for point in found.points] == [0, 0]
    assert (found.alone, found.complete_year) == ((), 2026)


# Replacing ---------------------------------------------------------------------------------------------------------


def test_replaced_family(example, table, rules):
    """20 laptops out, 20 tablets in: the difference of the two lines."""
    effect = Effect("r", "replace", frozenset({"laptop"}), units=20, units_to=20, category_to="tablet")
    found = simulate(example, [effect], table, rules=rules)
    tablets = simulate([FootprintLine("tablet", 20)], [], table, rules=rules).baseline["GWP"].total.central
    assert found.combined["GWP"].central == pytest.approx(20 * 38.356 - tablets, abs=0.1)
    assert found.simulated["GWP"].coverage.units_total == 338


def test_servers_replaced_by_virtual_machines(example, table, rules):
    effect = Effect(
        "r", "replace", frozenset({"server_rack"}), units=3, units_to=8, category_to="cloud_vm_medium", pue_to=1.2
    )
    found = simulate(example, [effect], table, rules=rules)
    machines = [FootprintLine("cloud_vm_medium", 8, pue=1.2)]
    expected = simulate(machines, [], table, rules=rules).baseline["GWP"].total.central
    assert found.combined["GWP"].central == pytest.approx(1097.15 - expected, abs=0.1)
    assert "server_rack" in found.simulated["GWP"].by_category
    assert found.simulated["GWP"].by_category["server_rack"].total.central == 0


def test_no_more_is_replaced_than_there_is(example, table, rules):
    effect = Effect("r", "replace", frozenset({"laptop"}), units=500, units_to=0, category_to="tablet")
    found = simulate(example, [effect], table, rules=rules)
    assert found.combined["GWP"].central == pytest.approx(3835.58, abs=0.1)
    assert simulate(example[1:], [effect], table, rules=rules).combined["GWP"].central == 0


def test_move_to_another_electricity(example, table, rules):
    """N × C × (PUE × m(z) − PUE' × m(z')), embodied unchanged; half of the servers."""
    effect = Effect("m", "hosting_move", frozenset({"server_rack"}), fleet_share_percent=50, pue_to=1.2, zone_to="SWE")
    found = simulate(example, [effect], table, rules=rules)
    sweden = table.mix["SWE", "GWP"].value
    assert found.combined["GWP"].central == pytest.approx(1.5 * 1529 * (1.6 * 0.0461 - 1.2 * sweden))
    worse = Effect("m", "hosting_move", frozenset({"server_rack"}), pue_to=1.6, zone_to="POL")
    assert simulate(example, [worse], table, rules=rules).combined["GWP"].central < 0
