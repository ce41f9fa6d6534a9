"""Sensitivity: how a result follows each field it is computed from, the strongest first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsexplore.analysis.sensitivity.neighbours import is_amount, neighbours
from dsexplore.analysis.sensitivity.ranges import NEXT, OTHER, Range, around
from dsexplore.analysis.sensitivity.trial import Outcome, Row, Trial
from dsexplore.scenario.field import FieldSpec, Value
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario

# Half the distances, relative to a value, over which its slope is taken: curvature then shows in
# the ninth digit, rounding in the eleventh. Slopes that differ by more are of a jump, not a curve.
_APART = (1e-4, 1e-5)
_SAME_SLOPE = 0.01
# Apart by so much, counts too show how strongly a result follows them.
_TENTH = 0.1
# A smaller relative change of the result is none.
_NOTICED = 1e-4
# So many neighbours are tried before all are.
_FIRST = 8

_RULED = frozenset(name for panel in PANELS.values() for name in panel.ruled())


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a field and the relative change of the result; nan if it cannot be or is unknown.

    `is_possible` is false where a problem is in the way that is not there as things stand.
    """

    value: Value
    change: float
    is_possible: bool = True


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A field, its present value, and the result at other values of it.

    Points go from the lowest value to the highest, those of a choice from the lowest result to the
    highest. `span` says in words which values they are. The elasticity is d ln result / d ln field,
    nan for what is counted or chosen.
    """

    field: str
    value: Value
    span: str
    points: tuple[Point, ...]
    elasticity: float = math.nan

    @property
    def swing(self) -> float:
        """From the lowest to the highest result over these values, relative to the present."""
        known = [0.0, *(each.change for each in self.points if not math.isnan(each.change))]
        return max(known) - min(known)

    @property
    def ends(self) -> tuple[Point | None, Point | None]:
        """Of a number: the points of its lower and of its higher value, where there are any."""
        if len(self.points) == 2:
            return self.points[0], self.points[1]
        if not self.points or not isinstance(self.value, int | float):
            return None, None
        (point,) = self.points
        is_below = isinstance(point.value, int | float) and point.value < self.value
        return (point, None) if is_below else (None, point)

    @property
    def changes(self) -> tuple[float, float]:
        """The relative changes of the result there; nan without a point, or where it cannot be."""
        low, high = (math.nan if end is None else end.change for end in self.ends)
        return low, high


def sensitivities(
    scenario: Scenario,
    of: str,
    ranges: Mapping[str, Range] | None = None,
    *,
    with_choices: bool = True,
) -> list[Sensitivity]:
    """Every field that moves a result, the strongest first; none if the result is 0 or unknown.

    `ranges` are of numeric fields; an amount without one is moved by a share of itself, and a count
    to the nearest values at which no problem arises. All numbers are evaluated as one array, and
    again what has no neighbour near by.
    """
    trial = Trial(scenario, of)
    if not trial.now or math.isnan(trial.now):
        return []
    stated = {name: each for name, each in (ranges or {}).items() if name in trial.reads}
    numeric = [name for name in FIELDS if name in trial.reads and _moves(trial, name, stated)]
    amounts = [name for name in numeric if name in stated or is_amount(FIELDS[name])]
    counts = [name for name in numeric if name not in amounts]
    found = [*_numbers(trial, amounts, counts, stated)]
    if with_choices:
        found += _choices(trial)
    moving = [each for each in found if each.field in stated or _is_noticed(each)]
    return sorted(moving, key=lambda each: -each.swing)


def steepest(scenario: Scenario, of: str) -> dict[str, float]:
    """By numeric field, d ln result / d ln field over a tenth less or more, the larger of the two.

    Counts are moved as if they could be divided. Fields that move nothing are left out.
    """
    trial = Trial(scenario, of, is_strict=False)
    if not trial.now or math.isnan(trial.now):
        return {}
    names = [name for name in FIELDS if name in trial.reads and _moves(trial, name, {})]
    ratios = (1 - _TENTH, 1 + _TENTH)
    rows = [(name, trial.inputs[name] * ratio) for name in names for ratio in ratios]
    found: dict[str, float] = {}
    for place, (result, _) in enumerate(trial.outcomes(rows)):
        name, ratio = names[place // 2], ratios[place % 2]
        if not math.isnan(result) and abs(result / trial.now - 1) > _NOTICED * _TENTH:
            slope = _elasticity(ratio, 1.0, result / trial.now, 1.0, 1.0)
            found[name] = max(found.get(name, 0.0), slope, key=abs)
    return found


def _moves(trial: Trial, name: str, stated: Mapping[str, Range]) -> bool:
    """Whether a field is a number that has another value near by."""
    spec = FIELDS[name]
    if not spec.is_numeric or not spec.applies_where(trial.scenario.value):
        return False
    value = trial.inputs[name]
    return name in stated or (value != 0 and not math.isnan(value))


def _is_noticed(each: Sensitivity) -> bool:
    slope = 0.0 if math.isnan(each.elasticity) else abs(each.elasticity)
    return max(each.swing, slope) > _NOTICED


def _numbers(
    trial: Trial, amounts: Sequence[str], counts: Sequence[str], stated: Mapping[str, Range]
) -> Iterator[Sensitivity]:
    """What numbers do: amounts over their ranges, counts at their neighbours."""
    spans = {name: stated.get(name) or around(FIELDS[name], trial.inputs[name]) for name in amounts}
    asked = {
        name: [(name, each) for each in (*_beside(trial, name), span.low, span.high)]
        for name, span in spans.items()
    }
    near = {
        (name, side): neighbours(FIELDS[name], trial.inputs[name], side)
        for name in counts
        for side in (-1, 1)
    }
    first = {key: [(key[0], each) for each in values[:_FIRST]] for key, values in near.items()}
    rows = [row for group in (*asked.values(), *first.values()) for row in group]
    outcomes = dict(zip(rows, trial.outcomes(rows), strict=True))
    for name, span in spans.items():
        yield _amount(trial, name, span, [outcomes[row] for row in asked[name]])
    for name in counts:
        points = []
        for side in (-1, 1):
            tried = [(row[1], outcomes[row]) for row in first[name, side]]
            point = _first_possible(trial, name, tried)
            if point is None and (rest := near[name, side][_FIRST:]):
                further: list[Row] = [(name, each) for each in rest]
                point = _first_possible(
                    trial, name, zip(rest, trial.outcomes(further), strict=True)
                )
            points += [point] if point else []
        yield Sensitivity(name, trial.scenario.value(name), NEXT, tuple(points))


def _beside(trial: Trial, name: str) -> list[float]:
    """Pairs of values just below and above a field's, between which its slope is taken."""
    value, spec = trial.inputs[name], FIELDS[name]
    near = [value * (1 + side * apart) for apart in _APART for side in (-1, 1)]
    return [each if spec.contains(each) else value for each in near]


