"""An axis of a sweep: a field or a panel, and the values that it takes one after another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NoReturn

from dsexplore.library.names import kinds_of, preset_names, preset_path
from dsexplore.scenario.field import FieldSpec, Value
from dsexplore.scenario.fields import FIELDS, PANELS
from dsexplore.scenario.measured_run import HOURS, LATER_HOURS
from dsexplore.scenario.scenario import known_field
from dsexplore.scenario.schedules import PIECES
from dsexplore.text.refusal import ScenarioError, nearest, shown

_WHERE = "--over"
# On one axis.
MOST_VALUES = 1_000_000
_ALL = "all"
_FORMS = "NAME=LOW:HIGH:COUNT, NAME=LOW:HIGH:COUNT:log, NAME=LOW:HIGH:doubling or NAME=A,B,C"

# Stating one of these changes more than the field itself, or a rule between fields may refuse it.
_ONE_BY_ONE = {
    *HOURS,
    *LATER_HOURS,
    PIECES,
    *(name for panel in PANELS.values() for name in panel.ruled()),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """A field or a panel's name, and its values: numbers in the base unit, or words."""

    name: str
    values: tuple[Value, ...]

    @property
    def unit(self) -> str:
        """The base unit of its values; empty for words."""
        return FIELDS[self.name].unit if self.is_number else ""

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.name in FIELDS and FIELDS[self.name].is_numeric

    @property
    def is_array(self) -> bool:
        """Whether all its values can be evaluated at once, as an array of the field."""
        return self.is_number and self.name not in _ONE_BY_ONE


def read_axis(words: str, most: int = MOST_VALUES) -> Axis:
    """The axis of `NAME=VALUES`, of at most so many values where these are counted.

    Raises ScenarioError with the place and what is allowed.
    """
    name, equals, stated = (part.strip() for part in words.partition("="))
    if not (name and equals and stated):
        raise ScenarioError(_WHERE, shown(words), _FORMS)
    if name in PANELS:
        return Axis(name, _presets(name, stated, kinds_of(name)))
    if name not in FIELDS:
        # A panel may have been meant as well.
        raise ScenarioError(
            _WHERE, f"unknown field or panel {shown(name)}", nearest(name, [*FIELDS, *PANELS])
        )
    spec = known_field(name)
    if spec.picks:
        return Axis(name, _presets(name, stated, (spec.picks,)))
    if not spec.is_numeric:
        return Axis(name, _words(spec, stated))
    numbers = _range(spec, stated, most) if ":" in stated else _list(spec, stated)
    return Axis(name, tuple(numbers))


def _presets(name: str, stated: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Names of presets, or files of one's own; `all`: every preset of the first kind."""
    if stated == _ALL:
        return tuple(preset_names(kinds[0]))
    found = _cut(stated)
    for word in found:
        is_file = name in PANELS and word.endswith(".toml")
        if not is_file and preset_path(word, kinds) is None:
            known = sorted({each for kind in kinds for each in preset_names(kind)})
            raise ScenarioError(f"{_WHERE} {name}", shown(word), f"all, {nearest(word, known)}")
    return found


def _words(spec: FieldSpec, stated: str) -> tuple[Value, ...]:
    """Values of a field of words; `all`: every choice it has."""
    every = {"choice": spec.choices, "boolean": ("yes", "no")}.get(spec.kind, ())
    words = every if stated == _ALL and every else _cut(stated)
    return tuple(dict.fromkeys(_read(spec, word) for word in words))


def _list(spec: FieldSpec, stated: str) -> list[Value]:
    return [*dict.fromkeys(_number(spec, word) for word in _cut(stated))]


def _cut(stated: str) -> tuple[str, ...]:
    """The values of a list, between semicolons where a value has commas of its own."""
    parts = [part.strip() for part in stated.split(";" if ";" in stated else ",")]
    return tuple(dict.fromkeys(part for part in parts if part))


def _range(spec: FieldSpec, stated: str, most: int) -> list[Value]:
    """The numbers of LOW:HIGH:COUNT, evenly spaced or by logarithms, or doubling."""
    low, high, count, scale = _parts(spec, stated, most)
    if low > high:
        _refuse(spec, f"{shown(stated)}, which falls", "LOW below HIGH")
    if scale != "linear" and low <= 0:
        _refuse(spec, f"{shown(stated)}, from 0", "LOW above 0, or even steps: LOW:HIGH:COUNT")
    if scale == "doubling":
        numbers = [low * 2**power for power in range(int(math.log2(high / low) + 1e-9) + 1)]
    elif count == 1:
        numbers = [low]
    else:
        step = _by_logarithms if scale == "log" else _evenly
        numbers = [low, *(step(low, high, k / (count - 1)) for k in range(1, count - 1)), high]
    whole = spec.kind == "integer"
    found: list[Value] = [round(number) if whole else float(number) for number in numbers]
    # Between none at all and the least that there is of a thing lies nothing.
    return [value for value in dict.fromkeys(found) if spec.contains(float(value or 0))]


def _evenly(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def _by_logarithms(low: float, high: float, share: float) -> float:
    return math.exp(math.log(low) + (math.log(high) - math.log(low)) * share)


def _parts(spec: FieldSpec, stated: str, most: int) -> tuple[float, float, int, str]:
    """The ends, the count and the scale of a range."""
    parts = [part.strip() for part in stated.split(":")]
    if len(parts) == 3:
        parts.append("doubling" if parts[2] == "doubling" else "linear")
    if len(parts) != 4 or parts[3] not in ("linear", "log", "doubling"):
        _refuse(spec, shown(stated), _FORMS.replace("NAME", spec.name))
    ends = [_number(spec, part) for part in parts[:2]]
    low, high = (float(end) for end in ends if isinstance(end, int | float))
    if parts[3] == "doubling":
        return low, high, 0, parts[3]
    digits = parts[2].replace("_", "").replace(",", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        _refuse(spec, f"{shown(parts[2])} values", f"a whole number from 1 to {most:,}")
    count = int(digits)
    if not 1 <= count <= most:
        _refuse(spec, f"{count:,} values", f"a whole number from 1 to {most:,}")
    return low, high, count, parts[3]


def _number(spec: FieldSpec, word: str) -> Value:
    """A number within the field's range."""
    value = _read(spec, word)
    if not isinstance(value, int | float) or not spec.contains(float(value)):
        _refuse(spec, shown(word), spec.allowed().removesuffix(', or "unknown"'))
    return value


def _read(spec: FieldSpec, word: str) -> Value:
    try:
        return spec.read(word)
    except ScenarioError as error:
        raise ScenarioError(f"{_WHERE} {spec.name}", error.found, error.allowed) from None


def _refuse(spec: FieldSpec, found: str, allowed: str) -> NoReturn:
    raise ScenarioError(f"{_WHERE} {spec.name}", found, allowed)
