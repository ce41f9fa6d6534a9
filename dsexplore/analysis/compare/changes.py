"""Players: the differing fields that a result depends on, those together that make one change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from dsexplore.analysis.compare.compare import same
from dsexplore.engine import GRAPH
from dsexplore.library.stacks import STACK, stack_factors
from dsexplore.scenario.scenario import FIELDS, Input, Scenario

# So few fields of an architecture or a layout are changes of their own.
_FEW = 3
# What a data sheet says, by section of the hardware panel, and single fields.
_SHEET_SECTIONS = ("Peaks and memory", "Network", "Efficiencies, for predicting a step")
_SHEET_FIELDS = ("gpu", "gpus_per_node", "gpu_power")
_NOT_ON_SHEET = ("communication_sms",)
# A field whose value says nothing while the other is 0.
_MEANS_NOTHING_WITHOUT = {"raised_after_steps": "raised_response_length"}
_WORDS = {"architecture": "Architecture", "parallelism": "Layout"}


@dataclass(frozen=True, slots=True)
class Player:
    """Fields that are switched together from one scenario's values to the other's."""

    label: str
    fields: tuple[str, ...]


def players(one: Scenario, other: Scenario, of: str) -> list[Player]:
    """The differing fields that a result may depend on, as the changes that a person would make.

    A new architecture, accelerator, layout or software stack is one change; so is a choice with
    the fields that apply under it. Every other field is a change of its own.
    """
    before, after = one.inputs(), other.inputs()
    differing = [name for name in FIELDS if not same(before[name], after[name])]
    used = _read(of, before, after, differing)
    fields = [name for name in differing if name in used and _applies(name, before, after)]
    group_of = _groups(fields, differing, before, after)
    by_group: dict[str, list[str]] = {}
    for name in fields:
        by_group.setdefault(group_of[name], []).append(name)
    return [Player(_label(group, names), tuple(names)) for group, names in by_group.items()]


def together(merged: Iterable[Player]) -> Player:
    """Some players as one."""
    members = list(merged)
    names = [member.label for member in members]
    label = ", ".join(names) if len(names) <= _FEW else f"{names[0]} and {len(names) - 1} more"
    return Player(label, tuple(name for member in members for name in member.fields))


def _read(
    of: str, before: Mapping[str, Input], after: Mapping[str, Input], differing: list[str]
) -> set[str]:
    """Every field that the result reads under some mix of both scenarios' choices."""
    choosing = {field for q in GRAPH.quantities.values() for field, _ in q.only_when.values()}
    switched = [name for name in differing if name in choosing]
    read: set[str] = set()
    for values in product(*((before[name], after[name]) for name in switched)):
        inputs = {**before, **dict(zip(switched, values, strict=True))}
        for name in GRAPH.needed([of], inputs):
            read.update(GRAPH.dependencies(name))
    return read


def _applies(name: str, before: Mapping[str, Input], after: Mapping[str, Input]) -> bool:
    """Whether a field applies in either scenario."""
    return any(FIELDS[name].applies_where(values.get) for values in (before, after))


def _groups(
    fields: list[str],
    differing: list[str],
    before: Mapping[str, Input],
    after: Mapping[str, Input],
) -> dict[str, str]:
    """The group of each field, named after a field or by the words of `_WORDS`."""
    stack = set()
    if STACK in differing:
        stack = {*stack_factors(before[STACK]), *stack_factors(after[STACK])}
    groups = {}
    for name in fields:
        if name in stack:
            groups[name] = STACK
        elif "gpu" in differing and _is_on_sheet(name):
            groups[name] = "gpu"
        else:
            groups[name] = _leader(name, fields)
    for table in ("architecture", "parallelism"):
        own = [name for name in fields if FIELDS[name].table == table and groups[name] != STACK]
        if len(own) > _FEW:
            groups |= dict.fromkeys(own, table)
    return groups


def _is_on_sheet(name: str) -> bool:
    spec = FIELDS[name]
    in_section = spec.table == "hardware" and spec.section in _SHEET_SECTIONS
    return name in _SHEET_FIELDS or (in_section and name not in _NOT_ON_SHEET)


def _leader(name: str, fields: list[str]) -> str:
    """The differing choice or field that a field only means something beside, or itself."""
    applies = FIELDS[name].applies
    leader = applies[0] if applies else _MEANS_NOTHING_WITHOUT.get(name)
    return _leader(leader, fields) if leader in fields else name


def _label(group: str, names: list[str]) -> str:
    # One field of an accelerator or a stack is better called by its own name.
    return _WORDS.get(group) or FIELDS[names[0] if len(names) == 1 else group].label
