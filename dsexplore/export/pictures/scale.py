"""Scales: numbers along an edge of a plot, with round ones to mark."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dsexplore.text.format import format_value

# Beyond this ratio of its ends, numbers are drawn by logarithms where that is asked for.
_WIDE = 10
_MARKS = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """From which to which number an edge goes, in what unit, and whether by logarithms."""

    low: float
    high: float
    unit: str
    by_logarithms: bool = False

    @classmethod
    def of(
        cls, numbers: Iterable[float], unit: str, *, from_zero: bool = False, may_log: bool = False
    ) -> Scale:
        """The scale of some numbers, nan among them; of none from 0 to 1."""
        known = [each for each in numbers if math.isfinite(each)]
        low, high = min(known, default=0.0), max(known, default=1.0)
        if may_log and low > 0 and high > _WIDE * low:
            return cls(low, high, unit, by_logarithms=True)
        if from_zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if low == high:
            low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
        return cls(low, high, unit)

    def share(self, number: float) -> float:
        """Where a number lies, from 0 to 1."""
        if self.by_logarithms:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def marks(self) -> list[float]:
        """Round numbers on it."""
        if self.by_logarithms:
            return self._powers()
        rough = (self.high - self.low) / _MARKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    def _powers(self) -> list[float]:
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        each = (1, 2, 5) if len(decades) <= 4 else (1,)
        found = [digit * 10.0**decade for decade in decades for digit in each]
        within = [mark for mark in found if self.low * 0.999 <= mark <= self.high * 1.001]
        return within if len(within) > 1 else [self.low, self.high]

    def text(self, number: float) -> str:
        """A number on it, with its unit: in as few digits as tell its marks apart."""
        marks = self.marks()
        for digits in range(2, 6):
            if len({format_value(mark, self.unit, digits) for mark in marks}) == len(marks):
                return format_value(number, self.unit, digits)
        return format_value(number, self.unit, 6)
