"""Software stacks: a few factors for kernels, fusion and overlap, by name."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from dsexplore.files.reading import read_bytes
from dsexplore.files.toml import SCENARIO, parse_toml, read_toml
from dsexplore.library.names import is_shipped, preset_path, presets_folder
from dsexplore.library.shape import check_shape, check_words, sources_by_field, unverified_names
from dsexplore.scenario.scenario import FIELDS, PANELS, known_field, validated
from dsexplore.text.refusal import ScenarioError

STACK = "software_stack"
NEUTRAL = "neutral"
_TABLE = FIELDS[STACK].table
# The tables of a stack's fields: the number of communicating SMs is the software's choice.
_TABLES = (_TABLE, "hardware")
_ABOUT_ITSELF = ("preset", STACK)


def is_stack(name: object) -> bool:
    """Whether there is a stack of that name."""
    return isinstance(name, str) and preset_path(name, ("stacks",)) is not None


@cache
def stack_versions() -> dict[str, tuple[str, str]]:
    """The stack and the version, as its runs call it, of each preset of one version."""
    stated = read_toml(presets_folder() / "factors.toml").get("versions", {})
    return {name: (stack, version) for name, (stack, version) in stated.items()}


def stack_factors(name: object) -> dict[str, Any]:
    """The factors stated by a stack's preset, by field; none without such a preset.

    Raises ScenarioError for an unreadable preset.
    """
    stack = _raw(name)
    return {field: value for table in _TABLES for field, value in _fields(stack, table).items()}


def chosen_stack(name: object) -> dict[str, Any]:
    """What choosing a stack sets: its factors, and facts about a stack that it does not state.

    These are at their defaults: nothing of the stack before stays. None without such a preset.
    """
    unstated = {
        field: PANELS[spec.table].model_fields[field].default
        for field, spec in FIELDS.items()
        if spec.detail_of == STACK and is_stack(name)
    }
    return {**unstated, **stack_factors(name)}


def with_stack(raw: dict[str, Any]) -> dict[str, Any]:
    """A file's tables with the factors of their stack, where not stated in the file itself.

    A factor's source and note go with it. Raises ScenarioError.
    """
    stack = _raw(raw.get(_TABLE, {}).get(STACK))
    filled = dict(raw)
    taken: set[str] = set()
    for table in _TABLES:
        stated = raw.get(table, {})
        new = {field: v for field, v in _fields(stack, table).items() if field not in stated}
        if new:
            filled[table] = {**new, **stated}
            taken |= new.keys()
    if not taken:
        return raw
    notes = {field: said for field, said in stack.get("notes", {}).items() if field in taken}
    filled["notes"] = {**notes, **raw.get("notes", {})}
    sources = {
        citation: _as_fields(names, raw) for citation, names in raw.get("sources", {}).items()
    }
    for citation, fields in stack.get("sources", {}).items():
        known, cited = sources.get(citation, []), [field for field in fields if field in taken]
        if cited and isinstance(known, list):
            sources[citation] = [*known, *cited]
    filled["sources"] = sources
    return filled


def _as_fields(names: object, raw: dict[str, Any]) -> object:
    """What a citation names, its tables as the fields that the file states: no stack's factors."""
    if not isinstance(names, list):
        return names
    return [
        field
        for name in names
        for field in (raw.get(name, {}) if name in _TABLES else (name,))
        if field != "preset"
    ]


def _raw(name: object) -> dict[str, Any]:
    path = preset_path(name, ("stacks",)) if isinstance(name, str) else None
    if path is None:
        return {}
    try:
        return _checked(read_bytes(path, SCENARIO))
    except ScenarioError as error:
        raise error.in_file(path.stem if is_shipped(path) else str(path)) from None


@lru_cache(maxsize=32)
def _checked(content: bytes) -> dict[str, Any]:
    """The tables of a stack's file, every one as valid as a scenario's; nobody changes them.

    A scenario may override what a stack states, so its own reading would not see every fault.
    """
    raw = parse_toml(content)
    check_shape(raw)
    check_words(raw)
    sources_by_field(raw)
    for field in unverified_names(raw):
        known_field(field, "unverified")
    for table in PANELS.keys() & raw.keys():
        validated(PANELS[table], raw[table], table)
    return raw


def _fields(stack: dict[str, Any], table: str) -> dict[str, Any]:
    stated = stack.get(table, {})
    return {field: value for field, value in stated.items() if field not in _ABOUT_ITSELF}
