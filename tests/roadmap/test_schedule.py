"""The proposed schedule: constraints, preferences, explanations, determinism, properties."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.half_years import HalfYear, half_years_of
from roadmap.schedule import (
    LimitKind,
    Limits,
    PlannedAction,
    duration_in_half_years,
    even_profile,
    propose,
    shift_cost,
    spread_cost,
)
from roadmap.schedule.words import write_conflict

PERIOD = half_years_of(2026, 3)
FIRM_ALL = frozenset(LimitKind)


def action(key, lead="DSI", duration=1, days=10.0, **fields):
    return PlannedAction(
        key=key, label=f"Action {key}", lead=lead, duration=duration, profile=even_profile(days, duration), **fields
    )


def plan(actions, capacity=20.0, period=PERIOD, max_nodes=None, **limits):
    options = {} if max_nodes is None else {"max_nodes": max_nodes}
    return propose(actions, half_years=period, limits=Limits(capacity, **limits), **options)


def cost(euros, duration=1):
    """Euros of an action at each possible start, spread over its half-years."""
    return {rank: spread_cost(euros, PERIOD[0].plus(rank), duration) for rank in range(8)}


def starts(proposal):
    return {item.key: item.start for item in proposal.placements}


def reasons(proposal):
    return {item.key: item.reason for item in proposal.placements}


@pytest.mark.parametrize(("months", "expected"), [(0, 1), (1, 1), (6, 1), (7, 2), (12, 2), (13, 3), (120, 6)])
def test_duration_is_counted_in_half_years_within_the_period(months, expected):
    assert duration_in_half_years(months, 6) == expected


def test_nothing_to_place_gives_an_empty_proposal():
    assert plan([]).placements == ()
    assert plan([action(1)], period=[]).placements == ()


def test_each_action_lies_in_the_period():
    proposal = plan([action(key, duration=duration) for key, duration in enumerate((1, 2, 3, 6), start=1)])
    assert all(0 <= item.start <= item.end < len(PERIOD) for item in proposal.placements)
    assert [item.end - item.start + 1 for item in proposal.placements] == [1, 2, 3, 6]


def test_the_capacity_of_a_lead_is_respected():
    # Three actions of 12 days each, 20 days per half-year: one at a time.
    proposal = plan([action(key, days=12) for key in (1, 2, 3)])
    assert sorted(starts(proposal).values()) == [0, 1, 2]
    assert proposal.overloads == ()


def test_leads_do_not_share_their_capacity():
    proposal = plan([action(1, days=12, is_quick_win=True), action(2, "Achats", days=12, is_quick_win=True)])
    assert starts(proposal) == {1: 0, 2: 0}


def test_a_lead_may_have_its_own_capacity():
    actions = [action(key, days=12) for key in (1, 2)]
    assert sorted(starts(plan(actions, capacities={"DSI": 12.0})).values()) == [0, 1]


def test_an_impossible_capacity_is_relaxed_and_said():
    proposal = plan([action(1, days=50)], capacity=20)
    assert [(item.lead, item.excess_days) for item in proposal.overloads] == [("DSI", 30.0)]


def test_prerequisites_come_before():
    proposal = plan([action(1, duration=2, prerequisites=(2,)), action(2, duration=2)])
    placed = {item.key: item for item in proposal.placements}
    assert placed[2].end < placed[1].start
    assert reasons(proposal)[1] == "Après « Action 2 », conseillée avant."


def test_prerequisites_are_a_preference_never_a_block():
    proposal = plan([action(1, duration=2, prerequisites=(2,)), action(2, duration=2)], period=PERIOD[:2])
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
        1: "Plus tôt, la charge de son pilote dépasserait 20 jours au 1er semestre 2026.",
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


def drawn_actions(drawn):
    return [
        PlannedAction(key, f"A{key}", lead, duration, even_profile(days, duration), quick, impact, effort,
                      tuple(sorted(before - {key})), costs=cost(days * 100, duration))
        for key, (lead, duration, days, quick, impact, effort, before) in enumerate(drawn)
    ]  # fmt: skip


def loads_of(proposal, actions):
    """Days by lead and rank of a proposal, worked out again."""
    by_key = {item.key: item for item in actions}
    loads: dict[tuple[str, int], float] = {}
    for item in proposal.placements:
        source = by_key[item.key]
        for offset, days in enumerate(source.profile):
            key = (source.lead, item.start + offset)
            loads[key] = loads.get(key, 0) + days
    return loads


@settings(max_examples=25, deadline=None)
@given(actions_strategy, st.integers(5, 40))
def test_any_proposal_is_whole_inside_the_period_and_accounts_for_its_overloads(drawn, capacity):
    actions = drawn_actions(drawn)
    period = PERIOD[:4]
    proposal = plan(actions, capacity=capacity, period=period)
    assert [item.key for item in proposal.placements] == [item.key for item in actions]
    assert all(item.reason for item in proposal.placements)
    durations = {item.key: item.duration for item in actions}
    for item in proposal.placements:
        assert item.end - item.start + 1 == durations[item.key]
        assert 0 <= item.start <= item.end < len(period)
    loads = loads_of(proposal, actions)
    over = {key for key, days in loads.items() if days > capacity + 1e-6}
    assert {(item.lead, item.rank) for item in proposal.overloads} == over
    excess = sum(loads[key] - capacity for key in over)
    assert sum(item.excess_days for item in proposal.overloads) == pytest.approx(excess)


@settings(max_examples=25, deadline=None)
@given(actions_strategy, st.integers(10, 60), st.integers(1000, 6000), st.randoms(use_true_random=False))
def test_what_is_declared_firm_holds_or_is_refused_with_a_reason(drawn, capacity, ceiling, shuffled):
    actions = drawn_actions(drawn)
    limits = {"ceilings": {2026: ceiling, 2027: ceiling}, "firm": FIRM_ALL}
    proposal = plan(actions, capacity=capacity, period=PERIOD[:4], **limits)
    in_another_order = list(actions)
    shuffled.shuffle(in_another_order)
    assert plan(in_another_order, capacity=capacity, period=PERIOD[:4], **limits) == proposal
    if proposal.is_possible:
        assert max(loads_of(proposal, actions).values()) <= capacity + 1e-5
        by_key = {item.key: item for item in actions}
        for year in (2026, 2027):
            spent = sum(by_key[item.key].cost_at(item.start, year) for item in proposal.placements)
            assert spent <= ceiling + 0.01
        assert all(item.end < 4 for item in proposal.placements)
    else:
        assert proposal.placements == ()
        assert all(conflict.groups and conflict.demands for conflict in proposal.conflicts)


@settings(max_examples=25, deadline=None)
@given(actions_strategy, st.data())
def test_what_is_fixed_never_moves(drawn, data):
    actions = drawn_actions(drawn)
    fixed = {item.key: data.draw(st.integers(-1, 5)) for item in actions if data.draw(st.booleans())}
    held = [replace(item, fixed_start=fixed.get(item.key)) for item in actions]
    proposal = plan(held, period=PERIOD[:4])
    assert {item.key: item.start for item in proposal.placements if item.is_fixed} == fixed
    assert {item.key for item in proposal.placements} == {item.key for item in actions}


# Budget and end of the period ----------------------------------------------------------------------------------------


def test_a_budget_without_years_is_spread_over_the_half_years_of_the_action():
    # 9 000 € over three half-years from the second one of 2026: a third in 2026, two thirds in 2027.
    assert spread_cost(9000, HalfYear(2026, 2), 3) == {2026: 3000, 2027: 6000}


def test_a_budget_by_year_follows_the_action_from_year_to_year():
    lines = {2026: 1000.0, 2027: 500.0}
    assert shift_cost(lines, HalfYear(2026, 1), HalfYear(2027, 2)) == {2027: 1000, 2028: 500}
    assert shift_cost(lines, HalfYear(2026, 1), HalfYear(2026, 2)) == lines
    assert shift_cost(lines, None, HalfYear(2028, 1)) == lines


def test_the_ceiling_of_a_year_pushes_an_action_to_the_next():
    actions = [action(1, "A", costs=cost(8000), is_quick_win=True), action(2, "B", costs=cost(8000))]
    proposal = plan(actions, ceilings={2026: 10_000})
    assert starts(proposal)[1] == 0
    assert starts(proposal)[2] == 2
    assert reasons(proposal)[2] == "Plus tôt, le budget 2026 dépasserait son plafond de 10\u202f000 €."
    assert proposal.overspends == ()


def test_a_ceiling_that_cannot_hold_is_exceeded_and_said():
    proposal = plan([action(1, costs=cost(8000))], ceilings={2026: 5000, 2027: 5000, 2028: 5000})
    assert [(item.year, item.excess_eur) for item in proposal.overspends] == [(2026, 3000)]


def test_the_end_of_the_period_gives_way_when_it_is_not_firm():
    actions = [action(1, days=20), action(2, days=20)]
    assert starts(plan(actions, period=PERIOD[:1])) == {1: 0, 2: 0}
    proposal = plan(actions, period=PERIOD[:1], firm=frozenset())
    assert sorted(starts(proposal).values()) == [0, 1]
    late = next(item for item in proposal.placements if item.start == 1)
    assert late.reason == "Finit après la période : la place manque avant."


def test_a_search_cut_short_still_answers_whole_and_says_so():
    actions = [action(key, "AB"[key % 2], 1 + key % 3, 7 + key, prerequisites=((key * 7) % 30,)) for key in range(30)]
    proposal = plan(actions, max_nodes=0)
    assert len(proposal.placements) == 30
    assert plan(actions, max_nodes=0) == proposal


# What cannot hold ----------------------------------------------------------------------------------------------------


def words(proposal, period=PERIOD):
    labels = {key: f"Action {key}" for key in range(50)}
    return [write_conflict(conflict, period, labels) for conflict in proposal.conflicts]


def test_an_action_heavier_than_the_capacity_is_named_with_what_suffices():
    proposal = plan([action(1, days=45), action(2, days=5)], firm=FIRM_ALL)
    (found,) = words(proposal)
    assert found.title == "La capacité du pilote « DSI » ne peut pas tenir"
    assert found.facts == ("DSI : « Action 1 » demande à elle seule 45 jours en un semestre, pour 20 possibles.",)
    assert [remedy.text for remedy in found.remedies] == [
        "Donner 25 jours de plus par semestre au pilote « DSI ».",
        "Sortir « Action 1 » de cette feuille de route, ou changer de pilote, de jours ou de budget.",
    ]
    assert found.remedies[1].keys == (1,)


def test_what_is_placed_by_hand_may_be_what_exceeds():
    held = [action(key, days=15, fixed_start=0, is_placed_by_hand=True) for key in (1, 2, 3)]
    (found,) = words(plan(held, firm=FIRM_ALL))
    assert found.facts == ("DSI : 45 jours déjà placés au 1er semestre 2026, pour 20 possibles.",)
    assert [remedy.text for remedy in found.remedies] == [
        "Donner 25 jours de plus par semestre au pilote « DSI ».",
        "Rendre au calendrier proposé les actions placées à la main.",
    ]


def test_too_many_days_for_the_period_may_be_solved_by_a_longer_one():
    # 3 × 15 days, 20 a half-year, two half-years: one action has no room.
    proposal = plan([action(key, days=15) for key in (1, 2, 3)], period=PERIOD[:2], firm=FIRM_ALL)
    (found,) = words(proposal, PERIOD[:2])
    assert found.title == (
        "Ne peuvent pas tenir ensemble : la fin de la période (2e semestre 2026) et la capacité du pilote « DSI »"
    )
    assert found.facts == (
        "DSI : 45 jours demandés du 1er semestre 2026 au 2e semestre 2026, pour 40 possibles (20 jours par semestre).",
    )
    assert [remedy.text for remedy in found.remedies][:2] == [
        "Accepter de finir 1 semestre après la période.",
        "Donner 10 jours de plus par semestre au pilote « DSI ».",
    ]


def test_days_that_add_up_may_have_no_arrangement():
    # 3 × 12 = 36 days for 40 possible, but two of them never fit in one half-year of 20.
    proposal = plan([action(key, days=12) for key in (1, 2, 3)], period=PERIOD[:2], firm=FIRM_ALL)
    (found,) = words(proposal, PERIOD[:2])
    assert found.facts == (
        "DSI : 36 jours demandés du 1er semestre 2026 au 2e semestre 2026, pour 40 possibles, "
        "mais aucune répartition ne tient dans 20 jours à chaque semestre.",
    )


def test_the_budget_says_how_many_euros_are_missing():
    actions = [action(key, f"Pilote {key}", days=1, costs=cost(40_000)) for key in (1, 2, 3)]
    ceilings = {2026: 30_000, 2027: 60_000, 2028: 45_000}
    (found,) = words(plan(actions, ceilings=ceilings, firm=FIRM_ALL))
    # One action fits in 2027 and one in 2028; 2026 misses 10 000 €.
    assert found.facts == (
        "Budget 2026, 2027 et 2028 : 135\u202f000 € possibles, mais aucune répartition ne tient sous le plafond de "
        "chaque année.",
    )
    assert "Relever le plafond 2026 de 10\u202f000 €." in [remedy.text for remedy in found.remedies]
    assert "Relever le plafond 2027 de 20\u202f000 €." in [remedy.text for remedy in found.remedies]


def test_each_remedy_of_the_budget_is_enough_by_itself():
    actions = [action(key, f"Pilote {key}", days=1, costs=cost(40_000)) for key in (1, 2, 3)]
    ceilings = {2026: 30_000, 2027: 60_000, 2028: 45_000}
    for year, more in ((2026, 10_000), (2027, 20_000)):
        assert plan(actions, ceilings={**ceilings, year: ceilings[year] + more}, firm=FIRM_ALL).is_possible
        assert not plan(actions, ceilings={**ceilings, year: ceilings[year] + more - 200}, firm=FIRM_ALL).is_possible


def test_two_leads_that_cannot_hold_are_told_apart():
    actions = [action(1, "DSI", days=30), action(2, "Achats", days=30), action(3, "RH", days=5)]
    found = plan(actions, firm=FIRM_ALL).conflicts
    assert [[group.lead for group in conflict.groups] for conflict in found] == [["Achats"], ["DSI"]]
    assert all(conflict.is_proven for conflict in found)


def test_a_lead_and_a_year_may_only_clash_together():
    # The DSI has room in 2027 alone, where both actions cannot be paid; each limit alone holds.
    actions = [
        action(1, days=20, fixed_start=0),
        action(2, days=20, fixed_start=1),
        action(3, days=20, costs=cost(8000)),
        action(4, "Achats", days=1, costs={rank: {2027: 5000.0} for rank in range(8)}),
    ]
    proposal = plan(actions, period=PERIOD[:4], ceilings={2027: 10_000}, firm=FIRM_ALL)
    (found,) = words(proposal, PERIOD[:4])
    assert found.title == (
        "Ne peuvent pas tenir ensemble : la fin de la période (2e semestre 2027), le plafond de budget 2027 "
        "et la capacité du pilote « DSI »"
    )
    assert "Relever le plafond 2027 de 3\u202f000 €." in [remedy.text for remedy in found.remedies]
