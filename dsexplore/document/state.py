"""The state of the document at one moment: scenario, name, file and baseline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from dsexplore.engine import GRAPH, Values
from dsexplore.engine.standing import Standing
from dsexplore.scenario.scenario import Scenario, as_input

# What tells documents of a session apart: what opens it, the claim that changed it, a number of
# its own where two documents share both.
Place = tuple[str, str, int]

LONGEST_TITLE = 60


@dataclass(frozen=True)
class Evaluated:
    """A scenario and its results."""

    scenario: Scenario
    name: str

    @cached_property
    def results(self) -> Values:
        """Every quantity by name."""
        return GRAPH.results_in(self._workings)

    @cached_property
    def _workings(self) -> Values:
        return GRAPH.workings(self._inputs)

    def evaluate_after(self, other: Evaluated) -> None:
        """Work out the results from those of another scenario, of which most are the same."""
        if "_workings" in other.__dict__:
            self.__dict__.setdefault("_workings", GRAPH.workings(self._inputs, other._workings))
        _ = self.results

    @cached_property
    def _inputs(self) -> dict[str, Any]:
        """Every field as the engine takes it."""
        return self.scenario.inputs()

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every field and quantity by name, as in the engine."""
        return self._inputs | self.results

    @cached_property
    def standing(self) -> Standing:
        """What belongs beside its results."""
        return Standing(self.scenario, self.values)

    def numbers(self, names: Iterable[str]) -> Values:
        """Fields and quantities by name, as in the engine; nan where unknown."""
        return {
            name: self.results[name]
            if name in self.results
            else as_input(self.scenario.value(name))
            for name in names
        }

    def forget_results(self) -> None:
        """Free the memory of the results; whoever asks again computes them again."""
        for name in ("results", "_workings", "_inputs", "values", "standing"):
            self.__dict__.pop(name, None)


@dataclass(frozen=True)
class State:
    """One moment of the document; history is a list of these."""

    current: Evaluated
    path: Path | None
    baseline: Evaluated
    # Whether the user chose the baseline; it then stays when another scenario is opened.
    pinned: bool = False
    # The name of the change that led here, for undo.
    change: str = field(default="", compare=False)
    # The preset's name, or the file's full path, that opens it.
    source: str = ""
    # The claim whose changes it has; empty without one.
    claim: str = ""
    # Tells it from another document of the same source and claim.
    copy: int = 0
    # The user's own name for this moment; empty without one.
    title: str = field(default="", compare=False)

    @property
    def words(self) -> str:
        """What to call it: its name, or the change that led here."""
        return self.title or self.change

    @property
    def place(self) -> Place:
        """What tells this document from the others of the session."""
        return self.source, self.claim, self.copy

    def with_scenario(self, scenario: Scenario, change: str) -> State:
        """This state with another scenario under the same name and file."""
        current = replace(self.current, scenario=scenario)
        return replace(self, current=current, change=change, title="")


@dataclass(frozen=True, slots=True)
class View:
    """Where the user is: field under the cursor, page of results, side with the keys."""

    field: str = ""
    page: str = ""
    on_results: bool = False
