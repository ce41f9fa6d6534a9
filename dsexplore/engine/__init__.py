"""The engine: a graph of quantities, pure functions of a scenario's fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dsexplore.engine.feasible import (
    at_least,
    concerning,
    impossible,
    impossible_where,
    may_concern,
    may_forbid,
    resting,
    threatening,
)
from dsexplore.engine.formulas import modules
from dsexplore.engine.graph import Graph, Values
from dsexplore.engine.intervals import intervals
from dsexplore.engine.quantity import GraphError, Quantity
from dsexplore.engine.unknown import Unknowns
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS

GRAPH = Graph(modules(), (*FIELDS, MEASURED_RUN))
QUANTITIES = GRAPH.quantities
# The low and the high end of a result's interval, by the result.
INTERVALS = intervals(QUANTITIES)
PROBLEMS = tuple(name for name in QUANTITIES if QUANTITIES[name].kind == "problem")

__all__ = [
    "GRAPH",
    "INTERVALS",
    "PROBLEMS",
    "QUANTITIES",
    "Graph",
    "GraphError",
    "Quantity",
    "Unknowns",
    "Values",
    "at_least_in",
    "evaluate",
    "impossible_anywhere",
    "impossible_in",
    "problems_about",
    "problems_forbidding",
    "resting_on",
    "threats_to",
    "unknowns_in",
    "warnings_in",
]


def evaluate(inputs: Mapping[str, Any], only: Iterable[str] | None = None) -> Values:
    """Values of every quantity, or of some, from the fields of a scenario (`Graph.evaluate`)."""
    return GRAPH.evaluate(inputs, only)


def unknowns_in(values: Mapping[str, Any]) -> Unknowns:
    """The reasons behind unknown results; `values` holds all fields and quantities, as scalars."""
    return Unknowns(GRAPH, values)


def impossible_in(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The results that cannot be had, with sentences why; `values` as for `unknowns_in`."""
    return impossible(GRAPH, values)


def impossible_anywhere(
    values: Mapping[str, Any], problems: Iterable[str], names: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Where in arrays results cannot be had, by the problem in the way (`impossible_where`)."""
    return impossible_where(GRAPH, values, problems, names)


def at_least_in(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The results that are bounds, with the unknown parts left out; `values` as `unknowns_in`."""
    return at_least(GRAPH, values)


def resting_on(values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, list[str]]:
    """The results computed from any of some fields, with these; `values` as `unknowns_in`."""
    return resting(GRAPH, values, fields)


def problems_about(inputs: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems that concern some names where they are in force; `inputs` holds all fields."""
    return may_concern(GRAPH, inputs, names)


def problems_forbidding(inputs: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems that forbid what results are computed from; `inputs` holds all fields."""
    return may_forbid(GRAPH, inputs, names)


def threats_to(values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems that would make some results impossible; `values` as for `unknowns_in`."""
    return threatening(GRAPH, values, names)


def warnings_in(values: Mapping[str, Any], about: Iterable[str] | None = None) -> list[str]:
    """The sentences about problems among evaluated scalars, or those that concern some names.

    With names to be `about`, `values` holds the fields as well.
    """
    return list(problems_in(values, about))


def problems_in(values: Mapping[str, Any], about: Iterable[str] | None = None) -> dict[str, str]:
    """The same sentences, each with the name of the first problem that says it."""
    found = [name for name in PROBLEMS if values.get(name)]
    if found and about is not None:  # mostly there is none, and nothing has to be followed up
        found = concerning(GRAPH, values, about)
    said: dict[str, str] = {}
    for name in found:
        if values.get(name):
            said.setdefault(values[name], name)
    return said
