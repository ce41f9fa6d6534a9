"""How a document begins: opened from a preset or file, or recovered with its steps."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dsexplore.document.record import Unsaved
from dsexplore.document.state import Evaluated, State
from dsexplore.library.names import is_shipped
from dsexplore.library.open import CONFIG_ENDING, find, load_with_content
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError


def source_of(path: Path) -> str:
    """What opens a file again: a shipped preset's name, or else its full path."""
    return path.stem if is_shipped(path) else os.path.realpath(path)


def opened(name: str) -> tuple[State, bytes]:
    """A preset or file as it is on disk, its own baseline, and the bytes it was read from.

    Raises ScenarioError.
    """
    path = find(name)
    scenario, content = load_with_content(path)
    is_preset = is_shipped(path)
    current = Evaluated(scenario, path.stem if is_preset else path.name)
    # Presets and imported configurations are never saved over.
    is_read_only = is_preset or path.suffix == CONFIG_ENDING
    state = State(
        current, None if is_read_only else path, current, change=f"open {current.name}",
        source=source_of(path),
    )  # fmt: skip
    return state, content


def begun_from(work: Unsaved) -> Scenario | None:
    """What unsaved work was as opened: as recorded, or else as it is now; None if unknown."""
    try:
        return work.as_opened() or opened(work.source)[0].current.scenario
    except ScenarioError:
        return None


def recovered(work: Unsaved, begun: Evaluated | None, before: State) -> State:
    """The state in which unsaved work was left; its baseline is what it was begun from.

    A baseline that the user chose, here or else there, stays.
    """
    state = State(
        Evaluated(work.scenario, work.name), work.path, begun or before.baseline,
        change=f"recovering {work.name}", claim=work.claim,
        source=source_of(work.path) if work.path else work.source,
    )  # fmt: skip
    if before.pinned:
        return replace(state, baseline=before.baseline, pinned=True)
    chosen = work.baseline()
    return replace(state, baseline=chosen, pinned=True) if chosen else state


def steps_of(work: Unsaved, left: State) -> tuple[list[State], list[State]]:
    """The states up to the one in which work was left, the oldest first, and the undone ones.

    Each is named after the change that led to it; what led to the first is the recovery.
    """
    past = work.past()[::-1]
    scenarios = [*(step.scenario for step in past), left.current.scenario]
    names = [left.change, *(step.change for step in past)]
    states = [
        left.with_scenario(scenario, name) for scenario, name in zip(scenarios, names, strict=True)
    ]
    undone = [left.with_scenario(step.scenario, step.change) for step in work.future()]
    titles = work.titles()
    titled = [_titled(states[::-1], titles)[::-1], _titled(undone, titles, len(states))]
    return titled[0], titled[1]


def branches_of(work: Unsaved, known: Sequence[State]) -> Iterator[tuple[State, list[State]]]:
    """The states of each branch, and the one it left from: one of those `known`, or of another."""
    numbered, titles = [*known], work.titles()
    for at, steps in work.branches():
        states = [numbered[at].with_scenario(step.scenario, step.change) for step in steps]
        states = _titled(states, titles, len(numbered))
        yield numbered[at], states
        numbered += states


def _titled(states: Sequence[State], titles: Mapping[int, str], first: int = 0) -> list[State]:
    """The states with their names, by number from the `first` on."""
    return [
        replace(state, title=titles.get(number, "")) for number, state in enumerate(states, first)
    ]
