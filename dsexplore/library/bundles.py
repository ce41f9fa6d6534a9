"""Bundles: figures that a name within a panel brings along, as a stack's factors or a grid's."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from dsexplore.files.reading import read_bytes
from dsexplore.files.toml import SCENARIO, parse_toml
from dsexplore.library.names import is_shipped, kinds_of, preset_path
from dsexplore.library.shape import check_shape, check_words, sources_by_field, unverified_names
from dsexplore.scenario.scenario import FIELDS, PANELS, known_field
from dsexplore.text.refusal import ScenarioError

# The fields whose presets are not those of their whole panel: an accelerator is its hardware.
BUNDLES = tuple(
    name for name, spec in FIELDS.items() if spec.picks and spec.picks not in kinds_of(spec.table)
)


def is_bundle(field: str, name: object) -> bool:
    """Whether there is a preset of that name for such a field."""
    return isinstance(name, str) and preset_path(name, (FIELDS[field].picks,)) is not None


def figures_of(field: str, name: object) -> dict[str, Any]:
    """The figures stated by the preset of a name, by field; none without such a preset.

    Raises ScenarioError for an unreadable preset.
    """
    bundle = _raw(field, name)
    return {
        each: value
        for table in _tables(bundle)
        for each, value in _figures(bundle, table, field).items()
    }


def chosen(field: str, name: object) -> dict[str, Any]:
    """What choosing a name sets: its figures, and facts about it that its preset does not state.

    These are at their defaults: nothing of the one before stays. None without such a preset.
    """
    unstated = {
        each: spec.default
        for each, spec in FIELDS.items()
        if spec.detail_of == field and is_bundle(field, name)
    }
    return {**unstated, **figures_of(field, name)}


def with_bundles(raw: dict[str, Any]) -> dict[str, Any]:
    """A file's tables with the figures of what it names, where not stated in the file itself.

    A figure's source and note go with it. Raises ScenarioError.
    """
    for field in BUNDLES:
        raw = _with_bundle(field, raw)
    return raw


def _with_bundle(field: str, raw: dict[str, Any]) -> dict[str, Any]:
    bundle = _raw(field, raw.get(FIELDS[field].table, {}).get(field))
    filled = dict(raw)
    taken: set[str] = set()
    for table in _tables(bundle):
        stated = raw.get(table, {})
        figures = _figures(bundle, table, field)
        new = {each: value for each, value in figures.items() if each not in stated}
        if new:
            filled[table] = {**new, **stated}
            taken |= new.keys()
    if not taken:
        return raw
    notes = {each: said for each, said in bundle.get("notes", {}).items() if each in taken}
    filled["notes"] = {**notes, **raw.get("notes", {})}
    tables = set(_tables(bundle))
    sources = {
        citation: _as_fields(names, raw, tables)
        for citation, names in raw.get("sources", {}).items()
    }
    for citation, fields in bundle.get("sources", {}).items():
        known, cited = sources.get(citation, []), [each for each in fields if each in taken]
        if cited and isinstance(known, list):
            sources[citation] = [*known, *cited]
    filled["sources"] = sources
    return filled


def _as_fields(names: object, raw: dict[str, Any], tables: set[str]) -> object:
    """What a citation names, its tables as the fields that the file states: nothing brought."""
    if not isinstance(names, list):
        return names
    return [
        field
        for name in names
        for field in (raw.get(name, {}) if name in tables else (name,))
        if field != "preset"
    ]


def _raw(field: str, name: object) -> dict[str, Any]:
    path = preset_path(name, (FIELDS[field].picks,)) if isinstance(name, str) else None
    if path is None:
        return {}
    try:
        return _checked(read_bytes(path, SCENARIO))
    except ScenarioError as error:
        raise error.in_file(path.stem if is_shipped(path) else str(path)) from None


@lru_cache(maxsize=32)
def _checked(content: bytes) -> dict[str, Any]:
    """The tables of a bundle's file, every one as valid as a scenario's; nobody changes them.

    A scenario may override what a bundle states, so its own reading would not see every fault.
    """
    raw = parse_toml(content)
    check_shape(raw)
    check_words(raw)
    sources_by_field(raw)
    for field in unverified_names(raw):
        known_field(field, "unverified")
    for table in PANELS.keys() & raw.keys():
        PANELS[table].read(raw[table])
    return raw


def _tables(bundle: dict[str, Any]) -> Iterator[str]:
    return (table for table in PANELS if table in bundle)


def _figures(bundle: dict[str, Any], table: str, field: str) -> dict[str, Any]:
    return {each: value for each, value in bundle[table].items() if each not in ("preset", field)}
