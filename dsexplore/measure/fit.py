"""Fitting: the fields of a law at which it comes nearest to what was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dsexplore.measure.measurement import Measurement
from dsexplore.scenario.fields import FIELDS

# Seconds that a law gives for a measurement's sizes, at values of fields.
Law = Callable[[Mapping[str, float], Measurement], float]
# Steps in each field are by factors, from coarse to fine.
_COARSE, _FINE = 4.0, 1.0005
# A law in which a field is 0 says nothing of a factor: begin just above.
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Fit:
    """The values found, and how far the law is then off each measurement, relative to it."""

    values: Mapping[str, float]
    errors: tuple[float, ...]

    def median_error(self) -> float:
        """The median of the errors, without their signs."""
        return statistics.median(map(abs, self.errors))

    def words(self) -> str:
        """How well it fits: median and 90th percentile of the errors."""
        if len(self.errors) <= len(self.values):
            return f"Of {len(self.errors)} sizes alone, so no error of the fit is known"
        ordered = sorted(map(abs, self.errors))
        late = ordered[min(len(ordered) - 1, math.ceil(0.9 * len(ordered)) - 1)]
        count = len(ordered)
        return (
            f"Fitted to {count} sizes: median error {100 * self.median_error():.1f} %, "
            f"90th percentile {100 * late:.1f} %"
        )


def fitted(
    law: Law, measured: Sequence[Measurement], free: Sequence[str], values: Mapping[str, float]
) -> Fit:
    """Fit some fields of a law, within their bounds, the others held at `values`.

    All errors count alike, as logarithms, so that small sizes say as much as large ones. The search
    goes along one field after the other, in factors that shrink where none helps.
    """
    here = {name: _within(name, values[name] or _LEAST) for name in free}
    best = _miss(law, measured, {**values, **here})
    factor = _COARSE
    while factor > _FINE:
        before = best
        for name in free:
            for step in (factor, 1 / factor):
                there = {**here, name: _within(name, here[name] * step)}
                miss = _miss(law, measured, {**values, **there})
                if miss < best:
                    here, best = there, miss
        if best >= before * (1 - 1e-6):
            factor = math.sqrt(factor)
    errors = (law({**values, **here}, found) / found.timing.seconds - 1 for found in measured)
    return Fit(here, tuple(errors))


def _miss(law: Law, measured: Sequence[Measurement], values: Mapping[str, float]) -> float:
    return sum(math.log(law(values, found) / found.timing.seconds) ** 2 for found in measured)


def _within(name: str, value: float) -> float:
    spec = FIELDS[name]
    low = _LEAST if spec.minimum is None else max(spec.minimum, _LEAST)
    return max(low, value) if spec.maximum is None else min(max(low, value), spec.maximum)
