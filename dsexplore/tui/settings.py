"""The user's settings: theme, mouse and keys, from a small TOML file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from dsexplore.files.toml import read_toml
from dsexplore.library.names import is_there
from dsexplore.scenario.scenario import validated
from dsexplore.text.refusal import ScenarioError


class Settings(BaseModel):
    """The settings a user may change; without a file, the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    theme: str = "ansi-dark"
    mouse: bool = False
    # Each action's name to the keys that replace its own.
    keys: dict[str, list[str]] = Field(default_factory=dict)


def load_settings(path: Path) -> Settings:
    """The settings in a file, or the defaults without one. Raises ScenarioError for a wrong one."""
    if not is_there(path):
        return Settings()
    try:
        settings: Settings = validated(Settings, read_toml(path))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None
    return settings
