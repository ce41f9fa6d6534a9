"""What may stand in a place of a command line: for a shell that completes words.

Each gives the words that could begin with what is typed; the shell's side drops those that do not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

Candidates = Callable[[str], Iterable[str]]


def files(typed: str) -> Iterator[str]:
    """Files and folders whose path begins as typed."""
    head, _, last = typed.rpartition("/")
    folder = Path(f"{head}/" if head or typed.startswith("/") else ".").expanduser()
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    before = typed[: len(typed) - len(last)]
    for entry in found:
        hidden = entry.name.startswith(".") and not last.startswith(".")
        if entry.name.isprintable() and not hidden:
            yield f"{before}{entry.name}{'/' if entry.is_dir() else ''}"


def scenarios(typed: str) -> Iterator[str]:
    """Presets that open as a scenario, then files."""
    from dsexplore.library.names import SCENARIO_KINDS, preset_names  # noqa: PLC0415 - only a TAB

    for kind in SCENARIO_KINDS:
        yield from preset_names(kind)
    yield from files(typed)


def presets_or_files(kind: str) -> Candidates:
    """Presets of a kind, then files."""

    def found(typed: str) -> Iterator[str]:
        from dsexplore.library.names import preset_names  # noqa: PLC0415 - only a TAB

        yield from preset_names(kind)
        yield from files(typed)

    return found


def results(typed: str) -> Iterator[str]:
    """Names of results, one or several with commas."""
    from dsexplore.engine.names import results as names  # noqa: PLC0415 - only a TAB

    before = typed[: typed.rfind(",") + 1]
    return (f"{before}{name}" for name in names())


def results_and_fields(typed: str) -> Iterator[str]:
    """Names of results and fields, one or several with commas."""
    before = typed[: typed.rfind(",") + 1]
    yield from results(typed)
    yield from (f"{before}{name}" for name in fields(""))


def fields(typed: str) -> Iterator[str]:
    """Names of fields."""
    from dsexplore.scenario.fields import FIELDS  # noqa: PLC0415 - only a TAB

    return iter(FIELDS)


def settings(typed: str) -> Iterator[str]:
    """`NAME=` of fields and panels; behind it a field's choices, or presets of the panel."""
    from dsexplore.library.names import kinds_of, preset_names  # noqa: PLC0415 - only a TAB
    from dsexplore.scenario.fields import FIELDS, PANELS  # noqa: PLC0415 - only a TAB

    name, equals, value = typed.partition("=")
    if not equals:
        yield from (f"{each}=" for each in (*FIELDS, *PANELS))
    elif name in FIELDS:
        yield from (f"{name}={choice}" for choice in FIELDS[name].choices)
    elif name in PANELS:
        names = [each for kind in kinds_of(name) for each in preset_names(kind)]
        yield from (f"{name}={each}" for each in (*names, *files(value)))
