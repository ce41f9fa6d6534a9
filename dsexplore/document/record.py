"""One unsaved document as text: scenario, what it was as opened, its steps, where the user was.

Journal files are read as a stranger's: whatever does not fit is left out, or makes the file void.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsexplore.document.changes import changed, changes
from dsexplore.document.state import LONGEST_TITLE, Evaluated, State, View
from dsexplore.files.reading import LARGEST_FILE
from dsexplore.library.presets import build
from dsexplore.library.saving import tables
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

LARGEST_RECORD = LARGEST_FILE
# Steps of history in a record, undone ones apart, and their characters.
MOST_STEPS = 200
_MOST_STEP_TEXT = 1 << 16
# States looked at for them.
_FURTHEST = 2 * MOST_STEPS
_LATEST_TIME = 1e11
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Holder:
    """A living session that has a document open: its process, and when it began."""

    pid: int
    since: float


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the past by its name, and the scenario on its other side."""

    change: str
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Unsaved work of another session, lost or living."""

    file: Path
    name: str
    path: Path | None
    when: float
    scenario: Scenario
    # What opens the preset or file it began from.
    source: str = ""
    claim: str = ""
    view: View = field(default_factory=View)
    # The living session that has it open; None where that session is lost.
    holder: Holder | None = None
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    def as_opened(self) -> Scenario | None:
        """The scenario it was changed from; None where that is not recorded."""
        return _made(self.scenario, self.raw.get("opened"))

    def baseline(self) -> Evaluated | None:
        """A baseline that the user chose; None without one."""
        kept = self.raw.get("baseline")
        if not isinstance(kept, dict) or not isinstance(kept.get("name"), str):
            return None
        scenario = _made(self.scenario, kept.get("to"))
        return Evaluated(scenario, kept["name"][:_LONGEST_NAME]) if scenario else None

    def past(self) -> list[Step]:
        """The steps that led here, the newest first, each with the scenario before it."""
        return [*_steps(self.scenario, self.raw.get("past"))]

    def future(self) -> list[Step]:
        """The undone steps, the next first, each with the scenario after it."""
        return [*_steps(self.scenario, self.raw.get("future"))]

    def branches(self) -> Iterator[tuple[int, list[Step]]]:
        """Each branch with the number of the state that it left from.

        Numbers count what is kept: this scenario is 0, then come those of the past from the newest
        on, those of the future and those of each branch.
        """
        known = [self.scenario, *(step.scenario for step in (*self.past(), *self.future()))]
        raw = self.raw.get("branches")
        for branch in raw[:MOST_STEPS] if isinstance(raw, list) else ():
            if not isinstance(branch, list) or len(branch) != 2 or not _is_below(branch[0], known):
                return
            steps = [*_steps(known[branch[0]], branch[1])]
            known += [step.scenario for step in steps]
            if len(known) > _FURTHEST * 2:
                return
            yield branch[0], steps

    def titles(self) -> dict[int, str]:
        """The user's own names for states, by number as in `branches`."""
        raw = self.raw.get("titles")
        return {
            pair[0]: pair[1][:LONGEST_TITLE]
            for pair in (raw if isinstance(raw, list) else ())
            if isinstance(pair, list) and len(pair) == 2
            and type(pair[0]) is int and isinstance(pair[1], str)
        }  # fmt: skip


class Recorder:
    """Writes documents as text. The steps that led to a state are put into words once."""

    def __init__(self) -> None:
        # The state written last and the one before it, which others may be typed after; and the
        # steps that led to each.
        self._led_there: list[tuple[State, list[_Told]]] = []
        # Steps of branches that were put into words, by the identity of both states.
        self._told: dict[tuple[int, int], tuple[_Apart, str]] = {}

    def text(
        self,
        state: State,
        opened: Scenario | None,
        view: View,
        when: float,
        past: Iterable[State],
        future: Iterable[State],
        branches: Iterable[tuple[State, Sequence[State]]] = (),
    ) -> str:
        """The record of a document; `past` and `future` go away from its state, step by step.

        Each branch comes with the state that it left from.
        """
        head = self._head(state, opened, view, when)
        steps = {"past": self._past(state, past), "future": self._future(state, future)}
        known = _Numbers(state)
        for told in steps.values():
            known.add(told)
        lists = [f'"{name}":{_listed(told)}' for name, told in steps.items()]
        if kept := self._branches(known, branches):
            lists.append(f'"branches":[{",".join(kept)}]')
        if known.titles:
            lists.append(f'"titles":{json.dumps(known.titles, ensure_ascii=False)}')
        text = f"{head[:-1]},{','.join(lists)}}}"
        return text if len(text) <= LARGEST_RECORD // 4 else head

    @staticmethod
    def _head(state: State, opened: Scenario | None, view: View, when: float) -> str:
        scenario = state.current.scenario
        content: dict[str, Any] = {
            "format": 2,
            "name": state.current.name,
            "path": state.source if state.path else "",
            "source": state.source,
            "claim": state.claim,
            "when": when,
            "view": [view.field, view.page, view.on_results],
            "scenario": tables(scenario),
        }
        if opened is not None:
            content["opened"] = changes(scenario, opened)
        if state.pinned:
            baseline = state.baseline
            content["baseline"] = {
                "name": baseline.name,
                "to": changes(scenario, baseline.scenario),
            }
        return json.dumps(content, ensure_ascii=False)

    def _past(self, state: State, before: Iterable[State]) -> list[_Told]:
        steps: list[_Told] = []
        line: list[State] = [state]
        for step in _line(state, before):
            known = next((led for near, led in self._led_there if near is step.nearer), None)
            if known is not None:
                steps += known
                break
            steps.append((_step_text(step.nearer.change, step), step.further))
            line.append(step.further)
        self._led_there = [(near, _bounded(steps[taken:])) for taken, near in enumerate(line[:2])]
        return self._led_there[0][1]

    def _future(self, state: State, after: Iterable[State]) -> list[_Told]:
        return _bounded(
            [(_step_text(step.further.change, step), step.further) for step in _line(state, after)]
        )

    def _branches(
        self, known: _Numbers, branches: Iterable[tuple[State, Sequence[State]]]
    ) -> list[str]:
        """Branches as text, as many as there is room for."""
        kept: list[str] = []
        told: dict[tuple[int, int], tuple[_Apart, str]] = {}
        room = _MOST_STEP_TEXT
        for fork, states in branches:
            number = known.of(fork)
            if number is None:
                continue
            steps: list[_Told] = []
            for step in _line(fork, states):
                key = (id(step.nearer), id(step.further))
                told[key] = self._told.get(key) or (step, _step_text(step.further.change, step))
                steps.append((told[key][1], step.further))
            steps = _bounded(steps)
            text = f"[{number},{_listed(steps)}]"
            room -= len(text)
            if room < 0:
                break
            if any(words for words, _ in steps):
                known.add(steps, number)
                kept.append(text)
        self._told = told
        return kept


