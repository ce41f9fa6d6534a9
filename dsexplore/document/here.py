"""What values of a field make sense in the open scenario, and which fields nobody has set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd, isfinite, isqrt, lcm, prod

from dsexplore.document.reading import Reading
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.panel import Tie
from dsexplore.scenario.scenario import FIELDS, PANELS

_DIVIDES: Tie = "divides"
_MULTIPLE: Tie = "multiple of"
_AT_MOST: Tie = "at most"
PRODUCTS = tuple(product for panel in PANELS.values() for product in panel.products)
_TIES: dict[str, tuple[Tie, str]] = {
    first: (tie, second)
    for panel in PANELS.values()
    for first, tie, second in (
        *((low, _AT_MOST, high) for low, high in panel.at_most),
        *panel.goes_by,
    )
}
# What the factors of a product divide.
_DIVIDED = {
    product: [_TIES[each][1] for each in product if _TIES.get(each, ("",))[0] == _DIVIDES]
    for product in PRODUCTS
}
# Whole numbers that go by others: the last of a product is what is left.
TIED = (
    *_TIES,
    *(name for name in FIELDS if name not in _TIES and any(name in each for each in PRODUCTS)),
)


@dataclass(frozen=True, slots=True)
class Here:
    """What a whole number goes by: other fields or results, and what they come to now.

    A divisor may be bounded as well: at most the value of one more.
    """

    tie: Tie
    others: tuple[str, ...]
    number: int
    bound: tuple[str, int] | None = None

    @property
    def divisors(self) -> list[int]:
        """Every divisor of the number, up to the bound."""
        number, most = self.number, self.bound[1] if self.bound else self.number
        small = [n for n in range(1, isqrt(number) + 1) if number % n == 0]
        return [n for n in sorted({*small, *(number // n for n in small)}) if n <= most]


def here(document: Reading, name: str) -> Here | None:
    """What a field goes by; None where nothing, or where that is 0, 1 for multiples, or unknown."""
    tie, other = _TIES.get(name, (None, ""))
    number = _whole(document, other) if other else 0
    products = products_here(document, name)
    if not products:
        return Here(tie, (other,), number) if tie and number else None
    if whole := [product for product in products if product[0] == name]:
        factors = [_known(document, product[1:-1]) for product in whole]
        least = lcm(*filter(None, factors))
        return Here(_MULTIPLE, (), least) if least > 1 else None
    shares = {product[0]: _share(document, product, name) for product in products}
    of = {other: number, **shares} if tie == _DIVIDES else shares
    if of := {each: value for each, value in of.items() if value}:
        bound = (other, number) if tie == _AT_MOST and number else None
        return Here(_DIVIDES, (*of,), gcd(*of.values()), bound)
    return Here(tie, (other,), number) if tie and number else None


def products_here(document: Reading, name: str = "") -> list[tuple[str, ...]]:
    """The products that are to hold in the open scenario; of a field, those that it is part of.

    Groups of experts make none in a model without experts: a factor has nothing to divide.
    """
    return [
        product
        for product in PRODUCTS
        if (not name or name in product)
        and all(_whole(document, other) for other in _DIVIDED[product])
    ]


def _share(document: Reading, product: tuple[str, ...], name: str) -> int:
    """What a factor must divide: the whole over the other factors; 0 where that is no number."""
    rest = _known(document, [factor for factor in product[1:-1] if factor != name])
    whole = _whole(document, product[0])
    return whole // rest if rest and whole % rest == 0 else 0


def _known(document: Reading, factors: Iterable[str]) -> int:
    """A product of factors; 0 where one of them is not known."""
    return prod(_whole(document, factor) for factor in factors)


def _whole(document: Reading, name: str) -> int:
    """A whole number above 0; 0 for any other, and for what is not known."""
    current = document.state.current
    number = current.scenario.value(name) if name in FIELDS else current.results[name]
    if not isinstance(number, int | float):
        return 0
    return int(number) if isfinite(number) and number >= 1 and number == int(number) else 0


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
