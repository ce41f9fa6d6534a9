"""Editing: every way to change the open scenario, each a step of its history."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dsexplore.document.history import Drawn, History
from dsexplore.document.nudge import nudged
from dsexplore.document.reading import Reading
from dsexplore.document.state import LONGEST_TITLE, Evaluated, State
from dsexplore.document.works import Works
from dsexplore.library.presets import as_preset, with_changes, with_panel
from dsexplore.scenario.field import shown_text
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.refusal import ScenarioError

# Steps in both directions whose results are kept; those further off are computed when reached.
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """Text on a row that is not in force, and the reason."""

    text: str
    problem: str


class Editing(Reading, ABC):
    """The open scenario and its history. Edits evaluate at once; a refused edit changes nothing."""

    def __init__(self, state: State, works: Works) -> None:
        """Begin with a state, one of some works."""
        self.state = state
        self.drafts: dict[str, Draft] = {}
        self._works = works
        self._history: History[State] = History()
        self._before_typing: State | None = None
        self._typed = ""
        # The state that the last step changed.
        self._left: State | None = None
        # Whether a step waits for `keep_owed`: its outcome is then seen before it is kept.
        self.puts_off_keeping = False
        self.is_keeping_owed = False

    @abstractmethod
    def keep(self) -> bool:
        """Bring the journal up to date with all unsaved work; returns whether it is all kept."""

    @abstractmethod
    def unsaved(self) -> list[State]:
        """Every document with unsaved changes in its latest state, the open one first."""

    def keep_owed(self) -> None:
        """Keep the step that waits to be kept, if there is one."""
        if self.is_keeping_owed:
            self.keep()

    def _keep_step(self) -> None:
        """Keep a step now, or when `keep_owed` says so."""
        if self.puts_off_keeping:
            self.unsaved()  # this document is known as unsaved, should another be opened first
            self.is_keeping_owed = True
        else:
            self.keep()

    @property
    def before(self) -> Evaluated | None:
        """This document before the last step; None where that opened it or changed no value.

        Nor is there one back at the baseline: that is where nothing has moved.
        """
        left, state = self._before_typing or self._left, self.state
        if left is None or left.place != state.place or self.scenario == state.baseline.scenario:
            return None
        return left.current

    def type(self, name: str, text: str) -> str:
        """Follow a key press on a row; returns the problem if the text is no valid value.

        The value before typing is then in force, not what was typed on the way to a refusal.
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
            self.state = self._before_typing
            self.drafts[name] = Draft(text, error.sentence())
        else:
            self.drafts.pop(name, None)
        # A killed program loses the key being typed, not the value.
        self._keep_step()
        return self.drafts[name].problem if name in self.drafts else ""

    def commit(self) -> None:
        """Make the typed change one step of history; a bad text stays as a draft."""
        before, self._before_typing = self._before_typing, None
        if before is not None:
            self._remember(before)

    def revert(self, name: str) -> None:
        """Forget the text typed on a row."""
        if self._before_typing is not None:
            self.state, self._before_typing = self._before_typing, None
            self._keep_step()
        self.drafts.pop(name, None)

    def set(self, name: str, raw: object) -> None:
        """Change a field in one step. Raises ScenarioError."""
        self.commit()
        before = self.state
        self._put({name: raw}, self._edit_label(name, raw))
        self.drafts.pop(name, None)
        self._remember(before)

    def set_distribution(self, name: str, line: str) -> None:
        """State how a field is distributed in one step; an empty line takes that back.

        Raises ScenarioError.
        """
        self.commit()
        stated = dict(self.scenario.uncertainty)
        stated.pop(name, None)
        if line.strip():
            stated[name] = Distribution.typed(FIELDS[name], line, self.scenario.value(name))
        self.make(
            replace(self.scenario, uncertainty=stated), f"distribution of {FIELDS[name].label}"
        )

    def set_words(self, title: str, description: str, notes: Mapping[str, str]) -> None:
        """Give the scenario other words, and fields other notes, in one step.

        An empty note is none.
        """
        self.commit()
        kept = {name: said for name, said in {**self.scenario.notes, **notes}.items() if said}
        changed = replace(self.scenario.with_words(title, description), notes=kept)
        if changed != self.scenario:
            self.make(changed, "words")

    def make(self, scenario: Scenario, change: str) -> None:
        """Put a changed version of the scenario in force, in one step of that name."""
        self.commit()
        before = self.state
        self.state = before.with_scenario(scenario, change)
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
        scenario = with_panel(self.scenario, table, preset)
        self.drafts.clear()
        self.make(scenario, f"{table} {preset}")

    def take(self, values: Mapping[str, object], label: str) -> None:
        """Change several fields, or panels to presets, in one step, which the label names.

        Raises ScenarioError.
        """
        self.commit()
        before = self.state
        self._put(dict(values), label)
        for name in values:
            self.drafts.pop(name, None)
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
        self._put(held, f"assume MFU {self.result_text('mfu')}")
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

    @property
    def has_undone(self) -> bool:
        """Whether there is something to redo."""
        return self._history.has_undone

    def undo(self) -> str:
        """Undo the last change; returns its name, empty if there was none."""
        self.commit()
        undone = self.state.change
        return undone if self._travel(self._history.undo(self.state)) else ""

    def redo(self) -> str:
        """Redo the last undone change; returns its name, empty if there was none."""
        self.commit()
        return self.state.change if self._travel(self._history.redo(self.state)) else ""

    def history(self) -> list[Drawn[State]]:
        """Every state there was, line by line as a tree."""
        self.commit()
        return self._history.drawn(self.state)

    def jump(self, number: int) -> str:
        """Go to a state of the drawn history; returns what led there, empty if one is there."""
        self.commit()
        if not self._travel(self._history.jump(self.state, number)):
            return ""
        for state in self._history.far(_NEAR):
            if state.current is not self.state.baseline:
                state.current.forget_results()
        return self.state.words

    def name_state(self, title: str) -> None:
        """Give the open state a name in the history; an empty one takes it away."""
        self.commit()
        self.state = replace(self.state, title=title.strip()[:LONGEST_TITLE])
        self._keep_step()

    def bookmark(self) -> Callable[[], None]:
        """What puts the scenario, its history and refused texts back as they are now."""
        self.commit()
        state, drafts = self.state, dict(self.drafts)
        mark = self._history.mark()

        def back() -> None:
            self.commit()
            self.state, self.drafts = state, drafts
            self._history.forget_since(mark)
            self._keep_step()

        return back

    @property
    def as_opened(self) -> Scenario | None:
        """The scenario of its preset or file, as opened or saved; None if there is none."""
        return self._works.on_disk(self.state)

    def changed_in(self, table: str) -> int:
        """How many fields of a panel differ from its preset or file, as opened or saved."""
        opened, panel = self.as_opened, self.scenario.panel(table)
        if opened is None or opened.panel(table) is panel:
            return 0
        before = opened.panel(table)
        names = PANELS[table].specs if before.preset == panel.preset else ()
        return sum(getattr(before, name) != getattr(panel, name) for name in names)

    def _put(self, changes: dict[str, object], label: str, over: State | None = None) -> None:
        start = over or self.state
        scenario = with_changes(start.current.scenario, changes)
        if as_opened := self.as_opened:
            scenario = scenario.with_said_by(
                as_opened, [name for name in changes if name in FIELDS]
            )
        state = start.with_scenario(scenario, label)
        # Evaluated first: a scenario that cannot be evaluated is never in force.
        state.current.evaluate_after(start.current)
        self.state = state

    def _remember(self, before: State) -> None:
        if before != self.state:
            self._history.push(before)
            if self.state.title == before.title:  # a name is of one state alone
                self.state = replace(self.state, title="")
            self._left = before if before.current is not self.state.current else None
        else:
            self.state = before  # with the name of the change that led here
        self._forget_far_results()
        self._keep_step()

    def _travel(self, state: State | None) -> bool:
        if state is None:
            return False
        self._left, self.state = self.state, state
        self.drafts.clear()
        self._forget_far_results()
        self._keep_step()
        return True

    def _forget_far_results(self) -> None:
        for state in self._history.beyond(_NEAR):
            if state.current is not self.state.baseline:
                state.current.forget_results()

    def _edit_label(self, name: str, raw: object) -> str:
        return f"{FIELDS[name].label}: {raw if isinstance(raw, str) else _shown(name, raw)}"


def _shown(name: str, raw: object) -> str:
    return shown_text(FIELDS[name], raw if isinstance(raw, bool | int | float | str) else None)
