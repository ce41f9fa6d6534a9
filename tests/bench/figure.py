"""One measured figure, and how medians are taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in a unit, and the most that it may be (or the least, `at_least`)."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def measured(self) -> str:
        return f"{self.value:,.3g} {self.unit}" if self.value < 1000 else self._large(self.value)

    @property
    def reach(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.limit:g} {self.unit}" if self.limit < 1000 else (
            f"{sign} {self._large(self.limit)}"
        )  # fmt: skip

    def _large(self, value: float) -> str:
        return f"{value:,.0f} {self.unit}"


def median_seconds(work: Callable[[], object], times: int) -> float:
    """The median time of a piece of work, after one run that does not count."""
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
