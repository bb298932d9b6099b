"""Figures about several authorities, from which none can be recognised.

Pure. Two rules: nothing is said of fewer than `MIN_GROUP` authorities, and what is hidden cannot be worked out by
subtracting from a total what is shown (primary and secondary suppression).

In French official statistics: « secret primaire » and « secret secondaire ».
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TypeVar

MIN_GROUP = 5

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Quartiles:
    """Half of the values lie between `low` and `high`, half above `median`; `count` values, at least `MIN_GROUP`."""

    count: int
    low: float
    median: float
    high: float


def quartiles(values: Sequence[float]) -> Quartiles | None:
    """Return the quartiles of one value for each authority, None when there are fewer than `MIN_GROUP`."""
    if len(values) < MIN_GROUP:
        return None
    low, median, high = quantiles(values, n=4, method="inclusive")
    return Quartiles(len(values), low, median, high)


def protect_counts(counts: Mapping[Key, int]) -> dict[Key, int | None]:
    """Return the counts of a breakdown, None for those to hide; zero hides nobody.

    The hidden ones count `MIN_GROUP` authorities together at least, or the smallest shown one is hidden too.
    """
    small = {key for key, count in counts.items() if 0 < count < MIN_GROUP}
    shown = sorted((count, index, key) for index, (key, count) in enumerate(counts.items()) if count >= MIN_GROUP)
    while small and sum(counts[key] for key in small) < MIN_GROUP and shown:
        small.add(shown.pop(0)[2])
    return {key: None if key in small else count for key, count in counts.items()}
