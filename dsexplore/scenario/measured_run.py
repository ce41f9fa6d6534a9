"""The measured run: the values under which GPU-hours were measured, where a scenario has others.

Hours are measured on one run. Its premises (model, accelerator, layout, precision, batch, context)
are remembered as they stood where the hours were stated; a convention of counting is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsexplore.scenario.field import Role, Value
from dsexplore.scenario.fields import FIELDS

# What the engine calls it among its inputs, and a scenario's file among its tables.
MEASURED_RUN = "measured_run"


def _of_role(*roles: Role) -> tuple[str, ...]:
    return tuple(name for name, spec in FIELDS.items() if spec.role in roles)


PREMISES = _of_role("premise")
EXTENTS = _of_role("extent")
WHOLE_HOURS = _of_role("hours")
HOURS = (*WHOLE_HOURS, *_of_role("rate of hours"))
RL_HOURS = _of_role("RL hours")
SFT_HOURS = _of_role("SFT hours")
LATER_HOURS = (*_of_role("later hours"), *SFT_HOURS, *RL_HOURS)
# What the hours of RL and of fine-tuning grow with: whoever states the hours states them of these.
RL_SIZES = _of_role("RL size")
SFT_SIZES = _of_role("SFT size")
SIZES = (*RL_SIZES, *SFT_SIZES)
SIZES_BY_HOURS = ((RL_HOURS, RL_SIZES), (SFT_HOURS, SFT_SIZES))
# Details by name, each with the premises that it is about.
DETAILS: dict[str, tuple[str, ...]] = {
    name: tuple(
        premise for premise in PREMISES if spec.detail_of in (premise, FIELDS[premise].table)
    )
    for name, spec in FIELDS.items()
    if spec.role == "detail"
}
REMEMBERED = tuple(
    name for name in FIELDS if name in {*PREMISES, *DETAILS, *EXTENTS, *LATER_HOURS, *SIZES}
)


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """The remembered fields of the measured run, as the engine takes them.

    `restated` is true of the later stages' hours that were stated since its premises changed.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    restated: Mapping[str, Any] = field(default_factory=dict)
    # By result, what one of the run was computed from last, and what it was.
    known: dict[str, tuple[tuple[Any, ...], Any]] = field(
        default_factory=dict, compare=False, repr=False
    )


def differing(value_of: Callable[[str], Value], run: Mapping[str, Value]) -> dict[str, Value]:
    """What to remember of a run beside a scenario's own values, in the order of the fields.

    `run` holds any remembered fields. Nothing is remembered where no hours are stated. A detail
    differs only where the premises do that it is about, and hours of later stages where any does:
    until then they are corrected, and the run with them.
    """
    if not any(value_of(name) for name in (*HOURS, *LATER_HOURS)):
        return {}
    moved = {name for name in PREMISES if name in run and run[name] != value_of(name)}
    kept = {name for name, about in DETAILS.items() if not moved.isdisjoint(about)} | moved
    if moved:
        kept.update(LATER_HOURS)
    for hours, sizes in SIZES_BY_HOURS:
        if any(value_of(name) for name in hours):
            kept.update(sizes)
    if any(value_of(name) for name in WHOLE_HOURS):  # a rate needs no extent
        kept.update(EXTENTS)
    return {
        name: run[name]
        for name in REMEMBERED
        if name in kept and name in run and run[name] != value_of(name)
    }


def sizes_of(stated: Iterable[str]) -> tuple[str, ...]:
    """What those of some fields that are hours grow with."""
    fields = set(stated)
    return tuple(
        name for hours, sizes in SIZES_BY_HOURS if not fields.isdisjoint(hours) for name in sizes
    )


def restates(
    stated: Iterable[str], value_of: Callable[[str], Value], remembered: Iterable[str]
) -> bool:
    """Whether stating these fields makes the values now in force the measured run.

    Hours of the run itself do. So do a later stage's where no other hours are of the run.
    """
    stated = set(stated)
    if any(value_of(name) for name in HOURS if name in stated):
        return True
    if stated.isdisjoint(LATER_HOURS):
        return False
    others = {*HOURS, *LATER_HOURS}.difference(stated, remembered)
    return not any(value_of(name) for name in others)
