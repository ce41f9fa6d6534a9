"""The documents of a session: which of them have unsaved changes, and against what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dsexplore.document.state import Evaluated, Place, State, View
from dsexplore.scenario.scenario import Scenario


class Works:
    """Every document that was changed and not saved, in its latest state."""

    def __init__(self) -> None:
        # By source: the scenario as its preset or file holds it.
        self._on_disk: dict[str, Scenario] = {}
        # By document: what needs no keeping though no file holds it, such as a claim as opened.
        self._given: dict[Place, Scenario] = {}
        self._latest: dict[Place, State] = {}
        # Where the user was in each.
        self._views: dict[Place, View] = {}

    def on_disk(self, state: State) -> Scenario | None:
        """The scenario of its preset or file, as opened or saved; None if there is none."""
        return self._on_disk.get(state.source)

    def settled(self, state: State) -> Scenario | None:
        """The scenario against which changes count as unsaved; None if there is none."""
        return self._given.get(state.place) or self.on_disk(state)

    def is_unsaved(self, state: State) -> bool:
        """Whether a state of a document has unsaved changes."""
        return state.current.scenario != self.settled(state)

    def opened(self, source: str, scenario: Scenario) -> None:
        """A preset or file was read, or a file was written."""
        self._on_disk[source] = scenario

    def given(self, state: State) -> None:
        """A document needs no keeping as it is now."""
        self._given[state.place] = state.current.scenario

    def put(self, state: State, view: View) -> None:
        """A document is in this state now."""
        self._latest.pop(state.place, None)
        if self.is_unsaved(state):
            self._latest[state.place] = state  # as the last one, the newest
            if view != self._views.get(state.place):
                self._views[state.place] = view

    def drop(self, place: Place) -> None:
        """Forget a document's changes."""
        self._latest.pop(place, None)

    def set_aside(self, place: Place) -> Place:
        """Make unsaved changes a document of their own, as another takes their place.

        Returns where they are now.
        """
        state = self.unsaved_at(place)
        if state is None:
            return place
        aside = self.apart(state)
        self._latest[aside.place] = aside
        self._views[aside.place] = self.view(place)
        del self._latest[place]
        return aside.place

    def unsaved(self) -> Iterator[State]:
        """Documents with unsaved changes, the latest first."""
        return (
            state
            for state in reversed([*self._latest.values()])
            if self.is_unsaved(state) and not self._is_in_a_file(state)
        )

    def _is_in_a_file(self, state: State) -> bool:
        """Whether it was saved under another name: undo and redo lead past that again."""
        return any(state.current.scenario is saved for saved in self._on_disk.values())

    def unsaved_at(self, place: Place) -> State | None:
        """A document's latest state if it has unsaved changes."""
        state = self._latest.get(place)
        return state if state and self.is_unsaved(state) else None

    def view(self, place: Place) -> View:
        """Where the user was in a document."""
        return self._views.get(place, View())

    def apart(self, state: State) -> State:
        """The state as a document of its own, if another with unsaved changes has its place."""
        copy = state.copy
        while (*state.place[:2], copy) in self._latest:
            copy += 1
        if copy == state.copy:
            return state
        current = Evaluated(state.current.scenario, f"{state.current.name} ({copy + 1})")
        return replace(state, current=current, copy=copy)
