"""Mixes: a result between two scenarios, with some of the changes made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dsexplore.analysis.compare.changes import Player
from dsexplore.analysis.compare.compare import ROUNDING
from dsexplore.analysis.compare.shapley import Floats, Truths
from dsexplore.engine import evaluate
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, Input


@dataclass(frozen=True)
class Mixes:
    """Scenarios between two others, as inputs of the engine; no rule between fields is checked."""

    before: Mapping[str, Input]
    after: Mapping[str, Input]
    of: str

    def values(self, changes: Sequence[Player], made: Truths) -> Floats:
        """The result for each row of changes made, in its base unit; nan if not known."""
        return self.several(changes, made, (self.of,))[self.of]

    def several(
        self, changes: Sequence[Player], made: Truths, names: Sequence[str]
    ) -> dict[str, Floats]:
        """Results for each row of changes made, in their base units; nan if not known.

        Choices pick formulas, so rows with the same choices are evaluated together.
        """
        worded = [i for i, change in enumerate(changes) if not all(map(_is_numeric, change.fields))]
        rows_of: dict[tuple[bool, ...], list[int]] = {}
        for row, key in enumerate(made[:, worded].tolist()):
            rows_of.setdefault(tuple(key), []).append(row)
        results = {name: np.empty(len(made)) for name in names}
        for rows in rows_of.values():
            found = evaluate(self._inputs(changes, made[rows]), names)
            for name in names:
                results[name][rows] = found[name]
        return results

    def having_made(self, changes: Sequence[Player]) -> Mixes:
        """The mixes with these changes made in all of them."""
        made = {name: self.after[name] for change in changes for name in change.fields}
        return Mixes({**self.before, **made}, self.after, self.of)

    def _inputs(self, changes: Sequence[Player], made: Truths) -> dict[str, object]:
        inputs: dict[str, object] = dict(self.before)
        for column, change in zip(made.T, changes, strict=True):
            for name in change.fields:
                if column.all() or not column.any():
                    inputs[name] = (self.after if column.all() else self.before)[name]
                else:
                    inputs[name] = np.where(column, self.after[name], self.before[name])
        return inputs


def same_results(one: Floats, other: Floats) -> Truths:
    """Whether results differ by no more than rounding, or neither is known, element by element."""
    found: Truths = np.isclose(one, other, rtol=ROUNDING, atol=0, equal_nan=True)
    return found


def _is_numeric(name: str) -> bool:
    return name != MEASURED_RUN and FIELDS[name].is_numeric
