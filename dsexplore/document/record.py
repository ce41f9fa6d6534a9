"""One unsaved document as text: scenario, what it was as opened, its steps, where the user was.

Journal files are read as a stranger's: whatever does not fit is left out, or makes the file void.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsexplore.document.changes import changed, changes
from dsexplore.document.state import Evaluated, State, View
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


class Recorder:
    """Writes documents as text. The steps that led to a state are put into words once."""

    def __init__(self) -> None:
        # The state written last and the one before it, which others may be typed after; and the
        # steps that led to each.
        self._led_there: list[tuple[State, list[str]]] = []

    def text(
        self,
        state: State,
        opened: Scenario | None,
        view: View,
        when: float,
        past: Iterable[State],
        future: Iterable[State],
    ) -> str:
        """The record of a document; `past` and `future` go away from its state, step by step."""
        head = self._head(state, opened, view, when)
        steps = {"past": self._past(state, past), "future": self._future(state, future)}
        lists = "".join(f',"{name}":[{",".join(texts)}]' for name, texts in steps.items())
        text = f"{head[:-1]}{lists}}}"
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

    def _past(self, state: State, before: Iterable[State]) -> list[str]:
        texts: list[str] = []
        line: list[State] = [state]
        for step in _line(state, before):
            known = next((led for near, led in self._led_there if near is step.nearer), None)
            if known is not None:
                texts += known
                break
            texts.append(_step_text(step.nearer.change, step))
            line.append(step.further)
        self._led_there = [(near, _bounded(texts[steps:])) for steps, near in enumerate(line[:2])]
        return self._led_there[0][1]

    def _future(self, state: State, after: Iterable[State]) -> list[str]:
        return _bounded([_step_text(step.further.change, step) for step in _line(state, after)])


@dataclass(frozen=True, slots=True)
class _Apart:
    """Two states of a document beside each other in its history."""

    nearer: State
    further: State


def _line(state: State, away: Iterable[State]) -> Iterator[_Apart]:
    """The document's own steps, going away from a state; visits to other documents are none."""
    near = state
    for further in itertools.islice(away, _FURTHEST):
        if further.place == state.place:
            if further.current.scenario is not near.current.scenario:
                yield _Apart(near, further)
            near = further


def _step_text(change: str, step: _Apart) -> str:
    """A step by its name; empty where it changed nothing, as opening the same again."""
    made = changes(step.nearer.current.scenario, step.further.current.scenario)
    return json.dumps([change, made], ensure_ascii=False) if made else ""


def _bounded(texts: list[str]) -> list[str]:
    texts = [text for text in texts if text]
    lengths = itertools.accumulate(len(text) for text in texts[:MOST_STEPS])
    return [text for text, so_far in zip(texts, lengths, strict=False) if so_far <= _MOST_STEP_TEXT]


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
