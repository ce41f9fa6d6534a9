"""Why a result is unknown: the unknown fields, zeros and conditions that it comes down to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dsexplore.engine.elementwise import is_known
from dsexplore.engine.graph import Graph
from dsexplore.engine.quantity import Quantity
from dsexplore.scenario.measured_run import MEASURED_RUN

# Any number: where it stands for an unknown need, only the other needs can make a result unknown.
_SOME_NUMBER = 1.0

TOO_LARGE = "a part of it is larger than any number"


class Unknowns:
    """The reasons behind the unknown results of one evaluated scenario."""

    def __init__(self, graph: Graph, values: Mapping[str, Any]) -> None:
        """`values` holds every field and every quantity of one scenario, none an array."""
        self._graph = graph
        self._values = dict(values)
        self._found: dict[str, list[str]] = {}

    def reasons(self, name: str) -> list[str]:
        """Why a field or quantity is unknown, each reason a clause; none where it is known."""
        if name not in self._found:
            self._found[name] = []  # nothing needs itself
            self._found[name] = self._reasons(name)
        return self._found[name]

    def _reasons(self, name: str) -> list[str]:
        if not self._is_unknown(name, self._values[name]):
            return []
        if name in self._graph.fields:
            return [f"{name} is unknown"]
        found = self._graph.quantities[name]
        deciding = self._deciding(found)
        said = [reason for need in deciding for reason in self.reasons(need)]
        return list(dict.fromkeys(said or self._own(found)))

    def _deciding(self, found: Quantity) -> list[str]:
        """The unknown needs that the formula reads: with the others known, it still says nothing.

        What a branch that was not taken needs is none of them.
        """
        unknown = [need for need in found.needs if self._is_unknown(need, self._values[need])]
        return [
            need
            for need in unknown
            if self._stays_unknown(found, dict.fromkeys(set(unknown) - {need}, _SOME_NUMBER))
        ] or unknown

    def _own(self, found: Quantity) -> list[str]:
        """Why a formula has no result though all that it needs is known: as declared, or a 0."""
        if found.undefined:
            return [found.undefined]
        zeros = [need for need in found.needs if self._values[need] == 0]
        divisors = [n for n in zeros if not self._stays_unknown(found, {n: _SOME_NUMBER})]
        if not divisors and zeros:
            together = dict.fromkeys(zeros, _SOME_NUMBER)
            divisors = [] if self._stays_unknown(found, together) else zeros
        return [f"{need} is 0" for need in divisors] or [TOO_LARGE]

    def _stays_unknown(self, found: Quantity, instead: Mapping[str, float]) -> bool:
        """Whether a formula has no result with other values for some of its needs."""
        needs = [instead.get(need, self._values[need]) for need in found.needs]
        try:
            return self._is_unknown(found.name, found.function(*needs))
        except (ArithmeticError, KeyError):
            return True

    def _is_unknown(self, name: str, value: Any) -> bool:
        if name == MEASURED_RUN:
            return False
        if isinstance(value, str):
            # Words are unknown where there are none; no problem is none.
            return name in self._graph.quantities and (
                self._graph.quantities[name].kind == "text" and not value
            )
        return not is_known(value) or math.isinf(value)
