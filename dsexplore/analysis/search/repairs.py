"""What makes the links of a layout agree: the nearest value of one field, of two, or of more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from itertools import product as product_of
from typing import Any

from dsexplore.engine import GRAPH
from dsexplore.engine.names import BROKEN_LINK
from dsexplore.engine.standing import Standing
from dsexplore.library.presets import with_changes
from dsexplore.scenario.field import Value
from dsexplore.scenario.panel import Tie
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.text.refusal import ScenarioError

# Values to try: at least and at most so many.
_FEW, _MANY = 64, 1024
# Of two fields at once, values of each: up to so many times more or less than now.
_NEAR = 8
MOST_REPAIRS = 12
_STATED = "layout_is_stated"


@dataclass(frozen=True, slots=True)
class Repair:
    """Fields to change, after which every link holds, and the results then."""

    fields: dict[str, Value]
    results: Mapping[str, Any]


def linked(inputs: Mapping[str, Any]) -> list[str]:
    """The fields of links: wholes, factors, divisors, and last what these go by."""
    behind = GRAPH.behind([BROKEN_LINK], inputs)
    laid_out = [panel for panel in PANELS.values() if panel.products]
    names = [name for panel in laid_out for product in panel.products for name in product]
    names += [first for panel in PANELS.values() for first, _, _ in panel.goes_by]
    names += [name for panel in laid_out for name in panel.specs]
    names += _gone_by()
    return [
        name
        for name in dict.fromkeys(names)
        if name in FIELDS and FIELDS[name].kind == "integer" and name in behind
    ]


def _gone_by() -> list[str]:
    """What numbers of a layout go by: the model's own, which are changed last."""
    laid_out = [panel for panel in PANELS.values() if panel.products]
    return [second for panel in laid_out for _, _, second in panel.goes_by]


def repairs(scenario: Scenario) -> list[Repair]:
    """Changes of one linked field after which the layout's links hold, of two, or else of more.

    The nearest values come first. None where the links hold, or where a linked field is unknown.
    """
    inputs = scenario.inputs()
    names = [name for name in linked(inputs) if FIELDS[name].applies_where(scenario.value)]
    if not _is_broken(inputs) or any(math.isnan(inputs[name]) for name in names):
        return []
    own = [name for name in names if name not in _gone_by()]
    tries: tuple[Iterator[dict[str, Value]], ...] = (
        (fields for name in names for fields in _of_one(inputs, name)),
        (fields for pair in combinations(own, 2) for fields in _of_two(inputs, pair)),
        _of_many(inputs, names),
    )
    return next(filter(None, (_repaired_by(scenario, [*each], inputs) for each in tries)), [])


def _repaired_by(
    scenario: Scenario, found: list[dict[str, Value]], inputs: Mapping[str, Any]
) -> list[Repair]:
    """The nearest of some changes that make the links hold; those of the model's own come last."""
    last = {*_gone_by()}
    found.sort(key=lambda fields: (not last.isdisjoint(fields), _distance(inputs, fields)))
    # To state no layout any more is no repair of one.
    is_stated = bool(GRAPH.evaluate(inputs, [_STATED])[_STATED])
    tried = (_repaired(scenario, fields, is_stated) for fields in found)
    return [each for each, _ in zip(filter(None, tried), range(MOST_REPAIRS), strict=False)]


def _is_broken(inputs: Mapping[str, Any]) -> bool:
    return bool(GRAPH.evaluate(inputs, [BROKEN_LINK], in_words=False)[BROKEN_LINK])


def _of_one(inputs: Mapping[str, Any], name: str) -> Iterator[dict[str, Value]]:
    """The nearest value below and the nearest above at which every link holds."""
    import numpy as np  # noqa: PLC0415 - only where links are broken

    tried = np.array(_values(inputs, name), dtype=float)
    broken = GRAPH.evaluate({**inputs, name: tried}, [BROKEN_LINK], in_words=False)[BROKEN_LINK]
    holds = tried[np.broadcast_to(broken, tried.shape) == ""]
    for values, nearest in ((holds[holds < inputs[name]], max), (holds[holds > inputs[name]], min)):
        if values.size:
            yield {name: int(nearest(values))}


def _of_two(inputs: Mapping[str, Any], pair: tuple[str, str]) -> Iterator[dict[str, Value]]:
    """The nearest pair of values at which every link holds."""
    import numpy as np  # noqa: PLC0415 - as said above

    values = [
        [each for each in _values(inputs, name) if 1 / _NEAR <= each / max(1, now) <= _NEAR]
        for name, now in ((name, inputs[name]) for name in pair)
    ]
    mesh = np.meshgrid(*(np.array(each[:128], dtype=float) for each in values), indexing="ij")
    first, second = (each.ravel() for each in mesh)
    changed = {**inputs, pair[0]: first, pair[1]: second}
    broken = GRAPH.evaluate(changed, [BROKEN_LINK], in_words=False)[BROKEN_LINK]
    holds = np.flatnonzero(np.broadcast_to(broken, first.shape) == "")
    found: list[dict[str, Value]] = [
        {pair[0]: int(first[at]), pair[1]: int(second[at])} for at in holds
    ]
    if found:
        yield min(found, key=lambda fields: _distance(inputs, fields))


