"""The worked example, cell by cell, to four significant digits; then the rules of coverage and of ranges.

Expected values: docs/calculs.md, worked by hand from the factor files.
"""

from dataclasses import replace

import pytest

from inventory.footprint import (
    CategoryDefaults,
    Factor,
    FactorTable,
    FootprintLine,
    MixFactor,
    Range,
    compute_footprint,
    factor_bounds,
    rank_uncertainties,
    trace_line,
)

EXAMPLE_GWP = {
    # category: manufacturing, distribution, end of life, embodied, use, total
    "laptop": (3400, 246.0, 55.80, 0, 133.8, 3836),
    "monitor_24": (1615, 32.25, 98.75, 0, 504.8, 2251),
    "smartphone": (2464, 72.64, 7.872, 0, 18.17, 2563),
    "server_rack": (729.0, 19.06, 10.76, 0, 338.3, 1097),
    "printer_mfp": (0, 0, 0, 660.0, 34.58, 694.6),
}


def significant(value: float, digits: int = 4) -> float:
    return float(f"{value:.{digits - 1}e}")


def gwp(lines, table, **options):
    return compute_footprint(lines, table, **options)["GWP"]


@pytest.mark.parametrize("category", EXAMPLE_GWP)
def test_example_line(example, table, category):
    found = gwp(example, table).by_category[category]
    manufacturing, distribution, end_of_life, embodied, use, total = EXAMPLE_GWP[category]
    assert {step: significant(value.central) for step, value in found.steps.items()} == {
        "manufacturing": manufacturing,
        "distribution": distribution,
        "end_of_life": end_of_life,
        "embodied": embodied,
        "use": use,
    }
    assert significant(found.total.central) == total


def test_example_totals(example, table):
    found = gwp(example, table)
    assert {step: significant(value.central) for step, value in found.by_step.items()} == {
        "manufacturing": 8208,
        "distribution": 369.9,
        "use": 1030,
        "end_of_life": 173.2,
        "embodied": 660.0,
    }
    assert significant(found.total.central) == 10440
    assert round(found.embodied_percent, 1) == 90.1


@pytest.mark.parametrize(
    ("criterion", "category", "embodied", "use"),
    [
        ("ADPE", "laptop", 0.1720, 1.410e-4),
        ("ADPE", "monitor_24", 0.2700, 5.319e-4),
        ("ADPE", "smartphone", 0.06560, 1.915e-5),
        ("ADPE", "server_rack", 0.007842, 3.565e-4),
        ("ADPE", "printer_mfp", 0.05237, 3.643e-5),
        ("PE", "laptop", 49340, 29760),
        ("PE", "monitor_24", 33280, 112300),
        ("PE", "smartphone", 36350, 4043),
        ("PE", "server_rack", 11390, 75260),
        ("PE", "printer_mfp", 10270, 7691),
    ],
)
def test_example_other_criteria(example, table, criterion, category, embodied, use):
    steps = compute_footprint(example, table)[criterion].by_category[category].steps
    assert (significant(steps["embodied"].central), significant(steps["use"].central)) == (embodied, use)


@pytest.mark.parametrize(
    ("criterion", "embodied", "use", "total"),
    [("ADPE", 0.5678, 0.001085, 0.5689), ("PE", 140600, 229000, 369700)],
)
def test_example_other_totals(example, table, criterion, embodied, use, total):
    found = compute_footprint(example, table)[criterion]
    values = (found.by_step["embodied"].central, found.by_step["use"].central, found.total.central)
    assert tuple(map(significant, values)) == (embodied, use, total)


@pytest.mark.parametrize(
    ("category", "low", "high"),
    [
        ("laptop", 2078, 11500),
        ("monitor_24", 1035, 13400),
        ("smartphone", 477.2, 5100),
        ("server_rack", 371.5, 3872),
        ("printer_mfp", 168.4, 2322),
    ],
)
def test_example_ranges(example, table, category, low, high):
    found = gwp(example, table).by_category[category].total
    assert (significant(found.low), significant(found.high)) == (low, high)


@pytest.mark.parametrize(
    ("criterion", "low", "high"), [("GWP", 4131, 36190), ("ADPE", 0.2187, 1.264), ("PE", 181200, 1126000)]
)
def test_example_total_ranges(example, table, criterion, low, high):
    found = compute_footprint(example, table)[criterion].total
    assert (significant(found.low), significant(found.high)) == (low, high)


