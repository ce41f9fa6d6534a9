"""A session as a hardware preset: its fields over the data sheet's, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsexplore.library.presets import build
from dsexplore.measure.fields import Stated, fields
from dsexplore.measure.known import Sheet
from dsexplore.measure.measurement import Session
from dsexplore.measure.words import time_words
from dsexplore.scenario.field import UNKNOWN

_TABLE = "hardware"
_PRICE = "price_per_gpu_hour"
_NO_PRICE = "Nobody was asked for one; type a price to see costs."
_LONGEST_DESCRIPTION = 3_000
# Repetitions on a device that has nothing else to do agree far better.
_BUSY_SPREAD = 0.2
_BUSY = (
    " At half of the sizes or more, repetitions differ by over 20 %: something else ran beside "
    "them, so measure again."
)


def preset_tables(session: Session, sheet: Sheet | None) -> dict[str, Any]:
    """The tables of a file that `--set hardware=NAME` takes, complete without any other preset.

    Raises ScenarioError if it could not be read back.
    """
    found, unstated = fields(session, sheet.values if sheet else {})
    tables: dict[str, Any] = {
        "schema": 1,
        "title": f"{session.machine.name}, measured {session.date[:10]}",
        "description": _description(session, sheet, unstated),
    }
    stated: Mapping[str, Any] = (
        sheet.tables if sheet else {_TABLE: {_PRICE: UNKNOWN}, "notes": {_PRICE: _NO_PRICE}}
    )
    unverified = [name for name in stated.get("unverified", []) if name not in found]
    if unverified:
        tables["unverified"] = unverified
    tables[_TABLE] = {
        **stated[_TABLE],
        **{name: each.value for name, each in found.items()},
    }
    tables["sources"] = {**_others(stated.get("sources", {}), found), _citation(session): [*found]}
    notes = {name: each.note for name, each in found.items()}
    tables["notes"] = {**stated.get("notes", {}), **notes}
    build(tables)
    return tables


def _others(sources: dict[str, list[str]], found: dict[str, Stated]) -> dict[str, list[str]]:
    """The data sheet's sources, without the fields that were measured."""
    kept = {
        citation: [name for name in names if name not in found]
        for citation, names in sources.items()
    }
    return {citation: names for citation, names in kept.items() if names}


def _citation(session: Session) -> str:
    return (
        f"{session.command}, {session.date}, on {session.machine.name}: {session.machine.software}"
    )


def _is_busy(session: Session) -> bool:
    """Whether the slowest repetition is often far from the median."""
    spread = [
        found.timing.slowest / found.timing.seconds - 1 > _BUSY_SPREAD
        for found in session.measurements
    ]
    return 2 * sum(spread) >= len(spread) > 0


def _description(session: Session, sheet: Sheet | None, unstated: Sequence[str]) -> str:
    basis = (
        f"What was not measured is as in the preset {sheet.name}."
        if sheet
        else "No preset describes this device: its peaks are the largest rates measured."
    )
    launched = [
        f"{found.kernel} {time_words(found)}" for found in session.measurements if not found.sizes
    ]
    launches = (
        f" As torch launches, beside a software stack's host times: {'; '.join(launched)}."
        if launched
        else ""
    )
    beside = _BUSY if _is_busy(session) else ""
    state = f" State {'; '.join(session.state)}." if session.state else ""
    left_out = f" Not measured: {'; '.join(session.left_out)}." if session.left_out else ""
    not_stated = f" Measured but not stated: {'; '.join(unstated)}." if unstated else ""
    count = len(session.measurements)
    said = f"{count} measurements of {session.machine.devices} x {session.machine.name}. {basis}"
    return f"{said}{launches}{beside}{state}{not_stated}{left_out}"[:_LONGEST_DESCRIPTION]
