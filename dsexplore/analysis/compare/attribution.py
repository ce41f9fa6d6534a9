"""Attribution: how much each field contributes to the difference between two scenarios' results.

The changes from one scenario to the other are made one after another. The effect of each depends on
the ones before it, so it is averaged over the orders in which they can be made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from dsexplore.analysis.compare.changes import Player, players, same_run, together
from dsexplore.analysis.compare.efficiency import Rewritten, as_efficiency
from dsexplore.analysis.compare.mixed import Mixes, same_results
from dsexplore.analysis.compare.shapley import (
    Effects,
    Floats,
    Truths,
    around_each,
    every_state,
    over_all_orders,
    over_some_orders,
    sampled_orders,
    states_on_the_way,
)
from dsexplore.analysis.compare.step_parts import Moved, moved_parts
from dsexplore.engine import evaluate
from dsexplore.engine.names import check_result
from dsexplore.scenario.scenario import FIELDS, Scenario

# Up to so many changes every order counts; with more, a sample.
_MOST_FOR_ALL_ORDERS = 14
_PAIRS_OF_ORDERS = 128
# The most changes that are tried as a group known only together.
_MOST_INSEPARABLE = 3
# Logarithms further apart than this have a factor beyond every float.
_WIDEST = 600
# An effect this small, relative to the result, is rounding alone.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """One change: fields switched together, and their effect on the result.

    `factor` multiplies the result, nan if effects can only be added; `change` is in the result's
    unit; `share` is of the whole difference, on the scale on which effects add up, nan if there
    is no difference.
    """

    label: str
    fields: tuple[str, ...]
    factor: float
    change: float
    share: float
    # What is said of the change beside its fields: the MFU that hours imply.
    words: str = ""
    # The parts of a step that a change of the layout moves most, with seconds per step.
    moved: Moved = ()

    @property
    def strength(self) -> float:
        """The size of the effect on the scale on which effects add up."""
        return abs(self.change if math.isnan(self.factor) else math.log(self.factor))

    @property
    def rises(self) -> bool:
        """Whether the change makes the result larger."""
        return self.change > 0 if math.isnan(self.factor) else self.factor > 1


@dataclass(frozen=True, slots=True)
class Attribution:
    """A result in two scenarios, in base units, and the changes from one to the other.

    The factors of the parts multiply to the ratio, their changes add up to the difference, and
    the strongest is first. `method` says in a sentence what an effect is; `problems` are sentences.
    """

    of: str
    one: float
    other: float
    ratio: float
    parts: list[Part]
    method: str
    problems: list[str]

    def shares_of_strongest(self) -> list[float]:
        """Each part's strength over the strongest's, in order."""
        return [part.strength / self.parts[0].strength for part in self.parts]


def attribute(one: Scenario, other: Scenario, of: str) -> Attribution:
    """The changes behind a result's difference; idle ones are left out.

    Raises ScenarioError for a name that is no result, or a result in words.
    """
    check_result(of)
    own = (one.inputs(), other.inputs())
    written = as_efficiency(*own, of, same_run=same_run(*own))
    mixes = Mixes(written.before, written.after, of)
    start, end = (float(evaluate(inputs, [of])[of]) for inputs in (mixes.before, mixes.after))
    ratio = end / start if start else math.nan
    if unknown := _unknown(of, start, end):
        return Attribution(of, start, end, ratio, [], "", [unknown])
    found, problems = _averaged(mixes, players(mixes.before, mixes.after, of))
    moved = moved_parts(mixes, found.changes)
    parts = [
        _told(replace(part, moved=moved.get(part.fields, ())), written)
        for part in _parts(found, start, end)
    ]
    return Attribution(of, start, end, ratio, parts, _method(found, parts), problems)


def _told(part: Part, written: Rewritten) -> Part:
    """A change of efficiency by the scenarios' own fields, which may state hours."""
    label, fields, words = written.about(part.fields)
    return replace(part, label=label, fields=fields, words=words) if fields else part


def _unknown(of: str, start: float, end: float) -> str:
    where = [place for place, value in (("first", start), ("other", end)) if math.isnan(value)]
    if not where:
        return ""
    which = f"the {where[0]}" if len(where) == 1 else "either"
    return f"{of} is not known in {which} scenario, so nothing can be said of what moves it."


@dataclass(frozen=True)
class _Found:
    """Changes, the mixes of them that were evaluated, and their effects.

    Effects are logarithms of factors if they multiply, else differences.
    """

    changes: list[Player]
    made: Truths
    values: Floats
    effects: Effects
    multiply: bool
    is_sample: bool
    # Changes without an effect in any evaluated mix.
    idle: list[Player]

    def inseparable(self) -> list[Player]:
        """The fewest changes to be made together so that the result is known; none if it is.

        None too if only many would do, unless nothing at all is known without them, and where one
        change is left.
        """
        unknown = self.made[np.isnan(self.values)]
        if not len(unknown) or len(self.changes) == 1:
            return []
        for size in range(2, _MOST_INSEPARABLE + 1):
            for places in combinations(range(len(self.changes)), size):
                of_these = unknown[:, places]
                if (of_these.any(axis=1) & ~of_these.all(axis=1)).all():
                    return [self.changes[place] for place in places]
        return [] if self.effects.left_out < self.effects.orders else self._lost_alone()

    def _lost_alone(self) -> list[Player]:
        """Changes that lose the result when made or left alone; all changes if only one does."""
        count, made = len(self.changes), self.made.sum(axis=1)
        unknown = np.isnan(self.values)
        lost = self.made[unknown & (made == 1)].any(axis=0)
        lost |= (~self.made[unknown & (made == count - 1)]).any(axis=0)
        found = [change for change, is_one in zip(self.changes, lost, strict=True) if is_one]
        return found if len(found) > 1 else self.changes


