"""Which keys are bound to which action: the table's own, or the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding

from dsexplore.scenario.errors import ScenarioError, shown
from dsexplore.scenario.scenario import nearest
from dsexplore.tui.actions import ACTIONS, BY_NAME

Keymap = dict[str, tuple[str, ...]]

# Keys that multiplexers take for themselves, that end an edit, or that a terminal sends alike.
_RESERVED = ("ctrl+b", "ctrl+a", "escape", "ctrl+m", "ctrl+i", "ctrl+c")


def keymap(remapped: Mapping[str, Sequence[str]]) -> Keymap:
    """Keys by action, the user's over the table's.

    A key that the user gives to one action is taken from the others. Raises ScenarioError for an
    action that is not there and a key that cannot be bound.
    """
    for name, keys in remapped.items():
        if name not in BY_NAME:
            raise ScenarioError("keys", f"unknown action {shown(name)}", nearest(name, [*BY_NAME]))
        for key in keys:
            if key in _RESERVED:
                raise ScenarioError(f"keys.{name}", key, "a key that is not taken already")
    theirs = {key for keys in remapped.values() for key in keys}
    return {
        action.name: tuple(remapped[action.name])
        if action.name in remapped
        else tuple(key for key in action.keys if key not in theirs)
        for action in ACTIONS
    }


def bindings(keys: Keymap) -> list[Binding]:
    """Textual's bindings for a keymap."""
    return [
        Binding(",".join(keys[action.name]), f"perform({action.name!r})", action.title, show=False)
        for action in ACTIONS
        if keys[action.name]
    ]
