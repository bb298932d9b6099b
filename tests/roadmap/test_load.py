"""Load per lead and half-year: sums worked by hand, and the move that relieves an overload."""

from roadmap.half_years import HalfYear, half_years_of
from roadmap.load import UNLED, ImbalanceKind, LoadedAction, days_of, imbalances, lead_loads, reliefs, shifted

PERIOD = half_years_of(2026, 2)
S1, S2, S3, S4 = PERIOD


def action(key, lead="DSI", days=10.0, start=S1, end=S1, **fields):
    return LoadedAction(key=key, label=f"Action {key}", lead=lead, days=days, start=start, end=end, **fields)


def days_by_lead(actions, capacity=20.0):
    return {load.lead: [cell.days for cell in load.cells] for load in lead_loads(actions, PERIOD, {}, capacity)}


def test_days_spread_evenly_over_the_span():
    assert days_of(action(1, days=9, start=S1, end=S3)) == {"2026-S1": 3, "2026-S2": 3, "2027-S1": 3}


def test_days_written_by_half_year_are_kept_as_they_are():
    detail = {"2026-S1": 6.0, "2027-S2": 1.0}
    assert days_of(action(1, days=99, start=S1, end=S2, days_by_half_year=detail)) == detail


def test_an_action_that_is_not_placed_weighs_nothing():
    assert days_of(action(1, start=None, end=None)) == {}


def test_loads_add_up_per_lead_heaviest_first():
    actions = [action(1, days=8, end=S2), action(2, days=5), action(3, "Achats", days=2, start=S4, end=S4)]
    # DSI: 4 + 5 in S1, 4 in S2.
    assert days_by_lead(actions) == {"DSI": [9, 4, 0, 0], "Achats": [0, 0, 0, 2]}
    assert [load.lead for load in lead_loads(actions, PERIOD, {}, 20)] == ["DSI", "Achats"]


def test_actions_without_lead_are_shown_together():
    assert list(days_by_lead([action(1, lead="")])) == [UNLED]


def test_days_after_the_period_are_left_out():
    late = action(1, start=S4, end=S4, days_by_half_year={"2027-S2": 3.0, "2028-S1": 4.0})
    assert days_by_lead([late]) == {"DSI": [0, 0, 0, 3]}


def test_excess_is_measured_against_the_capacity_of_the_lead():
    load = lead_loads([action(1, days=25)], PERIOD, {"DSI": 23.0}, 20)[0]
    assert [cell.excess_days for cell in load.cells] == [2.0, 0, 0, 0]
    load = lead_loads([action(1, days=20)], PERIOD, {}, 20)[0]
    assert [cell.excess_days for cell in load.cells] == [0, 0, 0, 0]


def test_relief_proposes_the_shortest_move_that_suffices():
    actions = [action(1, days=12), action(2, days=10)]
    found = reliefs(lead_loads(actions, PERIOD, {}, 20), actions, PERIOD, {}, 20)
    assert [(relief.action_key, relief.shift, relief.excess_days) for relief in found] == [(1, 1, 2.0)]


def test_relief_never_moves_an_action_placed_by_hand():
    actions = [action(1, days=12, is_placed_by_hand=True), action(2, days=10)]
    found = reliefs(lead_loads(actions, PERIOD, {}, 20), actions, PERIOD, {}, 20)
    assert [relief.action_key for relief in found] == [2]


def test_relief_keeps_the_advised_order():
    # Moving 1 later would bring it to the half-year of 3, which it precedes; 2 is placed by hand.
    actions = [
        action(1, days=12),
        action(2, days=10, is_placed_by_hand=True),
        action(3, "Achats", start=S2, end=S2, prerequisites=(1,)),
    ]
    found = reliefs(lead_loads(actions, PERIOD, {}, 20), actions, PERIOD, {}, 20)
    assert [relief.action_key for relief in found] == [None]


def test_relief_says_when_no_single_move_suffices():
    actions = [action(1, days=50)]
    found = reliefs(lead_loads(actions, PERIOD, {}, 20), actions, PERIOD, {}, 20)
    assert [(relief.action_key, relief.excess_days) for relief in found] == [(None, 30.0)]


