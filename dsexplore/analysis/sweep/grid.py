"""A sweep: some results at every point of a grid, held whole or passed on part by part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.filling import Filling, Gap, Part, together
from dsexplore.analysis.workers.work import Here, Workers
from dsexplore.engine import INTERVALS
from dsexplore.engine.names import check_result
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Held at a time: 8 bytes of each result, and of both ends of its interval.
MOST_POINTS = 1_000_000
# Passed on part by part.
MOST_STREAMED = 1_000_000_000
# Presets and other words are scenarios of their own, opened one by one.
MOST_SCENARIOS = 10_000
MOST_AXES = 6
_LEFT_OUT = -2

# Told the share of the points that is done.
Told = Callable[[float], None]
# Asked between parts whether to go on.
GoesOn = Callable[[], bool]


@dataclass(slots=True)
class Grid:
    """The points of some axes, the last axis running fastest."""

    axes: tuple[Axis, ...]

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


@dataclass(slots=True)
class Sweep(Grid):
    """Results over the points of a grid.

    Arrays hold a float for each point, nan in a gap; `reasons` the place in `gaps` of each point's
    reason, -1 where all asked-for results are known, -2 where nothing was evaluated.
    """

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

    def has(self, place: int) -> bool:
        """Whether a point was evaluated."""
        return bool(self.reasons[place] != _LEFT_OUT)


def sweep(
    scenario: Scenario,
    axes: Sequence[Axis],
    names: Sequence[str],
    told: Told | None = None,
    goes_on: GoesOn | None = None,
    workers: Workers | None = None,
) -> Sweep:
    """Some results at every point of the grid of some axes.

    Each point is the scenario with the axes' values set, as `--set` sets them. A result that is
    unknown there, or cannot be had, is a gap. It ends early, with the points that it has, once
    `goes_on` says no. Raises ScenarioError for a grid too large, an axis given twice, and a name
    that is no numeric result.
    """
    _check(axes, names, MOST_POINTS)
    asked = tuple(dict.fromkeys(names))
    found = _empty(tuple(axes), asked)
    merged = _Merged(found)
    for places, part in _parts(scenario, axes, asked, told, goes_on, workers):
        merged.add(places, part)
        found.done += part.size
    found.gaps = merged.gaps()
    return found


def swept_parts(
    scenario: Scenario,
    axes: Sequence[Axis],
    names: Sequence[str],
    told: Told | None = None,
    goes_on: GoesOn | None = None,
    workers: Workers | None = None,
) -> Iterator[tuple[NDArray[np.int64], Part]]:
    """A sweep part by part, as `sweep`: the places of its points in the grid, and their results.

    Few parts are held at a time, each of about 65,000 points.
    """
    _check(axes, names, MOST_STREAMED)
    return _parts(scenario, axes, tuple(dict.fromkeys(names)), told, goes_on, workers)


def _parts(
    scenario: Scenario,
    axes: Sequence[Axis],
    names: Sequence[str],
    told: Told | None,
    goes_on: GoesOn | None,
    workers: Workers | None,
) -> Iterator[tuple[NDArray[np.int64], Part]]:
    work = Filling(scenario, axes, names)
    size = math.prod(len(axis.values) for axis in axes)
    done = 0
    for part in (workers or Here()).results(work):
        yield work.cut.places(done, part.size), part
        done += part.size
        if told:
            told(done / size)
        if done < size and goes_on and not goes_on():
            return


def _apart(axes: Sequence[Axis]) -> list[Axis]:
    """The axes whose every value is a scenario of its own."""
    arrays = together(axes)
    return [axis for place, axis in enumerate(axes) if place not in arrays]


def scenarios_in(axes: Sequence[Axis]) -> int:
    """How many scenarios a sweep opens one by one: what takes most of its time."""
    return math.prod(len(axis.values) for axis in _apart(axes))


def _check(axes: Sequence[Axis], names: Sequence[str], most: int) -> None:
    for name in names:
        check_result(name)
    if not 1 <= len(axes) <= MOST_AXES:
        raise ScenarioError("--over", f"{len(axes)} axes", f"1 to {MOST_AXES}")
    for axis in axes:
        if sum(axis.name == other.name for other in axes) > 1:
            raise ScenarioError("--over", f"{axis.name} twice", "each field once")
    points = math.prod(len(axis.values) for axis in axes)
    if points > most:
        raise ScenarioError("--over", f"{points:,} points", f"at most {most:,}")
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
        np.full(size, _LEFT_OUT, np.int32),
    )


class _Merged:
    """The parts of a sweep put in their places."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._gaps: dict[str, Gap] = {}

    def add(self, places: NDArray[np.int64], part: Part) -> None:
        """Put in the results of a part."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        # Points side by side are put in faster.
        is_run = int(places[-1] - places[0]) == part.size - 1
        here = slice(int(places[0]), int(places[-1]) + 1) if is_run else places
        for name, results in part.results.items():
            self._sweep.results[name][here] = results
        for name, ends in part.ends.items():
            for kept, end in zip(self._sweep.ends[name], ends, strict=True):
                kept[here] = end
        if part.reasons is None:
            self._sweep.reasons[here] = -1
            return
        for gap in part.gaps:
            before = self._gaps.get(gap.problem)
            first, points = int(places[gap.first]), gap.points
            self._gaps[gap.problem] = (
                Gap(gap.problem, before.points + points, before.first, before.sentence)
                if before
                else Gap(gap.problem, points, first, gap.sentence)
            )
        numbers = [-1, *([*self._gaps].index(gap.problem) for gap in part.gaps)]
        self._sweep.reasons[here] = np.array(numbers, np.int32)[part.reasons + 1]

    def gaps(self) -> list[Gap]:
        """The reasons of gaps, in the order in which they were met."""
        return list(self._gaps.values())
