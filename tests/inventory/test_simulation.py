"""The table of simulations of docs/calculs.md, then the rules of combination."""

import pytest

from inventory.footprint import FootprintLine, compute_footprint
from inventory.simulation import Discarded, Effect, read_effect, simulate

ALL = frozenset({"laptop", "monitor_24", "smartphone", "server_rack", "printer_mfp"})
LONGER = [Effect("LEV-1", "extend_lifetime", frozenset({"laptop", "monitor_24", "smartphone"}), years=2)]
FEWER = [
    Effect("LEV-2", "reduce_count", frozenset({"laptop"}), percent=10),  # 10 of 100
    Effect("LEV-2", "reduce_count", frozenset({"monitor_24"}), percent=20),  # 30 of 150
]
REFURBISHED = [Effect("LEV-3", "refurbished_share", frozenset({"laptop"}), percent=30, first_life_years=3)]
LESS_ENERGY = [Effect("LEV-4", "reduce_energy", ALL, percent=20)]
MOVED = [Effect("LEV-5", "hosting_move", frozenset({"server_rack"}), pue_to=1.3)]


def significant(value: float, digits: int = 4) -> float:
    return float(f"{value:.{digits - 1}e}")


@pytest.mark.parametrize(
    ("effects", "years_after", "total", "saving"),
    [
        ([], None, 10440, 0),
        (LONGER, 1, 8847, 1593),
        (LONGER, 2, 7816, 2625),
        (LONGER, None, 7816, 2625),
        (FEWER, None, 9607, 833.7),
        (REFURBISHED, None, 9876, 564.7),
        (LESS_ENERGY, None, 10230, 205.9),  # 10440,8 − 205,9 = 10234,9
        (MOVED, None, 10380, 63.44),
    ],
)
def test_simulations_of_the_example(example, table, rules, effects, years_after, total, saving):
    found = simulate(example, effects, table, rules=rules, years_after=years_after)
    assert significant(found.simulated["GWP"].total.central) == total
    assert significant(found.combined["GWP"].central) == saving
    assert significant(found.baseline["GWP"].total.central) == 10440


@pytest.mark.parametrize(("effects", "percent"), [(LONGER, 25.1), (MOVED, 0.6)])
def test_saving_in_percent(example, table, rules, effects, percent):
    assert round(simulate(example, effects, table, rules=rules).percent("GWP"), 1) == percent


def test_nothing_happens_on_the_day_of_the_decision(example, table, rules):
    effects = [*LONGER, *LESS_ENERGY, *MOVED]
    assert simulate(example, effects, table, rules=rules, years_after=0).combined["GWP"].central == 0


def test_an_extension_is_one_step(example, table, rules):
    complete = simulate(example, LONGER, table, rules=rules)
    later = simulate(example, LONGER, table, rules=rules, years_after=9)
    assert later.combined == complete.combined
    assert complete.complete_after_years == 2


def test_avoided_laptop(table, rules):
    """E / L + C × m = 185,09 / 5 + 29,02 × 0,0461 = 38,36 kg a year: 26 laptops make a tonne."""
    line = [FootprintLine("laptop", 100, "measured")]
    found = simulate(line, [Effect("X", "reduce_count", frozenset({"laptop"}), percent=1)], table, rules=rules)
    assert round(found.combined["GWP"].central, 2) == 38.36


def test_extension_is_concave(example, table, rules):
    def saving(years):
        effect = Effect("X", "extend_lifetime", frozenset({"laptop"}), years=years)
        return simulate(example, [effect], table, rules=rules).combined["GWP"].central

    first, second, third = saving(1), saving(2) - saving(1), saving(3) - saving(2)
    assert first > second > third > 0


