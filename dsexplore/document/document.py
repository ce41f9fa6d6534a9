"""The document: the open scenario, every way to change it, and its history."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from dsexplore.document.history import History
from dsexplore.document.journal import Journal, Unsaved, discard
from dsexplore.document.nudge import nudged
from dsexplore.document.state import Evaluated, State
from dsexplore.engine import QUANTITIES, Values, warnings_in
from dsexplore.library.names import is_shipped
from dsexplore.library.open import CONFIG_ENDING, find, load_with_content
from dsexplore.library.presets import as_preset, with_changes, with_panel
from dsexplore.library.saving import save
from dsexplore.scenario.field import FieldSpec, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_change, format_value
from dsexplore.text.refusal import ScenarioError


@dataclass(frozen=True, slots=True)
class Draft:
    """Text on a row that is not in force, and the reason."""

    text: str
    problem: str


class Document:
    """The open scenario. Edits evaluate at once; a refused edit changes nothing."""

    def __init__(self, name: str, journal: Journal | None = None) -> None:
        """Open a preset or file. Raises ScenarioError."""
        self.journal = journal
        self.drafts: dict[str, Draft] = {}
        self._history: History[State] = History()
        self._before_typing: State | None = None
        self._typed = ""
        self._on_disk: dict[str, Scenario] = {}
        # What each file held when this session last read or wrote it.
        self._seen: dict[str, bytes] = {}
        self.state = self._opened(name)

    # The open scenario

    @property
    def scenario(self) -> Scenario:
        """The scenario in force."""
        return self.state.current.scenario

    @property
    def name(self) -> str:
        """Its name: a preset's or a file's."""
        return self.state.current.name

    @property
    def place(self) -> str:
        """Its origin: a folder, or one word where it has no file of its own."""
        if self.state.path:
            return str(self.state.path.parent)
        return "imported" if self.name.endswith(CONFIG_ENDING) else "preset"

    @property
    def results(self) -> Values:
        """Every result of the scenario."""
        return self.state.current.results

    @property
    def warnings(self) -> list[str]:
        """Sentences about problems in the way of a result."""
        return warnings_in(self.results)

    @property
    def is_modified(self) -> bool:
        """Whether there are unsaved changes."""
        return self.as_opened != self.scenario

    def field_text(self, name: str) -> str:
        """A field's value as a person would type it."""
        return value_text(FIELDS[name], self.scenario.value(name))

    def field_change(self, name: str) -> str:
        """A field's value in the baseline, in words; empty where it is the same."""
        before = self.state.baseline.scenario.value(name)
        if before == self.scenario.value(name):
            return ""
        return f"was {value_text(FIELDS[name], before)}"

    def result_text(self, name: str, digits: int = 4) -> str:
        """A result for reading."""
        return format_value(self.results[name], QUANTITIES[name].unit, digits)

    def result_change(self, name: str) -> str:
        """A result's change from the baseline; empty without a change."""
        if self.state.baseline.scenario is self.scenario:
            return ""
        before = self.state.baseline.results[name]
        return format_change(before, self.results[name], QUANTITIES[name].unit)

    def applies(self, spec: FieldSpec) -> bool:
        """Whether the choices in force use a field."""
        return spec.applies_where(self.scenario.value)

    # Edits

    def type(self, name: str, text: str) -> str:
        """Follow a key press on a row; returns the problem if the text is no valid value.

        `commit` makes the change one step of history, `revert` forgets it.
        """
        if name != self._typed:
            self.commit()
        self._typed = name
        self._before_typing = self._before_typing or self.state
        try:
            # Over the state before typing: typed back to the old value, nothing has changed.
            self._put({name: text}, self._edit_label(name, text), over=self._before_typing)
        except ScenarioError as error:
            self.drafts[name] = Draft(text, error.sentence())
            return error.sentence()
        self.drafts.pop(name, None)
        return ""

    def commit(self) -> None:
        """Make the typed change one step of history; a bad text stays as a draft."""
        before, self._before_typing = self._before_typing, None
        if before is not None:
            self._remember(before)

    def revert(self, name: str) -> None:
        """Forget the text typed on a row."""
        if self._before_typing is not None:
            self.state, self._before_typing = self._before_typing, None
        self.drafts.pop(name, None)

    def set(self, name: str, raw: object) -> None:
        """Change a field in one step. Raises ScenarioError."""
        self.commit()
        before = self.state
        self._put({name: raw}, self._edit_label(name, raw))
        self.drafts.pop(name, None)
        self._remember(before)

    def nudge(self, name: str, direction: int) -> bool:
        """Move a field to its neighbour; returns whether there was one. Raises ScenarioError."""
        value = self.scenario.value(name)
        moved = nudged(FIELDS[name], value, direction)
        if moved == value:
            return False
        self.set(name, moved)
        return True

    def reset(self, name: str) -> str:
        """Put a field back to its value as opened or saved; from there, to its preset's.

        Returns the origin of the value, empty if there is nothing to go back to.
        Raises ScenarioError.
        """
        self.commit()
        origin = f"preset {self.scenario.panel(FIELDS[name].table).preset}"
        for reference, words in (
            (self.as_opened, f"{self.name} as opened"),
            (as_preset(self.scenario, name), origin),
        ):
            if reference and reference.value(name) != self.scenario.value(name):
                before = self.state
                put = with_changes(self.scenario, {name: reference.value(name)})
                label = self._edit_label(name, reference.value(name))
                self.state = before.with_scenario(put.with_said_by(reference, [name]), label)
                self.drafts.pop(name, None)
                self._remember(before)
                return words
        self.drafts.pop(name, None)
        return ""

    def use_panel(self, table: str, preset: str) -> None:
        """Take a whole panel from a preset, in one step. Raises ScenarioError."""
        self.commit()
        before = self.state
        scenario = with_panel(self.scenario, table, preset)
        self.state = before.with_scenario(scenario, f"{table} {preset}")
        self.drafts.clear()
        self._remember(before)

    def hold_mfu(self) -> None:
        """Assume the measured MFU from now on, in one step: hours then follow further changes.

        Raises ScenarioError where no MFU from 0 to 1 is known.
        """
        self.commit()
        before = self.state
        held = {"utilization": "assumed", "assumed_mfu": self.results["mfu"]}
        if self.scenario.pretraining.utilization == "measured":
            held["goodput"] = 1.0  # measured hours are all hours paid for, restarts included
        self._put(held, f"hold MFU at {self.result_text('mfu')}")
        self._remember(before)

    def set_baseline(self) -> None:
        """Make the open scenario the baseline, also for scenarios opened later."""
        self.commit()
        before = self.state
        self.state = replace(before, baseline=before.current, pinned=True, change="baseline")
        self._remember(before)

    def free_baseline(self) -> None:
        """Make the preset or file, as opened or saved, the baseline again."""
        self.commit()
        before = self.state
        as_opened = self.as_opened or self.scenario
        baseline = Evaluated(as_opened, before.current.name)
        self.state = replace(before, baseline=baseline, pinned=False, change="baseline freed")
        self._remember(before)

    def undo(self) -> str:
        """Undo the last change; returns its name, empty if there was none."""
        self.commit()
        undone = self.state.change
        return undone if self._travel(self._history.undo(self.state)) else ""

    def redo(self) -> str:
        """Redo the last undone change; returns its name, empty if there was none."""
        self.commit()
        return self.state.change if self._travel(self._history.redo(self.state)) else ""

    # Files

    def open(self, name: str) -> None:
        """Open another preset or file in one step; as opened it is the baseline, unless one is set.

        Raises ScenarioError; the open scenario then stays open.
        """
        self.commit()
        before = self.state
        opened = self._opened(name)
        kept = replace(opened, baseline=before.baseline, pinned=True)
        self.state = kept if before.pinned else opened
        self.drafts.clear()
        self._remember(before)

    def open_changed(self, name: str, scenario: Scenario, label: str) -> None:
        """Open a changed version of a preset or file, in one step; the changes are marked.

        Raises ScenarioError if it is missing; the open scenario then stays open.
        """
        self.commit()
        before = self.state
        self.state = self._opened(name).with_scenario(scenario, label)
        self.drafts.clear()
        self._remember(before)

    @property
    def last_seen(self) -> bytes | None:
        """What the open file held when this session last read or wrote it; None if it never did."""
        return self._seen.get(os.path.realpath(self.state.path)) if self.state.path else None

    def save_again(self, path: Path) -> None:
        """Save to the open file, as long as nobody else has changed it since.

        Raises ScenarioError like `save`.
        """
        seen = self.last_seen
        self.save(path, overwrite=seen is not None, last_seen=seen)

    def save(self, path: Path, *, overwrite: bool, last_seen: bytes | None = None) -> None:
        """Write the scenario to a file and name it after the file from now on.

        Raises ScenarioError if the file exists and may not be replaced, no longer holds what was
        `last_seen` in it, or cannot be written.
        """
        self.commit()
        written = save(self.scenario, path, overwrite=overwrite, last_seen=last_seen)
        self._seen[os.path.realpath(path)] = written
        before = self.state
        named = replace(before.current, name=path.name)
        self.state = replace(before, current=named, path=path, change=f"save as {path.name}")
        self._on_disk[self._place(self.state)] = self.scenario
        self._remember(before)

    def recover(self, work: Unsaved) -> None:
        """Take over unsaved work of a lost session, in one step."""
        self.commit()
        before = self.state
        current = Evaluated(work.scenario, work.name)
        baseline = before.baseline if before.pinned else self._baseline_of(work) or before.baseline
        change = f"recovering {work.name}"
        self.state = replace(before, current=current, path=work.path, baseline=baseline,
                             change=change)  # fmt: skip
        self.drafts.clear()
        self._remember(before)
        discard(work)

    def _baseline_of(self, work: Unsaved) -> Evaluated | None:
        """The scenario the work began from; None if it no longer exists."""
        try:
            return self._opened(str(work.path) if work.path else work.name).current
        except ScenarioError:
            return None

    def keep(self) -> None:
        """Write unsaved work to the journal, or clear it if there is none."""
        if self.journal is None:
            return
        if self.is_modified:
            self.journal.write(self.name, self.state.path, self.scenario)
        else:
            self.journal.clear()

    def _opened(self, name: str) -> State:
        path = find(name)
        scenario, content = load_with_content(path)
        self._seen[os.path.realpath(path)] = content
        is_preset = is_shipped(path)
        current = Evaluated(scenario, path.stem if is_preset else path.name)
        # Presets and imported configurations are never saved over.
        is_read_only = is_preset or path.suffix == CONFIG_ENDING
        state = State(
            current, None if is_read_only else path, current, change=f"open {current.name}"
        )
        self._on_disk[self._place(state)] = scenario
        return state

    @property
    def as_opened(self) -> Scenario | None:
        """The scenario as opened or saved; None if no file or preset holds it."""
        return self._on_disk.get(self._place(self.state))

    def _put(self, changes: dict[str, object], label: str, over: State | None = None) -> None:
        start = over or self.state
        scenario = with_changes(start.current.scenario, changes)
        if as_opened := self.as_opened:
            scenario = scenario.with_said_by(as_opened, changes)
        state = start.with_scenario(scenario, label)
        # Evaluated first: a scenario that cannot be evaluated is never in force.
        _ = state.current.results
        self.state = state

    def _remember(self, before: State) -> None:
        if before != self.state:
            self._history.push(before)
        else:
            self.state = before  # with the name of the change that led here
        self.keep()

    def _travel(self, state: State | None) -> bool:
        if state is None:
            return False
        self.state = state
        self.drafts.clear()
        self.keep()
        return True

    def _edit_label(self, name: str, raw: object) -> str:
        return f"{FIELDS[name].label}: {raw if isinstance(raw, str) else _shown(name, raw)}"

    @staticmethod
    def _place(state: State) -> str:
        return str(state.path) if state.path else f"preset {state.current.name}"


def _shown(name: str, raw: object) -> str:
    return value_text(FIELDS[name], raw if isinstance(raw, bool | int | float | str) else None)
