"""Solving: the field value at which a result meets a target."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from dsexplore.analysis.sensitivity.sensitivity import steepest
from dsexplore.analysis.solve.search import FieldSearch, Point, same
from dsexplore.engine import GRAPH, QUANTITIES, evaluate, warnings_in
from dsexplore.engine.names import check_result, is_name, is_number, results, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.scenario.field import FieldSpec, Value
from dsexplore.scenario.scenario import FIELDS, Scenario, known_field
from dsexplore.text.format import format_value
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, nearest, shown

_NAMED = 4
# Closer than this, fields are as strong as each other.
_DIGITS = 3


class SolveError(ScenarioError):
    """No value of the field meets the target."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The field value at which a result meets its target.

    A whole number is the smallest at or beyond the target, or the largest before it where that
    is the wanted side, or the other one brings a problem. `previous` is then the last possible
    whole number before it, if any, and `next` the one after it where the target lies between.
    `present` is the field's value now, None if unknown; `others` are further solutions, the
    nearest to it first.
    """

    field: str
    value: float
    result: str
    reached: float
    target: float
    present: float | None
    others: tuple[float, ...]
    previous: Point | None
    next: Point | None
    # The scenario that was asked about.
    scenario: Scenario

    def at(self, value: float) -> Standing:
        """What belongs beside the results at a value of the field."""
        return Standing(self.scenario.with_values({self.field: value}))

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the result cannot be had even so, in sentences."""
        return tuple(self.at(self.value).impossible.get(self.result, ()))

    def said_of(self, point: Point) -> str:
        """The result at a value of the field in words, marked: a bound, or not to be had."""
        text = format_value(point.result, unit_of(self.result))
        return self.at(point.value).marked(self.result, text)


def side_and_target(words: str) -> tuple[int, str]:
    """The side of a target that is asked for (1 at least, -1 at most, 0 none), and the target."""
    text = words.strip()
    for signs, side in ((("<=", "≤", "<"), -1), ((">=", "≥", ">"), 1)):
        for sign in signs:
            if text.startswith(sign):
                return side, text.removeprefix(sign).strip()
    return 0, text.removeprefix("=").strip()


def solve(
    scenario: Scenario,
    of: str,
    target: float | str,
    by: str,
    low: float | None = None,
    high: float | None = None,
) -> Solution:
    """The value of the field `by` at which `of` equals the target, nearest to the present value.

    The target is a number in the result's base unit, an amount as people type it, or the name of
    another quantity or field in the same unit; `<=` or `>=` before it says on which side of it a
    whole number is to be. `low` and `high` narrow the field's range. A value at which the result
    cannot be had (`forbids` of a problem) counts only where no other solves it, or the scenario is
    so already; one that contradicts itself never does. Raises SolveError if there is no such value,
    ScenarioError for a question that makes no sense.
    """
    spec = known_field(by)
    side, target = side_and_target(target) if isinstance(target, str) else (0, target)
    goal = _goal(of, target)
    if not spec.is_numeric:
        raise _no_help(scenario, of, by, "is no number")
    ends = _ends(spec, low, high)
    search = FieldSearch(scenario, of, goal, spec, side)
    if not search.is_needed:
        raise _no_help(scenario, of, by, _why_idle(scenario, of, spec))
    found = _first_solutions(search, ends)
    if not found and search.met_impossible:
        search = FieldSearch(scenario, of, goal, spec, side, is_strict=False)
        found = _first_solutions(search, ends)
    if not found:
        raise _why_none(scenario, search, ends)
    first, *others = found
    after = search.after.get(first.value)
    return Solution(
        field=by,
        value=first.value,
        result=of,
        reached=first.result,
        target=first.target,
        present=_number(scenario.value(by)),
        others=tuple(point.value for point in others),
        previous=search.before(first.value, ends[0]) if search.whole and not after else None,
        next=after,
        scenario=scenario,
    )


def _first_solutions(search: FieldSearch, ends: tuple[float, float]) -> list[Point]:
    """The solutions in a range, the nearest to the present value first; none for a constant."""
    known = search.known(*ends)
    if not known or (len(known) > 1 and _is_constant(known)):
        return []
    return search.solutions(known)[0]


def _why_none(scenario: Scenario, search: FieldSearch, ends: tuple[float, float]) -> ScenarioError:
    """Why no value solves the question."""
    known = search.known(*ends)
    if not known:
        return _unknown(scenario, search.of, search.spec.name)
    if len(known) > 1 and _is_constant(known):
        why = _why_idle(scenario, search.of, search.spec)
        return _no_help(scenario, search.of, search.spec.name, why)
    return _no_solution(search, known, search.solutions(known)[1])


def _number(value: Value) -> float | None:
    assert not isinstance(value, str)
    return value


def candidates(scenario: Scenario, of: str) -> list[str]:
    """The numeric fields that move a result, those of the largest elasticity first.

    Fields that cannot be a tenth more or less, or are 0 or unknown, come last, in their panels'
    order.
    """
    inputs = scenario.inputs()
    names = GRAPH.needed([of], inputs)
    read = GRAPH.reads(names)
    slopes = steepest(scenario, of)
    strongest = sorted(slopes, key=lambda name: -round(abs(slopes[name]), _DIGITS))
    values, among = inputs | evaluate(inputs, names), frozenset(names)
    rest = [
        name
        for name, spec in FIELDS.items()
        if name in read and spec.is_numeric and name not in strongest
    ]

    def can_move(name: str) -> bool:
        """Whether the result is another one at another size of the field."""
        changed = (
            GRAPH.evaluate_changed(values, {name: float(size)}, among)
            for size in _other_sizes(scenario, FIELDS[name])
        )
        results = (float(result.get(of, values[of])) for result in changed)
        return any(not math.isnan(r) and not same(r, float(values[of])) for r in results)

    return strongest + [name for name in rest if can_move(name)]


