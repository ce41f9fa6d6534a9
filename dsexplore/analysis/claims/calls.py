"""Functions of a recipe: counts and scores of a table of benchmarks, and days between dates."""

from __future__ import annotations

import math
from datetime import date

from dsexplore.analysis.claims.benchmarks import FUNCTIONS, BenchmarkTable, count
from dsexplore.analysis.claims.benchmarks import check_call as check_in_table
from dsexplore.analysis.claims.expression import Call
from dsexplore.text.refusal import ScenarioError, shown

_DAYS = "days"
_TWO_DATES = "two dates, days('2024-12-27', '2025-01-22')"


def check_call(table: BenchmarkTable | None, call: Call) -> None:
    """Raise ScenarioError for an unknown function, or arguments that it does not take."""
    if call.function == _DAYS:
        _check_dates(call)
    elif call.function in FUNCTIONS:
        check_in_table(table, call)
    else:
        known = ", ".join((*FUNCTIONS, _DAYS))
        raise ScenarioError("", f"unknown function {shown(call.function)}", known)


def result_of(table: BenchmarkTable | None, call: Call) -> float:
    """What a call gives: days, or what it counts in a table. It has passed `check_call`."""
    if call.function == _DAYS:
        first, second = map(date.fromisoformat, call.arguments)
        return float((second - first).days)
    return math.nan if table is None else count(table, call)


def unit_of_call(call: Call) -> str:
    """The unit of what a call gives; empty for a plain number."""
    return "day" if call.function == _DAYS else ""


def _check_dates(call: Call) -> None:
    if len(call.arguments) != len(("from", "to")):
        raise ScenarioError("", f"{call.function} of {len(call.arguments)}", _TWO_DATES)
    for words in call.arguments:
        try:
            date.fromisoformat(words)
        except ValueError:
            raise ScenarioError("", shown(words), _TWO_DATES) from None
