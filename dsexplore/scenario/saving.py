"""A scenario as the tables of a file that means the same tomorrow: every value written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli_w

from dsexplore.scenario.fields import UNKNOWN
from dsexplore.scenario.scenario import PANELS, Scenario
from dsexplore.scenario.toml_file import write_atomically


def tables(scenario: Scenario) -> dict[str, Any]:
    """The tables of a scenario as TOML holds them; plain values in base units."""
    raw: dict[str, Any] = {"schema": 1}
    for key in ("title", "description", "unverified"):
        if getattr(scenario, key):
            raw[key] = getattr(scenario, key)
    for table in PANELS:
        values = scenario.panel(table).model_dump()
        raw[table] = {
            key: UNKNOWN if value is None else value
            for key, value in values.items()
            if key != "preset" or value
        }
    if scenario.uncertainty:
        raw["uncertainty"] = {
            name: {stated.kind: list(stated.parameters)}
            for name, stated in scenario.uncertainty.items()
        }
    if scenario.sources:
        raw["sources"] = _fields_by_source(scenario.sources)
    if scenario.notes:
        raw["notes"] = dict(scenario.notes)
    return raw


def to_toml(scenario: Scenario) -> str:
    """A scenario as the text of its file."""
    return tomli_w.dumps(tables(scenario))


def save(scenario: Scenario, path: Path, *, overwrite: bool) -> None:
    """Write a scenario's file. Raises ScenarioError; a file that exists is kept unless told."""
    write_atomically(path, to_toml(scenario), overwrite=overwrite)


def _fields_by_source(sources: dict[str, str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field, citation in sources.items():
        fields.setdefault(citation, []).append(field)
    return fields
