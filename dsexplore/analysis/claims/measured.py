"""Expressions with units: what a recipe gives, and in which unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dsexplore.analysis.claims.calls import unit_of_call
from dsexplore.analysis.claims.expression import (
    Call,
    Expression,
    Name,
    Node,
    Operation,
    Quantity,
    Value,
    applied,
)
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import unit_of
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError, shown
from dsexplore.text.units import Unit, conversion, unit_of_text

_ADDED = ("+", "-")


@dataclass(frozen=True, slots=True)
class _Measured:
    """A number and its unit. A bare number takes any unit that it is added to."""

    value: float
    unit: Unit
    is_bare: bool = False


def unit_given(expression: Expression, own: Mapping[str, str] | None = None) -> str:
    """The engine's unit of what an expression gives; empty for a plain number or none of its units.

    Raises ScenarioError for a sum of what measures differently.
    """
    if expression.text in expression.names:
        unit = _unit_of(expression.text, own)
        return "" if unit == "text" else unit
    found = _evaluated(expression.items[0], lambda name: 1.0, lambda call: 1.0, own)
    if found.is_bare or found.unit.is_pure:
        return ""
    named = (unit for unit in _engine_units() if unit_of_text(unit) == found.unit)
    return next(named, "")


@lru_cache(maxsize=1)
def _engine_units() -> tuple[str, ...]:
    fields = (spec.unit for spec in FIELDS.values())
    return tuple(dict.fromkeys((*fields, *(found.unit for found in QUANTITIES.values()))))


def check_unit(
    expression: Expression, unit: str, where: str, own: Mapping[str, str] | None = None
) -> None:
    """Raise ScenarioError where an expression does not give what the unit measures.

    Arithmetic of bare numbers is in any unit. `own` are the units of names that are no fields or
    quantities.
    """
    wanted = unit_of_text(unit)
    for node in expression.items:
        found = _evaluated(node, lambda name: 1.0, lambda call: 1.0, own)
        is_single = isinstance(node, Name)
        if not found.is_bare and not found.unit.is_called(wanted, exactly=is_single):
            given = unit_given(expression, own)
            called = f"in {given}" if given else _described(found.unit)
            named = shown(unit) if unit else "a plain number"
            raise ScenarioError(where, f"{named}, but the recipe is {called}", "a unit of the same")


def value_in(
    expression: Expression,
    unit: str,
    value_of: Callable[[str], float],
    result_of: Callable[[Call], float],
    own: Mapping[str, str] | None = None,
) -> Value:
    """The value of a checked expression in a unit, nan if a name is unknown."""
    wanted = unit_of_text(unit)
    found = (_evaluated(node, value_of, result_of, own) for node in expression.items)
    values = tuple(one.value if one.is_bare else _converted(one, wanted) for one in found)
    return values if expression.is_list else values[0]


def _converted(found: _Measured, wanted: Unit) -> float:
    factor = conversion(found.unit, wanted)
    return found.value if factor == 1 else found.value * factor


def _evaluated(
    node: Node,
    value_of: Callable[[str], float],
    result_of: Callable[[Call], float],
    own: Mapping[str, str] | None = None,
) -> _Measured:
    if isinstance(node, Name):
        return _Measured(value_of(node.text), unit_of_text(_unit_of(node.text, own)))
    if isinstance(node, Quantity):
        return _Measured(node.value, node.unit)
    if isinstance(node, Call):
        return _Measured(result_of(node), unit_of_text(unit_of_call(node)))
    if isinstance(node, Operation):
        left = _evaluated(node.left, value_of, result_of, own)
        return _combined(node.sign, left, _evaluated(node.right, value_of, result_of, own))
    return _Measured(node, Unit(), is_bare=True)


def _combined(sign: str, left: _Measured, right: _Measured) -> _Measured:
    is_bare = left.is_bare and right.is_bare
    if sign == "**":
        if not right.unit.is_pure or (not right.is_bare and not left.unit.is_pure):
            raise ScenarioError("gives", "a power that is no plain number", "a plain number")
        unit = left.unit.power(right.value) if right.is_bare else Unit()
        return _Measured(applied(sign, left.value, right.value), unit, is_bare)
    if sign in _ADDED:
        return _sum(sign, left, right, is_bare=is_bare)
    unit = left.unit.times(right.unit, 1 if sign == "*" else -1)
    return _Measured(applied(sign, left.value, right.value), unit, is_bare)


def _sum(sign: str, left: _Measured, right: _Measured, *, is_bare: bool) -> _Measured:
    if left.is_bare:
        return _Measured(applied(sign, left.value, right.value), right.unit, is_bare)
    if right.is_bare:
        return _Measured(applied(sign, left.value, right.value), left.unit)
    if not left.unit.is_comparable(right.unit):
        both = f"a sum of {_described(left.unit)} and {_described(right.unit)}"
        raise ScenarioError("gives", both, "values of one kind")
    return _Measured(applied(sign, left.value, _converted(right, left.unit)), left.unit)


def _unit_of(name: str, own: Mapping[str, str] | None) -> str:
    return own[name] if own and name in own else unit_of(name.rpartition(".")[2])


def _described(unit: Unit) -> str:
    """A unit in words, from what it measures and counts."""
    powers = {**unit.measures, **unit.counts}
    if not powers:
        return "a plain number"
    above, below = (
        [_powered(kind, abs(power)) for kind, power in powers.items() if power * sign > 0]
        for sign in (1, -1)
    )
    top = " x ".join(above) or "1"
    return f"{top} / {' / '.join(below)}" if below else top


def _powered(kind: str, power: float) -> str:
    return kind if power == 1 else f"{kind}**{power:g}"
