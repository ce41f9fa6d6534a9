"""Expressions of a claim, checked: its recipe, and the places for numbers in its notes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsexplore.analysis.claims.benchmarks import BenchmarkTable
from dsexplore.analysis.claims.calls import check_call
from dsexplore.analysis.claims.expression import Expression, check_numbers, parse_expression
from dsexplore.analysis.claims.measured import check_unit
from dsexplore.analysis.claims.parts import Part
from dsexplore.analysis.claims.tables import placed
from dsexplore.engine.names import check_name, is_number
from dsexplore.text.refusal import ScenarioError, shown

MOST_READINGS = 8
_BLANK = re.compile(r"\{([^{}|]*)(?:\|([^{}|]*))?\}")
# The names a note has for the figures of its own claim.
OWN_NAMES = ("states", "gives", "deviation", *(f"reading_{n}" for n in range(1, MOST_READINGS + 1)))


@dataclass(frozen=True, slots=True)
class Blank:
    """A place in a note for a computed number."""

    written: str
    expression: Expression
    unit: str


def checked_expression(
    text: str,
    where: str,
    parts: tuple[Part, ...],
    table: BenchmarkTable | None,
    own: tuple[str, ...] = (),
) -> Expression:
    """An expression with known names and functions alone. Raises ScenarioError."""
    try:
        expression = parse_expression(text)
        check_numbers(expression)
        for name in expression.names:
            if name not in own:
                _check_name(name, parts)
        for call in expression.calls:
            check_call(table, call)
    except ScenarioError as error:
        raise placed(error, where) from None
    return expression


def _check_name(text: str, parts: tuple[Part, ...]) -> None:
    alias, _, name = text.rpartition(".")
    if not parts:
        raise ScenarioError("", f"{shown(text)} of no scenario", "a key 'scenario'")
    aliases = [part.alias for part in parts]
    if alias not in aliases:
        of_them = ", ".join(f"{known}.{name}" for known in aliases if known)
        raise ScenarioError("", shown(text), of_them or f"{name}, as there is one scenario")
    check_name(name)
    if not is_number(name):
        raise ScenarioError("", f"{name}, which is text", "fields and quantities that are numbers")


def own_units(unit: str, gives_unit: str) -> dict[str, str]:
    """The units of the names that a note has for the figures of its own claim."""
    units = {"gives": gives_unit, "deviation": "fraction"}
    return {name: units.get(name, unit) for name in OWN_NAMES}


def blanks_of(
    text: str,
    where: str,
    parts: tuple[Part, ...],
    table: BenchmarkTable | None,
    own: dict[str, str],
) -> tuple[Blank, ...]:
    """The parts of a sentence to be computed: `{expression}`, or `{expression | unit}`."""
    found = []
    for match in _BLANK.finditer(text):
        unit = (match[2] or "").strip()
        expression = checked_expression(match[1], where, parts, table, OWN_NAMES)
        if unit:
            check_unit(expression, unit, where, own)
        found.append(Blank(match[0], expression, unit))
    return tuple(found)
