"""Limits: a condition on a field or result, as people type it: memory_headroom>0."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dsexplore.engine.names import check_name, is_number, unit_of
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_OF_WORDS = ("=", "!=")
_EXAMPLE = "a name, a sign (<, <=, =, !=, >=, >) and a value, such as memory_headroom>0"


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition: a field's or result's name, a sign, and a value in its base unit."""

    name: str
    sign: str
    value: Value

    def keeps(self, values: Any) -> Any:
        """Where values keep it; what is unknown does not."""
        return _SIGNS[self.sign](values, self.value)


def limit(text: str, where: str) -> Limit:
    """The condition that a text states. Raises ScenarioError with `where` it stands."""
    sign = next((each for each in _SIGNS if each in text), "")
    name, _, value = (part.strip() for part in text.partition(sign or "="))
    if not sign or not name or not value:
        raise ScenarioError(where, shown(text), _EXAMPLE)
    check_name(name, where)
    if not is_number(name) and sign not in _OF_WORDS:
        raise ScenarioError(where, shown(text), f"= or != for {name}, which is no number")
    found = _read(name, value, where, text)
    if found is None:
        raise ScenarioError(where, shown(text), f"a known value of {name}")
    return Limit(name, sign, found)


def _read(name: str, value: str, where: str, text: str) -> Value:
    if name in FIELDS:
        return FIELDS[name].read(value)
    if not is_number(name):
        return value
    try:
        return parse_quantity(value, unit_of(name))
    except UnitError as error:
        reason = str(error)
        wanted = reason.partition(", not ")[2] or reason
        raise ScenarioError(where, shown(text), wanted) from None
