"""From ratings to levels: each line of the tables is worked out by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.scoring import score_dimension, score_label, score_overall, score_question

# ratings → median, proposed, range, dispersed, few ratings
QUESTIONS = [
    ([], None, None, None, False, True),
    ([None, None], None, None, None, False, True),
    ([3], Fraction(3), 3, 0, False, True),
    ([None, 3], Fraction(3), 3, 0, False, True),
    ([2, 2], Fraction(2), 2, 0, False, False),
    # Median of two levels: 3/2, rounded down to 1.
    ([1, 2], Fraction(3, 2), 1, 1, False, False),
    # A range of 2 is dispersed, a range of 1 is not.
    ([1, 3], Fraction(2), 2, 2, True, False),
    ([0, 0, 1], Fraction(0), 0, 1, False, False),
    ([0, 1, 4], Fraction(1), 1, 4, True, False),
    # 0 is a level: it counts, an abstention does not.
    ([0, None, 0, None], Fraction(0), 0, 0, False, False),
    ([4, 4, 3, 3], Fraction(7, 2), 3, 1, False, False),
    ([0, 1, 2, 2, 3, 3], Fraction(2), 2, 3, True, False),
]


@pytest.mark.parametrize(("levels", "median", "proposed", "spread", "is_dispersed", "has_few"), QUESTIONS)
def test_question_score(levels, median, proposed, spread, is_dispersed, has_few):
    score = score_question(levels)

    assert (score.median, score.proposed, score.range_levels) == (median, proposed, spread)
    assert (score.is_dispersed, score.has_few_ratings) == (is_dispersed, has_few)
    assert score.is_consensual is (not is_dispersed and not has_few)


def test_question_score_counts():
    score = score_question([0, 2, None, 2, 4, None])

    assert score.counts == (1, 0, 2, 0, 1)
    assert (score.rating_count, score.abstention_count) == (4, 2)
    assert (score.low, score.high) == (0, 4)


@pytest.mark.parametrize("level", [-1, 5, 100])
def test_question_score_refuses_another_level(level):
    with pytest.raises(ValueError, match="from 0 to 4"):
        score_question([level])


DIMENSIONS = [
    ([], None, 0, 0, None, None),
    ([None, None], None, 0, 2, None, None),
    ([0, 0], Fraction(0), 2, 2, 0, 0),
    # Nothing answered counts as 0: (2 + 3) / 2, over 2 of 3.
    ([2, None, 3], Fraction(5, 2), 2, 3, 2, 3),
    ([1, 1, 2, 0, 3], Fraction(7, 5), 5, 5, 0, 3),
]


@pytest.mark.parametrize(("levels", "mean", "answered", "total", "low", "high"), DIMENSIONS)
def test_dimension_score(levels, mean, answered, total, low, high):
    score = score_dimension(levels)

    assert (score.score, score.answered, score.total) == (mean, answered, total)
    assert (score.low, score.high) == (low, high)


def test_overall_is_the_mean_of_the_dimensions_that_have_a_score():
    # (3 + 1) / 2, not the mean of the four levels (3 + 1 + 1 + 1) / 4; the dimension without answer is left out.
    overall = score_overall([score_dimension([3]), score_dimension([1, 1, 1]), score_dimension([None, None])])

    assert overall.score == 2
    assert (overall.answered, overall.total) == (4, 6)


def test_overall_without_any_answer():
    assert score_overall([score_dimension([None])]).score is None


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (None, "non évaluée"),
        (Fraction(0), "0,0"),
        (Fraction(9, 5), "1,8"),
        # Half up, unlike Python's own rounding: 1,25 gives 1,3 and 2,05 gives 2,1.
        (Fraction(5, 4), "1,3"),
        (Fraction(41, 20), "2,1"),
        (Fraction(5, 3), "1,7"),
        (Fraction(4), "4,0"),
    ],
)
def test_score_label(score, label):
    assert score_label(score) == label


levels_given = st.lists(st.none() | st.integers(0, 4), max_size=30)


@given(levels_given, st.randoms(use_true_random=False))
def test_the_order_of_the_ratings_does_not_count(levels, random):
    shuffled = levels.copy()
    random.shuffle(shuffled)

    assert score_question(shuffled) == score_question(levels)


@given(levels_given)
def test_an_abstention_changes_no_figure_but_its_own(levels):
    before, after = score_question(levels), score_question([*levels, None])

    assert after.counts == before.counts
    assert (after.median, after.proposed, after.range_levels) == (before.median, before.proposed, before.range_levels)
    assert after.abstention_count == before.abstention_count + 1


@given(levels_given)
def test_the_proposal_lies_between_the_extremes_and_at_most_at_the_median(levels):
    score = score_question(levels)
    if score.rating_count:
        assert score.low <= score.proposed <= score.median < score.proposed + 1
        assert score.proposed <= score.high


@given(st.lists(levels_given, max_size=8))
def test_means_stay_between_the_extremes_and_ignore_what_is_unanswered(dimensions):
    scores = [score_dimension(levels) for levels in dimensions]
    overall = score_overall(scores)

    for levels, score in zip(dimensions, scores, strict=True):
        assert score.answered == sum(level is not None for level in levels)
        assert score_dimension([*levels, None]).score == score.score
        if score.score is not None:
            assert score.low <= score.score <= score.high
    if overall.score is not None:
        assert 0 <= overall.score <= 4
    assert (overall.score is None) == all(score.score is None for score in scores)
