"""Software stacks: a few factors for kernels, fusion and overlap, by name."""

from __future__ import annotations

from typing import Any

from dsexplore.files.toml import read_toml
from dsexplore.library.names import preset_path
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError, shown

STACK = "software_stack"
NEUTRAL = "neutral"
_TABLE = FIELDS[STACK].table
# The tables of a stack's fields: the number of communicating SMs is the software's choice.
_TABLES = (_TABLE, "hardware")
_ABOUT_ITSELF = ("preset", STACK)


def is_stack(name: object) -> bool:
    """Whether there is a stack of that name."""
    return isinstance(name, str) and preset_path(name, ("stacks",)) is not None


def stack_factors(name: object) -> dict[str, Any]:
    """The factors stated by a stack's preset, by field; none without such a preset.

    Raises ScenarioError for an unreadable preset.
    """
    stack = _raw(name)
    return {field: value for table in _TABLES for field, value in _fields(stack, table).items()}


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
    sources = dict(raw.get("sources", {}))
    for citation, fields in stack.get("sources", {}).items():
        known, cited = sources.get(citation, []), [field for field in fields if field in taken]
        if cited and isinstance(known, list):
            sources[citation] = [*known, *cited]
    filled["sources"] = sources
    return filled


def _raw(name: object) -> dict[str, Any]:
    path = preset_path(name, ("stacks",)) if isinstance(name, str) else None
    return read_toml(path) if path else {}


def _fields(stack: dict[str, Any], table: str) -> dict[str, Any]:
    stated = stack.get(table, {})
    if not isinstance(stated, dict):
        raise ScenarioError(table, shown(stated), f"a table, [{table}]")
    return {field: value for field, value in stated.items() if field not in _ABOUT_ITSELF}
