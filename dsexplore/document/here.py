"""What values of a field make sense in the open scenario, and which fields nobody has set."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isqrt

from dsexplore.document.reading import Reading
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.panel import Tie
from dsexplore.scenario.scenario import PANELS

PRODUCTS = tuple(product for panel in PANELS.values() for product in panel.products)
_TIES: dict[str, tuple[Tie, str]] = {
    first: (tie, second)
    for panel in PANELS.values()
    for first, tie, second in (
        *panel.goes_by,
        *((low, "at most", high) for low, high in panel.at_most),
    )
}
# Whole numbers that go by another.
TIED = (*_TIES,)


@dataclass(frozen=True, slots=True)
class Here:
    """What a whole number goes by: another field or result, and its value now."""

    tie: Tie
    other: str
    number: int

    @property
    def divisors(self) -> list[int]:
        """Every divisor of the number."""
        number = self.number
        small = [n for n in range(1, isqrt(number) + 1) if number % n == 0]
        return sorted({*small, *(number // n for n in small)})


def here(document: Reading, name: str) -> Here | None:
    """What a field goes by; None where nothing, or where that is 0 or not known."""
    if name not in _TIES:
        return None
    tie, other = _TIES[name]
    number = document.state.current.numbers([other])[other]
    if not isfinite(number) or number < 1 or number != int(number):
        return None
    return Here(tie, other, int(number))


def is_left_alone(document: Reading, spec: FieldSpec) -> bool:
    """Whether a field is at its default, and neither a preset nor the user says a word about it."""
    return was_left_alone(document, spec) and not document.field_change(spec.name)


def was_left_alone(document: Reading, spec: FieldSpec) -> bool:
    """Whether it was so in the baseline, before what has changed since."""
    name, scenario = spec.name, document.scenario
    return (
        spec.default is not None
        and document.state.baseline.scenario.value(name) == spec.default
        and name not in scenario.sources
        and name not in scenario.notes
        and name not in scenario.unverified
        and name not in scenario.uncertainty
    )
