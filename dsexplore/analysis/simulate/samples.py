"""Samples: some results over a part of the draws, and what of them each input carries."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from dsexplore.analysis.simulate.draw import Draw, normal_quantile
from dsexplore.analysis.simulate.sobol import Points
from dsexplore.engine import (
    GRAPH,
    INTERVALS,
    QUANTITIES,
    evaluate,
    impossible_anywhere,
)
from dsexplore.engine.intervals import End, at_error
from dsexplore.scenario.fields import PANELS
from dsexplore.scenario.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dsexplore.engine.plan import Plan

    Floats = NDArray[np.float64]

# Samples evaluated together: more would leave the cache. A power of two.
CHUNK = 4_096
# Samples of a part of the work.
PART = 4 * CHUNK
# The model's own error among the inputs.
MODEL_ERROR = "model error"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a simulation: all that its samples follow from."""

    scenario: Scenario
    names: tuple[str, ...]
    # Drawn fields that the results follow from, and problems that may be in the way.
    drawn: tuple[str, ...]
    problems: tuple[str, ...]
    # Whether predictions err.
    errs: bool
    samples: int
    seed: int
    # Equally wide ranges of an input's shares.
    bins: int
    # Whether the drawn fields are kept beside the results.
    keeps: bool = False


@dataclass(slots=True)
class Samples:
    """Some results over a part of the draws: an element for each sample, nan where it has none.

    `counts` and `sums` are by input and bin: of an input's shares how many samples with the result
    lie in each bin, and the sum of their results. `reasons` holds by result and problem how many
    samples lack it, and a sentence on the first of them.
    """

    size: int
    results: dict[str, Floats]
    # The drawn fields, where these are kept.
    draws: dict[str, Floats]
    counts: dict[str, Floats]
    sums: dict[str, Floats]
    reasons: dict[str, dict[str, tuple[int, str]]]

    def add(self, other: Samples) -> None:
        """Add the counts and reasons of the samples that follow."""
        self.size += other.size
        for name, reasons in other.reasons.items():
            self.counts[name] += other.counts[name]
            self.sums[name] += other.sums[name]
            for problem, (count, sentence) in reasons.items():
                before, first = self.reasons[name].get(problem, (0, sentence))
                self.reasons[name][problem] = before + count, first


