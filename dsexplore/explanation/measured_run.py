"""The measured run in an explanation: what a formula takes from it, and how that reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsexplore.engine import Quantity
from dsexplore.engine.elementwise import is_known
from dsexplore.engine.measured_run import fields_in_run
from dsexplore.engine.names import unit_of
from dsexplore.explanation.term import Term
from dsexplore.explanation.trace import Reading
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import format_value


def changed_since(found: Quantity, values: Mapping[str, Any]) -> list[str]:
    """The fields of a formula that differ from the measured run's, where it takes these."""
    if not found.is_of_run:
        return []
    fields = {need: values[need] for need in found.needs if need in FIELDS}
    differing = fields_in_run(values.get(MEASURED_RUN), fields)
    return [name for name in found.needs if name in differing]


def reading_in_run(found: Quantity, values: Mapping[str, Any]) -> Reading:
    """The formula of what is taken from the run: another's, with the values of the run.

    Where none of them differs it is that other one itself.
    """
    value, original = values[found.name], found.needs[1]
    changed = changed_since(found, values)
    if found.watches:
        result = Term("number", value)
    elif changed and original not in FIELDS:
        run = values[MEASURED_RUN].values
        parts = tuple(Term("name", run[name], name, unit=unit_of(name)) for name in changed)
        result = Term("call", value, original, parts)
    else:
        result = Term("name", value, original, unit=found.unit)
    return Reading(found.name, found.summary, (), (), result, ())


def said_of_run(found: Quantity, values: Mapping[str, Any]) -> str:
    """What differs in the measured run, in a sentence; empty for a formula that takes nothing."""
    if not found.is_of_run:
        return ""
    changed = changed_since(found, values)
    if not changed:
        return "Nothing that it depends on differs from the measured run."
    run = values[MEASURED_RUN].values
    told = ", ".join(f"{name} {_text(name, run[name])}" for name in changed)
    return f"The measured run had {told}."


def _text(name: str, value: Any) -> str:
    return format_value(value, unit_of(name)) if is_known(value) else UNKNOWN