def test_declared_lifetimes_narrow_the_range(example, table):
    declared = [replace(line, lifetime_years=years) for line, years in zip(example, (5, 6, 2.5, 5, 5), strict=True)]
    found = gwp(declared, table)
    assert (significant(found.total.low), significant(found.total.central)) == (5883, 10440)
    assert significant(found.total.high) == 28580
    # Laptops: 99 × (142,763 / 5,05 + 0,5993) and 101 × (334,817 / 4,95 + 2,2128).
    laptop = found.by_category["laptop"].total
    assert (significant(laptop.low), significant(laptop.high)) == (2858, 7055)


def test_independent_range_is_inside_the_worst_case(example, table):
    found = gwp(example, table)
    # Below: root of the sum of (central − low)² of the five lines, from the table of docs/calculs.md.
    below = sum(x * x for x in (3835.58 - 2078.41, 2250.8 - 1035.43, 2562.69 - 477.248, 725.699, 526.135)) ** 0.5
    assert found.independent.low == pytest.approx(10440.8 - below, rel=1e-4)
    assert found.total.low < found.independent.low < found.independent.high < found.total.high


@pytest.mark.parametrize(
    ("quality", "low", "high", "expected"),
    [
        ("A", None, None, (70, 130)),
        ("B", None, None, (70, 130)),
        ("C", None, None, (50, 150)),
        ("C-estimated", None, None, (100 / 3, 300)),
        ("D-estimated", None, None, (100 / 3, 300)),
        ("B", 80, None, (80, 130)),
        ("C", None, 400, (50, 400)),
        ("D-estimated", 60, 90, (60, 90)),
    ],
)
def test_factor_bounds(quality, low, high, expected):
    assert factor_bounds(100, low, high, quality) == pytest.approx(expected)


@pytest.mark.parametrize(("confidence", "error"), [("measured", 0.01), ("estimated", 0.10), ("unknown", 0.20)])
def test_confidence_widens_the_quantity_and_the_declared_lifetime(table, confidence, error):
    """One printer: 660 kg [300, 1500] over 5 years, 150 kWh [100, 260] × 0,0461."""
    found = gwp([FootprintLine("printer_mfp", 1, confidence, lifetime_years=5)], table).total
    assert found.low == pytest.approx((1 - error) * (300 / (5 * (1 + error)) + 100 * 0.0461))
    assert found.high == pytest.approx((1 + error) * (1500 / (5 * (1 - error)) + 260 * 0.0461))


def test_per_agent(example, table):
    found = compute_footprint(example, table, agent_count=100)["GWP"]
    assert found.per_agent == found.total.scaled(1 / 100)
    assert compute_footprint(example, table)["GWP"].per_agent is None
    assert compute_footprint(example, table, agent_count=0)["GWP"].per_agent is None


def test_lifetime_has_a_floor_of_one_year(table):
    quick = gwp([FootprintLine("laptop", 10, "measured", lifetime_years=0.2)], table)
    year = gwp([FootprintLine("laptop", 10, "measured", lifetime_years=1)], table)
    assert quick.total.central == year.total.central


def test_observed_view_uses_the_observed_lifetime_where_it_is_known(table):
    lines = [
        FootprintLine("laptop", 100, "measured", lifetime_years=5, observed_lifetime_years=7),
        FootprintLine("monitor_24", 150, "measured", lifetime_years=6),
    ]
    reference, observed = gwp(lines, table), gwp(lines, table, view="observed")
    # 100 × 185,09 / 7 + 100 × 29,02 × 0,0461 = 2777,9
    assert observed.by_category["laptop"].total.central == pytest.approx(2777.9, abs=0.1)
    assert observed.by_category["monitor_24"] == reference.by_category["monitor_24"]


def test_refurbished_share_counts_only_with_a_proven_first_life(table):
    line = FootprintLine("laptop", 100, "measured", refurbished_share=0.3)
    assert gwp([line], table) == gwp([replace(line, refurbished_share=0)], table)
    # L = 5 + 0,3 × 3 = 5,9: 100 × 185,09 / 5,9 + 133,78
    proven = gwp([replace(line, upstream_years=3)], table)
    assert proven.total.central == pytest.approx(3137.1 + 133.78, abs=0.1)