class Sampling:
    """The samples of a simulation as work in parts."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._draw = Draw(asked.scenario.uncertainty, asked.scenario.correlations)
        self._points = Points(len(self._draw.names) + 1, asked.seed, CHUNK)
        self._inputs = asked.scenario.inputs()
        ends = [end for name in asked.names for end in INTERVALS.get(name, ())]
        needed = [*asked.names, *(ends if asked.errs else ()), *asked.problems]
        self._needed = [
            name
            for name in GRAPH.needed(needed, self._inputs)
            if not isinstance(QUANTITIES[name], End)
        ]
        self._plan = self._plan_of(self._wanted())
        self._whole: Plan | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Sampling, (self._asked,)

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return math.ceil(self._asked.samples / PART)

    def part(self, number: int) -> Samples:
        """The samples of one part."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        asked = self._asked
        size = min(PART, asked.samples - number * PART)
        found = self.nothing()
        found.size = size
        results = {name: np.full(size, np.nan) for name in asked.names}
        draws = {name: np.empty(size) for name in (asked.drawn if asked.keeps else ())}
        for start in range(0, size, CHUNK):
            count = min(CHUNK, size - start)
            shares = self._points.block((number * PART + start) // CHUNK)[:, :count]
            here = {name: each[start : start + count] for name, each in results.items()}
            drawn = self._fill(found, here, shares)
            for name, each in draws.items():
                each[start : start + count] = drawn[name]
        found.results, found.draws = results, draws
        return found

    def nothing(self) -> Samples:
        """No samples, to add others to."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        names = self._asked.names
        shape = (len(self._draw.names) + self._asked.errs, self._asked.bins)
        return Samples(
            0,
            {},
            {},
            {name: np.zeros(shape) for name in names},
            {name: np.zeros(shape) for name in names},
            {name: {} for name in names},
        )

    def _wanted(self) -> list[str]:
        """The results, what their errors are made of, and the problems in their way."""
        asked = self._asked
        behind = [
            need
            for name in asked.names
            if asked.errs
            for end in INTERVALS.get(name, ())[1:]
            for need in _behind(end)
        ]
        return [*asked.names, *behind, *asked.problems]

    def _plan_of(self, names: Sequence[str]) -> Plan:
        from dsexplore.engine.plan import Plan, Varying  # noqa: PLC0415 - as numpy

        ranges = self._draw.ranges()
        varying = {name: Varying(1, ranges[name]) for name in self._asked.drawn}
        return Plan(GRAPH, self._inputs, varying, names)

    def _fill(
        self, found: Samples, results: Mapping[str, Floats], shares: Floats
    ) -> dict[str, Floats]:
        """Put in the results of a chunk by its shares; returns the drawn fields.

        The shares of correlated fields are moved together in place.
        """
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        asked = self._asked
        shares[:-1] = self._draw.correlated(shares[:-1])
        drawn = self._draw.values(shares[:-1])
        changes = {name: drawn[name] for name in asked.drawn}
        values = self._plan(changes)
        gone: dict[str, dict[str, Any]] = {}
        if any(np.any(values[problem]) for problem in asked.problems):
            if self._whole is None:
                self._whole = self._plan_of(self._needed)
            now = {**self._inputs, **changes, **self._whole(changes)}
            gone = impossible_anywhere(now, asked.problems, asked.names)
        broken = unruly(asked.scenario, {**self._inputs, **changes}, changes)
        deviations = normal_quantile(shares[-1]) if asked.errs else None
        said = {**broken, **{each: values[each] for each in asked.problems}}
        for name in asked.names:
            result = values[name]
            if asked.errs and name in INTERVALS:
                result = at_error(QUANTITIES, INTERVALS[name][1], values, deviations)
            into = results[name]
            into[:] = result
            for mask in (*gone.get(name, {}).values(), *broken.values()):
                into[np.broadcast_to(mask, into.shape)] = np.nan
            known = ~np.isnan(into)
            _count(found.counts[name], found.sums[name], into, shares, known)
            if not known.all():
                sentence = partial(_sentence, self._inputs, changes)
                _blame(found.reasons[name], ~known, said, sentence)
        return changes


def _behind(end: str) -> list[str]:
    """What an interval's end is computed from, and other ends from in turn."""
    found = []
    for need in QUANTITIES[end].needs:
        is_end = isinstance(QUANTITIES.get(need), End)
        found += _behind(need) if is_end else [need]
    return found


def _count(counts: Floats, sums: Floats, values: Floats, shares: Floats, known: Any) -> None:
    """Count samples that are known, and sum them up, by bins of each input's shares."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    whole = bool(known.all())
    bins = counts.shape[1]
    weights = values if whole else values[known]
    for place in range(len(counts)):
        row = shares[place] if whole else shares[place][known]
        at = (row * bins).astype(np.intp)
        counts[place] += np.bincount(at, minlength=bins)
        sums[place] += np.bincount(at, weights, minlength=bins)


def _blame(
    reasons: dict[str, tuple[int, str]],
    missing: Any,
    said: Mapping[str, Any],
    sentence_of: Callable[[str, int], str],
) -> None:
    """Count what is in the way where samples have no result."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    for problem, found in said.items():
        here = missing & np.broadcast_to(found, missing.shape)
        if here.any():
            if problem not in reasons:
                reasons[problem] = 0, sentence_of(problem, int(here.argmax()))
            count, sentence = reasons[problem]
            reasons[problem] = count + int(here.sum()), sentence


def _sentence(
    inputs: Mapping[str, Any], changes: Mapping[str, Floats], problem: str, at: int
) -> str:
    """What a problem says of one sample of a chunk; a broken rule speaks for itself."""
    if problem not in QUANTITIES:
        return problem
    drawn = {name: float(values[at]) for name, values in changes.items()}
    return str(evaluate({**inputs, **drawn}, [problem])[problem])


def unruly(
    scenario: Scenario, now: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Where a draw breaks a rule between two fields of a panel, by the rule."""
    found = {}
    for table in PANELS:
        for low, high in scenario.panel(table).at_most:
            applies = scenario.panel(table).specs[low].applies_where(scenario.value)
            if applies and (low in changes or high in changes):
                found[f"{low} is above {high}."] = now[low] > now[high]
    return found
