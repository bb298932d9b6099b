"""The proposed schedule: constraints, preferences, explanations, determinism, properties."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.schedule import (
    PlannedAction,
    duration_in_half_years,
    even_profile,
    propose,
)

LABELS = ["S1 2026", "S2 2026", "S1 2027", "S2 2027", "S1 2028", "S2 2028"]


def action(key, lead="DSI", duration=1, days=10.0, **fields):
    return PlannedAction(
        key=key, label=f"Action {key}", lead=lead, duration=duration, profile=even_profile(days, duration), **fields
    )


def plan(actions, capacity=20.0, labels=LABELS, **options):
    return propose(
        actions, labels=labels, capacities=options.pop("capacities", {}), default_capacity=capacity, **options
    )


def starts(proposal):
    return {item.key: item.start for item in proposal.placements}


def reasons(proposal):
    return {item.key: item.reason for item in proposal.placements}


@pytest.mark.parametrize(("months", "expected"), [(0, 1), (1, 1), (6, 1), (7, 2), (12, 2), (13, 3), (120, 6)])
def test_duration_is_counted_in_half_years_within_the_period(months, expected):
    assert duration_in_half_years(months, 6) == expected


def test_nothing_to_place_gives_an_empty_proposal():
    assert plan([]).placements == ()
    assert plan([action(1)], labels=[]).placements == ()


def test_each_action_lies_in_the_period():
    proposal = plan([action(key, duration=duration) for key, duration in enumerate((1, 2, 3, 6), start=1)])
    assert all(0 <= item.start <= item.end < len(LABELS) for item in proposal.placements)
    assert [item.end - item.start + 1 for item in proposal.placements] == [1, 2, 3, 6]


def test_the_capacity_of_a_lead_is_respected():
    # Three actions of 12 days each, 20 days per half-year: one at a time.
    proposal = plan([action(key, days=12) for key in (1, 2, 3)])
    assert sorted(starts(proposal).values()) == [0, 1, 2]
    assert not proposal.is_capacity_relaxed


def test_leads_do_not_share_their_capacity():
    proposal = plan([action(1, days=12, is_quick_win=True), action(2, "Achats", days=12, is_quick_win=True)])
    assert starts(proposal) == {1: 0, 2: 0}


def test_a_lead_may_have_its_own_capacity():
    actions = [action(key, days=12) for key in (1, 2)]
    assert sorted(starts(plan(actions, capacities={"DSI": 12.0})).values()) == [0, 1]


def test_an_impossible_capacity_is_relaxed_and_said():
    proposal = plan([action(1, days=50)], capacity=20)
    assert proposal.is_capacity_relaxed
    assert [(item.lead, item.excess_days) for item in proposal.overloads] == [("DSI", 30.0)]


def test_prerequisites_come_before():
    proposal = plan([action(1, duration=2, prerequisites=(2,)), action(2, duration=2)])
    placed = {item.key: item for item in proposal.placements}
    assert placed[2].end < placed[1].start
    assert reasons(proposal)[1] == "Après « Action 2 », conseillée avant."


def test_prerequisites_are_a_preference_never_a_block():
    labels = LABELS[:2]
    proposal = plan([action(1, duration=2, prerequisites=(2,)), action(2, duration=2)], labels=labels)
    assert starts(proposal) == {1: 0, 2: 0}
    assert proposal.advised_order_breaks == ((2, 1),)
    assert reasons(proposal)[1].startswith("Commence avant la fin de « Action 2 »")


def test_a_prerequisite_outside_the_roadmap_changes_nothing():
    assert starts(plan([action(1, prerequisites=(99,))])) == {1: 0}


def test_quick_wins_come_first():
    # Both cannot stand in the first half-year: the quick win does, although it comes second.
    proposal = plan([action(1, days=15, impact=5, effort=1), action(2, days=15, is_quick_win=True, impact=1)])
    assert starts(proposal) == {1: 1, 2: 0}
    assert reasons(proposal) == {
        1: "Plus tôt, la charge de son pilote dépasserait 20 jours au S1 2026.",
        2: "Gain rapide : placé dès le début.",
    }


def test_load_is_balanced_rather_than_piled_up():
    # Four actions of 10 days fit two by two under the capacity; spread, the peak is 10.
    proposal = plan([action(key, days=10) for key in (1, 2, 3, 4)])
    assert len(set(starts(proposal).values())) == 4


def test_the_most_useful_and_easiest_comes_first_among_the_others():
    proposal = plan([action(1, days=15, impact=1, effort=5), action(2, days=15, impact=5, effort=1)])
    assert starts(proposal)[2] < starts(proposal)[1]


def test_a_placement_by_hand_never_moves():
    fixed = action(1, days=15, is_quick_win=True, fixed_start=4)
    proposal = plan([fixed, action(2, days=15)])
    assert starts(proposal)[1] == 4
    assert reasons(proposal)[1] == "Placée à la main : gardée."
    assert next(item for item in proposal.placements if item.key == 1).is_fixed


def test_days_may_go_on_after_the_action():
    long = PlannedAction(key=1, label="A", lead="DSI", duration=1, profile=(15.0, 8.0, 8.0))
    proposal = plan([replace(long, is_quick_win=True), action(2, days=15)])
    # 8 + 15 would be over 20 in the second and the third half-years.
    assert starts(proposal) == {1: 0, 2: 3}


def test_the_order_of_the_actions_changes_nothing():
    actions = [action(key, "AB"[key % 2], 1 + key % 3, 5 + key, is_quick_win=key % 4 == 0) for key in range(10)]
    expected = plan(actions)
    assert plan(list(reversed(actions))) == expected
    assert plan(actions) == expected


def test_without_time_the_answer_is_still_whole_and_says_so():
    actions = [action(1, days=12, is_quick_win=True), action(2, days=12), action(3, days=3, fixed_start=5)]
    proposal = plan(actions, time_limit_s=0)
    assert not proposal.is_optimal
    assert starts(proposal) == {1: 0, 2: 1, 3: 5}


actions_strategy = st.lists(
    st.builds(
        lambda lead, duration, days, quick, impact, effort, before: (
            lead,
            duration,
            days,
            quick,
            impact,
            effort,
            before,
        ),
        st.sampled_from(["DSI", "Achats", ""]),
        st.integers(1, 3),
        st.integers(0, 40),
        st.booleans(),
        st.integers(1, 5),
        st.integers(1, 5),
        st.sets(st.integers(0, 5), max_size=2),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(actions_strategy, st.integers(5, 40))
def test_any_proposal_is_whole_inside_the_period_and_accounts_for_its_overloads(drawn, capacity):
    actions = [
        PlannedAction(key, f"A{key}", lead, duration, even_profile(days, duration), quick, impact, effort,
                      tuple(sorted(before - {key})))
        for key, (lead, duration, days, quick, impact, effort, before) in enumerate(drawn)
    ]  # fmt: skip
    labels = LABELS[:4]
    proposal = plan(actions, capacity=capacity, labels=labels)
    assert [item.key for item in proposal.placements] == [item.key for item in actions]
    assert all(item.reason for item in proposal.placements)
    durations = {item.key: item.duration for item in actions}
    loads: dict[tuple[str, int], float] = {}
    for item in proposal.placements:
        assert item.end - item.start + 1 == durations[item.key]
        assert 0 <= item.start <= item.end < len(labels)
        source = actions[item.key]
        for rank in range(item.start, item.end + 1):
            loads[source.lead, rank] = loads.get((source.lead, rank), 0) + source.profile[rank - item.start]
    over = {key for key, days in loads.items() if days > capacity + 1e-6}
    assert {(item.lead, item.rank) for item in proposal.overloads} == over
    excess = sum(loads[key] - capacity for key in over)
    assert sum(item.excess_days for item in proposal.overloads) == pytest.approx(excess)
