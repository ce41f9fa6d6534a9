"""A trial: something to be timed, the work it does and the memory it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dsexplore.measure.measurement import Kernel, Precision, Recipe, Timing
from dsexplore.measure.timing import timed

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Trial:
    """A kernel at one size; `start` makes its operands and returns the call to be timed.

    `work` is per call, in FLOP, bytes or calls, as `unit` says; `memory` in bytes. `start` and the
    call raise RuntimeError or NotImplementedError on a device that cannot do it.
    """

    kernel: Kernel
    sizes: Mapping[str, int]
    work: float
    unit: str
    start: Callable[[], Call]
    memory: int = 0
    precision: Precision = Precision.BF16
    recipe: Recipe = Recipe.NONE
    timer: Callable[[Call, Call, float], Timing] = field(default=timed)
    # A call that stands for so many kernels, as a replayed graph does.
    kernels_per_call: int = 1

    def family(self) -> tuple[Kernel, Precision, Recipe]:
        """What runs at about one rate."""
        return self.kernel, self.precision, self.recipe
