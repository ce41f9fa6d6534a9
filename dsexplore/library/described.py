"""A preset's title and description, read without the rest of it."""

from __future__ import annotations

from dsexplore.files.toml import read_toml
from dsexplore.library.names import Preset
from dsexplore.text.refusal import ScenarioError, shown


def title_and_description(preset: Preset) -> tuple[str, str]:
    """Both as written; empty where not stated. Raises ScenarioError with the file."""
    raw = read_toml(preset.path)
    title, description = (_words(raw.get(key, ""), key, preset) for key in ("title", "description"))
    return title, description


def _words(found: object, key: str, preset: Preset) -> str:
    if not isinstance(found, str):
        raise ScenarioError(key, shown(found), "text in quotes", str(preset.path))
    return found
