"""Sobol' points: numbers that fill a cube of many dimensions evenly, without a pattern.

Direction numbers of Joe and Kuo 2008, SIAM J. Sci. Comput. 30, 2635: "Constructing Sobol sequences
with better two-dimensional projections". A digital shift from a seed keeps them as even.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BITS = 32
# By dimension from the second: the inner coefficients of its polynomial, and its first numbers.
_DIRECTIONS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, (1,)),
    (1, (1, 3)),
    (1, (1, 3, 1)),
    (2, (1, 1, 1)),
    (1, (1, 1, 3, 3)),
    (4, (1, 3, 5, 13)),
    (2, (1, 1, 5, 5, 17)),
    (4, (1, 1, 5, 5, 5)),
    (7, (1, 1, 7, 11, 19)),
    (11, (1, 1, 5, 1, 1)),
    (13, (1, 1, 1, 3, 11)),
    (14, (1, 3, 5, 5, 31)),
    (1, (1, 3, 3, 9, 7, 49)),
    (13, (1, 1, 1, 15, 21, 21)),
    (16, (1, 3, 1, 13, 27, 49)),
    (19, (1, 1, 1, 15, 7, 5)),
    (22, (1, 3, 1, 15, 13, 25)),
    (25, (1, 1, 5, 5, 19, 61)),
    (1, (1, 3, 7, 11, 23, 15, 103)),
    (4, (1, 3, 7, 13, 13, 15, 69)),
)
MOST_DIMENSIONS = len(_DIRECTIONS) + 1


def directions() -> list[list[int]]:
    """The direction numbers of every dimension, the first bit's first, as fractions of 2**32."""
    found = [[1 << (_BITS - 1 - bit) for bit in range(_BITS)]]
    for inner, first in _DIRECTIONS:
        degree = len(first)
        numbers = [number << (_BITS - 1 - bit) for bit, number in enumerate(first)]
        for bit in range(degree, _BITS):
            value = numbers[bit - degree] ^ (numbers[bit - degree] >> degree)
            for place in range(1, degree):
                if inner >> (degree - 1 - place) & 1:
                    value ^= numbers[bit - place]
            numbers.append(value)
        found.append(numbers)
    return found


class Points:
    """Shifted Sobol' points of some dimensions, in blocks of a power of two."""

    def __init__(self, dimensions: int, seed: int, block: int) -> None:
        """`dimensions` is at most `MOST_DIMENSIONS`, `block` a power of two."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        self._numbers = np.array(directions()[:dimensions], dtype=np.uint32)
        shift = np.random.default_rng(seed).integers(0, 2**_BITS, dimensions, dtype=np.uint32)
        # The block twice as long is the first half, and the same with one more direction.
        points = shift[:, None]
        for bit in range(block.bit_length() - 1):
            points = np.concatenate((points, points ^ self._numbers[:, bit, None]), axis=1)
        self._first = points

    def block(self, number: int) -> NDArray[np.float64]:
        """The points of a block as (dimension, point), each number above 0 and below 1."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        start = number * self._first.shape[1]
        moved = np.zeros(len(self._numbers), dtype=np.uint32)
        for bit in range(_BITS):
            if start >> bit & 1:
                moved ^= self._numbers[:, bit]
        shares: NDArray[np.float64] = ((self._first ^ moved[:, None]) + 0.5) / 2**_BITS
        return shares