def test_pue_touches_use_only(table):
    inside = gwp([FootprintLine("server_rack", 3, pue=1.6)], table).by_step
    outside = gwp([FootprintLine("server_rack", 3)], table).by_step
    assert inside["use"].central == pytest.approx(1.6 * outside["use"].central)
    assert {k: v for k, v in inside.items() if k != "use"} == {k: v for k, v in outside.items() if k != "use"}


def test_use_share_touches_everything(table):
    whole = gwp([FootprintLine("smartphone", 10)], table).total
    shared = gwp([FootprintLine("smartphone", 10, use_share=0.57)], table).total
    assert shared.central == pytest.approx(0.57 * whole.central)


def test_zone_touches_use_only(table):
    france = gwp([FootprintLine("laptop", 10)], table).by_step
    poland = gwp([FootprintLine("laptop", 10, zone="POL")], table).by_step
    assert poland["use"].central > 10 * france["use"].central
    assert poland["manufacturing"] == france["manufacturing"]


# Not evaluated is not zero ----------------------------------------------------------------------------------------


def test_missing_factor_is_not_evaluated(table, example):
    found = compute_footprint([*example, FootprintLine("network_fixed_gb", 42)], table)["GWP"]
    assert found.not_evaluated == ("network_fixed_gb",)
    assert "network_fixed_gb" not in found.by_category
    assert (found.coverage.lines_evaluated, found.coverage.lines_total) == (5, 6)
    assert (found.coverage.units_evaluated, found.coverage.units_total) == (338, 380)
    assert found.coverage.lines_percent == pytest.approx(83.3, abs=0.1)
    assert found.coverage.units_percent == pytest.approx(88.9, abs=0.1)


@pytest.mark.parametrize("lines", [[], [FootprintLine("laptop", None)], [FootprintLine("unheard_of", 3)]])
def test_nothing_to_evaluate_is_not_zero(table, lines):
    found = gwp(lines, table)
    assert (found.total, found.independent, found.embodied_percent) == (None, None, None)
    assert found.coverage.units_percent == 0


def test_zero_quantity_is_zero(table):
    found = gwp([FootprintLine("laptop", 0, "measured")], table)
    assert found.total == Range(0, 0, 0)
    assert found.embodied_percent is None


def test_empty_quantity_leaves_the_line_out(table, example):
    found = compute_footprint([*example, FootprintLine("tablet", None)], table)
    assert found["GWP"] == compute_footprint(example, table)["GWP"]
    assert found.lines_without_quantity == ("tablet",)


def test_zone_without_a_criterion_is_not_evaluated(table):
    """The file has no acidification for the European mix."""
    found = compute_footprint([FootprintLine("laptop", 10, zone="EU27")], table)
    missing = [code for code, criterion in found.criteria.items() if criterion.total is None]
    assert missing == ["AP"]


@pytest.mark.parametrize(
    "line",
    [
        FootprintLine("laptop", -1),
        FootprintLine("laptop", float("inf")),
        FootprintLine("laptop", float("nan")),
        FootprintLine("laptop", 1, lifetime_years=-2),
        FootprintLine("laptop", 1, pue=-1),
    ],
)
def test_impossible_values_are_refused(table, line):
    with pytest.raises(ValueError, match="laptop"):
        compute_footprint([line], table)


# Choice of the factors --------------------------------------------------------------------------------------------


def _factor(step="embodied", value=100.0, *, preference=1, quality="B", licence_class="permissive"):
    return Factor("thing", "GWP", step, value, None, None, quality, preference, licence_class=licence_class)


def _small_table(*factors, allowed=None):
    defaults = [CategoryDefaults("thing", Range(4, 5, 6), Range(0, 0, 0))]
    mix = [MixFactor("FRA", "GWP", 0.05, licence_class="permissive")]
    return FactorTable(factors, defaults, mix, allowed_licence_classes=allowed)


def test_lowest_preference_wins_as_a_whole_level():
    """Level 1 is not split, level 2 is: level 2 lends nothing."""
    factors = [_factor("manufacturing", 80, preference=2), _factor("distribution", 5, preference=2), _factor(value=60)]
    found = gwp([FootprintLine("thing", 1)], _small_table(*factors))
    assert found.total.central == 60 / 5
    assert found.by_step["manufacturing"].central == 0


