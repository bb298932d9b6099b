"""Counting of a ballot: every cell of the rules, their limits, and properties that hold whatever the votes."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levers.enums import Grade
from levers.tally import (
    GRADES,
    Counts,
    LeverVotes,
    Paper,
    Pile,
    count,
    disagreement,
    hearing,
    majority_gauge,
    pile_of,
    rank_key,
    tally,
)

# J stands for « intéressant »: a lone capital I reads like a one.
E, P, J, C, N = GRADES


def counts(*grades: int, abstentions: int = 0) -> Counts:
    return Counts(grades, abstentions)


def lever(code: str, *grades: Grade | None) -> LeverVotes:
    return LeverVotes(code, tuple(Paper(voter, "dsi", grade) for voter, grade in enumerate(grades)))


# Piles: favourable and unfavourable at two thirds of the expressed votes, the limit included --------------------------


@pytest.mark.parametrize(
    ("votes", "pile"),
    [
        # 2/3 exactly, on each side and with each grade of the side
        (counts(2, 0, 1, 0, 0), Pile.FAVOURABLE),
        (counts(0, 2, 0, 0, 1), Pile.FAVOURABLE),
        (counts(3, 3, 1, 1, 1), Pile.FAVOURABLE),
        (counts(0, 0, 1, 2, 0), Pile.UNFAVOURABLE),
        (counts(1, 0, 0, 0, 2), Pile.UNFAVOURABLE),
        (counts(1, 1, 1, 3, 3), Pile.UNFAVOURABLE),
        # one vote less than two thirds
        (counts(3, 2, 2, 1, 1), Pile.DEBATE),
        (counts(1, 1, 2, 3, 2), Pile.DEBATE),
        (counts(1, 0, 2, 0, 0), Pile.DEBATE),
        (counts(0, 0, 3, 0, 0), Pile.DEBATE),
        (counts(2, 0, 0, 0, 2), Pile.DEBATE),
        # 66 % is under two thirds, 67 % over: 33 of 50, 67 of 100
        (counts(33, 0, 17, 0, 0), Pile.DEBATE),
        (counts(67, 0, 33, 0, 0), Pile.FAVOURABLE),
        # unanimous
        (counts(9, 0, 0, 0, 0), Pile.FAVOURABLE),
        (counts(0, 0, 0, 0, 9), Pile.UNFAVOURABLE),
        # three expressed votes are enough, two are not, whatever they say
        (counts(3, 0, 0, 0, 0), Pile.FAVOURABLE),
        (counts(2, 0, 0, 0, 0), Pile.FEW_VOTES),
        (counts(0, 0, 0, 0, 2), Pile.FEW_VOTES),
        (counts(0, 0, 0, 0, 0), Pile.FEW_VOTES),
        # abstentions do not count
        (counts(2, 0, 0, 0, 0, abstentions=7), Pile.FEW_VOTES),
        (counts(2, 0, 1, 0, 0, abstentions=6), Pile.FAVOURABLE),
    ],
)
def test_pile_of_each_cell(votes, pile):
    assert pile_of(votes) is pile


def test_count_keeps_abstentions_apart():
    papers = [Paper(1, "dsi", E), Paper(2, "rh", None), Paper(3, "achats", N), Paper(4, "eau", E)]

    assert count(papers) == Counts((2, 0, 0, 0, 1), abstentions=1)


# Majority judgment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "grade", "above", "below", "label"),
    [
        # 9 votes, median = the 5th from the top: E E E E P P P I I → P, 4/9 above, 2/9 below
        (counts(4, 3, 2, 0, 0), P, Fraction(4, 9), Fraction(2, 9), "prioritaire +"),
        # 4 votes, the median is the lower of the two in the middle: E E | C C → C
        (counts(2, 0, 0, 2, 0), C, Fraction(1, 2), Fraction(0), "trop complexe +"),
        # 5 votes: E E E P N → E, nothing above, 2/5 below
        (counts(3, 1, 0, 0, 1), E, Fraction(0), Fraction(2, 5), "essentiel −"),
        # as many above as below: no sign
        (counts(1, 0, 1, 0, 1), J, Fraction(1, 3), Fraction(1, 3), "intéressant"),
        (counts(0, 0, 0, 0, 7), N, Fraction(0), Fraction(0), "inapproprié"),
        (counts(0, 1, 0, 0, 0), P, Fraction(0), Fraction(0), "prioritaire"),
    ],
)
def test_majority_gauge_worked_by_hand(votes, grade, above, below, label):
    gauge = majority_gauge(votes)

    assert (gauge.grade, gauge.above, gauge.below, gauge.label) == (grade, above, below, label)


def test_majority_gauge_without_vote_is_none():
    assert majority_gauge(counts(0, 0, 0, 0, 0, abstentions=3)) is None


def test_ranking_follows_each_key_in_turn():
    """One pair for each key: the first of the pair comes before the second because of that key alone."""
    votes = {
        "A1": (E, E, P),  # median essentiel
        "B1": (E, P, P, P, J),  # median prioritaire, as many above as below (1/5): counts as « − », q = 1/5
        "B0": (E, E, P, P, J),  # median prioritaire, above 2/5 > below 1/5: « + »
        "B2": (P, P, J),  # median prioritaire, « − », q = 1/3
        "C1": (E, E, J, J, N),  # median intéressant, above 2/5 > below 1/5: « + », 2 E
        "C2": (P, P, J, J, C),  # same shares above and below, but no E
        "Z1": (E, E),  # two votes: after all those that have three
        "Z2": (),
        "Z3": (None, None, None),
    }

    results = tally([lever(code, *grades) for code, grades in votes.items()]).results

    assert [result.code for result in results] == ["A1", "B0", "B1", "B2", "C1", "C2", "Z1", "Z2", "Z3"]
    assert [result.rank for result in results] == list(range(1, 10))


def test_ranking_breaks_a_perfect_tie_by_number_of_votes_then_code():
    results = tally([lever("B", E, E, E), lever("A", E, E, E), lever("C", E, E, E, E)]).results

    assert [result.code for result in results] == ["C", "A", "B"]


def test_gauge_plus_compares_the_larger_share_above_first():
    """Both medians are intéressant with more votes above: 3/7 above is better than 2/5, whatever is below."""
    larger, smaller = counts(3, 0, 2, 0, 2), counts(2, 0, 3, 0, 0)

    assert majority_gauge(larger).is_plus and majority_gauge(smaller).is_plus
    assert rank_key("B", larger) < rank_key("A", smaller)


# Disagreement -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        (counts(0, 0, 0, 0, 0), Fraction(0)),
        (counts(9, 0, 0, 0, 0), Fraction(0)),
        # half and half at the two ends: the highest
        (counts(2, 0, 0, 0, 2), Fraction(1)),
        # 5 5 4 3 3 2 2 2 1 → sum 27, squares 97, variance 97/9 − 9 = 16/9, over 4: 4/9
        (counts(2, 1, 2, 3, 1), Fraction(4, 9)),
        # neighbours: 4 4 3 3 → variance 1/4, over 4: 1/16
        (counts(0, 2, 2, 0, 0), Fraction(1, 16)),
        # 5 5 1 → mean 11/3, variance 51/3 − 121/9 = 32/9, over 4: 8/9
        (counts(2, 0, 0, 0, 1), Fraction(8, 9)),
    ],
)
def test_disagreement_worked_by_hand(votes, expected):
    assert disagreement(votes) == expected


def test_disagreement_is_rounded_half_up_to_the_percent():
    result = tally([lever("A", P, P, J, J)]).results[0]

    assert result.disagreement == Fraction(1, 16)
    assert result.disagreement_percent == 6  # 6.25


def test_agenda_takes_the_widest_disagreement_first_and_few_votes_last():
    counted = tally(
        [
            lever("SOFT", P, J, J, J),  # debate, low
            lever("WIDE", E, E, N, N),  # debate, 1
            lever("FEW", E, N),
            lever("FOR", E, E, E, P),
            lever("AGAINST", N, N, C, C),
            lever("WIDE2", E, E, E, N, N, N),  # debate, 1, more votes
        ]
    )

    assert [result.code for result in counted.agenda()] == ["WIDE2", "WIDE", "SOFT", "FEW"]


# Small committees ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("voters", "has_piles"), [(0, False), (1, False), (2, False), (3, True)])
def test_piles_need_three_people_who_expressed_a_grade(voters, has_piles):
    papers = [Paper(voter, "dsi", E) for voter in range(voters)] + [Paper(99, "rh", None)]

    assert tally([LeverVotes("A", tuple(papers))]).has_piles is has_piles


def test_opposed_votes_are_counted_against_the_consensus_only():
    by_code = {
        result.code: result.opposed
        for result in tally([lever("FOR", E, E, P, N), lever("AGAINST", N, N, P), lever("TALK", E, N, J)]).results
    }

    assert by_code == {"FOR": 1, "AGAINST": 1, "TALK": 0}


# Who to hear first --------------------------------------------------------------------------------------------------


def test_hearing_gives_the_floor_to_the_rarer_end():
    papers = [Paper(1, "Cohésion", E), Paper(2, "Déchets", N), Paper(3, "DSI", N), Paper(4, "Achats", J)]

    found = hearing(papers)

    assert (found.best, found.best_services) == (E, ("Cohésion",))
    assert (found.worst, found.worst_services) == (N, ("DSI", "Déchets"))
    assert found.first_services == ("Cohésion",)


def test_hearing_prefers_the_least_favourable_end_when_equal():
    found = hearing([Paper(1, "Cohésion", E), Paper(2, "Déchets", C), Paper(3, "DSI", J)])

    assert found.first_services == ("Déchets",)


@pytest.mark.parametrize("papers", [[], [Paper(1, "DSI", None)], [Paper(1, "DSI", E), Paper(2, "RH", E)]])
def test_hearing_is_none_without_two_opinions(papers):
    assert hearing(papers) is None


# Properties ---------------------------------------------------------------------------------------------------------

grade_counts = st.tuples(*[st.integers(0, 12)] * 5)


@given(grade_counts)
def test_a_lever_is_in_exactly_one_pile_and_never_both_consensus(grades):
    votes = Counts(grades)
    pile = pile_of(votes)

    assert (pile is Pile.FEW_VOTES) == (votes.expressed < 3)
    if pile is Pile.FAVOURABLE:
        assert 3 * votes.favourable >= 2 * votes.expressed > 3 * votes.unfavourable
    if pile is Pile.DEBATE:
        assert 3 * votes.favourable < 2 * votes.expressed and 3 * votes.unfavourable < 2 * votes.expressed


@given(grade_counts)
def test_disagreement_stays_between_0_and_1_and_ignores_the_direction(grades):
    value = disagreement(Counts(grades))

    assert 0 <= value <= 1
    assert disagreement(Counts(grades[::-1])) == value


@given(grade_counts, st.integers(2, 4))
def test_counting_everybody_several_times_changes_no_rule(grades, times):
    one, several = Counts(grades), Counts(tuple(number * times for number in grades))

    assert disagreement(one) == disagreement(several)
    assert majority_gauge(one) == majority_gauge(several)


@given(st.lists(grade_counts, min_size=2, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_ranking_is_a_total_order_that_does_not_depend_on_the_order_given(profiles, shuffler):
    keys = [rank_key(f"L{number}", Counts(grades)) for number, grades in enumerate(profiles)]
    assert len(set(keys)) == len(keys)

    shuffled = list(keys)
    shuffler.shuffle(shuffled)
    assert sorted(shuffled) == sorted(keys)


@given(grade_counts, st.integers(1, 4), st.lists(grade_counts, max_size=4))
def test_a_better_grade_never_lowers_a_lever(grades, raised_from, others):
    """One voter moves up by one grade: the lever loses no rank."""
    better = list(grades)
    if better[raised_from] == 0:
        better[raised_from] = 1
        grades = tuple(better)
        better = list(grades)
    better[raised_from] -= 1
    better[raised_from - 1] += 1
    rivals = [rank_key(f"R{number}", Counts(rival)) for number, rival in enumerate(others)]

    before = sum(key < rank_key("M", Counts(grades)) for key in rivals)
    after = sum(key < rank_key("M", Counts(tuple(better))) for key in rivals)

    assert after <= before


@given(st.lists(st.sampled_from([*GRADES, None]), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_votes_does_not_count(grades, shuffler):
    papers = [Paper(voter, "dsi", grade) for voter, grade in enumerate(grades)]
    shuffled = list(papers)
    shuffler.shuffle(shuffled)

    assert tally([LeverVotes("A", tuple(papers))]) == tally([LeverVotes("A", tuple(shuffled))])