@pytest.mark.parametrize("category", ["laptop", "smartphone", "monitor_24"])
def test_relative_saving_of_an_extension_depends_on_the_criterion(table, rules, category):
    """It is the embodied share of the criterion; the French mix makes primary energy the least sensitive."""
    effect = Effect("X", "extend_lifetime", frozenset({category}), years=2)
    found = simulate([FootprintLine(category, 100)], [effect], table, rules=rules)
    assert found.percent("ADPE") > found.percent("AP")
    assert found.percent("ADPE") > found.percent("GWP")
    assert found.percent("GWP") > found.percent("PM") > found.percent("PE") > 0


def test_part_of_the_fleet(example, table, rules):
    effect = Effect("X", "extend_lifetime", frozenset({"laptop"}), years=2, fleet_share_percent=30)
    found = simulate(example, [effect], table, rules=rules)
    # 30 × 185,09 × (1/5 − 1/7)
    assert found.combined["GWP"].central == pytest.approx(317.3, abs=0.1)
    assert found.simulated["GWP"].coverage.units_total == pytest.approx(338)


def test_hosting_move_never_makes_the_room_worse(example, table, rules):
    effect = Effect("X", "hosting_move", frozenset({"server_rack"}), fleet_share_percent=80, pue_to=2.0)
    assert simulate(example, [effect], table, rules=rules).combined["GWP"].central == 0
    better = Effect("X", "hosting_move", frozenset({"server_rack"}), fleet_share_percent=80, pue_to=1.4)
    # 3 × 1529 × 0,0461 × 0,8 × (1,6 − 1,4)
    assert simulate(example, [better], table, rules=rules).combined["GWP"].central == pytest.approx(33.83, abs=0.01)


# Combination -------------------------------------------------------------------------------------------------------


def test_savings_do_not_add_up(example, table, rules):
    effects = [*LONGER, *FEWER]
    found = simulate(example, effects, table, rules=rules)
    separate = sum(item["GWP"].central for item in found.alone.values())
    assert separate == pytest.approx(2625.04 + 833.73, abs=0.1)
    # Laptops: 90 × (185,09 / 7 + 1,3378); screens: 120 × (69,84 / 8 + 3,3653); the rest as in +2 years.
    expected = 90 * (185.09 / 7 + 29.02 * 0.0461) + 120 * (69.84 / 8 + 73 * 0.0461)
    expected += 80 * (79.516 / 4.5 + 4.928 * 0.0461) + 1097.15 + 694.575
    assert found.simulated["GWP"].total.central == pytest.approx(expected, abs=0.1)
    assert found.combined["GWP"].central < separate


def test_order_of_the_levers_changes_nothing(example, table, rules):
    effects = [*LONGER, *FEWER, *REFURBISHED, *LESS_ENERGY, *MOVED]
    assert simulate(example, effects, table, rules=rules) == simulate(example, effects[::-1], table, rules=rules)


def test_two_extensions_do_not_add_up(example, table, rules):
    strong = Effect("LEV-B", "extend_lifetime", frozenset({"laptop"}), years=2)
    weak = Effect("LEV-A", "extend_lifetime", frozenset({"laptop", "monitor_24"}), years=1)
    found = simulate(example, [weak, strong], table, rules=rules)
    assert found.discarded == (Discarded("LEV-A", "laptop", "LEV-B"),)
    # Laptops + 2 years, screens + 1 year.
    expected = 100 * 185.09 * (1 / 5 - 1 / 7) + 150 * 69.84 * (1 / 6 - 1 / 7)
    assert found.combined["GWP"].central == pytest.approx(expected, abs=0.1)


def test_the_strongest_extension_counts_its_share_of_the_fleet(example, table, rules):
    """+3 years on 15 % of the laptops is weaker than +1 year on all of them."""
    long = Effect("LEV-A", "extend_lifetime", frozenset({"laptop"}), years=3, fleet_share_percent=15)
    wide = Effect("LEV-B", "extend_lifetime", frozenset({"laptop"}), years=1)
    assert simulate(example, [long, wide], table, rules=rules).discarded == (Discarded("LEV-A", "laptop", "LEV-B"),)


