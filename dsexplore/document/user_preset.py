"""Saving a preset of the user's own: a whole scenario, or one panel of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tomli_w

from dsexplore.scenario.errors import ScenarioError, shown
from dsexplore.scenario.library import own_preset_path
from dsexplore.scenario.saving import tables
from dsexplore.scenario.scenario import PANELS, Scenario
from dsexplore.scenario.toml_file import write_atomically

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")


def save_preset(scenario: Scenario, name: str, table: str | None, *, overwrite: bool) -> Path:
    """Write a scenario, or one panel with what is said of its fields, under a name of the user's.

    Returns the file. Raises ScenarioError for a name that cannot be one, or is taken.
    """
    check_preset_name(name)
    raw = tables(scenario)
    path = own_preset_path(table or "", name)
    write_preset(path, _panel_alone(raw, table, name) if table else raw, overwrite=overwrite)
    return path


def check_preset_name(name: str) -> None:
    """Raises ScenarioError for a name that no preset of the user's own may have."""
    if not _NAME.fullmatch(name):
        allowed = "a name of letters, digits, '.', '-', '_' and '+'"
        raise ScenarioError("the preset's name", shown(name), allowed)


def write_preset(path: Path, raw: dict[str, Any], *, overwrite: bool) -> None:
    """Write the tables of a preset, in a folder that is made where there is none.

    Raises ScenarioError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = f"a folder that cannot be made ({error.strerror})"
        raise ScenarioError("", found, "one that can", str(path.parent)) from None
    write_atomically(path, tomli_w.dumps(raw), overwrite=overwrite)


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
