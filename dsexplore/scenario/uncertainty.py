"""The uncertainty table: a distribution for any numeric field, as the user states it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_serializer, model_validator

from dsexplore.scenario.field import FieldSpec
from dsexplore.text.refusal import ScenarioError, shown

_PARAMETERS = {
    "uniform": ("lowest", "highest"),
    "loguniform": ("lowest", "highest"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("median", "factor of one standard deviation"),
    "triangular": ("lowest", "most likely", "highest"),
}
# To choose from.
_MOST_VALUES = 1_000
_ORDERED = ("uniform", "loguniform", "triangular")
_FORMS = "; ".join(f"{kind} = [{', '.join(words)}]" for kind, words in _PARAMETERS.items())


class Distribution(BaseModel):
    """One distribution: `{ uniform = [low, high] }` and its like, or `{ choice = [values] }`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["uniform", "loguniform", "normal", "lognormal", "triangular", "choice"]
    parameters: tuple[float, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_toml(cls, raw: object) -> object:
        if isinstance(raw, dict) and set(raw) == {"kind", "parameters"}:
            return raw
        if isinstance(raw, dict) and len(raw) == 1:
            [(kind, parameters)] = raw.items()
            if isinstance(kind, str) and isinstance(parameters, list | tuple):
                return {"kind": kind, "parameters": tuple(parameters)}
        raise ScenarioError("", shown(raw), f"one of {_FORMS}; choice = [values]")

    @model_serializer
    def _to_toml(self) -> dict[str, Any]:
        return {self.kind: list(self.parameters)}

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
    if kind not in ("normal", "lognormal"):
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
