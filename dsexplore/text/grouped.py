"""Sentences about several things: each said once, with how many things it is about."""

from __future__ import annotations

from collections.abc import Iterable

# So many names tell which things are meant; a hundred tell nothing more.
_NAMED = 3


def grouped(said: Iterable[tuple[str, str]], noun: str) -> list[str]:
    """Pairs of a name and a sentence about it, as one line for each sentence.

    `noun` is the plural of the things named. Lines come in the order of their first names.

    >>> grouped([("a", "no layout."), ("b", "no layout."), ("c", "no step.")], "runs")
    ['2 runs (a, b): no layout.', 'c: no step.']
    """
    names: dict[str, list[str]] = {}
    for name, sentence in said:
        names.setdefault(sentence, []).append(name)
    return [f"{_about(about, noun)}: {sentence}" for sentence, about in names.items()]


def first_double(names: Iterable[str]) -> str | None:
    """The first name that comes twice; None where each comes once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _about(names: list[str], noun: str) -> str:
    if len(names) == 1:
        return names[0]
    first = ", ".join(names[:_NAMED])
    return f"{len(names):,} {noun} ({first}{', …' if len(names) > _NAMED else ''})"
