"""The results of one scenario: figures by name, with units, intervals and problems."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from dsexplore.api.table import Table
from dsexplore.engine import warnings_in
from dsexplore.engine.names import title_of, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.scenario.field import Value
from dsexplore.text.format import crossed

_Figure = float | str | bool


class Results(Mapping[str, _Figure]):
    """Results by name: numbers in base units, nan where not known; words for words.

    `print` and a notebook show them with their units, intervals and the problems in force.
    """

    def __init__(self, standing: Standing, names: Sequence[str], notes: Sequence[str] = ()) -> None:
        """Some results of an evaluated scenario; `notes` are sentences to stand below them."""
        self._standing = standing
        self._names = tuple(dict.fromkeys(names))
        self._notes = tuple(notes)

    def __getitem__(self, name: str) -> _Figure:
        """A result. Raises KeyError for one that was not asked for."""
        if name not in self._names:
            raise KeyError(name)
        value: Value = self._standing.values[name]
        return math.nan if value is None else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def unit(self, name: str) -> str:
        """The base unit of a result. Raises KeyError for an unknown name."""
        return unit_of(name)

    def interval(self, name: str) -> tuple[float, float] | None:
        """The ends that hold a prediction four times in five; None where nothing is predicted."""
        return self._standing.ends(name)

    @property
    def problems(self) -> list[str]:
        """Sentences on what cannot be, about these results."""
        return warnings_in(self._standing.values, self._names)

    @property
    def assumptions(self) -> list[str]:
        """Sentences on defaults nobody published that these results rest on."""
        return self._standing.assumptions(self._names)

    def impossible(self, name: str) -> list[str]:
        """Sentences on why a result cannot be had though it is computed; empty where it can."""
        return self._standing.impossible.get(name, [])

    @property
    def table(self) -> Table:
        """A row for each result: name, value, interval, what it is; ✗ where it cannot be had."""
        ends = [self.interval(name) or (math.nan, math.nan) for name in self._names]
        return Table(
            {
                "name": list(self._names),
                "value": list(self.values()),
                "low": [low for low, _ in ends],
                "high": [high for _, high in ends],
                "what it is": [self._said(name) for name in self._names],
            },
            row_units=[self.unit(name) for name in self._names],
            notes=(*self.problems, *self.assumptions, *self._notes),
        )

    def _said(self, name: str) -> str:
        return crossed(title_of(name)) if self.impossible(name) else title_of(name)

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        """The results as notebooks show them."""
        return self.table._repr_html_()
