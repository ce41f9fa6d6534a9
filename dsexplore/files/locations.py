"""Where the user's own files lie, by the XDG base directory specification."""

from __future__ import annotations

import os
from pathlib import Path

_NAME = "dsexplore"


# Nothing lies below it, whoever asks: reading finds nothing, and writing is refused.
NOWHERE = Path("/dev/null")


def _base(variable: str, fallback: str) -> Path:
    stated = os.environ.get(variable, "")
    # The specification says to ignore relative paths.
    if stated.startswith("/"):
        return Path(stated)
    try:
        return Path.home() / fallback
    except RuntimeError:  # a user without an entry in the list of users, and without HOME
        return NOWHERE / fallback


def typed_path(text: str) -> Path:
    """A path as typed; ~ is the home folder of whoever has one."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # no such user has a home: treat it as any other name
        return Path(text)


def working_folder() -> Path:
    """The folder of relative paths, under its full name as long as it exists."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def journal_folder() -> Path:
    """Unsaved work of running and of interrupted sessions."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME / "journal"


def desk_file() -> Path:
    """What is kept in sight from session to session."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME / "desk.json"


def reports_folder() -> Path:
    """Reports of faults of the program's own."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME / "reports"


def copied_file() -> Path:
    """What was copied last, where no clipboard is certain to have it."""
    return _base("XDG_STATE_HOME", ".local/state") / _NAME / "copied.txt"


def settings_file() -> Path:
    """The user's settings."""
    return _base("XDG_CONFIG_HOME", ".config") / _NAME / "settings.toml"


def user_presets_folder() -> Path:
    """The user's own presets, one folder per kind like the shipped ones."""
    return _base("XDG_DATA_HOME", ".local/share") / _NAME / "presets"
