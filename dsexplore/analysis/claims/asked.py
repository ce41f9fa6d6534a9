"""Results that a claim asks of a scenario, each with what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dsexplore.engine import GRAPH, QUANTITIES, evaluate, problems_forbidding
from dsexplore.engine.feasible import parts_of_bounded
from dsexplore.engine.standing import Standing
from dsexplore.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Asked:
    """Some results of a scenario, why they cannot be had, and what is left out of them."""

    values: Mapping[str, Any]
    problems: Mapping[str, list[str]]
    left_out: Mapping[str, list[str]]


def asked_of(scenario: Scenario, names: Iterable[str]) -> Asked:
    """Some results, and no more is evaluated where nothing is wrong with them or unknown."""
    inputs = scenario.inputs()
    results = [name for name in names if name in QUANTITIES]
    if not results:
        return Asked(inputs, {}, {})
    parts = parts_of_bounded(GRAPH, results)
    problems = problems_forbidding(inputs, results)
    values = evaluate(inputs, dict.fromkeys([*results, *parts, *problems]))
    is_fine = not any(values[name] for name in problems)
    if is_fine and not any(math.isnan(values[name]) for name in (*results, *parts)):
        return Asked(inputs | values, {}, {})
    found = Standing(scenario)
    return Asked(found.values, found.impossible, found.at_least)
