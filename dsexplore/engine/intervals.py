"""Intervals of 80 %: a result's low and high end, as two quantities beside it.

An end says of which result it is one. Where nothing of a result is predicted, both ends are it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from dsexplore.engine.constants import NORMAL_TENTH
from dsexplore.engine.elementwise import exp
from dsexplore.engine.idioms import if_any
from dsexplore.engine.quantity import Derived, GraphError, Quantity, computing

Side = Literal["low", "high"]
_SIDES: tuple[Side, Side] = ("low", "high")
_IN_WORDS = {"low": "Low end", "high": "High end"}


@dataclass(slots=True, eq=False)
class End(Quantity):
    """The low or high end of the interval of a result."""

    of: str = ""
    side: Side = "low"


def interval(of: str, spread: str, assumes: str = "") -> Derived:
    """Declare both ends of a lognormal interval by its spread, a log standard deviation.

    They are named by what the module calls it, with `_low` and `_high`.
    """
    return _BySpread(of, spread, assumes)


def interval_of_parts(of: str, parts: Iterable[str], assumes: str) -> Derived:
    """Declare both ends of a result as its formula with the ends of some of its parts."""
    return _ByParts(of, tuple(parts), assumes)


def intervals(quantities: Mapping[str, Quantity]) -> dict[str, tuple[str, str]]:
    """The names of the low and the high end by the result that they are of."""
    ends: dict[str, dict[Side, str]] = {}
    for found in quantities.values():
        if isinstance(found, End):
            ends.setdefault(found.of, {})[found.side] = found.name
    return {of: (sides["low"], sides["high"]) for of, sides in ends.items()}


@dataclass(frozen=True, slots=True)
class _BySpread(Derived):
    of: str
    spread: str
    assumes: str

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        original = _known(self.of, name, known)
        functions = {"low": _low_end, "high": _high_end}
        return [
            End(
                *(f"{name}_{side}", functions[side], (self.of, self.spread), original.unit, ""),
                *(self.assumes, _summary(side, original), subject, {}),
                of=self.of,
                side=side,
            )
            for side in _SIDES
        ]


@dataclass(frozen=True, slots=True)
class _ByParts(Derived):
    of: str
    parts: tuple[str, ...]
    assumes: str

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        original = _known(self.of, name, known)
        ends = intervals(known)
        if not ends.keys() >= {*self.parts} <= {*original.needs}:
            raise GraphError(f"{name}: parts of {self.of} without intervals")
        made: list[Quantity] = []
        for place, side in enumerate(_SIDES):
            names = {part: ends[part][place] for part in self.parts}
            declared = {each.name: getattr(original, each.name) for each in fields(Quantity)}
            declared |= {
                "name": f"{name}_{side}",
                "needs": tuple(names.get(need, need) for need in original.needs),
                "at_least_without": tuple(
                    names.get(need, need) for need in original.at_least_without
                ),
                "subject": subject,
                "summary": _summary(side, original),
                "assumes": self.assumes,
                "copy_of": self.of,
            }
            made.append(End(**declared, of=self.of, side=side))
        return made


def at_error(
    quantities: Mapping[str, Quantity], end: str, values: Mapping[str, Any], deviations: Any
) -> Any:
    """The result that an interval's end is of, with an error of so many standard deviations.

    The ends lie at ±1.28 of them. `values` holds what the end needs, but for other ends. Parts err
    by as many deviations each.
    """
    found = quantities[end]
    assert isinstance(found, End)
    if not found.copy_of:
        of, spread = found.needs
        return if_any(values[of], values[of] * exp(deviations * values[spread]))
    needs = [
        at_error(quantities, need, values, deviations)
        if isinstance(quantities.get(need), End)
        else values[need]
        for need in found.needs
    ]
    return computing(found)(*needs)


def _known(of: str, name: str, known: Mapping[str, Quantity]) -> Quantity:
    if of not in known:
        raise GraphError(f"{name}: {of} is no quantity")
    return known[of]


def _summary(side: Side, original: Quantity) -> str:
    first = original.summary
    rest = first if first[1:2].isupper() else first[:1].lower() + first[1:]
    return f"{_IN_WORDS[side]} of an 80 % interval: {rest}"


def _low_end(value: Any, spread: Any) -> Any:
    """One time in ten less: the value is the median of a lognormal."""
    return if_any(value, value * exp(-NORMAL_TENTH * spread))


def _high_end(value: Any, spread: Any) -> Any:
    """One time in ten more: the value is the median of a lognormal."""
    return if_any(value, value * exp(NORMAL_TENTH * spread))
