"""The uncertainty table: a distribution for any numeric field, as the user states it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.fields import FIELDS
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError, shown, unknown

_PARAMETERS = {
    "uniform": ("lowest", "highest"),
    "loguniform": ("lowest", "highest"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("median", "factor of one standard deviation"),
    "triangular": ("lowest", "most likely", "highest"),
}
# To choose from.
_MOST_VALUES = 1_000
_AROUND = ("normal", "lognormal")
_ORDERED = ("uniform", "loguniform", "triangular")
_FORMS = "; ".join(f"{kind} = [{', '.join(words)}]" for kind, words in _PARAMETERS.items())


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution: `{ uniform = [low, high] }` and its like, or `{ choice = [values] }`."""

    kind: str
    parameters: tuple[float, ...]

    def as_raw(self) -> dict[str, list[float]]:
        """As a file states it."""
        return {self.kind: list(self.parameters)}

    def text(self, unit: str) -> str:
        """The distribution with its numbers for reading."""
        numbers = ", ".join(format_value(value, unit, 3) for value in self.parameters)
        return f"{self.kind} {numbers}"

    @classmethod
    def typed(cls, spec: FieldSpec, line: str, present: object) -> Distribution:
        """The distribution of a typed line: a kind and its numbers, with commas or blanks between.

        A spread alone, as in `lognormal 1.2`, is around the present value. Raises ScenarioError.
        """
        kind, _, rest = line.strip().partition(" ")
        numbers = rest.split(",") if "," in rest else rest.split()
        values: list[object] = [each.strip() for each in numbers]
        if kind in _AROUND and len(values) == 1:
            values = [present, *values]
        return cls.read(spec, {kind: values})

    @classmethod
    def read(cls, spec: FieldSpec, raw: object) -> Distribution:
        """The distribution stated for a field; its values are read like the field's own.

        Raises ScenarioError.
        """
        where = f"uncertainty.{spec.name}"
        if not spec.is_numeric:
            raise ScenarioError(where, shown(raw), "a distribution of a numeric field")
        if isinstance(raw, Distribution):
            return raw
        if not isinstance(raw, dict) or len(raw) != 1:
            raise ScenarioError(where, shown(raw), f"one of {_FORMS}; choice = [values]")
        [(kind, parameters)] = raw.items()
        if kind not in (*_PARAMETERS, "choice") or not isinstance(parameters, list):
            raise ScenarioError(where, shown(raw), f"one of {_FORMS}; choice = [values]")
        if len(parameters) > _MOST_VALUES:
            raise ScenarioError(where, f"{len(parameters):,} values", f"at most {_MOST_VALUES:,}")
        values = [
            _number(_spread(spec, kind) if place == 1 else spec, where, value)
            for place, value in enumerate(parameters)
        ]
        _check(where, kind, values)
        return cls(kind=kind, parameters=tuple(values))


def _spread(spec: FieldSpec, kind: str) -> FieldSpec:
    """How the second parameter is read: a spread need not be a value itself."""
    if kind not in _AROUND:
        return spec
    unit = "" if kind == "lognormal" else spec.unit
    return replace(spec, kind="number", unit=unit, minimum=0, above=None, least=0, maximum=None)


def _number(spec: FieldSpec, where: str, raw: object) -> float:
    value = spec.read(raw)
    if value is None or isinstance(value, str) or not spec.contains(value):
        raise ScenarioError(where, shown(raw), spec.allowed())
    return float(value)


def _check(where: str, kind: str, values: list[float]) -> None:
    found = f"{kind} = {values}"
    words = _PARAMETERS.get(kind)
    if words and len(values) != len(words):
        raise ScenarioError(where, found, f"{kind} = [{', '.join(words)}]")
    if not values:
        raise ScenarioError(where, found, "at least one value to choose from")
    if kind in _ORDERED and values != sorted(values):
        raise ScenarioError(where, found, "values from the lowest to the highest")
    if kind in ("loguniform", "lognormal") and min(values) <= 0:
        raise ScenarioError(where, found, "values above 0")


def read_correlations(raw: dict[str, Any]) -> dict[str, dict[str, float]]:
    """`[correlations]`: how the ranks of two uncertain fields move together, from -1 to 1.

    Raises ScenarioError.
    """
    for one, others in raw.items():
        where = f"correlations.{_numeric(one)}"
        if not isinstance(others, dict):
            raise ScenarioError(where, shown(others), "a table of other fields: { NAME = 0.5 }")
        for other, number in others.items():
            if _numeric(other) == one:
                raise ScenarioError(where, "the field itself", "another field")
            is_number = isinstance(number, int | float) and not isinstance(number, bool)
            if not is_number or not -1 < number < 1:
                raise ScenarioError(f"{where}.{other}", shown(number), "between -1 and 1")
    return {
        one: {other: float(number) for other, number in others.items()}
        for one, others in raw.items()
    }


def _numeric(name: str) -> str:
    spec = FIELDS.get(name)
    if spec is None:
        raise unknown("field", name, list(FIELDS), "correlations")
    if not spec.is_numeric:
        raise ScenarioError(f"correlations.{name}", "no number", "a numeric field")
    return name
