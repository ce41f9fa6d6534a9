"""Which keys are bound to which action: the table's own, or the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.keys import Keys, _character_to_key

from dsexplore.text.refusal import ScenarioError, shown, unknown
from dsexplore.tui.keys.actions import ACTIONS, BY_NAME, shown_key
from dsexplore.tui.main.typing import BEGINNERS

Keymap = dict[str, tuple[str, ...]]

# The keys of the table, where nobody has chosen others.
USUAL: Keymap = {action.name: action.keys for action in ACTIONS}

# Keys taken by multiplexers, ending an edit, or sent by terminals as other keys.
_RESERVED = ("ctrl+b", "ctrl+a", "escape", "ctrl+m", "ctrl+i", "ctrl+c")
_HELD = frozenset(("ctrl", "shift", "alt", "meta", "super", "hyper"))
# The end of the alphabets that keys have signs of; any other character may be written as itself.
_ALPHABETS = 0x250
_BEGINNERS = frozenset(_character_to_key(character) for character in BEGINNERS)


def keymap(remapped: Mapping[str, Sequence[str]]) -> Keymap:
    """Keys by action, the user's over the table's.

    A key given to one action by the user is taken from the others. Raises ScenarioError for an
    unknown action or a key that cannot be bound.
    """
    theirs: dict[str, str] = {}
    for name, keys in remapped.items():
        if name not in BY_NAME:
            raise unknown("action", name, [*BY_NAME], "keys")
        for key in keys:
            if theirs.setdefault(_checked(key, name), name) != name:
                raise ScenarioError(f"keys.{name}", shown(key), "a key bound to one action only")
    bound = {
        action.name: tuple(key for key, name in theirs.items() if name == action.name)
        if action.name in remapped
        else tuple(key for key in action.keys if key not in theirs)
        for action in ACTIONS
    }
    for action in ACTIONS:
        if action.is_always_hinted and not bound[action.name]:
            raise ScenarioError(f"keys.{action.name}", "no key left", "at least one key")
    return bound


def _checked(key: str, name: str) -> str:
    """A key under Textual's name for it, as a user or the screen writes it: ?, ^t, F5, pgup."""
    named = _named(key)
    if not _is_a_key(named):
        raise ScenarioError(f"keys.{name}", shown(key), "the name of a key, such as ctrl+t or f5")
    if named in _RESERVED:
        raise ScenarioError(f"keys.{name}", shown(key), "a key that is not reserved")
    if named in _BEGINNERS:
        raise ScenarioError(f"keys.{name}", shown(key), "a key that does not start a value")
    return named


def _named(key: str) -> str:
    shown_as = {shown_key(one): one for action in ACTIONS for one in action.keys}
    if key in shown_as:
        return shown_as[key]
    if len(key) == 1:
        return _character_to_key(key)
    *held, last = key.replace("^", "ctrl+", 1).split("+")
    held = [each.lower() for each in held]
    if held == ["shift"] and len(last) == 1:
        return last.upper()  # as a terminal sends it
    last = last.lower() if "ctrl" in held or len(last) > 1 else last
    return "+".join([*held, _named(last) if len(last) == 1 else last])


def _is_a_key(named: str) -> bool:
    """Whether a terminal has a key of this name, with or without others held."""
    *held, last = named.split("+")
    is_known = (
        (len(last) == 1 and last.isprintable())
        or last in {key.value.rpartition("+")[2] for key in Keys}
        or last in map(_character_to_key, map(chr, range(ord("!"), _ALPHABETS)))
    )
    return is_known and _HELD.issuperset(held)


def actions_by_key(keys: Keymap) -> dict[str, str]:
    """The keymap turned round."""
    return {key: name for name, bound in keys.items() for key in bound}
