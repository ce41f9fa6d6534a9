"""A sweep: some results at every point of a grid, in chunks that stay in the processor's cache."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.engine import (
    GRAPH,
    INTERVALS,
    evaluate,
    impossible_anywhere,
    problems_forbidding,
    unknowns_in,
)
from dsexplore.engine.names import check_result
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

    Floats = NDArray[np.float64]

# Points evaluated together: more would leave the cache.
CHUNK = 4_096
MOST_POINTS = 1_000_000
# Presets and other words are scenarios of their own, opened one by one.
MOST_SCENARIOS = 10_000
MOST_AXES = 6
# Narrower than this, relative, an interval is the rounding of floats.
_ROUNDING = 1e-9

_UNKNOWN = "unknown"

# Told the share of the points that is done.
Told = Callable[[float], None]
# Asked between chunks whether to go on.
GoesOn = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Gap:
    """Points without a result, for one reason: how many, the first of them, and why."""

    problem: str
    points: int
    first: int
    sentence: str


@dataclass(slots=True)
class Sweep:
    """Results over the points of a grid, the last axis running fastest.

    Arrays hold a float for each point, nan in a gap; `reasons` the place in `gaps` of each point's
    reason, -1 where all asked-for results are known.
    """

    axes: tuple[Axis, ...]
    names: tuple[str, ...]
    results: dict[str, Floats]
    # Both ends of the interval of a result, if it has one at any point.
    ends: dict[str, tuple[Floats, Floats]]
    reasons: NDArray[np.int32]
    gaps: list[Gap] = field(default_factory=list)
    # How many points were evaluated: all, unless it was stopped.
    done: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether it was stopped before its last point."""
        return self.done < self.size

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values on each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def size(self) -> int:
        """The number of points."""
        return math.prod(self.shape)

    def point(self, place: int) -> tuple[Value, ...]:
        """The values of the axes at a point."""
        found: list[Value] = []
        for axis in reversed(self.axes):
            place, at = divmod(place, len(axis.values))
            found.append(axis.values[at])
        return tuple(reversed(found))


def sweep(
    scenario: Scenario,
    axes: Sequence[Axis],
    names: Sequence[str],
    told: Told | None = None,
    goes_on: GoesOn | None = None,
) -> Sweep:
    """Some results at every point of the grid of some axes.

    Each point is the scenario with the axes' values set, as `--set` sets them. A result that is
    unknown there, or cannot be had, is a gap. It ends early, with the points that it has, once
    `goes_on` says no. Raises ScenarioError for a grid too large, an axis given twice, and a name
    that is no numeric result.
    """
    _check(axes, names)
    found = _empty(tuple(axes), tuple(dict.fromkeys(names)))
    reasons = _Reasons(found)
    for points in _filled(scenario, found, reasons):
        found.done += points
        if told:
            told(found.done / found.size)
        if goes_on and not goes_on():
            break
    found.gaps = reasons.gaps()
    return found


def _filled(scenario: Scenario, found: Sweep, reasons: _Reasons) -> Iterator[int]:
    """Evaluate all points; yields the number of each chunk's."""
    axes = found.axes
    arrays = _together(axes)
    others = [place for place in range(len(axes)) if place not in arrays]
    for at in itertools.product(*(range(len(axes[place].values)) for place in others)):
        fixed = dict(zip(others, at, strict=True))
        stated = {axes[place].name: axes[place].values[value] for place, value in fixed.items()}
        yield from _fill(scenario, found, stated, fixed, arrays, reasons)


def _together(axes: Sequence[Axis]) -> list[int]:
    """The places of the axes whose values are evaluated together.

    Stated hours are hours of all the other values: then each point is a scenario of its own.
    """
    if any(axis.name in (*HOURS, *LATER_HOURS) for axis in axes):
        return []
    return [place for place, axis in enumerate(axes) if axis.is_array]


def _apart(axes: Sequence[Axis]) -> list[Axis]:
    """The axes whose every value is a scenario of its own."""
    together = _together(axes)
    return [axis for place, axis in enumerate(axes) if place not in together]


def scenarios_in(axes: Sequence[Axis]) -> int:
    """How many scenarios a sweep opens one by one: what takes most of its time."""
    return math.prod(len(axis.values) for axis in _apart(axes))


def _check(axes: Sequence[Axis], names: Sequence[str]) -> None:
    for name in names:
        check_result(name)
    if not 1 <= len(axes) <= MOST_AXES:
        raise ScenarioError("--over", f"{len(axes)} axes", f"1 to {MOST_AXES}")
    for axis in axes:
        if sum(axis.name == other.name for other in axes) > 1:
            raise ScenarioError("--over", f"{axis.name} twice", "each field once")
    points = math.prod(len(axis.values) for axis in axes)
    if points > MOST_POINTS:
        raise ScenarioError("--over", f"{points:,} points", f"at most {MOST_POINTS:,}")
    apart = _apart(axes)
    scenarios = scenarios_in(axes)
    if scenarios > MOST_SCENARIOS:
        one_by_one = ", ".join(axis.name for axis in apart)
        found = f"{scenarios:,} values of {one_by_one}, each a scenario of its own"
        raise ScenarioError("--over", found, f"at most {MOST_SCENARIOS:,}")


def _empty(axes: tuple[Axis, ...], names: tuple[str, ...]) -> Sweep:
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    size = math.prod(len(axis.values) for axis in axes)

    def unknown() -> Floats:
        return np.full(size, np.nan)

    return Sweep(
        axes,
        names,
        {name: unknown() for name in names},
        {name: (unknown(), unknown()) for name in names if name in INTERVALS},
        np.full(size, -1, np.int32),
    )


