"""Doubt: the interval of a result, whether it is wide, and how many digits it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dsexplore.engine import INTERVALS
from dsexplore.engine.names import in_words, unit_of
from dsexplore.text.format import format_interval, format_significant

# An interval wider than a tenth of its result is marked.
_WIDE = 0.1
# Up to this width, as a share of the result, its third digit says something.
_THREE_DIGITS = 0.6
# Narrower than this is the rounding of floats.
_ROUNDING = 1e-9

Ends = tuple[float, float]


class Spread(NamedTuple):
    """A result under uncertainty: its median, and the ends of what holds it nine times in ten."""

    median: float
    ends: Ends


Spreads = Mapping[str, Spread]


def ends_of(name: str, values: Mapping[str, Any]) -> Ends | None:
    """The interval of a result among evaluated scalars; None where nothing of it is predicted.

    `values` may lack the ends: then there is none either.
    """
    if name not in INTERVALS:
        return None
    low, high = (values.get(end) for end in INTERVALS[name])
    if low is None or high is None or not high - low > _ROUNDING * abs(high):
        return None
    return low, high


def width_of(value: float, ends: Ends) -> float:
    """The width of an interval as a share of its result."""
    return (ends[1] - ends[0]) / value


def is_wide(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a result's interval is wider than a tenth of it."""
    ends = ends_of(name, values)
    return ends is not None and is_wide_between(values[name], ends)


def is_wide_between(value: float, ends: Ends) -> bool:
    """Whether two ends are further apart than a tenth of what lies between them."""
    return width_of(value, ends) > _WIDE


def _digits_left(value: float, ends: Ends, digits: int) -> int:
    return min(digits, 3 if width_of(value, ends) <= _THREE_DIGITS else 2)


def interval_text(name: str, values: Mapping[str, Any]) -> str:
    """The interval of a result for reading: 18.2 … 21.8 s; empty where there is none."""
    return ends_text(name, values[name], ends_of(name, values))


def ends_text(name: str, value: float, ends: Ends | None) -> str:
    """Both ends of a result for reading; empty where there are none."""
    return format_interval(*ends, unit_of(name), value) if ends else ""


def figure_text(name: str, values: Mapping[str, Any], digits: int = 4) -> str:
    """A result for reading, in so many digits or as many as its interval leaves."""
    if ends := ends_of(name, values):
        return doubted_figure(name, values[name], ends, digits)
    return in_words(name, values[name], digits)


def doubted_figure(name: str, value: float, ends: Ends, digits: int = 4) -> str:
    """A figure between two ends, in so many digits or as many as these leave."""
    return format_significant(value, unit_of(name), _digits_left(value, ends, digits))


def half_width_text(name: str, values: Mapping[str, Any]) -> str:
    """The interval of a result where room is short: ±9 %; empty where there is none."""
    return with_half_width("", values[name], ends_of(name, values)).strip()


def with_half_width(text: str, value: float | str, ends: Ends | None) -> str:
    """A figure with half the width of its interval behind it, where it has one."""
    if ends is None or isinstance(value, str):
        return text
    return f"{text} ±{50 * width_of(value, ends):.0f} %"
