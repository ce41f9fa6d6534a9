"""Every choice made in scenarios of very different models, computing only what each one moves."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, NamedTuple

from dsexplore.engine import GRAPH, QUANTITIES, evaluate
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.strategies import choice_bases, with_choice
from tests.ways import Ways

# Every choice that a field offers, so that none waits to be drawn.
CHOICES = [
    (name, choice)
    for name, spec in FIELDS.items()
    for choice in (spec.choices or ((False, True) if spec.kind == "boolean" else ()))
]


class Made(NamedTuple):
    """A choice made in one scenario."""

    # In words; nothing is chosen where a scenario comes as it is.
    what: str
    # Of all fields and quantities.
    values: dict[str, Any]
    # The quantities that may be other than they are without the choice.
    moved: Collection[str]


def choices_made() -> Iterator[Made]:
    """The scenarios as they are; then with each choice, one after another."""
    bases = []
    for scenario in choice_bases():
        inputs = scenario.inputs()
        bases.append({**inputs, **evaluate(inputs)})
        yield Made(f"{_named(scenario)} as it is", bases[-1], QUANTITIES)
    for field, choice in CHOICES:
        for scenario, base in zip(with_choice(field, choice), bases, strict=True):
            values, moved = with_inputs(base, scenario.inputs())
            yield Made(f"{field} = {choice} in {_named(scenario)}", values, moved)


def _named(scenario: Scenario) -> str:
    return f"{scenario.title}, {scenario.value('utilization')}"


def with_inputs(
    base: dict[str, Any], inputs: dict[str, Any]
) -> tuple[dict[str, Any], Collection[str]]:
    """Values of all fields and quantities at other inputs, and the quantities that may be other.

    `base` are such values, of which what does not hang on the inputs that differ is taken.
    """
    changes = {name: value for name, value in inputs.items() if not _is_same(value, base[name])}
    if MEASURED_RUN in changes:
        return {**inputs, **evaluate(inputs)}, QUANTITIES
    moved = GRAPH.evaluate_changed(base, changes, QUANTITIES)
    return {**base, **changes, **moved}, moved


def _is_same(one: Any, other: Any) -> bool:
    return bool(one == other) or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


@cache
def formulas_under_choices() -> list[tuple[str, str, list[Any]]]:
    """What is chosen, a quantity, and its arguments: each way that its formula is taken, once.

    What is of the measured run takes the formulas of all that it hangs on, which are here by
    themselves: it comes where the run is another.
    """
    ways, taken = Ways(), []
    for made in choices_made():
        for quantity in ways.new_in(made.values, made.moved):
            found = QUANTITIES[quantity]
            if not found.is_of_run or made.moved is QUANTITIES:
                needs = [made.values[need] for need in found.needs]
                taken.append((made.what, quantity, needs))
    return taken
