"""A result as a function of one field: where it is known, and where it meets its target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from dsexplore.analysis.solve.root_finding import crossing, grid, last_where, tidied, whole_grid
from dsexplore.engine import GRAPH, PROBLEMS, QUANTITIES, evaluate, threats_to
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.quantities import is_count_noun
from dsexplore.text.refusal import ScenarioError

# A smaller relative difference is the rounding of floats.
_EQUAL = 1e-12
# A result further from its target than this, relative to it, has jumped over it.
_REACHED = 1e-9
# At most so many solutions, the nearest to the present value: a layout may bring any number.
_MOST = 8
_CHUNK, _MOST_CHUNKS = 8192, 64


@dataclass(frozen=True, slots=True)
class Point:
    """A value of the field, the result there, and the target there, each in its base unit."""

    value: float
    result: float
    target: float

    @property
    def gap(self) -> float:
        """How far the result is above its target; nan where either is unknown."""
        return 0.0 if same(self.result, self.target) else self.result - self.target

    @property
    def is_known(self) -> bool:
        """Whether the result and its target are numbers."""
        return not math.isnan(self.gap)

    @property
    def side(self) -> int:
        """1 above the target, -1 below, 0 on it."""
        return (self.gap > 0) - (self.gap < 0)


class FieldSearch:
    """A result and its target as functions of one field, each value evaluated once.

    Strict, values at which the result cannot be had do not count; else only those at which what it
    is computed from contradicts itself. `wanted` is the side of the target to end on where no value
    meets it: 1 above, -1 below, 0 either.
    """

    def __init__(
        self,
        scenario: Scenario,
        of: str,
        goal: float | str,
        spec: FieldSpec,
        wanted: int = 0,
        *,
        is_strict: bool = True,
    ) -> None:
        self.of = of
        self.wanted = wanted
        self.goal = goal
        self.spec = spec
        self.whole = spec.kind == "integer"
        self._scenario = scenario
        # Other hours than those stated are hours of the run in force.
        self._inputs = scenario.as_if_stated(spec.name).inputs()
        self.present = float(self._inputs[spec.name])
        compared = [of, goal] if isinstance(goal, str) else [of]
        self._names = GRAPH.needed(compared, self._inputs)
        read = GRAPH.reads(self._names)
        self.is_needed = spec.name in read or spec.name == goal
        forbidding = [
            name
            for name in threats_to(self._inputs | evaluate(self._inputs), compared)
            if is_strict or QUANTITIES[name].is_contradiction
        ]
        self._names = GRAPH.needed([*self._names, *forbidding], self._inputs)
        self._among = frozenset(self._names)
        self._values = self._inputs | evaluate(self._inputs, self._names)
        # A scenario that is impossible as it stands may stay so.
        self._minded = [name for name in forbidding if not self._values[name]]
        self.met_impossible = False
        # By solution: the possible whole number after it, across the target.
        self.after: dict[float, Point] = {}
        self._points: dict[float, Point] = {}

    def at(self, value: float) -> Point:
        """The point of a value; unknown if the scenario cannot have the value."""
        if value not in self._points:
            self._points[value] = self._evaluated(value)
        return self._points[value]

    def known(self, low: float, high: float) -> list[Point]:
        """Points of a range at which the result is known, the first and last of them included."""
        whole = self.whole
        values: list[float] = (
            [*whole_grid(math.ceil(low), math.floor(high), self.present)]
            if whole
            else self._grid(low, high)
        )
        points = [self.at(value) for value in values]
        places = [place for place, point in enumerate(points) if point.is_known]
        if not places:
            return []
        known = {points[place].value: points[place] for place in places}
        # The result may be known beyond the last grid point that shows it.
        for inside, beyond in ((places[0], places[0] - 1), (places[-1], places[-1] + 1)):
            # Halving towards 0 would only end where floats do.
            if 0 <= beyond < len(values) and (whole or values[beyond] > 0):
                edge = last_where(self._is_known, values[inside], values[beyond], whole=whole)
                known[edge] = self.at(edge)
        return [known[value] for value in sorted(known)]

    def solutions(self, known: list[Point]) -> tuple[list[Point], list[tuple[Point, Point]]]:
        """Solutions, the nearest to the present value first, and the jumps across the target."""
        groups = [list(group) for _, group in groupby(known, key=lambda point: point.side)]
        found: dict[float, Point] = {}
        jumps = []
        on_target = [group for group in groups if not group[0].side]
        for group in on_target[:_MOST]:
            point = self._on_target(group, known)
            found[point.value] = point
        across = [
            (before[-1], after[0])
            for before, after in pairwise(groups)
            if before[0].side * after[0].side < 0
        ]
        for below, above in sorted(across, key=lambda ends: self._distance(*ends))[:_MOST]:
            if self._is_gap(below, above):
                jumps.append((below, above))
                continue
            crossed = self._crossed(below, above)
            if crossed is None:
                jumps.append(self._jump(below, above))
            else:
                found[crossed.value] = crossed
        return sorted(found.values(), key=self._distance), jumps

    def before(self, value: float, low: float) -> Point | None:
        """The point of the last possible whole number in range before a value."""
        if value - 1 >= low:
            self.at(value - 1)
        earlier = [point for at, point in self._points.items() if at < value and point.is_known]
        return max(earlier, key=lambda point: point.value, default=None)

    def _evaluated(self, value: float) -> Point:
        name = self.spec.name
        unknown = Point(value, math.nan, math.nan)
        if not self.spec.contains(value):
            return unknown
        try:
            self._scenario.check({name: value})
        except ScenarioError:  # a rule between fields
            return unknown
        changes = {name: float(value)}
        now = {**self._values, **changes}
        now |= GRAPH.evaluate_changed(self._values, changes, self._among)
        if any(now[name] for name in self._minded):
            self.met_impossible = True
            return unknown
        target = now[self.goal] if isinstance(self.goal, str) else self.goal
        return Point(value, float(now[self.of]), float(target))

    def _grid(self, low: float, high: float) -> list[float]:
        """Numbers to try first, none of them between 0 and the least that the field may be."""
        least = self.spec.least
        values = {*grid(low, high, self.present)} | ({least} if low <= least <= high else set())
        return sorted(value for value in values if self.spec.contains(value))

    def _is_gap(self, below: Point, above: Point) -> bool:
        """Whether the field has no value between two."""
        return below.value == 0 and 0 < above.value <= self.spec.least

    def _is_known(self, value: float) -> bool:
        return self.at(value).is_known

    def _gap(self, value: float) -> float:
        return self.at(value).gap

    def _distance(self, *points: Point) -> float:
        """From the present value; where that is unknown, the smallest solution is the nearest."""
        present = 0.0 if math.isnan(self.present) else self.present
        return min(abs(point.value - present) for point in points)

    def _on_target(self, group: list[Point], known: list[Point]) -> Point:
        """The solution nearest to the present value, among neighbours that are all on the target.

        For a whole number it is the smallest, unless the present value is one of them.
        """
        nearest_one = min(group, key=self._distance)
        if nearest_one.value == self.present:
            return nearest_one
        place = known.index(group[0])
        if self.whole:
            return self._first_beyond(known[place - 1], group[0]) if place else group[0]
        towards = place - 1 if self.present < nearest_one.value else place + len(group)
        if not 0 <= towards < len(known) or math.isnan(self.present):
            return nearest_one
        edge = last_where(
            lambda value: self._gap(value) == 0,
            nearest_one.value,
            known[towards].value,
            whole=False,
        )
        return self.at(tidied(self._gap, edge))

    def _crossed(self, one: Point, other: Point) -> Point | None:
        """The solution between two points on either side of the target; None where it jumps."""
        if self.whole:
            return self._beside(*self._whole_across(one, other))
        root = crossing(self._gap, one.value, other.value)
        if math.isnan(root):
            return None
        point = self._in_whole_things(self.at(tidied(self._gap, root)))
        rounding = _EQUAL * min(abs(one.gap), abs(other.gap))
        if abs(point.gap) > _REACHED * abs(point.target) + rounding:
            return None
        # What follows from the last digit alone is no problem, or the other side's digit ends it.
        step = abs(point.value) * _EQUAL
        around = [self.at(point.value - step), self.at(point.value + step)]
        return next(
            (each for each in (point, *around) if each.is_known and self._is_fine(each)), point
        )

    def _in_whole_things(self, point: Point) -> Point:
        """The point of as many whole tokens or GPUs, where a part of one changes nothing."""
        whole = self.at(float(round(point.value)))
        is_same = whole.is_known and abs(whole.gap) <= _REACHED * abs(whole.target)
        return whole if is_same and is_count_noun(self.spec.unit) else point

    def _jump(self, one: Point, other: Point) -> tuple[Point, Point]:
        """The nearest neighbours on either side of the target."""
        last = last_where(
            lambda value: self.at(value).side == one.side, one.value, other.value, whole=False
        )
        first = math.nextafter(last, other.value)
        return self.at(last), self.at(first)

    def _beside(self, before: Point, beyond: Point) -> Point:
        """The one of two whole neighbours to end on: on the wanted side, else the second.

        Where no side is wanted, it is the first if the second alone brings a problem.
        """
        if beyond.side in (0, self.wanted):
            return beyond
        if self.wanted != before.side and (self._is_fine(beyond) or not self._is_fine(before)):
            return beyond
        self.after[before.value] = beyond
        return before

    def _is_fine(self, point: Point) -> bool:
        """Whether the result there is no problem, as far as it is none at present."""
        inputs = self._inputs | {self.spec.name: float(point.value)}
        return not any(evaluate(inputs, self._following_problems).values())

    @cached_property
    def _following_problems(self) -> list[str]:
        """The problems that follow from the result and are none at present."""
        following = [name for name in PROBLEMS if self.of in GRAPH.needed([name])]
        now = evaluate(self._inputs, following)
        return [name for name in following if not now[name]]

    def _first_beyond(self, one: Point, other: Point) -> Point:
        """The first whole number after `one` that is not on its side of the target."""
        return self._whole_across(one, other)[1]

    def _whole_across(self, one: Point, other: Point) -> tuple[Point, Point]:
        """The last whole number on the side of `one`, and the first that is not."""
        met_unknown = False

        def is_before(value: float) -> bool:
            nonlocal met_unknown
            met_unknown |= not self._is_known(value)
            return self.at(value).side == one.side

        last = last_where(is_before, one.value, other.value, whole=True)
        if not met_unknown:
            return self.at(last), self.at(last + 1)
        return self._first_of_few(one, other)

    def _first_of_few(self, one: Point, other: Point) -> tuple[Point, Point]:
        """The same if most whole numbers between are impossible: all of them are tried.

        A gap too wide for that gives its other end, a number with many divisors.
        """
        import numpy as np  # noqa: PLC0415 - only a layout that must divide needs it

        before = one
        first, last = int(one.value) + 1, int(other.value)
        for start in range(first, min(last, first + _MOST_CHUNKS * _CHUNK), _CHUNK):
            values = np.arange(start, min(start + _CHUNK, last + 1))
            changed = {**self._inputs, self.spec.name: values.astype(float)}
            results = GRAPH.evaluate(changed, self._names)
            possible = ~np.isnan(results[self.of])
            for name in self._minded:
                possible &= results[name] == ""
            for value in values[np.broadcast_to(possible, values.shape)]:
                point = self.at(int(value))
                if point.is_known and point.side != one.side:
                    return before, point
                if point.is_known:
                    before = point
        return before, other


def same(one: float, other: float) -> bool:
    """Whether two numbers differ by no more than the rounding of floats."""
    return math.isclose(one, other, rel_tol=_EQUAL)
