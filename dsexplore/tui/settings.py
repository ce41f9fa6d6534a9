"""The user's settings: theme, mouse and keys, from a small TOML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dsexplore.files.toml import read_toml
from dsexplore.library.names import is_there
from dsexplore.text.refusal import ScenarioError

# The themes of the house, by name: see `themes.py`.
OWN_THEMES = ("terminal", "dark", "light")


@dataclass(frozen=True)
class Settings:
    """The settings a user may change; without a file, the defaults."""

    theme: str = "terminal"
    mouse: bool = True
    # Each action's name to the keys that replace its own.
    keys: dict[str, list[str]] = field(default_factory=dict)


def load_settings(path: Path) -> Settings:
    """The settings in a file, or the defaults without one. Raises ScenarioError for a wrong one."""
    if not is_there(path):
        return Settings()
    from dsexplore.files.model import plain  # noqa: PLC0415 - few have a file of settings
    from dsexplore.tui.keys.keymap import keymap  # noqa: PLC0415 - as said above

    try:
        settings = plain(Settings, read_toml(path))
        keymap(settings.keys)
        return settings
    except ScenarioError as error:
        raise error.in_file(str(path)) from None