class _Numbers:
    """The states of a record in the order in which they are written, each with its number."""

    def __init__(self, state: State) -> None:
        self._last = 0
        self._of = {id(state): 0}
        self.titles: list[tuple[int, str]] = [(0, state.title)] if state.title else []

    def of(self, state: State) -> int | None:
        """The number of a state; None of one that is not in the record."""
        return self._of.get(id(state))

    def add(self, steps: Iterable[_Told], start: int = 0) -> None:
        """Number the states of some steps that follow the one at the start."""
        number = start
        for text, state in steps:
            if text:
                self._last += 1
                number = self._last
                if state.title:
                    self.titles.append((number, state.title))
            self._of.setdefault(id(state), number)


@dataclass(frozen=True, slots=True)
class _Apart:
    """Two states of a document beside each other in its history."""

    nearer: State
    further: State


# A step in words, empty where it changed nothing, and the state on its other side.
_Told = tuple[str, State]


def _line(state: State, away: Iterable[State]) -> Iterator[_Apart]:
    """The document's own steps, going away from a state; visits to other documents are none."""
    near = state
    for further in itertools.islice(away, _FURTHEST):
        if further.place == state.place:
            yield _Apart(near, further)
            near = further


def _step_text(change: str, step: _Apart) -> str:
    """A step by its name; empty where it changed nothing, as opening the same again."""
    nearer, further = step.nearer.current.scenario, step.further.current.scenario
    made = {} if nearer is further else changes(nearer, further)
    return json.dumps([change, made], ensure_ascii=False) if made else ""


def _bounded(steps: list[_Told]) -> list[_Told]:
    """The first steps, as many as there is room for."""
    lengths = itertools.accumulate(len(text) for text, _ in steps)
    numbers = itertools.accumulate(bool(text) for text, _ in steps)
    return [
        step
        for step, so_far, number in zip(steps, lengths, numbers, strict=True)
        if so_far <= _MOST_STEP_TEXT and number <= MOST_STEPS
    ]


def _listed(steps: Iterable[_Told]) -> str:
    return f"[{','.join(text for text, _ in steps if text)}]"


def read_record(file: Path, text: str, holder: Holder | None) -> Unsaved | None:
    """The unsaved work in a record, of version 0.1.0 too; None where it is none."""
    try:
        raw = json.loads(text)
        scenario = build(raw["scenario"])
        path, name, when = raw["path"], raw["name"], float(raw["when"])
        source, claim = raw.get("source", ""), raw.get("claim", "")
        words = (path, name, source, claim)
        are_words = all(isinstance(said, str) and "\0" not in said for said in words)
        if not are_words or not 0 <= when <= _LATEST_TIME:
            return None
        shown_name = name[:_LONGEST_NAME]
        return Unsaved(
            file, shown_name, Path(path) if path else None, when, scenario,
            source or path or name, claim, _view(raw.get("view")), holder, raw,
        )  # fmt: skip
    except (ArithmeticError, AttributeError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _is_below(number: object, known: Sequence[object]) -> bool:
    return type(number) is int and 0 <= number < len(known)


def _view(raw: object) -> View:
    if not isinstance(raw, list) or len(raw) != 3:
        return View()
    where, page, on_results = raw
    fits = isinstance(where, str) and isinstance(page, str)
    return View(where, page, on_results is True) if fits else View()


def _steps(scenario: Scenario, raw: object) -> Iterator[Step]:
    for step in raw[:MOST_STEPS] if isinstance(raw, list) else ():
        if not isinstance(step, list) or len(step) != 2 or not isinstance(step[0], str):
            return
        before = _made(scenario, step[1])
        if before is None:
            return
        scenario = before
        yield Step(step[0][:_LONGEST_NAME], scenario)


def _made(scenario: Scenario, made: object) -> Scenario | None:
    try:
        return changed(scenario, made)
    except (ScenarioError, ArithmeticError, TypeError, ValueError, RecursionError):
        return None
