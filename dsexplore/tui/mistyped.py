"""Letters typed as a word where each is a key: what they did is undone, and the word is found.

A word is what begins like one of a label or name, typed without a pause. A key whose deed cannot be
undone waits until it is known not to begin one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from textual import events

# Seconds between two letters of a word at most.
PAUSE = 0.35
# So many letters are a word and not keys.
_LEAST = 4


class Mistyped:
    """Letters since the last pause, as long as they begin a word."""

    def __init__(
        self,
        waits: Callable[[str], bool],
        begun: Callable[[], Callable[[], None]],
        found: Callable[[str], None],
    ) -> None:
        """`waits`: whether a key's deed cannot be undone; `found` looks for a word.

        `begun` is called before the first letter, and returns what undoes all that is done since.
        """
        self._waits = waits
        self._begun = begun
        self._found = found
        self._letters = ""
        self._last = 0.0
        self._undo: Callable[[], None] = lambda: None
        self._held: list[events.Key] = []
        self._released: list[events.Key] = []

    def sift(
        self, key: events.Key, *, is_key: bool, may_wait: bool, may_begin: bool = True
    ) -> Sequence[events.Key]:
        """The keys to follow now: this one, none where it waits, or those that waited before it.

        `is_key`: whether letters are keys where it goes; `may_wait`: whether some wait there;
        `may_begin`: whether a word begins there, or only goes on.
        """
        if any(key is one for one in self._released):
            self._released = [one for one in self._released if one is not key]
            return (key,)
        typed = key.character or ""
        letter = typed if is_key and (typed.isalpha() or typed == "_") else ""
        if letter and self._letters and key.time - self._last <= PAUSE:
            word = self._letters + letter.lower()
        else:
            word = letter.lower()
        goes_on = len(word) > 1 and begins_a_word(word)
        if not goes_on:
            before, word = self.rest(), letter.lower() if may_begin else ""
            if before:
                self._released.append(key)
                return (*before, key)
        self._last = key.time
        if word and not self._letters:
            self._undo = self._begun()
        self._letters = word
        if len(word) >= _LEAST:
            self._take(word)
            return ()
        if word and (self._held or (may_wait and self._waits(key.key))):
            self._held.append(key)
            return ()
        return (key,)

    def rest(self) -> Sequence[events.Key]:
        """End the word; returns the keys that waited, to be followed after all."""
        held, self._held, self._letters = self._held, [], ""
        self._released += held
        return held

    @property
    def is_begun(self) -> bool:
        """Whether letters have begun a word."""
        return bool(self._letters)

    @property
    def is_waiting(self) -> bool:
        """Whether a key waits for a pause."""
        return bool(self._held)

    def _take(self, word: str) -> None:
        self._held, self._letters = [], ""
        self._undo()
        self._found(word)


def begins_a_word(typed: str) -> bool:
    """Whether a label or name has a word that begins so."""
    return any(word.startswith(typed) for word in _words())


@cache
def _words() -> frozenset[str]:
    """Names, and words of names, labels and titles, long enough to be told from keys."""
    from dsexplore.engine import QUANTITIES  # noqa: PLC0415 - as is the rest
    from dsexplore.scenario.scenario import FIELDS  # noqa: PLC0415 - the start goes without
    from dsexplore.tui.pages.labels import LABELS  # noqa: PLC0415 - the start goes without

    texts = [*FIELDS, *QUANTITIES, *LABELS.values(), *(spec.label for spec in FIELDS.values())]
    split = " ".join(texts).lower().replace("_", " ").replace("-", " ").split()
    words = frozenset(word for word in split if len(word) >= _LEAST and word.isalpha())
    return words.union(FIELDS, QUANTITIES)
