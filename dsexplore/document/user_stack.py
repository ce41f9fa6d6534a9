"""Saving a software stack of the user's own: the factors of a scenario, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dsexplore.document.user_preset import check_preset_name, write_preset
from dsexplore.scenario.errors import ScenarioError, shown
from dsexplore.scenario.library import is_there, presets
from dsexplore.scenario.locations import user_presets_folder
from dsexplore.scenario.saving import tables
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.stacks import NEUTRAL, STACK, stack_factors

_KIND = "stacks"


def save_stack(scenario: Scenario, name: str, *, notes: Mapping[str, str], overwrite: bool) -> Path:
    """Write the factors that a scenario's software stack comes to as a stack of the user's own.

    The factors are those that its stack states, with the scenario's values; `notes` say of single
    ones where the value is from. Returns the file. Raises ScenarioError for a name that cannot be
    one, or is taken: by a shipped stack too, whose runs another one would quietly change.
    """
    check_preset_name(name)
    shipped = [preset.name for preset in presets(_KIND) if not preset.is_own]
    if name in shipped and not overwrite:
        found = f"{shown(name)}, a stack that ships"
        raise ScenarioError("the preset's name", found, "a new name, or --force")
    origin = scenario.parallelism.software_stack
    path = user_presets_folder() / _KIND / f"{name}.toml"
    # For a sentence that names the way out; the writing itself looks again.
    if is_there(path) and not overwrite:
        raise ScenarioError("the preset's name", f"{shown(name)}, taken", "a new name, or --force")
    raw = tables(scenario)
    said = f"The software stack {origin}, set by a measured step."
    document: dict[str, object] = {"schema": 1, "title": name, "description": said}
    factors = {**stack_factors(NEUTRAL), **stack_factors(origin)}
    by_table: dict[str, dict[str, object]] = {"parallelism": {STACK: name}}
    for field in factors:
        table = FIELDS[field].table
        by_table.setdefault(table, {})[field] = raw[table][field]
    write_preset(path, {**document, **by_table, "notes": dict(notes)}, overwrite=overwrite)
    return path
