"""Filling: the results of one part of a grid, and why points of it have none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.cutting import Cut, Slab
from dsexplore.engine import (
    GRAPH,
    INTERVALS,
    evaluate,
    impossible_anywhere,
    problems_forbidding,
    unknowns_in,
)
from dsexplore.library.presets import with_changes
from dsexplore.scenario.field import Value
from dsexplore.scenario.measured_run import (
    DETAILS,
    HOURS,
    LATER_HOURS,
    MEASURED_RUN,
    MeasuredRun,
)
from dsexplore.scenario.scenario import PANELS, Scenario, as_input
from dsexplore.text.refusal import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dsexplore.engine.plan import Plan

    Floats = NDArray[np.float64]

# Narrower than this, relative, an interval is the rounding of floats.
_ROUNDING = 1e-9
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Gap:
    """Points without a result, for one reason: how many, the first of them, and why."""

    problem: str
    points: int
    first: int
    sentence: str


@dataclass(slots=True)
class Part:
    """The results of some points, one after another in the order of computing.

    `ends` lacks a result that has no interval at any of them. `reasons` is the place in `gaps` of
    each point's reason, -1 where all asked-for results are known; None where that is so for all.
    """

    size: int
    results: dict[str, Floats]
    ends: dict[str, tuple[Floats, Floats]]
    reasons: NDArray[np.int32] | None
    gaps: list[Gap] = field(default_factory=list)


class Filling:
    """The grid of a sweep as work in parts."""

    def __init__(self, scenario: Scenario, axes: Sequence[Axis], names: Sequence[str]) -> None:
        self.axes, self.names = tuple(axes), tuple(names)
        self._scenario = scenario
        self._arrays = together(axes)
        self._apart = [place for place in range(len(axes)) if place not in self._arrays]
        self.cut = Cut([len(axis.values) for axis in axes], self._arrays)
        self._opened: tuple[int, _Opened | str] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return self.cut.parts

    def part(self, number: int) -> Part:
        """The results of one part."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        slabs = [*self.cut.slabs(number)]
        sizes = [slab.size for slab in slabs]
        size = sum(sizes)
        found = _Found(Part(size, {name: np.full(size, np.nan) for name in self.names}, {}, None))
        start = 0
        for slab, count in zip(slabs, sizes, strict=True):
            opened = self._open(slab.scenario)
            if isinstance(opened, str):
                found.blame(opened, np.arange(start, start + count), _says(opened))
            else:
                opened.fill(found, start, count, self._values(slab))
            start += count
        return found.part()

    def _values(self, slab: Slab) -> dict[str, Any]:
        """The values of the arrays in a slab, each along an axis of its own."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        values = {}
        for axis, (place, (low, high)) in enumerate(zip(self._arrays, slab.ends, strict=True)):
            shape = [1] * len(self._arrays)
            shape[axis] = high - low
            taken = np.asarray(self.axes[place].values[low:high], dtype=np.float64)
            values[self.axes[place].name] = taken.reshape(shape)
        return values

    def _open(self, number: int) -> _Opened | str:
        """One of the scenarios, or why it cannot be."""
        if self._opened is None or self._opened[0] != number:
            stated: dict[str, Value] = {}
            rest = number
            for place in reversed(self._apart):
                rest, at = divmod(rest, len(self.axes[place].values))
                stated[self.axes[place].name] = self.axes[place].values[at]
            stated = dict(reversed(stated.items()))
            arrays = [self.axes[place] for place in self._arrays]
            try:
                opened: _Opened | str = _Opened(self._scenario, stated, arrays, self.names)
            except ScenarioError as error:
                opened = str(error)
            self._opened = number, opened
        return self._opened[1]


def together(axes: Sequence[Axis]) -> list[int]:
    """The places of the axes whose values are evaluated together.

    Stated hours are hours of all the other values: then each point is a scenario of its own.
    """
    if any(axis.name in (*HOURS, *LATER_HOURS) for axis in axes):
        return []
    return [place for place, axis in enumerate(axes) if axis.is_array]


class _Found:
    """The results of a part as they come in, and the reasons of its gaps as they are met."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self.results = part.results
        self._problems: dict[str, tuple[int, str]] = {}

    def ends_of(self, name: str) -> tuple[Floats, Floats]:
        """The ends of a result, unknown where none was put yet."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        if name not in self._part.ends:
            size = self._part.size
            self._part.ends[name] = np.full(size, np.nan), np.full(size, np.nan)
        return self._part.ends[name]

    def blame(self, problem: str, points: Any, sentence_of: Callable[[int], str]) -> None:
        """Note that a problem is in the way at some points, unless another is already."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        if not points.size:
            return
        if self._part.reasons is None:
            self._part.reasons = np.full(self._part.size, -1, np.int32)
        free = points[self._part.reasons[points] < 0]
        if not free.size:
            return
        if problem not in self._problems:
            self._problems[problem] = int(free[0]), sentence_of(int(free[0]))
        self._part.reasons[free] = [*self._problems].index(problem)

    def part(self) -> Part:
        """The part, with its gaps counted."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        part = self._part
        if part.reasons is not None:
            counts = np.bincount(part.reasons + 1, minlength=len(self._problems) + 1)[1:]
            part.gaps = [
                Gap(problem, int(counts[place]), first, sentence)
                for place, (problem, (first, sentence)) in enumerate(self._problems.items())
            ]
        return part


class _Opened:
    """A scenario of which some fields vary, and its results as functions of these."""

    def __init__(
        self,
        scenario: Scenario,
        stated: Mapping[str, Value],
        arrays: Sequence[Axis],
        names: Sequence[str],
    ) -> None:
        """Raises ScenarioError for values that cannot be stated together."""
        firsts = {axis.name: axis.values[0] for axis in arrays}
        base = with_changes(scenario, {**stated, **firsts})
        self._names = names
        self._inputs = _inputs(scenario, base, stated, [*firsts])
        self._problems = problems_forbidding(self._inputs, names)
        ends = [end for name in names for end in INTERVALS.get(name, ())]
        self._asked = [*names, *ends, *self._problems]
        self._arrays = arrays
        self._plan = self._plan_of(self._asked)
        self._whole: Plan | None = None

    def _plan_of(self, names: Sequence[str]) -> Plan:
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        from dsexplore.engine.plan import Plan, Varying  # noqa: PLC0415 - nor for this

        varying = {
            axis.name: Varying.over(np.asarray(axis.values, dtype=np.float64), 1 << place)
            for place, axis in enumerate(self._arrays)
        }
        return Plan(GRAPH, self._inputs, varying, names)

    def fill(self, found: _Found, start: int, count: int, varying: Mapping[str, Any]) -> None:
        """Put in the results of a slab; what cannot be had or is not known is a gap."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        values = self._plan(varying)
        shape = np.broadcast_shapes(*(np.shape(each) for each in varying.values()))
        impossible: dict[str, dict[str, Any]] = {}
        if any(np.any(values[problem]) for problem in self._problems):
            impossible = self._impossible(varying)

        def spread(value: Any) -> Any:
            return np.broadcast_to(value, shape).ravel()

        def said(problem: str) -> Callable[[int], str]:
            return lambda point: str(self._at(varying, shape, point - start)[problem])

        points = np.arange(start, start + count)
        for name in self._names:
            result = found.results[name][start : start + count]
            np.copyto(result.reshape(shape), values[name])
            for problem, mask in impossible.get(name, {}).items():
                gone = spread(mask)
                result[gone] = np.nan
                found.blame(problem, points[gone], said(problem))
            missing = np.isnan(result)
            if missing.any():
                # What is not known either has the problem that is in force to blame.
                for problem in self._problems:
                    found.blame(problem, points[missing & spread(values[problem])], said(problem))
                why = self._why(name, varying, shape, start)
                found.blame(_UNKNOWN, points[missing], why)
            if name in INTERVALS:
                ends = [values[end] for end in INTERVALS[name]]
                if ends[0] is ends[1]:
                    continue
                low, high = map(spread, ends)
                is_one = ~missing & (high - low > _ROUNDING * np.abs(high))
                if is_one.any():
                    for kept, end in zip(found.ends_of(name), (low, high), strict=True):
                        kept[start : start + count][is_one] = end[is_one]

    def _impossible(self, varying: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Where results cannot be had, by the result and the problem in its way."""
        if self._whole is None:
            self._whole = self._plan_of(GRAPH.needed(self._asked, self._inputs))
        values = {**self._inputs, **varying, **self._whole(varying)}
        return impossible_anywhere(values, self._problems, self._names)

    def _why(
        self, name: str, varying: Mapping[str, Any], shape: tuple[int, ...], start: int
    ) -> Callable[[int], str]:
        """Why a result is not known at a point, in a sentence."""

        def why(point: int) -> str:
            reasons = unknowns_in(self._at(varying, shape, point - start)).reasons(name)
            said = f"{name} is not known"
            return f"{said}: {'; '.join(reasons)}." if reasons else f"{said}."

        return why

    def _at(self, varying: Mapping[str, Any], shape: tuple[int, ...], at: int) -> dict[str, Any]:
        """Every field and every quantity at one point of a slab."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        here = {
            name: float(np.broadcast_to(each, shape).ravel()[at]) for name, each in varying.items()
        }
        inputs = {**self._inputs, **here}
        return inputs | evaluate(inputs)


def _says(sentence: str) -> Callable[[int], str]:
    return lambda _: sentence


def _inputs(
    scenario: Scenario, base: Scenario, stated: Mapping[str, Value], varying: Sequence[str]
) -> dict[str, Any]:
    """The inputs of a base, whose first values of the varying fields others will replace.

    Details of the measured run are forgotten where its premises are as they were; another point
    may change these.
    """
    inputs = base.inputs()
    run = inputs[MEASURED_RUN]
    if not run.values:
        return inputs
    panels = {name: value for name, value in stated.items() if name in PANELS}
    before = with_changes(scenario, panels) if panels else scenario
    kept = before.run_values()
    details = {name: as_input(kept[name]) for name in (*varying, *stated) if name in DETAILS}
    inputs[MEASURED_RUN] = MeasuredRun({**run.values, **details}, run.restated)
    return inputs