def _slope(trial: Trial, name: str, outcomes: Sequence[Outcome]) -> float:
    """D ln result / d ln field; nan at a jump, and for a field of 0."""
    values, value = _beside(trial, name), float(trial.inputs[name])
    slopes = [
        _elasticity(low, high, below / trial.now, above / trial.now, value)
        for low, high, (below, _), (above, _) in zip(
            values[::2], values[1::2], outcomes[::2], outcomes[1::2], strict=True
        )
        if high > low
    ]
    if not slopes or not math.isclose(slopes[0], slopes[-1], rel_tol=_SAME_SLOPE, abs_tol=_NOTICED):
        return math.nan
    return slopes[0]


def _elasticity(low: float, high: float, below: float, above: float, now: float) -> float:
    """Of results relative to the present one; by logarithms it is exact for every power."""
    if below > 0 and above > 0:
        return math.log(above / below) / math.log(high / low)
    return (above - below) * now / (high - low)


def _amount(trial: Trial, name: str, span: Range, outcomes: Sequence[Outcome]) -> Sensitivity:
    *beside, _, _ = outcomes
    ends = outcomes[len(beside) :]
    value, spec = trial.inputs[name], FIELDS[name]
    slope = _slope(trial, name, beside)
    points = [
        _point(trial, _typed(spec, at), outcome)
        for at, outcome in zip((span.low, span.high), ends, strict=True)
        if at != value
    ]
    return Sensitivity(name, trial.scenario.value(name), span.words, tuple(points), slope)


def _point(trial: Trial, value: Value, outcome: Outcome) -> Point:
    result, is_possible = outcome
    return Point(value, result / trial.now - 1 if is_possible else math.nan, is_possible)


def _first_possible(
    trial: Trial, name: str, tried: Iterable[tuple[float, Outcome]]
) -> Point | None:
    """The first of some values that nothing stands in the way of."""
    for value, (result, is_possible) in tried:
        if is_possible and (name not in _RULED or trial.keeps_rules(name, value)):
            return Point(_typed(FIELDS[name], value), result / trial.now - 1)
    return None


def _typed(spec: FieldSpec, value: float) -> Value:
    return int(value) if spec.kind == "integer" and value % 1 == 0 else value


def _choices(trial: Trial) -> Iterator[Sensitivity]:
    """What each other choice does."""
    for name, spec in FIELDS.items():
        if name not in trial.reads or not spec.applies_where(trial.scenario.value):
            continue
        value = trial.scenario.value(name)
        others: list[Value] = []
        if spec.kind == "choice":
            others = [each for each in spec.choices if each != value]
        elif spec.kind == "boolean":
            others = [not value]
        points = []
        for other in others:
            result, is_possible = trial.chosen(name, other)
            # What is not known there says nothing.
            if not (is_possible and math.isnan(result)):
                points.append(_point(trial, other, (result, is_possible)))
        if points:
            points.sort(key=lambda each: (math.isnan(each.change), each.change))
            yield Sensitivity(name, value, OTHER, tuple(points))
