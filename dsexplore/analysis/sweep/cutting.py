"""How a grid is cut: into slabs that stay in the processor's cache, and parts of many slabs.

Points are computed in an order of their own: the axes whose every value is a scenario come first,
then those that are arrays, the last running fastest. A slab is a run of points in that order: all
values of the last arrays, some of the one before, and one of each that is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Points evaluated together: more would leave the cache.
CHUNK = 4_096
# Points of a part at most, about; it is of one scenario.
_PART = 65_536


@dataclass(frozen=True, slots=True)
class Slab:
    """Some points: the place of the scenario, and from which to which value each array goes."""

    scenario: int
    ends: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """How many points it has."""
        return math.prod(high - low for low, high in self.ends)


class Cut:
    """A grid cut into slabs and parts."""

    def __init__(self, shape: Sequence[int], arrays: Sequence[int]) -> None:
        """`arrays` are the places of the axes whose values are evaluated together."""
        self._shape = tuple(shape)
        self._order = [place for place in range(len(shape)) if place not in arrays] + [*arrays]
        self.scenarios = math.prod(n for place, n in enumerate(shape) if place not in arrays)
        self._lengths = [shape[place] for place in arrays]
        # The array that is cut, and how many points there are for each of its values.
        self._cut, self._below = len(self._lengths), 1
        while self._cut and self._below * self._lengths[self._cut - 1] <= CHUNK:
            self._cut -= 1
            self._below *= self._lengths[self._cut]
        self._cut -= 1
        length = self._lengths[self._cut] if self._cut >= 0 else 1
        self._step = min(length, max(1, CHUNK // self._below))
        self._pieces = math.ceil(length / self._step)
        outer = math.prod(self._lengths[: max(self._cut, 0)])
        self._slabs = outer * self._pieces
        self._of_part = max(1, min(_PART // (self._step * self._below), self._slabs))
        # The last part of a scenario may have fewer slabs.
        self._parts_of_each = math.ceil(self._slabs / self._of_part)

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return self.scenarios * self._parts_of_each

    def slabs(self, part: int) -> Iterator[Slab]:
        """The slabs of a part."""
        scenario, number = divmod(part, self._parts_of_each)
        first = number * self._of_part
        for slab in range(first, min(first + self._of_part, self._slabs)):
            outer, piece = divmod(slab, self._pieces)
            ends = [(0, length) for length in self._lengths]
            if self._cut >= 0:
                low = piece * self._step
                ends[self._cut] = low, min(low + self._step, self._lengths[self._cut])
            for place in range(self._cut - 1, -1, -1):
                outer, at = divmod(outer, self._lengths[place])
                ends[place] = at, at + 1
            yield Slab(scenario, tuple(ends))

    def places(self, start: int, count: int) -> NDArray[np.int64]:
        """The places in the grid of so many points from one on, in the order of computing."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        here = np.arange(start, start + count)
        if self._order == sorted(self._order):
            return here
        strides = [math.prod(self._shape[place + 1 :]) for place in range(len(self._shape))]
        at: Any = np.unravel_index(here, [self._shape[place] for place in self._order])
        found = np.zeros(count, dtype=np.int64)
        for place, index in zip(self._order, at, strict=True):
            found += index * strides[place]
        return found
