"""The user's settings: theme, mouse and keys, from a small TOML file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from dsexplore.files.toml import read_toml
from dsexplore.library.names import is_there
from dsexplore.scenario.scenario import validated
from dsexplore.text.refusal import ScenarioError


class Settings(BaseModel):
    """What a user may set. A file that is not there means the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    theme: str = "ansi-dark"
    mouse: bool = False
    # An action's name to the keys that are bound to it, in place of its own.
    keys: dict[str, list[str]] = Field(default_factory=dict)


def load_settings(path: Path) -> Settings:
    """The settings in a file. Raises ScenarioError for one that is there and wrong."""
    if not is_there(path):
        return Settings()
    try:
        settings: Settings = validated(Settings, read_toml(path))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None
    return settings
