"""Keys of older files, and the fields that took their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsexplore.library.shape import ABOUT
from dsexplore.scenario.scenario import PANELS
from dsexplore.scenario.stage_layers import BALANCED, FIRST

_NEW_NAMES = {"first_stage_layers": "stage_layers"}


def renamed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field, with those of older names under the new ones, unless both are stated."""
    if values.keys().isdisjoint(_NEW_NAMES):
        return dict(values)
    new = {key: value for key, value in values.items() if key not in _NEW_NAMES}
    for old, name in _NEW_NAMES.items():
        if old in values:
            new.setdefault(name, _first_stage(values[old]))
    return new


def renamed(raw: dict[str, Any]) -> dict[str, Any]:
    """The tables of a file with the names of today, in what is said about fields too."""
    new = dict(raw)
    for table in PANELS:
        if table in raw:
            new[table] = renamed_values(raw[table])
    for about in ABOUT:
        if about in raw:
            new[about] = _renamed_names(raw[about])
    if "uncertainty" in raw:
        new["uncertainty"] = {k: v for k, v in raw["uncertainty"].items() if k not in _NEW_NAMES}
    return new


def _renamed_names(said: Any) -> Any:
    if isinstance(said, list):
        return [_NEW_NAMES.get(each, each) if isinstance(each, str) else each for each in said]
    if isinstance(said, dict):
        return {_NEW_NAMES.get(key, key): _renamed_names(each) for key, each in said.items()}
    return said


def _first_stage(layers: object) -> object:
    """The layers of a first stage, 0 for as many as on the others, as the list of all stages."""
    text = str(layers).strip()
    return BALANCED if text == "0" else f"{FIRST} {text}"
