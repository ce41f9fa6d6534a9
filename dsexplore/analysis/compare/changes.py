"""Changes: the differing fields behind a result, grouped as a person would change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from dsexplore.analysis.compare.compare import same
from dsexplore.engine import GRAPH
from dsexplore.library.stacks import STACK, stack_factors
from dsexplore.scenario.measured_run import (
    HOURS,
    LATER_HOURS,
    MEASURED_RUN,
    PREMISES,
    RL_HOURS,
    SIZES_BY_HOURS,
)
from dsexplore.scenario.scenario import FIELDS, PANELS, Input

# Up to so many fields of an architecture or a layout are changes of their own.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Player:
    """Fields switched together from one scenario's values to the other's."""

    label: str
    fields: tuple[str, ...]


def players(before: Mapping[str, Input], after: Mapping[str, Input], of: str) -> list[Player]:
    """The differing fields a result may depend on, as the changes a person would make.

    A new architecture, accelerator or software stack is one change; so is a choice with the fields
    that apply under it. Every other field is a change of its own: each degree of a layout is.
    """
    differing = [name for name in FIELDS if not same(before[name], after[name])]
    if not same_run(before, after):
        differing.append(MEASURED_RUN)
    used = _read(of, before, after, differing)
    fields = [
        name
        for name in differing
        if name in used and (_applies(name, before, after) or _moves(of, name, before, after))
    ]
    if not _reaches(of, before, after, fields):
        # Hours of a run are of its other premises too, which nothing else may read.
        fields += [name for name in differing if name in PREMISES and name not in fields]
    group_of = _groups(fields, differing, before, after)
    by_group: dict[str, list[str]] = {}
    for name in fields:
        by_group.setdefault(group_of[name], []).append(name)
    if list(by_group.get(MEASURED_RUN, ())) == [MEASURED_RUN]:
        # The same hours of another run: the change is one of the hours' meaning.
        by_group[MEASURED_RUN] += [
            name for name in (*HOURS, *LATER_HOURS) if before[name] or after[name]
        ]
    return [Player(_label(group, names), tuple(names)) for group, names in by_group.items()]


def together(merged: Iterable[Player]) -> Player:
    """Several changes as one."""
    members = list(merged)
    names = [member.label for member in members]
    label = ", ".join(names) if len(names) <= _FEW else f"{names[0]} and {len(names) - 1} more"
    return Player(label, tuple(name for member in members for name in member.fields))


def _read(
    of: str, before: Mapping[str, Input], after: Mapping[str, Input], differing: list[str]
) -> set[str]:
    """Every field the result reads under some mix of both scenarios' choices."""
    choosing = {when[0] for q in GRAPH.quantities.values() for when in q.only_when.values()}
    switched = [name for name in differing if name in choosing]
    read: set[str] = set()
    for values in product(*((before[name], after[name]) for name in switched)):
        inputs = {**before, **dict(zip(switched, values, strict=True))}
        read |= GRAPH.reads(GRAPH.needed([of], inputs))
    return read


def _applies(name: str, before: Mapping[str, Input], after: Mapping[str, Input]) -> bool:
    """Whether a field applies in either scenario; the measured run always does."""
    if name == MEASURED_RUN:
        return True
    return any(FIELDS[name].applies_where(values.get) for values in (before, after))


def _moves(of: str, name: str, before: Mapping[str, Input], after: Mapping[str, Input]) -> bool:
    """Whether a result reads a field even so: switched alone in either scenario, it moves it."""
    swapped = ((before, after[name]), (after, before[name]))
    return any(
        not same(*(GRAPH.evaluate(each, [of])[of] for each in (values, {**values, name: other})))
        for values, other in swapped
    )


def _reaches(
    of: str, before: Mapping[str, Input], after: Mapping[str, Input], fields: list[str]
) -> bool:
    """Whether a result is the second scenario's once these fields are switched."""
    all_made = {**before, **{name: after[name] for name in fields}}
    return same(*(GRAPH.evaluate(each, [of])[of] for each in (all_made, after)))


def _groups(
    fields: list[str],
    differing: list[str],
    before: Mapping[str, Input],
    after: Mapping[str, Input],
) -> dict[str, str]:
    """The group of each field, named after its leading field or its table."""
    stack = set()
    if STACK in differing:
        stack = {*stack_factors(before[STACK]), *stack_factors(after[STACK])}
    groups = {name: STACK if name in stack else _leader(name, fields, differing) for name in fields}
    for table, panel in PANELS.items():
        own = [name for name in fields if name in panel.specs and groups[name] != STACK]
        if panel.as_one and len(own) > _FEW:
            groups |= dict.fromkeys(own, table)
    if MEASURED_RUN in fields:
        # Hours are switched together with the run on which they were measured.
        hours = [name for name in fields if name in (*HOURS, *LATER_HOURS)]
        leaders = [groups[name] for name in (*HOURS, *RL_HOURS) if name in hours]
        leader = leaders[0] if leaders else MEASURED_RUN
        groups |= dict.fromkeys((*hours, MEASURED_RUN), leader)
    return groups


def same_run(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two scenarios hold hours of the same run.

    Where both have its own premises, what else is said of it is theirs as well.
    """
    one, other = (inputs[MEASURED_RUN] for inputs in (before, after))
    if one.restated != other.restated or one.values.keys() != other.values.keys():
        return False
    if not one.values:
        return True
    sides = ((before, one.values), (after, other.values))
    is_unchanged = all(same(inputs[name], run[name]) for inputs, run in sides for name in PREMISES)
    names = PREMISES if is_unchanged else one.values
    for hours, sizes in SIZES_BY_HOURS:
        if any(inputs[name] for inputs in (before, after) for name in hours):
            names = (*names, *sizes)
    return all(same(one.values[name], other.values[name]) for name in names)


def _leader(name: str, fields: list[str], differing: list[str]) -> str:
    """The differing field by which a field changes or applies; else the field itself."""
    if name == MEASURED_RUN:
        return name
    spec = FIELDS[name]
    if spec.comes_with in differing:
        return spec.comes_with
    choice = spec.applies[0] if spec.applies else ""
    return _leader(choice, fields, differing) if choice in fields else name


def _label(group: str, names: list[str]) -> str:
    if group in PANELS:
        return PANELS[group].as_one
    if group == MEASURED_RUN:
        return "Measured run"
    # A single field of an accelerator or a stack goes by its own name.
    return FIELDS[names[0] if len(names) == 1 else group].label
