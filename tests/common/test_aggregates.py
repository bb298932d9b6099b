"""Statistical secrecy: nothing of fewer than five, nothing that a subtraction gives back."""

from hypothesis import given
from hypothesis import strategies as st

from common.aggregates import MIN_GROUP, Quartiles, protect_counts, quartiles


def test_no_quartile_under_five_values():
    assert quartiles([1, 2, 3, 4]) is None


def test_quartiles_of_five_values():
    # Ordered: 1 2 3 4 10. The quarters fall on the 2nd, the 3rd and the 4th.
    assert quartiles([10, 3, 1, 4, 2]) == Quartiles(count=5, low=2, median=3, high=4)


def test_small_groups_are_hidden_together():
    assert protect_counts({"a": 3, "b": 2, "c": 12, "d": 0}) == {"a": None, "b": None, "c": 12, "d": 0}


def test_one_small_group_takes_the_smallest_shown_one_with_it():
    # Alone it would be the total less what is shown: 20 − 12 − 6 = 2.
    assert protect_counts({"a": 2, "b": 12, "c": 6}) == {"a": None, "b": 12, "c": None}


@given(st.dictionaries(st.integers(), st.integers(0, 30), max_size=8))
def test_what_is_hidden_counts_five_authorities_or_is_everything(counts):
    shown = protect_counts(counts)
    hidden = [counts[key] for key, count in shown.items() if count is None]
    assert all(shown[key] in (None, count) for key, count in counts.items())
    assert all(count == 0 or count >= MIN_GROUP for count in shown.values() if count is not None)
    assert not hidden or sum(hidden) >= MIN_GROUP or not any(shown.values())
