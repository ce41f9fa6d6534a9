"""Units as types: what a unit measures and by which factor, multiplied, divided and compared.

A unit measures data, work, time, energy, mass, volume or money, each to a power, and counts
things: a GPU-hour is a time of a GPU. Counted things are compared more freely, as a product of two
counts is called after one of them: steps times tokens a step are tokens.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.unit_names import PREFIXES, kind_and_factor

# Kinds of the table of units: the powers of what they measure, and what they count.
_MEASURED: Final[dict[str, dict[str, float]]] = {
    "data": {"data": 1},
    "work": {"work": 1},
    "time": {"time": 1},
    "GPU time": {"time": 1},
    "power": {"energy": 1, "time": -1},
    "energy": {"energy": 1},
    "mass": {"mass": 1},
    "volume": {"volume": 1},
    "money": {"money": 1},
    "share": {},
}
_COUNTED: Final = {"GPU time": "GPU"}
# Words beside a number that has no unit.
MULTIPLE: Final = "times"
_PURE: Final = ("", "text", MULTIPLE, "time", "x")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_QUANTITY = re.compile(r"\s*(\$?)\s*([-+0-9.,_]+(?:[eE][-+]?[0-9]+)?)\s*(.*?)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its factor to base units, the powers of what it measures, and of what it counts."""

    factor: float = 1.0
    measures: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, float] = field(default_factory=dict)

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """The unit of a product, or with the sign -1 of a quotient."""
        return Unit(
            self.factor * other.factor**sign,
            _together(self.measures, other.measures, sign),
            _together(self.counts, other.counts, sign),
        )

    def power(self, exponent: float) -> Unit:
        """The unit of a power."""
        return Unit(
            self.factor**exponent,
            {kind: power * exponent for kind, power in self.measures.items()},
            {noun: power * exponent for noun, power in self.counts.items()},
        )

    @property
    def is_pure(self) -> bool:
        """Whether it is that of a plain number."""
        return not self.measures and not self.counts

    def is_comparable(self, other: Unit) -> bool:
        """Whether a value of one can be added to one of the other: both measure the same."""
        return dict(self.measures) == dict(other.measures)

    def is_called(self, other: Unit, *, exactly: bool) -> bool:
        """Whether a value of this unit may be given in the other.

        `exactly`: a single quantity, so what it counts counts too; else the name of a product of
        counts is free, but tokens are no parameters.
        """
        if not self.is_comparable(other):
            return False
        mine, its = dict(self.counts), dict(other.counts)
        if mine == its or not mine:
            return True
        if exactly:
            return False
        is_one_noun = list(mine.values()) == [1]
        return not (is_one_noun and (list(its.values()) == [1] or not (its or self.measures)))


@lru_cache(maxsize=512)
def unit_of_text(text: str) -> Unit:
    """The unit a text names, such as `GPU-hour`, `byte/s`, `MWh`; another word counts something."""
    top, stroke, bottom = text.replace(" per ", "/").partition("/")
    unit = _side(top)
    return unit.times(_side(bottom), -1) if stroke else unit


def quantity_with_unit(text: str) -> tuple[float, Unit]:
    """A number with its unit behind it: `54 days`, `$2/h`, `80 GB`. Raises UnitError."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise UnitError(f"'{text[:40]}' is not a number with a unit (for example 54 days)")
    dollar, number, behind = found.groups()
    words, stroke, bottom = behind.replace(" per ", "/").partition("/")
    prefix = ""
    if words.strip() in PREFIXES:
        words, prefix = "", words.strip()
    unit = f"{'USD' if dollar else ''}{words}{stroke}{bottom}"
    return float(parse_quantity(f"{number} {prefix}".strip(), "")), unit_of_text(unit)


def unit_behind(text: str) -> str:
    """The unit behind a printed number, without a prefix that stands apart; empty if none is.

    >>> [unit_behind(text) for text in ("2 months", "2.66 M GPU-h", "$5.3 M", "3x", "14.8T")]
    ['months', 'GPU-h', 'USD', 'times', '']
    """
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return ""
    dollar, _, behind = found.groups()
    top, stroke, bottom = behind.replace(" per ", "/").partition("/")
    first, *rest = top.split() or [""]
    words = rest if first in PREFIXES else [first, *rest]
    unit = "-".join(filter(None, words))
    if dollar:
        unit = "" if unit else "USD"
    if unit in _PURE and unit:
        return MULTIPLE
    sides = [unit, *([bottom.strip()] if stroke else [])]
    if not all(_WORD.fullmatch(side) or kind_and_factor(side) for side in sides):
        return ""
    return "/".join(sides)


def is_prefixed(one: Unit, other: Unit) -> bool:
    """Whether a unit is another with or without a prefix, as MWh and GWh.

    The other may leave out what is counted: hours of a GPU are printed as hours.
    """
    if one.measures != other.measures or other.counts not in ({}, one.counts):
        return False
    thousands = math.log(one.factor / other.factor, 1000)
    return math.isclose(thousands, round(thousands), abs_tol=1e-9)


def conversion(value_unit: Unit, wanted: Unit) -> float:
    """The number to multiply a value with to have it in another unit; exactly 1 if none is due."""
    ratio = value_unit.factor / wanted.factor
    return 1.0 if math.isclose(ratio, 1.0, rel_tol=1e-12) else ratio


def _side(text: str) -> Unit:
    word = "-".join(text.split())
    if word in _PURE:
        return Unit()
    found = kind_and_factor(word)
    if found is None:
        prefix, _, rest = word.partition("-")
        inner = kind_and_factor(rest) if prefix in PREFIXES and rest else None
        if inner is None:
            return Unit(1.0, {}, {word: 1})
        found = (inner[0], inner[1] * float(parse_quantity(f"1 {prefix}", "")))
    kind, factor = found
    if kind in _MEASURED:
        noun = _COUNTED.get(kind)
        return Unit(factor, _MEASURED[kind], {noun: 1} if noun else {})
    return Unit(factor, {}, {kind: 1})


def _together(one: Mapping[str, float], other: Mapping[str, float], sign: int) -> dict[str, float]:
    powers = {key: one.get(key, 0) + sign * other.get(key, 0) for key in {**one, **other}}
    return {key: power for key, power in powers.items() if power}