def _of_many(inputs: Mapping[str, Any], names: Sequence[str]) -> Iterator[dict[str, Value]]:
    """Each factor at its nearest divisor, and wholes that they divide.

    If need be from another value of one factor, and without what a layout can do without.
    """
    products = [product for panel in PANELS.values() for product in panel.products]
    wholes = [*dict.fromkeys(product[0] for product in products)]
    multiplied = {name for product in products for name in product}
    own = [name for name in names if name not in _gone_by()]
    spared = {name: int(FIELDS[name].default or 0) for name in own if name not in multiplied}
    starts: list[dict[str, Value]] = [
        {name: value}
        for name in own
        if name in multiplied and name not in wholes
        for value in _values(inputs, name)
    ]
    starts.sort(key=lambda start: _distance(inputs, start))
    for left_out, start in product_of(({}, spared), ({}, *starts[:_FEW])):
        there: dict[str, Value] = {**left_out, **start}
        there |= _snapped({**inputs, **there}, names)
        at = {**inputs, **there}
        more: list[dict[str, Value]] = [{}]
        if _is_broken(at):
            more = [each for name in (wholes if start else names) for each in _of_one(at, name)]
        for each in more:
            after = {**there, **each}
            yield {name: new for name, new in after.items() if new != inputs[name]}
        if more:
            return


def _snapped(inputs: Mapping[str, Any], names: Sequence[str]) -> dict[str, Value]:
    """Each factor of a layout at its nearest divisor, wholes at their nearest multiples."""
    fields: dict[str, Value] = {}

    def now(name: str) -> int:
        at = {**inputs, **fields}
        value = at[name] if name in at else GRAPH.evaluate(at, [name])[name]
        return int(value) if math.isfinite(value) else 0

    def snap(ties: Iterable[tuple[str, Tie, str]]) -> None:
        for first, tie, second in ties:
            fields[first] = _nearest(now(first), now(second), is_divisor=tie == "divides")

    ties = [tie for panel in PANELS.values() for tie in panel.goes_by if tie[0] in names]
    own = _gone_by()
    snap(tie for tie in ties if tie[0] not in own and tie[2] in own)
    products = [product for panel in PANELS.values() for product in panel.products]
    for whole in dict.fromkeys(product[0] for product in products):
        factors = [product[1:-1] for product in products if product[0] == whole]
        base = math.lcm(*(math.prod(map(now, each)) for each in factors))
        fields[whole] = base * max(1, round(inputs[whole] / max(1, base)))
    snap(tie for tie in ties if tie[2] not in own)
    return fields


def _nearest(now: int, other: int, *, is_divisor: bool) -> int:
    """The number nearest to one of now that divides another, or is at most that; 0 stays."""
    if not now or not other or not is_divisor:
        return min(now, other or now)
    return min(
        (n for n in range(1, other + 1) if other % n == 0), key=lambda n: abs(math.log(n / now))
    )


def _values(inputs: Mapping[str, Any], name: str) -> list[int]:
    """Values to try: multiples of the other factors for a whole, any number for a degree."""
    now = int(inputs[name])
    for product in (product for panel in PANELS.values() for product in panel.products):
        if product[0] == name:
            factors = [name for name in product[1:] if name in FIELDS]
            base = math.prod(int(inputs[factor]) for factor in factors)
            base = math.lcm(max(1, base), *(_others(inputs, name)))
            most = min(max(2 * now // base, 4 * _FEW), _MANY)
            return [base * each for each in range(1, most + 1) if base * each != now]
    least = max(1, now - _MANY // 2)
    return [each for each in range(least, max(2 * min(now, _MANY), _FEW) + least) if each != now]


def _others(inputs: Mapping[str, Any], whole: str) -> list[int]:
    """What else a whole must divide by: of a batch, the copies that share it."""
    factors = next(
        product[1:]
        for panel in PANELS.values()
        for product in panel.products
        if product[0] == whole
    )
    results = [name for name in factors if name not in FIELDS]
    if len(results) < 2:
        return []
    values = GRAPH.evaluate(inputs, results[:1])
    value = values[results[0]]
    return [int(value)] if value >= 1 and value % 1 == 0 else []


def _distance(inputs: Mapping[str, Any], fields: Mapping[str, Value]) -> float:
    """How far values are from those of now, as factors."""
    return sum(
        abs(math.log(float(value or 1) / max(1.0, inputs[name]))) for name, value in fields.items()
    )


def _repaired(scenario: Scenario, fields: dict[str, Value], is_stated: bool) -> Repair | None:
    """A change as the document makes it; None where a rule refuses it, or a layout is lost."""
    try:
        there = Standing(with_changes(scenario, {**fields}))
    except ScenarioError:
        return None
    if there.values[BROKEN_LINK] or (is_stated and not there.values[_STATED]):
        return None
    return Repair(fields, there.values)