def _averaged(mixes: Mixes, changes: list[Player]) -> tuple[_Found, list[str]]:
    """Effects of the changes, and a sentence on each group that had to be taken together."""
    problems: list[str] = []
    while True:
        found = _evaluated(mixes, changes)
        if rest := _without_idle(mixes, found):
            changes = rest
        elif inseparable := found.inseparable():
            merged = together(inseparable)
            changes = [change for change in changes if change not in inseparable] + [merged]
            problems.append(
                f"{_listed(merged.fields)} are switched together: "
                f"with only some of them, {mixes.of} is not known."
            )
        else:
            return found, problems + _left_out(found, mixes.of)


def _without_idle(mixes: Mixes, found: _Found) -> list[Player]:
    """The changes with an effect, if the idle ones can be left out; else none."""
    if not found.idle:
        return []
    rest = [change for change in found.changes if change not in found.idle]
    if not found.is_sample:
        return rest
    if len(rest) > _MOST_FOR_ALL_ORDERS:
        return []
    # A change may be idle in the sample and not in a mix that the sample missed.
    made = every_state(len(rest))
    without, having = mixes.values(rest, made), mixes.having_made(found.idle).values(rest, made)
    return rest if same_results(without, having).all() else []


def _evaluated(mixes: Mixes, changes: list[Player]) -> _Found:
    if len(changes) > _MOST_FOR_ALL_ORDERS:
        return _sampled(mixes, changes)
    made = every_state(len(changes))
    values, multiply = _on_scale(mixes.values(changes, made))
    idle = [
        change
        for place, change in enumerate(changes)
        if same_results(*values.reshape(-1, 2, 2**place).swapaxes(0, 1)).all()
    ]
    effects = over_all_orders(values)
    return _Found(changes, made, values, effects, multiply, is_sample=False, idle=idle)


def _sampled(mixes: Mixes, changes: list[Player]) -> _Found:
    orders = sampled_orders(len(changes), _PAIRS_OF_ORDERS)
    ways = states_on_the_way(orders)
    made, place = np.unique(ways.reshape(-1, len(changes)), axis=0, return_inverse=True)
    values, multiply = _on_scale(mixes.values(changes, made))
    on_the_way = values[place.reshape(ways.shape[:2])]
    is_idle: Truths = np.all(same_results(*around_each(orders, on_the_way)), axis=0)
    idle = [change for change, does_nothing in zip(changes, is_idle, strict=True) if does_nothing]
    effects = over_some_orders(orders, on_the_way)
    return _Found(changes, made, values, effects, multiply, is_sample=True, idle=idle)


def _on_scale(values: Floats) -> tuple[Floats, bool]:
    """Values on the scale on which effects add up, and whether that is the logarithmic one.

    It is, unless a value is 0 or differs in sign from the rest.
    """
    known = values[~np.isnan(values)]
    if not ((known > 0).all() or (known < 0).all()):
        return values, False
    logarithms = np.log(np.abs(values))
    is_narrow = bool(np.nanmax(logarithms) - np.nanmin(logarithms) < _WIDEST)
    return (logarithms, True) if is_narrow else (values, False)


def _left_out(found: _Found, of: str) -> list[str]:
    if not found.effects.left_out:
        return []
    share = found.effects.left_out / found.effects.orders
    return [
        f"{100 * share:.0f} % of the orders are left out: they pass through a mix of the scenarios "
        f"in which {of} is not known."
    ]


def _listed(names: tuple[str, ...]) -> str:
    if len(names) > 2 * _MOST_INSEPARABLE:
        return f"{', '.join(names[:_MOST_INSEPARABLE])} and {len(names) - _MOST_INSEPARABLE} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _parts(found: _Found, start: float, end: float) -> list[Part]:
    sizes = (1.0,) if found.multiply else (start, end, *found.effects.of_each)
    noise = _NOTHING * max(map(abs, sizes))
    whole = math.fsum(found.effects.of_each)
    if abs(whole) <= noise:
        whole = math.nan
    parts = [
        _part(change, effect, whole, found.multiply, start, end)
        for change, effect in zip(found.changes, found.effects.of_each, strict=True)
        if abs(effect) > noise
    ]
    return sorted(parts, key=lambda part: part.strength, reverse=True)


def _part(
    change: Player, effect: float, whole: float, multiply: bool, start: float, end: float
) -> Part:
    share = effect / whole
    fields = tuple(name for name in change.fields if name in FIELDS)
    if not multiply:
        return Part(change.label, fields, math.nan, effect, share)
    # The logarithmic mean of both ends turns logarithms into differences that add up.
    mean = start if math.isnan(whole) else (end - start) / whole
    return Part(change.label, fields, math.exp(effect), effect * mean, share)


def _method(found: _Found, parts: list[Part]) -> str:
    if not parts:
        return "No differing field moves it."
    if len(found.changes) == 1:
        return "One change makes the whole difference."
    what = "a factor" if found.multiply else "an amount added"
    number = f"a sample of {found.effects.orders:,.0f}" if found.is_sample else "all"
    count = len(found.changes)
    return f"Each effect is {what}, averaged over {number} orders of making the {count} changes."
