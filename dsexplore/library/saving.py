"""A scenario as the tables of a lasting file: every value written out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dsexplore.files import toml
from dsexplore.files.writing import write_atomically
from dsexplore.scenario.field import UNKNOWN, Value
from dsexplore.scenario.measured_run import LATER_HOURS, MEASURED_RUN
from dsexplore.scenario.panel import Panel
from dsexplore.scenario.scenario import PANELS, Scenario
from dsexplore.scenario.words import description_now, title_now
from dsexplore.text.plain import Printable


def tables(scenario: Scenario) -> dict[str, Any]:
    """The tables of a scenario for TOML; plain values in base units."""
    raw: dict[str, Any] = {"schema": 1}
    for key in ("title", "description", "unverified"):
        if getattr(scenario, key):
            raw[key] = getattr(scenario, key)
    if scenario.written_for:
        raw["written_for"] = plain_values(scenario.written_for)
    for table in PANELS:
        raw[table] = table_values(scenario.panel(table))
    if scenario.measured_run:
        raw[MEASURED_RUN] = plain_values(scenario.measured_run)
    if scenario.uncertainty:
        raw["uncertainty"] = {
            name: {stated.kind: list(stated.parameters)}
            for name, stated in scenario.uncertainty.items()
        }
    if scenario.correlations:
        raw["correlations"] = {name: dict(of) for name, of in scenario.correlations.items()}
    if scenario.sources:
        raw["sources"] = _fields_by_source(scenario.sources)
    if scenario.notes:
        raw["notes"] = dict(scenario.notes)
    return raw


def table_values(panel: Panel) -> dict[str, Any]:
    """Every value of a panel for TOML; its origin only if it has one."""
    return plain_values({k: v for k, v in panel.as_raw().items() if k != "preset" or v})


def run_values(scenario: Scenario) -> dict[str, Any]:
    """The whole run behind a scenario's hours, for a file without the other panels."""
    run = scenario.run_values()
    return plain_values({name: run[name] for name in run if name not in LATER_HOURS})


def plain_values(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values by field for TOML: the unknown as its word."""
    return {key: UNKNOWN if value is None else value for key, value in values.items()}


def to_toml(scenario: Scenario) -> Printable:
    """A scenario as the text of its file."""
    return toml.to_toml(tables(scenario))


def architecture_to_toml(
    scenario: Scenario, serving: Mapping[str, object] | None = None
) -> Printable:
    """A scenario's architecture, with its sources and notes, as the text of a file.

    Fields of serving that come with it stand in a table of their own.
    """
    fields = PANELS["architecture"].specs
    raw: dict[str, Any] = {"schema": 1, "title": title_now(scenario)}
    if scenario.description:
        raw["description"] = description_now(scenario)
    raw["architecture"] = table_values(scenario.architecture)
    if serving:
        raw["serving"] = dict(serving)
    sources = {field: said for field, said in scenario.sources.items() if field in fields}
    raw["sources"] = _fields_by_source(sources)
    notes = {field: said for field, said in scenario.notes.items() if field in fields}
    if notes:
        raw["notes"] = notes
    return toml.to_toml(raw)


def save(
    scenario: Scenario, path: Path, *, overwrite: bool, last_seen: bytes | None = None
) -> bytes:
    """Write a scenario's file; returns its bytes. Raises ScenarioError like `write_atomically`."""
    return write_atomically(path, to_toml(scenario), overwrite=overwrite, last_seen=last_seen)


def _fields_by_source(sources: dict[str, str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field, citation in sources.items():
        fields.setdefault(citation, []).append(field)
    return {citation: _tables_or_fields(names) for citation, names in fields.items()}


def _tables_or_fields(names: list[str]) -> list[str]:
    """Names of fields; a table's name in place of all its fields."""
    whole = [table for table, panel in PANELS.items() if panel.specs.keys() <= set(names)]
    covered = {field for table in whole for field in PANELS[table].specs}
    return [*whole, *(name for name in names if name not in covered)]
