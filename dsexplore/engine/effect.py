"""Stated fields without effect: no asked-for result depends on them under the choices in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from dsexplore.engine import GRAPH, QUANTITIES
from dsexplore.engine.graph import is_read
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS, Input, Scenario

_NAMED = 3
# The fields whose values decide which needs of a formula are read.
_CHOICES = tuple(
    dict.fromkeys(choice for each in QUANTITIES.values() for choice, *_ in each.only_when.values())
)


def without_effect(
    scenario: Scenario, stated: Iterable[str], asked: Sequence[str] | None = None
) -> list[str]:
    """A sentence on each stated field that changes none of the asked-for results, and why.

    `asked` names fields and quantities (None: every result). It goes by the declared choices of the
    field and of the formulas: a number that happens to change nothing is not told apart.
    """
    names = [*dict.fromkeys(stated)]
    if not names:
        return []
    inputs = scenario.inputs()
    by_any = _behind_any(tuple(inputs[name] for name in _CHOICES))
    used = by_any if asked is None else GRAPH.behind(asked, inputs)
    said = []
    for name in names:
        choice = _choice_against(name, scenario, inputs, by_any)
        if FIELDS[name].picks:
            if all(FIELDS[other].comes_with != name for other in names):
                said.append(f"{name} is a name alone: {_figures(scenario, name)}")
        elif choice:
            said.append(f"{name} has no effect: {choice} is {_value(scenario, choice)}")
        elif name not in used:
            said.append(f"{name} has no effect on {_listed(asked or ())}")
    return said


@lru_cache(maxsize=128)
def _behind_any(choices: tuple[Input, ...]) -> frozenset[str]:
    """The fields and quantities behind any result under these values of `_CHOICES`."""
    return frozenset(GRAPH.behind(QUANTITIES, dict(zip(_CHOICES, choices, strict=True))))


def _choice_against(
    name: str, scenario: Scenario, inputs: dict[str, Input], used: AbstractSet[str]
) -> str | None:
    """The field whose choice rules a field out; None where its own kind or nothing does."""
    ruled_out = FIELDS[name].ruled_out_by(scenario.value)
    if ruled_out:
        return ruled_out[0]
    if name in used:
        return None
    reached = {name}
    for each in QUANTITIES.values():
        for need in each.needs:
            if need in reached and not is_read(each, need, inputs):
                return each.only_when[need][0]
        if not reached.isdisjoint(each.needs):
            reached.add(each.name)
    return None


def _figures(scenario: Scenario, name: str) -> str:
    preset = scenario.panel(FIELDS[name].table).preset
    return f"figures stay those of {preset}" if preset else "it changes no figure"


def _value(scenario: Scenario, name: str) -> str:
    return value_text(FIELDS[name], scenario.value(name))


def _listed(asked: Sequence[str]) -> str:
    first = ", ".join(asked[:_NAMED])
    return first if len(asked) <= _NAMED else f"{first}, or any other asked for"
