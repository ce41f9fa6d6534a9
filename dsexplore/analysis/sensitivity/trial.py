"""Trials: a result where one field at a time has another value, many of them as one array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from dsexplore.engine import GRAPH, QUANTITIES, evaluate, problems_about, problems_forbidding
from dsexplore.scenario.field import Value
from dsexplore.scenario.measured_run import HOURS, LATER_HOURS
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

# A field and another value of it.
Row = tuple[str, float]
# The result, and whether nothing stands in its way.
Outcome = tuple[float, bool]

_RESTATED = frozenset({*HOURS, *LATER_HOURS})


class Trial:
    """A result of one scenario, and what it becomes where a field has another value.

    A field is changed as an edit changes it: measured hours are carried over to another model or
    layout, and hours that are stated anew are hours of the run in force. A problem of the scenario
    as it stands is in nobody's way.
    """

    def __init__(self, scenario: Scenario, of: str, *, is_strict: bool = True) -> None:
        """Not strict, problems are in nobody's way; what follows from them may still be unknown."""
        self._is_strict = is_strict
        self.scenario = scenario
        self.of = of
        self.inputs = scenario.inputs()
        self._names = GRAPH.needed([of], self.inputs)
        self.reads = GRAPH.reads(self._names)
        self.now = float(evaluate(self.inputs, [of])[of])

    def outcomes(self, rows: Sequence[Row]) -> list[Outcome]:
        """The result of each row."""
        found: dict[Row, Outcome] = {}
        apart = {name for name, _ in rows if name in _RESTATED}
        for name in apart:
            inputs = self.scenario.as_if_stated(name).inputs()
            own = [row for row in rows if row[0] == name]
            found.update(zip(own, self._evaluated(inputs, own), strict=True))
        rest = [row for row in rows if row[0] not in apart]
        found.update(zip(rest, self._evaluated(self.inputs, rest), strict=True))
        return [found[row] for row in rows]

    def chosen(self, name: str, value: Value) -> Outcome:
        """The result where a choice is another."""
        try:
            inputs = self.scenario.with_values({name: value}).inputs()
        except ScenarioError:
            return float("nan"), False
        minded = self._minded_in(inputs)
        values = GRAPH.evaluate(inputs, [self.of, *minded], in_words=False)
        return float(values[self.of]), not any(values[each] for each in minded)

    def why_not(self, name: str, value: Value) -> str:
        """What stands in the way of the result where a field is changed, in a sentence."""
        try:
            inputs = self.scenario.with_values({name: value}).inputs()
        except ScenarioError as error:
            return str(error)
        values = evaluate(inputs, minded := self._minded_in(inputs))
        return next((str(values[each]) for each in minded if values[each]), "")

    def keeps_rules(self, name: str, value: float) -> bool:
        """Whether the rules between fields allow a value."""
        try:
            self.scenario.check({name: value})
        except ScenarioError:
            return False
        return True

    def _minded_in(self, inputs: Mapping[str, Any]) -> list[str]:
        """The problems that may stand in the way or beside the result, but for present ones."""
        return [name for name in _impeding(inputs, self.of) if name not in self._present]

    @cached_property
    def _present(self) -> set[str]:
        names = _impeding(self.inputs, self.of)
        return {name for name, said in evaluate(self.inputs, names).items() if said}

    @cached_property
    def _minded(self) -> list[str]:
        return self._minded_in(self.inputs) if self._is_strict else []

    @cached_property
    def _among(self) -> frozenset[str]:
        return frozenset(GRAPH.needed([self.of, *self._minded], self.inputs))

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        return self._all_of(self.inputs)

    def _all_of(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**inputs, **evaluate(inputs, self._among)}

    def _evaluated(self, inputs: Mapping[str, Any], rows: Sequence[Row]) -> list[Outcome]:
        if not rows:
            return []
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        columns: dict[str, Any] = {}
        for place, (name, value) in enumerate(rows):
            if name not in columns:
                columns[name] = np.full(len(rows), float(inputs[name]))
            columns[name][place] = value
        values = self._values if inputs is self.inputs else self._all_of(inputs)
        # What follows from nothing that is changed stays a scalar.
        found = GRAPH.evaluate_changed(values, columns, self._among, in_words=False)
        results = np.broadcast_to(found.get(self.of, values[self.of]), len(rows))
        possible = ~np.isnan(results)
        for name in self._minded:
            possible = possible & (found.get(name, "") == "")
        return list(zip(results.tolist(), possible.tolist(), strict=True))


def _impeding(inputs: Mapping[str, Any], of: str) -> list[str]:
    """The problems that forbid something, be it the result or what is said beside it.

    A layout that does not fit forbids no measured cost, and yet nobody could run it.
    """
    about = [name for name in problems_about(inputs, [of]) if QUANTITIES[name].forbids]
    return list(dict.fromkeys((*problems_forbidding(inputs, [of]), *about)))