def _other_sizes(scenario: Scenario, spec: FieldSpec) -> Iterator[float]:
    """A field twice, half and a hundred times as large, as far as the scenario can have that."""
    start = scenario.value(spec.name) or 1
    assert not isinstance(start, str)
    for factor in (2, 0.5, 100):
        size = math.ceil(start * factor) if spec.kind == "integer" else start * factor
        try:
            scenario.check({spec.name: size})
        except ScenarioError:
            continue
        yield size


# The question


def _goal(of: str, target: float | str) -> float | str:
    """The target as a number in the result's base unit, or as a name."""
    check_result(of)
    if not isinstance(target, str):
        return target
    unit, words = unit_of(of), target.strip()
    if is_name(words):
        if unit_of(words) != unit or not is_number(words):
            allowed = f"an amount, or a name with {_unit_in_words(unit)}"
            raise ScenarioError(of, f"{words}, with {_unit_in_words(unit_of(words))}", allowed)
        return words
    try:
        return float(parse_quantity(words, unit))
    except UnitError as error:
        example = str(error).rpartition(" (for example ")[2].rstrip(")")
        same_unit = [name for name in results() if unit_of(name) == unit]
        names = nearest(words, same_unit)
        raise ScenarioError(of, shown(words), f"an amount such as {example}, or {names}") from None


def _unit_in_words(unit: str) -> str:
    return f"the unit {unit}" if unit else "no unit"


def _ends(spec: FieldSpec, low: float | None, high: float | None) -> tuple[float, float]:
    """The range to search. Raises ScenarioError for an end that the field cannot have."""
    is_open = spec.kind == "number"  # then a range may begin where the field's does
    for end in (low, high):
        if end is not None and not (spec.contains(end) or (is_open and end == spec.above)):
            raise spec.refuse(format_value(end, spec.unit))
    if spec.above is not None:
        lowest = spec.above + 1 if spec.kind == "integer" else spec.above
    else:
        lowest = spec.minimum or 0.0
    assert spec.maximum is not None, f"{spec.name} has no upper end"
    start, end = (lowest if low is None else low), (spec.maximum if high is None else high)
    if start >= end:
        found = " to ".join(format_value(value, spec.unit) for value in (start, end))
        raise ScenarioError(spec.path, found, "a range whose first number is below its second")
    return start, end


# Refusals


def _is_constant(points: list[Point]) -> bool:
    first = points[0]
    return all(
        same(point.result, first.result) and same(point.target, first.target) for point in points
    )


def _why_idle(scenario: Scenario, of: str, spec: FieldSpec) -> str:
    read = GRAPH.reads(GRAPH.needed([of]))
    ruled_out = spec.ruled_out_by(scenario.value)
    if spec.name in read and ruled_out:
        choice, words = ruled_out
        return f"has an effect only while {choice} is {' or '.join(map(str, words))}"
    return "makes no difference"


def _no_help(scenario: Scenario, of: str, by: str, why: str) -> ScenarioError:
    moving = [name for name in candidates(scenario, of) if name != by]
    named = ", ".join(moving[:_NAMED])
    more = f", or another of {len(moving)} fields that move it" if len(moving) > _NAMED else ""
    allowed = f"{named}{more}" if moving else "another result, which fields move"
    return ScenarioError(of, f"{by}, which {why}", allowed)


def _unknown(scenario: Scenario, of: str, by: str) -> SolveError:
    reasons = warnings_in(evaluate(scenario.inputs()))
    why = f" ({reasons[0].strip().rstrip('.')})" if reasons else ""
    found = f"no value of {by} at which it is known{why}"
    return SolveError(of, found, "a scenario from which it can be computed")


def _no_solution(
    search: FieldSearch, known: list[Point], jumps: list[tuple[Point, Point]]
) -> SolveError:
    unit, goal = QUANTITIES[search.of].unit, search.goal
    start, end = (format_value(known[k].value, search.spec.unit) for k in (0, -1))
    wanted = goal if isinstance(goal, str) else format_value(goal, unit)
    found = f"no solution between {search.spec.name} {start} and {end}"
    if search.met_impossible:
        found += " with a possible layout"
    if len(known) == 1:
        found = f"no solution: {search.spec.name} can only be {start}"
        behaves = f"it is then {format_value(known[0].result, unit)}, not {wanted}"
    elif jumps:
        one, other = jumps[0]
        at = format_value(one.value, search.spec.unit)
        results = (format_value(point.result, unit) for point in (one, other))
        behaves = f"it jumps over {wanted} at {at}, from {' to '.join(results)}"
    elif isinstance(goal, str):
        behaves = f"it stays {'above' if known[0].side > 0 else 'below'} {goal}"
    else:
        behaves = f"it goes from {_course([point.result for point in known], unit)}, not {wanted}"
    return SolveError(
        search.of, f"{found}: {behaves}", "a target that it reaches, or another field"
    )


def _course(results: list[float], unit: str) -> str:
    """A result from its first value to its last, with its extremes between if they lie outside."""
    first, last = results[0], results[-1]
    course = [first, last]
    for extreme in (min(results), max(results)):
        if not min(first, last) <= extreme <= max(first, last):
            course.insert(1, extreme)
    return " to ".join(format_value(result, unit) for result in course)
