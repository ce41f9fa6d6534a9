"""Where the user's own files lie, by the XDG base directory specification."""

from __future__ import annotations

import os
from pathlib import Path

_NAME = "dsexplore"


def _base(variable: str, fallback: str) -> Path:
    stated = os.environ.get(variable, "")
    # The specification says to ignore relative paths.
    return Path(stated) if stated.startswith("/") else Path.home() / fallback


def journal_folder() -> Path:
    """Unsaved work of running and of interrupted sessions."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME / "journal"


def reports_folder() -> Path:
    """Reports of faults of the program's own."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME / "reports"


def settings_file() -> Path:
    """The user's settings."""
    return _base("XDG_CONFIG_HOME", ".config") / _NAME / "settings.toml"


def user_presets_folder() -> Path:
    """The user's own presets, one folder per kind like the shipped ones."""
    return _base("XDG_DATA_HOME", ".local/share") / _NAME / "presets"