class _Reasons:
    """The reasons of gaps as they are met: each with its points, and a sentence on the first."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._places: dict[str, int] = {}
        self._first: list[int] = []
        self._sentences: list[str] = []

    def add(self, problem: str, points: Any, sentence_of: Callable[[int], str]) -> None:
        """Note that a problem is in the way at some points, unless another is already."""
        free = points[self._sweep.reasons[points] < 0]
        if not free.size:
            return
        if problem not in self._places:
            self._places[problem] = len(self._places)
            self._first.append(int(free[0]))
            self._sentences.append(sentence_of(int(free[0])))
        self._sweep.reasons[free] = self._places[problem]

    def gaps(self) -> list[Gap]:
        """The reasons, in the order in which they were met."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        counts = np.bincount(self._sweep.reasons + 1, minlength=len(self._places) + 1)[1:]
        return [
            Gap(problem, int(counts[place]), self._first[place], self._sentences[place])
            for problem, place in self._places.items()
        ]


def _fill(
    scenario: Scenario,
    found: Sweep,
    stated: Mapping[str, Value],
    fixed: Mapping[int, int],
    arrays: Sequence[int],
    reasons: _Reasons,
) -> Iterator[int]:
    """Evaluate all points with some values in common, in chunks; yields how many each has.

    `fixed` holds the place of the value by that of the axis; the axes in `arrays` vary.
    """
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    shape = [len(found.axes[place].values) for place in arrays]
    count = math.prod(shape)
    try:
        firsts = {found.axes[place].name: found.axes[place].values[0] for place in arrays}
        base = with_changes(scenario, {**stated, **firsts})
    except ScenarioError as error:
        points = np.concatenate([p for p, _ in _chunks(found, fixed, arrays, count)])
        said = str(error)
        reasons.add(said, points, lambda _: said)
        yield count
        return
    inputs = _inputs(scenario, base, stated, [found.axes[place].name for place in arrays])
    problems = problems_forbidding(inputs, found.names)
    asked = [*found.names, *(end for name in found.ends for end in INTERVALS[name])]
    needed = GRAPH.needed([*asked, *problems], inputs)
    values = inputs | evaluate(inputs, needed)
    among = frozenset(needed)
    for points, at in _chunks(found, fixed, arrays, count):
        changes = {
            found.axes[place].name: np.asarray(found.axes[place].values, dtype=np.float64)[here]
            for place, here in at.items()
        }
        following = GRAPH.evaluate_changed(values, changes, among, in_words=False)
        now = {**values, **changes, **following}
        _keep(found, now, points, problems, reasons)
        yield points.size


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


def _chunks(
    found: Sweep, fixed: Mapping[int, int], arrays: Sequence[int], count: int
) -> Iterator[tuple[Any, dict[int, Any]]]:
    """Points by their places in the grid, and by varying axis the places of their values."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    shape = [len(found.axes[place].values) for place in arrays]
    strides = [math.prod(found.shape[place + 1 :]) for place in range(len(found.axes))]
    start = sum(at * strides[place] for place, at in fixed.items())
    for low in range(0, count, CHUNK):
        here = np.arange(low, min(low + CHUNK, count))
        at = dict(zip(arrays, np.unravel_index(here, shape), strict=True)) if arrays else {}
        points = np.full(here.size, start)
        for place, index in at.items():
            points += index * strides[place]
        yield points, at


def _keep(
    found: Sweep,
    values: Mapping[str, Any],
    points: Any,
    problems: Sequence[str],
    reasons: _Reasons,
) -> None:
    """Keep a chunk's results; what cannot be had is a gap, and so is what is not known."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    def spread(value: Any) -> Any:
        return np.broadcast_to(value, points.shape)

    impossible = impossible_anywhere(values, problems, found.names)
    for name in found.names:
        result = np.array(spread(values[name]), dtype=np.float64)
        for problem, mask in impossible[name].items():
            result[spread(mask)] = np.nan
            reasons.add(problem, points[spread(mask)], _said(problem, values, points))
        found.results[name][points] = result
        missing = np.isnan(result)
        if missing.any():
            # What is not known either has the problem that is in force to blame.
            for problem in problems:
                here = missing & spread(values[problem] != "")
                reasons.add(problem, points[here], _said(problem, values, points))
            reasons.add(_UNKNOWN, points[missing], _why(name, values, points))
        if name in found.ends:
            ends = [spread(values[end]) for end in INTERVALS[name]]
            is_one = ~missing & (ends[1] - ends[0] > _ROUNDING * np.abs(ends[1]))
            for kept, end in zip(found.ends[name], ends, strict=True):
                kept[points[is_one]] = end[is_one]


def _said(problem: str, values: Mapping[str, Any], points: Any) -> Callable[[int], str]:
    """The sentence of a problem at a point of a chunk, by its place in the grid."""
    return lambda place: str(_evaluated_at(values, points, place)[problem])


def _why(name: str, values: Mapping[str, Any], points: Any) -> Callable[[int], str]:
    """Why a result is not known at a point of a chunk, in a sentence, by its place in the grid."""

    def why(place: int) -> str:
        reasons = unknowns_in(_evaluated_at(values, points, place)).reasons(name)
        said = f"{name} is not known"
        return f"{said}: {'; '.join(reasons)}." if reasons else f"{said}."

    return why


def _evaluated_at(values: Mapping[str, Any], points: Any, place: int) -> dict[str, Any]:
    """Every field and every quantity at one point of a chunk."""
    at = int((points == place).argmax())
    inputs = {
        each: float(values[each][at]) if getattr(values[each], "ndim", 0) else values[each]
        for each in GRAPH.fields
    }
    return inputs | evaluate(inputs)
