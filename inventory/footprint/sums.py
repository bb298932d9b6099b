"""Sums by group that do not depend on the order of what is added, to the last bit.

Each value is cut on a grid coarse enough for the sum of the cut values to be exact; what is left of it is cut on a
finer grid, and once more. The grids depend on a bound of the values and on their count only. Source: James Demmel and
Hong Diep Nguyen, « Fast Reproducible Floating-Point Summation », IEEE ARITH 21, 2013.
"""

from math import frexp, ldexp

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]

# With a million values, three grids keep a hundred bits under the bound: all of those of a float, were it far off.
_GRIDS = 3
_MANTISSA_BITS = 53
# Lines treated at once: what they need stays in the cache of a processor.
CHUNK = 16_384


class GroupSum:
    """The sums of a column by group, 0 … size − 1, fed chunk by chunk.

    `bound`: no value is farther from zero; `count`: how many values there will be at most.
    """

    def __init__(self, size: int, *, bound: float, count: int) -> None:
        self._size = size
        _, top = frexp(bound)
        _, count_bits = frexp(max(count, 1))
        # The sum of all the values stays under a grid, so that no addition of cut values is rounded.
        exponents = [top + count_bits - rank * (_MANTISSA_BITS - count_bits) for rank in range(_GRIDS)]
        self._grids = [ldexp(1.5, exponent) for exponent in exponents]
        self._parts = np.zeros((_GRIDS, size))
        self._cut = np.empty(CHUNK)

    def add(self, values: Floats, groups: Indexes) -> None:
        """Add a chunk of values, which is not kept; its array is used for the remainders."""
        cut = self._cut[: len(values)]
        for part, grid in zip(self._parts, self._grids, strict=True):
            np.add(values, grid, out=cut)
            np.subtract(cut, grid, out=cut)
            part += np.bincount(groups, weights=cut, minlength=self._size)
            np.subtract(values, cut, out=values)

    @property
    def total(self) -> Floats:
        total = np.zeros(self._size)
        for part in self._parts[::-1]:
            total += part
        return total
