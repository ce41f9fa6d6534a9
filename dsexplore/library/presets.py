"""Presets: named files, and how panels start from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dsexplore.files.toml import read_toml
from dsexplore.library.names import (
    kinds_of,
    preset_names,
    preset_path,
)
from dsexplore.library.shape import ABOUT, check_shape, sources_by_field, unverified_names
from dsexplore.library.stacks import STACK, stack_factors, with_stack
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario, known_field, validated
from dsexplore.text.refusal import ScenarioError, nearest, shown

# A scenario needs at least a model and an accelerator, so these two tables are never empty.
_DEFAULT_PRESETS = {"architecture": "deepseek-v3", "hardware": "h100-80gb-sxm"}

_DEEPEST = 8


def build(raw: dict[str, Any]) -> Scenario:
    """The scenario of a file's tables. Raises ScenarioError."""
    filled = _filled(raw, ())
    for table, default in _DEFAULT_PRESETS.items():
        if table not in filled:
            filled = _merged(_from_preset(table, default, ()), filled)
    scenario: Scenario = validated(Scenario, {**filled, "unverified": list(filled["unverified"])})
    return scenario


def with_panel(scenario: Scenario, table: str, name: str) -> Scenario:
    """A scenario with one panel taken from a preset. Raises ScenarioError.

    Fields of the site not stated by the preset are kept: another accelerator, the same cluster.
    """
    raw = _from_preset(table, name, ())
    specs = PANELS[table].specs
    staying = {key for key, spec in specs.items() if spec.stays and key not in raw[table]}
    replaced = specs.keys() - staying
    document = scenario.model_dump(by_alias=True)
    document[table] = {**{key: document[table][key] for key in staying}, **raw[table]}
    for about in ("sources", "notes"):
        kept = {key: said for key, said in document[about].items() if key not in replaced}
        document[about] = {**kept, **raw[about]}
    kept_names = [name for name in scenario.unverified if name not in replaced]
    document["unverified"] = [*kept_names, *raw["unverified"]]
    changed: Scenario = validated(Scenario, document)
    return changed


def with_changes(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """A scenario with panels taken from presets by table, and fields set by name.

    Panels come first, then all fields at once, so two fields bounding each other may come in either
    order. Another software stack brings its factors along. Raises ScenarioError.
    """
    for name, value in changes.items():
        if name in PANELS:
            scenario = with_panel(scenario, name, str(value))
    fields = {name: value for name, value in changes.items() if name not in PANELS}
    if STACK in fields:
        fields = {**stack_factors(known_field(STACK).read(fields[STACK])), **fields}
    return scenario.with_values(fields) if fields else scenario


def as_preset(scenario: Scenario, name: str) -> Scenario | None:
    """A scenario with the panel of a field as in its preset again.

    None if the panel has no preset, or the preset does not state the field.
    """
    table = FIELDS[name].table
    origin = scenario.panel(table).preset
    if not origin or not preset_path(origin, kinds_of(table)):
        return None
    stated = _from_preset(table, origin, ())[table]
    return with_panel(scenario, table, origin) if name in stated else None


def _filled(
    raw: dict[str, Any], chain: tuple[Path, ...], tables: Iterable[str] = tuple(PANELS)
) -> dict[str, Any]:
    """A file's tables, each over its preset's, with sources spread to single fields.

    Only the tables asked for are filled: presets name presets in every table.
    """
    check_shape(raw)
    raw = with_stack(raw)
    own = {key: value for key, value in raw.items() if key != "quantities"}
    own["sources"] = sources_by_field(raw)
    own["unverified"] = unverified_names(raw)
    base: dict[str, Any] = {}
    for table in tables:
        name = raw.get(table, {}).get("preset", "")
        # A saved file writes every value: then the preset's name is only its origin.
        if name and not PANELS[table].specs.keys() <= raw[table].keys():
            base = _merged(base, _from_preset(table, name, chain))
    return _merged(base, own)


def _from_preset(table: str, name: object, chain: tuple[Path, ...]) -> dict[str, Any]:
    """One table of a preset, filled, with the sources and notes of its fields.

    `chain` holds the presets that led here.
    """
    kinds = kinds_of(table)
    path = preset_path(name, kinds) if isinstance(name, str) else None
    if path is None:
        known = sorted({known for kind in kinds for known in preset_names(kind)})
        raise ScenarioError(f"{table}.preset", shown(name), nearest(str(name), known))
    if path in chain or len(chain) > _DEEPEST:
        raise ScenarioError(f"{table}.preset", shown(name), "presets that do not name each other")
    filled = _filled(read_toml(path), (*chain, path), (table,))
    if table not in filled:
        raise ScenarioError(f"{table}.preset", shown(name), f"a preset with a table [{table}]")
    fields = PANELS[table].specs
    part: dict[str, Any] = {table: {**filled[table], "preset": name}}
    for about in ABOUT:
        part[about] = {k: v for k, v in filled.get(about, {}).items() if k in fields}
    return part


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables of `over` on top of `base`; an overridden field loses its source and note."""
    stated = {key for table in PANELS for key in over.get(table, {})}
    merged = {**base, **over}
    for table in PANELS:
        if table in base or table in over:
            merged[table] = {**base.get(table, {}), **over.get(table, {})}
    for about in ABOUT:
        kept = {k: v for k, v in base.get(about, {}).items() if k not in stated}
        merged[about] = {**kept, **over.get(about, {})}
    return merged
