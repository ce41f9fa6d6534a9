"""The keys of a full screen: its own, and those of the table that every screen has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dsexplore.tui.keys.actions import BY_NAME, key_of, shown_key
from dsexplore.tui.keys.keymap import Keymap

# What moves on every screen, and the action whose keys do as well.
_ARROWS = {
    "up": "row_up",
    "down": "row_down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "home": "first",
    "end": "last",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a screen, its method and its word; without one the last line leaves it out.

    Of an `action` of the table it is the first key, whichever that is now; the others do so too,
    unless they do something on every screen.
    """

    name: str
    does: Callable[..., None]
    hint: str = ""
    action: str = ""
    help: str = ""


class KeysHere:
    """Which key does what on one screen; the screen's own come first."""

    def __init__(
        self, keys: Keymap, own: Sequence[Key], fixed: Sequence[Key], everywhere: Sequence[Key]
    ) -> None:
        """`fixed`: keys that nobody remaps; `everywhere`: actions that every screen has."""
        self._keys = keys
        self.by_name: dict[str, Key] = {}
        self._give([(key.name, key) for key in (*own, *fixed) if not key.action])
        by_action = [key for key in own if key.action]
        self._give([(name, key) for key in by_action for name in keys[key.action][:1]])
        self._give([(name, key) for key in everywhere for name in _pressed(key.action, keys)])
        self._give([(name, key) for key in by_action for name in keys[key.action]])
        # Every key that moves, to the arrow or its like that does the same.
        self.arrows = {
            name: arrow
            for arrow, action in _ARROWS.items()
            for name in (arrow, *keys[action])
            if name not in self.by_name
        }

    def _give(self, pairs: Sequence[tuple[str, Key]]) -> None:
        for name, key in pairs:
            self.by_name.setdefault(name, key)

    def hints(self, keys: Sequence[Key]) -> list[tuple[str, str]]:
        """What to press and its word, of those keys that have one."""
        return [(self._shown(key), key.hint) for key in keys if key.hint and self._shown(key)]

    def helps(self, keys: Sequence[Key]) -> list[tuple[str, str]]:
        """What to press and what it does, of those keys that say it."""
        return [(self._shown(key), key.help) for key in keys if key.help and self._shown(key)]

    def keys_of(self, action: str) -> Sequence[str]:
        """The keys of an action."""
        return self._keys[action]

    def key_of(self, action: str) -> str:
        """The key of an action, here or on the main screen."""
        return key_of(self._keys, action)

    def _shown(self, key: Key) -> str:
        """The key as the screen writes it; empty where all that would do are taken."""
        pressed = [name for name, there in self.by_name.items() if there is key]
        return shown_key(pressed[0]) if pressed else ""


def _pressed(action: str, keys: Keymap) -> Sequence[str]:
    """The keys of an action; of what cannot be undone no letter, which may be typed by accident."""
    named = [key for key in keys[action] if len(key) > 1]
    return named if BY_NAME[action].is_final and named else keys[action]
