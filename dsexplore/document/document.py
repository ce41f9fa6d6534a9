"""The document: the open scenario, its file, and all unsaved work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from dsexplore.document.editing import Editing
from dsexplore.document.journal import Entry, Journal, discard
from dsexplore.document.opening import branches_of, opened, recovered, source_of, steps_of
from dsexplore.document.record import Recorder, Unsaved
from dsexplore.document.state import Evaluated, State, View
from dsexplore.document.works import Works
from dsexplore.library.open import find
from dsexplore.library.saving import save
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError


class Document(Editing):
    """The open scenario with its file, its journal and the other documents of the session."""

    def __init__(self, name: str, journal: Journal | None = None) -> None:
        """Open a preset or file. Raises ScenarioError."""
        self.journal = journal
        # By source: what each file held when this session last read or wrote it.
        self._seen: dict[str, bytes] = {}
        self._recorder = Recorder()
        # Where the user is; the screen knows.
        self.view: Callable[[], View] = View
        # Opening says in it what the file holds.
        self._works = Works()
        super().__init__(self._opened(name), self._works)

    # Files

    def open(self, name: str) -> None:
        """Open another preset or file in one step; as opened it is the baseline, unless one is set.

        One with unsaved changes in this session comes back with them. Raises ScenarioError; the
        open scenario then stays open.
        """
        self.commit()
        kept = self._works.unsaved_at((source_of(find(name)), "", 0))
        if kept:
            self.go_to(kept)
        else:
            self._replace(self._opened(name))

    def open_changed(self, name: str, scenario: Scenario, label: str) -> None:
        """Open a changed version of a preset or file, in one step; the changes are marked.

        The label tells the version from others; as opened, it needs no saving. One with unsaved
        changes in this session comes back with them. Raises ScenarioError if the preset or file is
        missing; the open scenario then stays open.
        """
        self.commit()
        origin = replace(self._opened(name), path=None, claim=label)
        kept = self._works.unsaved_at(origin.place)
        if kept:
            self.go_to(kept)
            return
        state = origin.with_scenario(scenario, label)
        self._works.given(state)
        self._step_to(state)

    def go_to(self, unsaved: State) -> None:
        """Go to another document of this session, in one step."""
        self.commit()
        self._replace(replace(unsaved, change=f"open {unsaved.current.name}"))

    @property
    def last_seen(self) -> bytes | None:
        """What the open file held when this session last read or wrote it; None if it never did."""
        return self._seen.get(self.state.source) if self.state.path else None

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
        self._seen[source_of(path)] = written
        before = self.state
        named = replace(before.current, name=path.name)
        saved = replace(before, current=named, path=path, change=f"save as {path.name}",
                        source=source_of(path), claim="", copy=0)  # fmt: skip
        self._works.drop(before.place)
        aside = self._works.set_aside(saved.place)
        if self.journal:
            self.journal.move(saved.place, aside)
        self._works.opened(saved.source, self.scenario)
        self.state = saved
        self._remember(before)

    # Unsaved work

    def unsaved(self) -> list[State]:
        """Every document with unsaved changes in its latest state, the open one first."""
        self._works.put(self.state, self.view())
        return [*self._works.unsaved()]

    def as_settled(self, unsaved: State) -> Scenario | None:
        """What a document was as opened or saved; None if no file or preset holds it."""
        return self._works.settled(unsaved)

    def give_up(self, unsaved: State) -> None:
        """Give a document's unsaved changes up; of the open one, in a step that can be undone."""
        self.commit()
        self._works.drop(unsaved.place)
        settled = self._works.settled(unsaved)
        if settled is None:
            self._works.given(unsaved)
        elif unsaved.place == self.state.place:
            before = self.state
            self.state = before.with_scenario(settled, f"giving up changes of {self.name}")
            self.drafts.clear()
            self._remember(before)
        self.keep()

    def recover(self, work: Unsaved) -> View:
        """Take over unsaved work of another session; returns where its user was.

        Its steps can be undone like one's own; before them comes the recovery. Of a living session
        it is a copy; a lost session's is forgotten there once it is kept here.
        """
        self.commit()
        before = self.state
        left = self._works.apart(recovered(work, self._begun(work), before))
        as_opened = work.as_opened()
        if as_opened and (work.claim or self._works.on_disk(left) is None):
            self._works.given(left.with_scenario(as_opened, ""))
        if as_opened and as_opened != self._works.on_disk(left):
            self._seen.pop(left.source, None)  # changed since the work began: saving asks first
        states, undone = steps_of(work, left)
        for state in [*([before] if before != states[0] else []), *states[:-1]]:
            self._history.push(state)
        self.state = states[-1]
        known = [self.state, *states[-2::-1], *undone]
        self._history.graft(self.state, self.state, undone, is_next=True)
        for fork, branch in branches_of(work, known):
            self._history.graft(self.state, fork, branch, is_next=False)
        self.drafts.clear()
        if self.keep():
            discard(work)
        return work.view

    def _begun(self, work: Unsaved) -> Evaluated | None:
        """The scenario the work began from, as it is now; None if it is known no longer."""
        try:
            return self._opened(work.source).current
        except ScenarioError:
            as_opened = work.as_opened()
            return Evaluated(as_opened, work.name) if as_opened else None

    def keep(self) -> bool:
        """Bring the journal up to date with all unsaved work; returns whether it is all kept.

        Never raises.
        """
        self.is_keeping_owed = False
        unsaved = self.unsaved()
        if self.journal is None:
            return False
        views = self._works.view
        return self.journal.update(
            {
                state.place: Entry((state, views(state.place)), partial(self._text, state))
                for state in unsaved
            }
        )

    def leave(self) -> str:
        """Leave all work to the next session, half-typed text included; returns why it is lost."""
        self.commit()
        is_kept = self.keep()
        if self.journal is None:
            return ""
        self.journal.close()
        return "" if is_kept else self.journal.problem

    def _text(self, state: State) -> str:
        is_typed = self._before_typing is not None and state is self.state
        now = self._before_typing or self.state
        around = partial(self._history.around, now)
        past, future = around(now if is_typed else state)
        branches = self._history.branches(now, now if is_typed else state)
        if is_typed:  # as it will be once committed: what could be redone is a branch then
            branches = chain([(now, [*future])], branches)
            past, future = chain([now], past), iter(())
        return self._recorder.text(
            state, self._works.settled(state), self._works.view(state.place), time.time(), past,
            future, branches,
        )  # fmt: skip

    def _opened(self, name: str) -> State:
        state, content = opened(name)
        # What others did to a file since its unsaved changes began stays to be asked about.
        if not self._works.unsaved_at(state.place):
            self._seen[state.source] = content
            self._works.opened(state.source, state.current.scenario)
        return state

    def _replace(self, state: State) -> None:
        """Go to another document; a baseline that the user chose goes along."""
        if self.state.pinned:
            state = replace(state, baseline=self.state.baseline, pinned=True)
        self._step_to(state)

    def _step_to(self, state: State) -> None:
        before, self.state = self.state, state
        self.drafts.clear()
        self._remember(before)
