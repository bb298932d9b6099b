"""Properties that hold for any estate (docs/calculs.md)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.footprint import FootprintLine, compute_footprint
from inventory.simulation import Effect, simulate

CATEGORIES = ["laptop", "monitor_24", "smartphone", "server_rack", "printer_mfp", "tablet", "switch", "iot_sensor"]

lines_of = st.lists(
    st.builds(
        FootprintLine,
        category=st.sampled_from(CATEGORIES),
        quantity=st.integers(0, 5000),
        confidence=st.sampled_from(["measured", "estimated", "unknown"]),
        lifetime_years=st.none() | st.floats(0.5, 20),
        refurbished_share=st.floats(0, 1),
        upstream_years=st.floats(0, 5),
        use_share=st.floats(0, 1),
        pue=st.floats(1, 3),
    ),
    min_size=1,
    max_size=12,
)
few = settings(max_examples=40, deadline=None)


@few
@given(lines=lines_of, seed=st.randoms(use_true_random=False))
def test_order_does_not_change_a_bit(table, lines, seed):
    shuffled = list(lines)
    seed.shuffle(shuffled)
    assert compute_footprint(shuffled, table) == compute_footprint(lines, table)


@few
@given(lines=lines_of)
def test_range_surrounds_the_value_and_parts_make_the_whole(table, lines):
    for criterion in compute_footprint(lines, table).criteria.values():
        total = criterion.total
        assert 0 <= total.low <= total.central <= total.high
        assert sum(item.total.central for item in criterion.by_category.values()) == pytest.approx(total.central)
        assert sum(item.central for item in criterion.by_step.values()) == pytest.approx(total.central)
        assert total.low <= criterion.independent.low + 1e-9 * total.high
        assert criterion.independent.high <= total.high * (1 + 1e-9)


@few
@given(lines=lines_of)
def test_twice_the_estate_is_twice_every_criterion(table, lines):
    once = compute_footprint(lines, table)
    twice = compute_footprint([replace(line, quantity=2 * line.quantity) for line in lines], table)
    for code, criterion in once.criteria.items():
        assert twice[code].total.central == pytest.approx(2 * criterion.total.central)


@few
@given(lines=lines_of)
def test_lifetime_never_changes_use_and_tends_to_it(table, lines):
    base = compute_footprint(lines, table)
    endless = compute_footprint([replace(line, lifetime_years=1e9) for line in lines], table)
    for code, criterion in base.criteria.items():
        assert endless[code].by_step["use"].central == pytest.approx(criterion.by_step["use"].central)
        assert endless[code].total.central == pytest.approx(criterion.by_step["use"].central, rel=1e-3, abs=1e-6)


@few
@given(lines=lines_of, percent=st.floats(0, 100))
@pytest.mark.parametrize(
    "kind", ["reduce_count", "extend_lifetime", "refurbished_share", "reduce_energy", "hosting_move"]
)
def test_no_lever_makes_things_worse(table, rules, lines, percent, kind):
    effect = Effect(
        "LEV", kind, frozenset(CATEGORIES), percent=percent, years=percent / 20, fleet_share_percent=percent, pue_to=1.2
    )
    found = simulate(lines, [effect], table, rules=rules)
    for code, saving in found.combined.items():
        slack = 1e-9 * found.baseline[code].total.high
        assert saving.low >= -slack
        assert saving.low - slack <= saving.central <= saving.high + slack


@few
@given(lines=lines_of)
def test_levers_on_use_leave_the_other_steps_alone(table, rules, lines):
    everything = frozenset(CATEGORIES)
    energy = simulate(lines, [Effect("A", "reduce_energy", everything, percent=20)], table, rules=rules)
    longer = simulate(lines, [Effect("B", "extend_lifetime", everything, years=2)], table, rules=rules)
    for code, criterion in energy.baseline.criteria.items():
        for step in ("manufacturing", "distribution", "end_of_life", "embodied"):
            assert energy.simulated[code].by_step[step] == criterion.by_step[step]
        assert longer.simulated[code].by_step["use"] == criterion.by_step["use"]