def test_shifted_moves_the_detail_of_days_too():
    moved = shifted(action(1, start=S1, end=S2, days_by_half_year={"2026-S1": 2.0, "2026-S2": 1.0}), 2)
    assert (moved.start, moved.end) == (S3, S4)
    assert moved.days_by_half_year == {"2027-S1": 2.0, "2027-S2": 1.0}
    assert shifted(action(1, start=None, end=None), 1).start is None


def test_shift_out_of_the_period_is_never_proposed():
    actions = [action(1, days=12, start=S4, end=S4), action(2, days=10, start=S4, end=S4)]
    found = reliefs(lead_loads(actions, PERIOD, {}, 20), actions, PERIOD, {}, 20)
    assert [(relief.action_key, relief.shift) for relief in found] == [(1, -1)]
    assert HalfYear(2027, 2) == S4


# Balance --------------------------------------------------------------------------------------------------------------


def uneven(actions, capacity=100.0):
    return imbalances(lead_loads(actions, PERIOD, {}, capacity), actions, PERIOD)


def test_an_even_load_says_nothing():
    assert uneven([action(rank, start=half_year, end=half_year) for rank, half_year in enumerate(PERIOD)]) == []
    assert uneven([]) == []


def test_a_half_year_over_twice_the_mean_names_the_action_to_move():
    # 30 + 4 = 34 days in S1, 2 in each other: 40 in all, 10 on average, 34 is more than 20.
    light = [action(key, days=2, start=half, end=half) for key, half in ((3, S2), (4, S3), (5, S4))]
    actions = [action(1, days=30), action(2, days=4), *light]
    (found,) = uneven(actions)
    assert (found.kind, found.half_years, found.days, found.mean) == (ImbalanceKind.HALF_YEAR, (S1,), 34, 10)
    assert (found.action_key, found.target) == (1, S2)


def test_exactly_twice_the_mean_is_not_too_much():
    # 20 in S1, 20 in S3: 10 on average; S2 and S4 are empty, which is told.
    assert [item.kind for item in uneven([action(1, days=20), action(2, days=20, start=S3, end=S3)])] == [
        ImbalanceKind.EMPTY
    ]


def test_empty_half_years_are_told_once_everything_is_placed():
    actions = [action(1, days=10), action(2, days=8, start=S2, end=S2), action(3, days=6)]
    (found,) = [item for item in uneven(actions) if item.kind is ImbalanceKind.EMPTY]
    assert (found.half_years, found.action_key, found.target) == ((S3, S4), 1, S3)
    waiting = [*actions, action(4, start=None, end=None)]
    assert [item for item in uneven(waiting) if item.kind is ImbalanceKind.EMPTY] == []


def test_the_action_to_move_is_never_one_placed_by_hand_nor_one_that_breaks_the_order():
    held = [action(1, days=30, is_placed_by_hand=True), action(2, days=2, start=S2, end=S2)]
    assert {item.action_key for item in uneven(held)} == {None}
    ordered = [action(1, days=30), action(2, days=1, start=S2, end=S2, prerequisites=(1,))]
    assert [item.action_key for item in uneven(ordered) if item.kind is ImbalanceKind.HALF_YEAR] == [None]


def test_a_lead_over_twice_the_mean_gives_away_the_lightest_action_that_suffices():
    # DSI 6 + 10 + 44 = 60, Achats 5, RH 5, Eau 6: 76 in all, 19 on average; 60 − 38 = 22 to give away.
    actions = [
        action(1, days=6), action(2, days=10, start=S2, end=S2), action(3, days=44, start=S3, end=S4),
        action(4, "Achats", days=5), action(5, "RH", days=5, start=S2, end=S2),
        action(6, "Eau", days=6, start=S3, end=S3),
    ]  # fmt: skip
    (found,) = [item for item in uneven(actions) if item.kind is ImbalanceKind.LEAD]
    assert (found.lead, found.days, found.mean, found.action_key) == ("DSI", 60, 19, 3)
