"""Letters that lead to panels and pages after the key that goes there."""

from __future__ import annotations

from collections.abc import Sequence


def letters(titles: Sequence[str]) -> dict[str, int]:
    """A letter of each title to its place: its first, or else its first that is free.

    A title whose letters are all taken has none.
    """
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        found.setdefault(title[:1].lower(), place)
    for place, title in enumerate(titles):
        if place not in found.values():
            free = (letter for letter in title.lower() if letter.isalpha() and letter not in found)
            if letter := next(free, ""):
                found[letter] = place
    return dict(sorted(found.items(), key=lambda pair: pair[1]))
