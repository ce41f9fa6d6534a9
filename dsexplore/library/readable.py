"""The presets of a kind that can be read, and a sentence on each of the user's own that cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from dsexplore.library.names import presets
from dsexplore.text.refusal import ScenarioError

_Held = TypeVar("_Held")


def held_by(kind: str, read: Callable[[Path], Iterable[_Held]]) -> list[_Held]:
    """What the presets of a kind hold; one of the user's own that cannot be read is left out.

    Raises ScenarioError for a shipped one.
    """
    found: list[_Held] = []
    for preset in presets(kind):
        try:
            found += read(preset.path)
        except ScenarioError:
            if not preset.is_own:
                raise
    return found


def refused(kind: str, read: Callable[[Path], object]) -> dict[str, str]:
    """The user's own presets of a kind that cannot be read, by name, each with a sentence why."""
    said = {}
    for preset in presets(kind):
        if preset.is_own:
            try:
                read(preset.path)
            except ScenarioError as error:
                said[preset.name] = str(error)
    return said
