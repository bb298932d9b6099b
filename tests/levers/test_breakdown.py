"""By service: each rule worked by hand, and what nobody may work out, whatever the votes."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.aggregates import MIN_GROUP
from levers.breakdown import OTHERS, break_down
from levers.tally import GRADES, Counts, LeverVotes, Paper, count

E, P, J, C, N = GRADES
LETTERS = {grade.letter: grade for grade in GRADES} | {"-": None}


def lever(code: str, **services: Sequence[str]) -> LeverVotes:
    """Write votes by service: `dsi="EEN"`; the same place in a service is the same person on every lever."""
    return LeverVotes(
        code,
        tuple(
            Paper(hash((service, place)), service, LETTERS[letter])
            for service, letters in services.items()
            for place, letter in enumerate(letters)
            if letter != " "
        ),
    )


def figures(breakdown) -> dict[str, dict[str, int | None]]:
    return {
        item.code: {votes.group: votes.counts and votes.counts.expressed for votes in item.groups}
        for item in breakdown.levers
    }


def test_with_names_every_service_is_shown_under_its_median():
    found = break_down([lever("A", dsi="EEC", achats="N", eau="E-")], shows_names=True)

    assert (found.groups, found.can_compare) == (("achats", "dsi", "eau"), True)
    item = found.levers[0]
    # dsi: E E C, the median is the second; achats and eau have one voice each, the abstention is none.
    assert [(grade, [votes.group for votes in groups]) for grade, groups in item.by_grade] == [
        (E, ["dsi", "eau"]),
        (N, ["achats"]),
    ]
    assert item.gap == 4
    assert {votes.group: votes.voices for votes in item.shown} == {"achats": 1, "dsi": 3, "eau": 1}


def test_the_median_of_a_service_is_the_lower_of_the_two_in_the_middle():
    assert break_down([lever("A", dsi="EPCN", rh="E")], shows_names=True).levers[0].groups[0].median is C


def test_without_names_small_services_are_gathered():
    """7 in one service, 2, 2 and 1 in the others: these make 5 together."""
    found = break_down([lever("A", dsi="EEEEEPP", rh="NN", eau="CC", achats="C")], shows_names=False)

    assert found.groups == ("dsi", OTHERS)
    assert figures(found) == {"A": {"dsi": 7, OTHERS: 5}}
    assert found.levers[0].gap == 3  # E against C: C C C N N has C for its median


def test_without_names_the_smallest_service_hides_those_too_few_together():
    """9, 6 and 1: the lone one would be known by subtraction, so the 6 join it."""
    found = break_down([lever("A", dsi="E" * 9, rh="P" * 6, eau="N")], shows_names=False)

    assert found.groups == ("dsi", OTHERS)
    assert figures(found) == {"A": {"dsi": 9, OTHERS: 7}}


def test_without_names_nothing_is_shown_when_a_lone_service_would_leave_too_few():
    """6 and 1: showing the 6 would give the lone one."""
    found = break_down([lever("A", dsi="EEEEEE", eau="N")], shows_names=False)

    assert (found.groups, found.can_compare) == ((OTHERS,), False)


def test_a_lever_on_which_a_group_is_too_few_says_nothing_of_either():
    """Both groups are 5 people; on B one of them abstains: 4 voices, and the other group is the rest."""
    found = break_down([lever("A", dsi="EEEEE", rh="NNNNN"), lever("B", dsi="EEEEE", rh="NNNN-")], shows_names=False)

    assert figures(found) == {"A": {"dsi": 5, "rh": 5}, "B": {"dsi": None, "rh": None}}
    assert (found.levers[1].hidden, found.levers[1].by_grade, found.levers[1].gap) == (("dsi", "rh"), [], 0)


def test_a_group_without_a_voice_on_a_lever_is_not_named():
    found = break_down([lever("A", dsi="EEEEE", rh="NNNNN"), lever("B", dsi="EEEEE", rh="-----")], shows_names=False)

    assert figures(found)["B"] == {"dsi": 5}


@pytest.mark.parametrize("shows_names", [True, False])
def test_nobody_expressed_anything(shows_names):
    found = break_down([lever("A", dsi="--"), lever("B")], shows_names=shows_names)

    assert (found.groups, found.can_compare, figures(found)) == ((), False, {"A": {}, "B": {}})


votes_of_a_service = st.lists(st.sampled_from("EEPN-"), max_size=7)
ballots = st.lists(
    st.fixed_dictionaries({"dsi": votes_of_a_service, "eau": votes_of_a_service, "rh": votes_of_a_service}),
    min_size=1,
    max_size=2,
)


@given(ballots)
@settings(max_examples=60)
def test_without_names_nothing_shown_nor_subtracted_is_of_fewer_than_five(rows):
    votes = [lever(f"L{rank}", **row) for rank, row in enumerate(rows)]

    found = break_down(votes, shows_names=False)

    for item, cast in zip(found.levers, votes, strict=True):
        shown = [group.voices for group in item.shown]
        rest = count(cast.papers).expressed - sum(shown)
        assert all(voices >= MIN_GROUP for voices in shown)
        assert rest == 0 or rest >= MIN_GROUP or not shown


@given(ballots)
@settings(max_examples=60)
def test_with_names_the_groups_add_up_to_the_count_of_everybody(rows):
    votes = [lever(f"L{rank}", **row) for rank, row in enumerate(rows)]

    for item, cast in zip(break_down(votes, shows_names=True).levers, votes, strict=True):
        columns = zip(*(group.counts.grades for group in item.groups), strict=True)
        total = tuple(map(sum, columns)) if item.groups else (0,) * 5
        assert Counts(total) == Counts(count(cast.papers).grades)


@given(ballots, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_votes_changes_nothing(rows, shuffler):
    votes = [lever(f"L{rank}", **row) for rank, row in enumerate(rows)]
    shuffled = [LeverVotes(cast.code, tuple(shuffler.sample(cast.papers, len(cast.papers)))) for cast in votes]

    for shows_names in (True, False):
        assert break_down(shuffled, shows_names=shows_names) == break_down(votes, shows_names=shows_names)
