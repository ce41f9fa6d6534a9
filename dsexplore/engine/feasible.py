"""Feasibility: which results cannot be had, are bounds or rest on a field, and why.

A problem declares what it forbids. Whatever follows from that cannot be had either, as far as the
choices in force read it: measured hours stand, whatever a predicted step says. None of a thing can
be had under any problem, so nothing follows from a 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from dsexplore.engine.elementwise import is_known
from dsexplore.engine.graph import Graph
from dsexplore.engine.quantity import Quantity, is_read


@cache
def _following(graph: Graph, forbidden: tuple[str, ...]) -> tuple[Quantity, ...]:
    """The forbidden quantities and all that follow from them under any choices, in order."""
    reached = set(forbidden)
    found = []
    for name, each in graph.quantities.items():
        if name in reached or not reached.isdisjoint(each.needs):
            reached.add(name)
            found.append(each)
    return tuple(found)


@cache
def _reaching(
    graph: Graph, forbidden: tuple[str, ...]
) -> tuple[tuple[Quantity, tuple[str, ...]], ...]:
    """As `_following`, each with those of its needs by which it may follow."""
    found = _following(graph, forbidden)
    reached = {*forbidden, *(each.name for each in found)}
    return tuple((each, tuple(n for n in each.needs if n in reached)) for each in found)


def impossible(graph: Graph, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The results that cannot be had, each with the sentences of the problems in its way.

    `values` holds every field and every quantity of one scenario, none an array. Words and unknown
    results are left out: these say for themselves what is the matter.
    """
    found: dict[str, list[str]] = {}
    for problem in graph.problems:
        if values[problem.name] and problem.forbids:
            for name in _spoilt(graph, problem.forbids, values, _is_something):
                found.setdefault(name, []).append(values[problem.name])
    return found


