"""Ranges to sweep a field over, from its bounds, its steps and its present value."""

from __future__ import annotations

from dataclasses import dataclass

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.library.names import kinds_of, preset_names
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.fields import FIELDS, PANELS
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import format_exact

# Points of a range of numbers that may be any, and steps to either side of the present value.
POINTS = 31
_STEPS = 12
_DOUBLINGS = 8
_EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Range:
    """Values of a field as `--over` reads them behind the equals sign, and what they are."""

    values: str
    about: str


def can_be_swept(name: str) -> bool:
    """Whether a field or a panel has values one after another."""
    if name in PANELS:
        return bool(kinds_of(name) and preset_names(kinds_of(name)[0]))
    spec = FIELDS[name]
    return spec.is_numeric or bool(spec.picks) or spec.kind in ("choice", "boolean")


def ranges(scenario: Scenario, name: str, points: int = POINTS) -> list[Range]:
    """Ranges of a field or a panel, the most usual first; none where only the user knows one.

    Those of numbers that may be any have so many points.
    """
    if name in PANELS:
        return [Range(_EVERYTHING, f"every preset of {PANELS[name].title.lower()}")]
    spec = FIELDS[name]
    if spec.picks:
        return [Range(_EVERYTHING, "every preset")]
    if not spec.is_numeric:
        return [Range(_EVERYTHING, "every choice")]
    value = scenario.value(name)
    now = float(value) if isinstance(value, int | float) else 0.0
    found = [*_around(spec, now, points), *_between_bounds(spec)]
    several = [each for each in found if len(read_axis(f"{name}={each.values}").values) > 1]
    return list({each.values: each for each in several}.values())


def _around(spec: FieldSpec, now: float, points: int) -> list[Range]:
    """Ranges around the present value; none around 0 or the unknown."""
    if not now > 0:
        return []
    by_steps = _range(spec, now - _STEPS * spec.step, now + _STEPS * spec.step, spec.step)
    doubling = _doubling(spec, now)
    twice = Range(f"{_ends(spec, now / 2, now * 2)}:{points}", "from half to twice")
    decades = Range(f"{_ends(spec, now / 10, now * 10)}:{points}:log",
                    "from a tenth to ten times, by logarithms")  # fmt: skip
    if spec.nudge == "power of two":
        return [doubling, twice]
    if spec.nudge in ("one", "step"):
        return [by_steps, doubling]
    return [twice, decades]


def _doubling(spec: FieldSpec, now: float) -> Range:
    low, high = _within(spec, now / _DOUBLINGS), _within(spec, now * _DOUBLINGS)
    return Range(f"{_text(spec, low)}:{_text(spec, high)}:doubling", "doubling, around its value")


def _range(spec: FieldSpec, low: float, high: float, step: float) -> Range:
    """Every step from one end to the other."""
    low, high = _within(spec, low), _within(spec, high)
    steps = max(1, round((high - low) / step))
    return Range(f"{_text(spec, low)}:{_text(spec, high)}:{steps + 1}", "step by step")


def _between_bounds(spec: FieldSpec) -> list[Range]:
    """The whole range of a share."""
    if spec.unit != "fraction" or spec.maximum is None or spec.maximum > 1:
        return []
    low = spec.minimum if spec.minimum is not None else 0.0
    ends = f"{_text(spec, low)}:{_text(spec, spec.maximum)}"
    return [Range(f"{ends}:21", "its whole range")]


def _ends(spec: FieldSpec, low: float, high: float) -> str:
    return f"{_text(spec, _within(spec, low))}:{_text(spec, _within(spec, high))}"


def _within(spec: FieldSpec, number: float) -> float:
    """The nearest number that the field may have."""
    if spec.minimum is not None:
        number = max(number, spec.minimum)
    if spec.above is not None and number <= spec.above:
        number = spec.above + 1
    if 0 < number < spec.least:
        number = spec.least
    return number if spec.maximum is None else min(number, spec.maximum)


def _text(spec: FieldSpec, number: float) -> str:
    if spec.kind == "integer":
        number = max(round(number), 1) if number > 0 else round(number)
    else:
        number = float(f"{number:.6g}")
    return format_exact(number, spec.unit)