def test_exclusive_levers_of_the_file(example, table, rules):
    group = rules.exclusive[0]
    assert group == {"LEV-EQP-01", "LEV-EQP-07", "LEV-ACH-04", "LEV-LOG-01", "LEV-LOG-02"}
    one = Effect("LEV-LOG-01", "reduce_energy", frozenset({"laptop"}), percent=10)
    other = Effect("LEV-EQP-01", "reduce_count", frozenset({"laptop"}), percent=10)
    found = simulate(example, [one, other], table, rules=rules)
    assert found.discarded == (Discarded("LEV-LOG-01", "laptop", "LEV-EQP-01"),)
    assert found.combined["GWP"] == found.alone["LEV-EQP-01"]["GWP"]


def test_extension_and_refurbished_purchases_add_years(example, table, rules):
    extension = Effect("LEV-1", "extend_lifetime", frozenset({"laptop"}), years=2)
    found = simulate(example, [extension, *REFURBISHED], table, rules=rules)
    # L = 5 + 2 + 0,9 = 7,9
    assert found.combined["GWP"].central == pytest.approx(100 * 185.09 * (1 / 5 - 1 / 7.9), abs=0.1)


def test_baseline_is_untouched(example, table, rules):
    before = compute_footprint(example, table)
    assert simulate(example, [*LONGER, *FEWER], table, rules=rules).baseline == before
    assert compute_footprint(example, table) == before


def test_what_is_not_evaluated_has_no_saving(table, rules):
    lines = [FootprintLine("laptop", 10, zone="EU27")]
    found = simulate(lines, LONGER, table, rules=rules)
    assert "GWP" in found.combined
    assert set(found.combined) == {code for code, item in found.baseline.criteria.items() if item.total}
    assert [code for code in found.baseline.criteria if found.percent(code) is None] == ["AP"]


# Reading -----------------------------------------------------------------------------------------------------------


def test_read_effect(rules):
    data = {"type": "extend_lifetime", "categories": ["laptop", "screen"], "years": 2, "fleet_share_percent": 30}
    effect = read_effect("LEV-X", data, rules)
    assert effect == Effect(
        "LEV-X",
        "extend_lifetime",
        frozenset({"laptop", "monitor_22", "monitor_24", "monitor_27", "monitor_32"}),
        years=2,
        fleet_share_percent=30,
    )


def test_read_hosting_move(rules):
    data = {"type": "hosting_move", "from": "a", "to": "b", "servers_share_percent": 80, "pue_from": 2.0, "pue_to": 1.4}
    effect = read_effect("LEV-X", data, rules)
    assert (effect.categories, effect.fleet_share_percent, effect.pue_to) == (
        frozenset({"server_rack", "server_tower_small"}),
        80,
        1.4,
    )


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "magic", "categories": ["laptop"]},
        {"type": "reduce_count", "categories": ["teapot"], "percent": 10},
        {"type": "reduce_count", "categories": [], "percent": 10},
        {"type": "reduce_count", "categories": ["laptop"]},
        {"type": "reduce_count", "categories": ["laptop"], "percent": 140},
        {"type": "reduce_count", "categories": ["laptop"], "percent": "10"},
        {"type": "extend_lifetime", "categories": ["laptop"], "years": -1},
        {"type": "extend_lifetime", "categories": ["laptop"], "years": True},
        {"type": "hosting_move", "servers_share_percent": 80, "pue_to": 0.5},
    ],
)
def test_read_effect_refuses(rules, data):
    with pytest.raises(ValueError, match="LEV-X"):
        read_effect("LEV-X", data, rules)


def test_every_effect_of_the_catalogue_is_read(rules):
    """The levers bear the effects; their file belongs to another application and is only read here."""
    from pathlib import Path

    import yaml

    path = Path(__file__).resolve().parents[2] / "fixtures" / "levers.yaml"
    if not path.exists():
        pytest.fail("fixtures/levers.yaml is missing")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    levers = data["levers"] if isinstance(data, dict) else data
    effects = [read_effect(item["code"], item["simulation"], rules) for item in levers if item.get("simulation")]
    assert len(effects) == 20