def threatening(graph: Graph, values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems that, were they in force, would make one of some results impossible.

    `values` as in `impossible`; what is not known now may be a figure then.
    """
    asked = set(names)
    return [
        problem.name
        for problem in graph.problems
        if not asked.isdisjoint(_spoilt(graph, problem.forbids, values, _may_be_something))
    ]


def may_forbid(graph: Graph, inputs: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems that, in force, stand in the way of what some results are computed from.

    `inputs` holds every field; under its choices, whatever the numbers are.
    """
    used = graph.behind(names, inputs)
    return [problem.name for problem in graph.problems if not used.isdisjoint(problem.forbids)]


def resting(graph: Graph, values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, list[str]]:
    """The results computed from any of some fields, each with these fields.

    `values` as in `impossible`; as there, nothing follows from a part that is 0, nor from what
    only notices that a field has changed.
    """
    found: dict[str, list[str]] = {}
    for field in fields:
        if _is_something(values[field]):
            for name in _spoilt(graph, (field,), values, _is_something, by_watching=False):
                found.setdefault(name, []).append(field)
    return found


def impossible_where(
    graph: Graph, values: Mapping[str, Any], problems: Iterable[str], names: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """By result, the problems in its way, each with where in the arrays it is: as `impossible`.

    `values` holds every field, and every quantity that the results and the problems need; a problem
    may be a truth in place of its sentence. A mask is an array of truths, or one for all.
    """
    asked = set(names)
    found: dict[str, dict[str, Any]] = {name: {} for name in asked}
    # Where there is some of a quantity, by its name: asked by many problems.
    there: dict[str, Any] = {}
    for problem in problems:
        holds = _in_force(values[problem])
        if not _anywhere(holds):
            continue
        spoilt: dict[str, Any] = dict.fromkeys(graph.quantities[problem].forbids, holds)
        for each in _following(graph, graph.quantities[problem].forbids):
            if each.name not in values or each.is_text:
                spoilt.pop(each.name, None)
                continue
            reaching = [spoilt[each.name]] if each.name in spoilt else []
            reaching += [
                spoilt[need]
                for need in each.needs
                if need in spoilt and need != each.name and is_read(each, need, values)
            ]
            if not reaching:
                continue
            if each.name not in there:
                value = values[each.name]
                there[each.name] = is_known(value) & (value != 0)
            mask = _either(reaching) & there[each.name]
            if _anywhere(mask):
                spoilt[each.name] = mask
                if each.name in asked:
                    found[each.name][problem] = mask
            else:
                spoilt.pop(each.name, None)
    return found


def _in_force(problem: Any) -> Any:
    """Where a problem says something, or is true."""
    kind = getattr(getattr(problem, "dtype", None), "kind", "")
    return problem if isinstance(problem, bool) or kind == "b" else problem != ""


def _either(masks: list[Any]) -> Any:
    """Where any of some masks holds; nowhere for none."""
    whole: Any = False
    for mask in masks:
        whole = whole | mask
    return whole


def _anywhere(mask: Any) -> bool:
    return mask if isinstance(mask, bool) else bool(mask.any())


def _spoilt(
    graph: Graph,
    forbidden: tuple[str, ...],
    values: Mapping[str, Any],
    is_there: Callable[[Any], bool],
    *,
    by_watching: bool = True,
) -> list[str]:
    """The results that follow from something forbidden, through what there is of each."""
    spoilt = set(forbidden)
    found = []
    for each, through in _reaching(graph, forbidden):
        name = each.name
        reaches = name in spoilt
        if not reaches:
            for need in through:
                if need in spoilt and (not each.only_when or is_read(each, need, values)):
                    reaches = True
                    break
        if reaches and (by_watching or not each.watches) and is_there(values[name]):
            spoilt.add(name)
            found.append(name)
        else:
            spoilt.discard(name)
    return found


def _is_something(value: Any) -> bool:
    """Whether a value is a known amount: no words, no unknown, and not none at all."""
    return not isinstance(value, str) and not math.isnan(value) and value != 0


def _may_be_something(value: Any) -> bool:
    return not isinstance(value, str) and value != 0


@cache
def bounded_results(graph: Graph) -> tuple[str, ...]:
    """The results that may be bounds, in order."""
    found: dict[str, None] = {}
    for each in graph.quantities.values():
        if each.at_least_without or not found.keys().isdisjoint(each.needs):
            found[each.name] = None
    return tuple(found)


def parts_of_bounded(graph: Graph, names: Iterable[str]) -> list[str]:
    """The parts without which some results, or what they are computed from, are bounds."""
    behind = set(graph.needed(names))
    bounded = (name for name in bounded_results(graph) if name in behind)
    return [part for name in bounded for part in graph.quantities[name].at_least_without]


def at_least(graph: Graph, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The results that are at least what they are, each with the unknown parts left out of it.

    `values` as in `impossible`. What follows from a bound is one too: no formula falls with a sum.
    """
    found: dict[str, list[str]] = {}
    for name in bounded_results(graph):
        each = graph.quantities[name]
        if not _is_something(values[name]):
            continue
        missing = [part for part in each.at_least_without if _is_unknown(values[part])]
        for need in each.needs:
            if need in found and is_read(each, need, values):
                missing += found[need]
        if missing:
            found[each.name] = list(dict.fromkeys(missing))
    return found


def _is_unknown(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def concerning(graph: Graph, values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems in force that concern some fields or quantities, or are among them.

    A problem concerns what follows from what it forbids or names; one that does neither, what
    follows from its own needs. `values` holds every field and every problem of one scenario.
    """
    return _about(graph, [each for each in graph.problems if values[each.name]], values, names)


def may_concern(graph: Graph, inputs: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The problems that concern some fields or quantities where they are in force.

    `inputs` holds every field of one scenario.
    """
    return _about(graph, graph.problems, inputs, names)


def _about(
    graph: Graph, problems: Iterable[Quantity], inputs: Mapping[str, Any], names: Iterable[str]
) -> list[str]:
    asked = tuple(dict.fromkeys(names))
    used = graph.behind(asked, inputs)
    return [
        problem.name
        for problem in problems
        if problem.name in asked or not used.isdisjoint(_subjects(problem))
    ]


def _subjects(problem: Quantity) -> tuple[str, ...]:
    return (*problem.forbids, *problem.concerns) or problem.needs
