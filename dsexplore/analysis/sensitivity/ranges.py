"""Ranges: from where to where a field is moved, and who says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.scenario import FIELDS, Scenario, known_field
from dsexplore.text.refusal import ScenarioError, shown

# How far an amount is moved where nobody states a range.
SHARE = 0.2
DEFAULT = f"±{SHARE:.0%}".replace("%", " %")
STATED = "as stated"
NEXT = "next value"
OTHER = "other choices"
_LOW, _HIGH = 0.05, 0.95
UNCERTAIN = "5 to 95 % of its uncertainty"
_WHERE = "--range"


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value of a field, and where they come from."""

    low: float
    high: float
    words: str


def read_ranges(options: Sequence[str]) -> dict[str, Range]:
    """Ranges by field, of `FIELD=LOW:HIGH`. Raises ScenarioError."""
    found: dict[str, Range] = {}
    for words in options:
        name, equals, rest = (part.strip() for part in words.partition("="))
        ends = [part.strip() for part in rest.split(":")]
        if not (name and equals and len(ends) == 2 and all(ends)):
            raise ScenarioError(_WHERE, shown(words), "FIELD=LOW:HIGH")
        spec = known_field(name, _WHERE)
        if not spec.is_numeric:
            raise ScenarioError(_WHERE, f"{name}, which is no number", "a numeric field")
        if name in found:
            raise ScenarioError(_WHERE, f"{name} twice", "each field once")
        low, high = (_number(spec, end) for end in ends)
        if low >= high:
            raise ScenarioError(f"{_WHERE} {name}", shown(rest), "LOW below HIGH")
        found[name] = Range(low, high, STATED)
    return found


def uncertain(scenario: Scenario) -> dict[str, Range]:
    """Ranges of the fields that the scenario says are uncertain."""
    if not scenario.uncertainty:
        return {}
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    from dsexplore.analysis.simulate.draw import Draw  # noqa: PLC0415 - nor for this

    draw = Draw(scenario.uncertainty, {})
    ends = draw.values(np.tile([_LOW, _HIGH], (len(draw.names), 1)))
    return {name: Range(float(low), float(high), UNCERTAIN) for name, (low, high) in ends.items()}


def around(spec: FieldSpec, value: float) -> Range:
    """The default range of an amount, as far as the field allows."""
    low, high = (_nearest(spec, value * (1 + share)) for share in (-SHARE, SHARE))
    return Range(low, high, DEFAULT)


def _nearest(spec: FieldSpec, value: float) -> float:
    """The value, or the end of the field's range before it."""
    if spec.maximum is not None:
        value = min(value, spec.maximum)
    if spec.minimum is not None:
        value = max(value, spec.minimum)
    if 0 < value < spec.least:
        value = spec.least
    return float(round(value)) if spec.kind == "integer" else value


def _number(spec: FieldSpec, word: str) -> float:
    try:
        value = spec.read(word)
    except ScenarioError as error:
        raise ScenarioError(f"{_WHERE} {spec.name}", error.found, error.allowed) from None
    if not isinstance(value, int | float) or not spec.contains(float(value)):
        raise ScenarioError(
            f"{_WHERE} {spec.name}", shown(word), spec.allowed().removesuffix(', or "unknown"')
        )
    return float(value)


def unread(ranges: Mapping[str, Range], used: set[str]) -> list[str]:
    """The fields of stated ranges that nothing asked for reads, in the order of the fields."""
    return [name for name in FIELDS if name in ranges and name not in used]
