"""Standing: what belongs beside a result: cannot be had, a bound, predicted, on an assumption.

An assumption is a field at a default that nobody published, where the scenario states no source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from dsexplore.engine import INTERVALS, at_least_in, evaluate, impossible_in, resting_on
from dsexplore.engine.doubt import Ends, ends_of
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import bounded, crossed, format_value

_NAMED = 3


class Standing:
    """What belongs beside the results of one scenario."""

    def __init__(self, scenario: Scenario, values: Mapping[str, Any] | None = None) -> None:
        """`values` holds every field and every quantity of the scenario, if evaluated already."""
        self._scenario = scenario
        self._known = values

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Every field and every quantity, as in the engine."""
        if self._known is not None:
            return self._known
        inputs = self._scenario.inputs()
        return inputs | evaluate(inputs)

    @cached_property
    def impossible(self) -> dict[str, list[str]]:
        """The results that cannot be had, each with sentences why."""
        return impossible_in(self.values)

    @cached_property
    def at_least(self) -> dict[str, list[str]]:
        """The results that are bounds, each with the unknown parts left out of it."""
        return at_least_in(self.values)

    @cached_property
    def assumed(self) -> dict[str, list[str]]:
        """The results that rest on assumptions, each with their fields."""
        return resting_on(self.values, self._scenario.assumed())

    def marked(self, name: str, text: str) -> str:
        """A result's text, marked where it is a bound or cannot be had; a field's as it is."""
        return self.marked_by((name,), text)

    def marked_by(self, names: Collection[str], text: str) -> str:
        """The text of a figure that rises with each of some results, marked as these are."""
        bound = text if self.at_least.keys().isdisjoint(names) else bounded(text)
        return bound if self.impossible.keys().isdisjoint(names) else crossed(bound)

    def ends(self, name: str) -> Ends | None:
        """The interval of a result; None where nothing of it is predicted."""
        return ends_of(name, self.values)

    def assumed_behind(self, names: Iterable[str]) -> str:
        """The assumptions that some results rest on, in one sentence; empty for none."""
        behind = {field for name in names for field in self.assumed.get(name, ())}
        said = [
            f"{name} {_value(self._scenario, name)} ({FIELDS[name].assumed})"
            for name in self._scenario.assumed()
            if name in behind
        ]
        return f"Assumed: {'; '.join(said)}." if said else ""

    def assumptions(self, names: Iterable[str]) -> list[str]:
        """A sentence on each assumption that some results rest on, which it names.

        The assumption itself is no result: asked for by name it is said as well.
        """
        asked = list(dict.fromkeys(names))
        ends = {end for name in asked for end in INTERVALS.get(name, ())}
        asked = [name for name in asked if name not in ends]  # said of the result already
        said = []
        for field in self._scenario.assumed():
            resting = [name for name in asked if field in self.assumed.get(name, ())]
            if resting:
                behind = f" Behind {_listed(resting)}." if len(asked) > 1 else ""
                said.append(f"{_assumption(self._scenario, field)}{behind}")
            elif field in asked:
                said.append(_assumption(self._scenario, field))
        return said


def _assumption(scenario: Scenario, name: str) -> str:
    """A field at its default, in a sentence."""
    return f"{name} {_value(scenario, name)} is assumed: {FIELDS[name].assumed}."


def _value(scenario: Scenario, name: str) -> str:
    return format_value(scenario.value(name), FIELDS[name].unit, 3)


def _listed(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