def test_suspect_rows_are_never_used():
    table = _small_table(_factor(quality="X-suspect"), _factor(value=70, preference=9))
    assert gwp([FootprintLine("thing", 1)], table).total.central == 70 / 5
    assert gwp([FootprintLine("thing", 1)], _small_table(_factor(quality="X-suspect"))).total is None


def test_allowed_licences_limit_the_factors():
    factors = [_factor(licence_class="copyleft"), _factor(value=70, preference=2)]
    assert gwp([FootprintLine("thing", 1)], _small_table(*factors)).total.central == 20
    allowed = frozenset({"permissive"})
    assert gwp([FootprintLine("thing", 1)], _small_table(*factors, allowed=allowed)).total.central == 14
    only_copyleft = _small_table(_factor(licence_class="copyleft"), allowed=allowed)
    assert gwp([FootprintLine("thing", 1)], only_copyleft).total is None


def test_a_level_is_split_or_not():
    with pytest.raises(ValueError, match="thing, GWP"):
        _small_table(_factor(), _factor("manufacturing"))


def test_the_real_file_uses_no_suspect_row(table):
    assert {factor.quality for level in table.chosen.values() for factor in level} == {
        "B",
        "C",
        "C-estimated",
        "D-estimated",
    }


# Trace and sensitivity ----------------------------------------------------------------------------------------------


def test_trace_names_everything(table):
    trace = trace_line(FootprintLine("server_rack", 3, "measured", pue=1.6), table, "GWP")
    assert [factor.step for factor in trace.factors] == ["manufacturing", "distribution", "end_of_life"]
    assert all(factor.source and factor.licence for factor in trace.factors)
    assert (trace.quantity.low, trace.quantity.high) == pytest.approx((2.97, 3.03))
    assert (trace.lifetime_years, trace.lifetime_origin) == (Range(4, 5, 8), "default")
    assert trace.electricity_kwh_per_year == Range(857.1, 1529, 4700)
    assert (trace.pue, trace.mix.value, trace.use_share) == (1.6, 0.0461, 1.0)
    assert significant(trace.result.total.central) == 1097


def test_trace_of_a_declared_lifetime(table):
    trace = trace_line(FootprintLine("laptop", 10, "measured", lifetime_years=7), table, "GWP")
    assert (trace.lifetime_origin, trace.lifetime_years.central) == ("declared", 7)


def test_trace_needs_a_quantity(table):
    with pytest.raises(ValueError, match="quantity"):
        trace_line(FootprintLine("laptop", None), table, "GWP")


def test_uncertainties_move_one_parameter_at_a_time(example, table):
    ranked = rank_uncertainties(example, table)
    width = {(item.category, item.parameter): item.width for item in ranked}
    # 100 × 185,09 × (1/3 − 1/7), 80 × 79,516 × (1/1,5 − 1/5), 150 × 69,84 × (1/5 − 1/10)
    assert width["laptop", "lifetime_years"] == pytest.approx(3525.5, abs=0.1)
    assert width["smartphone", "lifetime_years"] == pytest.approx(2968.6, abs=0.1)
    assert width["monitor_24", "lifetime_years"] == pytest.approx(1047.6, abs=0.1)
    assert width["laptop", "quantity"] == pytest.approx(0.02 * 3835.58, abs=0.1)
    # 150 × (385,912 − 61,808) / 6
    assert width["monitor_24", "factor"] == pytest.approx(8102.6, abs=0.1)
    assert width["laptop", "electricity_kwh_per_year"] == pytest.approx(100 * (48 - 13) * 0.0461, abs=0.1)
    assert [item.width for item in ranked] == sorted(width.values(), reverse=True)
    share = next(i for i in ranked if (i.category, i.parameter) == ("laptop", "lifetime_years")).share_percent
    assert share == pytest.approx(100 * 3525.5 / (36190.6 - 4131.0), abs=0.01)


def test_no_uncertainty_without_figures(table):
    assert rank_uncertainties([], table) == []
    assert rank_uncertainties([FootprintLine("laptop", 0)], table) == []
