"""Saving a preset of the user's own: a whole scenario, or one panel of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dsexplore.files.locations import user_presets_folder
from dsexplore.files.reading import trouble
from dsexplore.files.toml import to_toml
from dsexplore.files.writing import write_atomically
from dsexplore.library.names import is_there, own_preset_path, presets
from dsexplore.library.saving import run_values, tables
from dsexplore.library.stacks import NEUTRAL, STACK, stack_factors
from dsexplore.scenario.measured_run import HOURS, MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.text.refusal import ScenarioError, shown

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")


def save_preset(scenario: Scenario, name: str, table: str | None, *, overwrite: bool) -> Path:
    """Write a scenario, or one panel with its sources and notes, under a name of the user's.

    Returns the file. Raises ScenarioError for an invalid name or one already taken.
    """
    check_preset_name(name)
    raw = tables(scenario)
    path = own_preset_path(table or "", name)
    if table:
        raw = _panel_alone(raw, table, name)
        if any(scenario.value(name) for name in HOURS if FIELDS[name].table == table):
            raw[MEASURED_RUN] = run_values(scenario)
    write_preset(path, raw, overwrite=overwrite)
    return path


def check_preset_name(name: str) -> None:
    """Raises ScenarioError for a name not allowed for the user's own presets."""
    if not _NAME.fullmatch(name):
        allowed = "a name of letters, digits, '.', '-', '_' and '+'"
        raise ScenarioError("the preset's name", shown(name), allowed)


def write_preset(path: Path, raw: dict[str, Any], *, overwrite: bool) -> None:
    """Write the tables of a preset, making its folder if there is none.

    Raises ScenarioError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = f"no folder for presets ({trouble(error)})"
        allowed = "HOME or XDG_DATA_HOME to name one that can be written"
        raise ScenarioError("", found, allowed, str(path.parent)) from None
    write_atomically(path, to_toml(raw), overwrite=overwrite)


def _panel_alone(raw: dict[str, Any], table: str, name: str) -> dict[str, Any]:
    fields = PANELS[table].specs
    alone: dict[str, Any] = {"schema": raw["schema"], "title": name}
    if unverified := [field for field in raw.get("unverified", []) if field in fields]:
        alone["unverified"] = unverified
    alone[table] = raw[table]
    cited = {
        citation: [field for field in named if field in fields]
        for citation, named in raw.get("sources", {}).items()
    }
    alone["sources"] = {citation: named for citation, named in cited.items() if named}
    alone["notes"] = {
        field: said for field, said in raw.get("notes", {}).items() if field in fields
    }
    return {key: value for key, value in alone.items() if value != {}}


_KIND = "stacks"


def save_stack(scenario: Scenario, name: str, *, notes: Mapping[str, str], overwrite: bool) -> Path:
    """Write a scenario's values of its software stack's factors as a stack of the user's own.

    `notes` say where single values come from. Returns the file. Raises ScenarioError for an invalid
    name or one already taken, also by a shipped stack: replacing it would quietly change its runs.
    """
    check_preset_name(name)
    shipped = [preset.name for preset in presets(_KIND) if not preset.is_own]
    if name in shipped and not overwrite:
        found = f"{shown(name)}, a shipped stack"
        raise ScenarioError("the preset's name", found, "a new name, or --force")
    origin = scenario.parallelism.software_stack
    path = user_presets_folder() / _KIND / f"{name}.toml"
    # Checked early, to name the way out; writing checks again.
    if is_there(path) and not overwrite:
        raise ScenarioError("the preset's name", f"{shown(name)}, taken", "a new name, or --force")
    raw = tables(scenario)
    said = f"The software stack {origin}, updated by measured steps."
    document: dict[str, object] = {"schema": 1, "title": name, "description": said}
    factors = {**stack_factors(NEUTRAL), **stack_factors(origin)}
    by_table: dict[str, dict[str, object]] = {FIELDS[STACK].table: {STACK: name}}
    for field in factors:
        table = FIELDS[field].table
        by_table.setdefault(table, {})[field] = raw[table][field]
    write_preset(path, {**document, **by_table, "notes": dict(notes)}, overwrite=overwrite)
    return path
