"""Unsaved work: of this session, of lost sessions, and of others that live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static

from dsexplore.document.changes import differences_text
from dsexplore.document.document import Document
from dsexplore.document.journal import discard
from dsexplore.document.opening import begun_from
from dsexplore.document.record import Unsaved
from dsexplore.document.state import State, View
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.leave import unsaved_differences, unsaved_text
from dsexplore.tui.dialogs.words import Choices, Option
from dsexplore.tui.main.mention import holder_text, when_text
from dsexplore.tui.widgets.lines import width_of

_MOST_FIELDS = 8


class RecoverDialog(Dialog):
    """Every unsaved document; Enter takes one, d gives one up on leaving.

    The answer says what was done; `view` is where the user was in the document taken.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "give_up", "Give up", show=False)]

    def __init__(self, document: Document, elsewhere: Sequence[Unsaved]) -> None:
        super().__init__("Unsaved work")
        self.view: View | None = None
        self._document = document
        self._listed: list[State | Unsaved] = [*document.unsaved(), *elsewhere]
        self._given_up: set[int] = set()

    @property
    def is_needed(self) -> bool:
        """Whether there is any unsaved work."""
        return bool(self._listed)

    def content(self) -> ComposeResult:
        """This session's documents, then those of lost sessions, then those of living ones."""
        lines = (self._line(index) for index in range(len(self._listed)))
        yield Choices(*(Option(line) for line in lines))
        yield said("", id="about")
        yield said("Enter takes it, d gives it up (d again does not), Escape leaves.")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say all about it."""
        self.query_one("#about", Static).update(self._about(event.option_index))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it; undo goes back to the scenario before."""
        work = self._listed[event.option_index]
        self._given_up.discard(event.option_index)
        self._give_up_marked()
        if isinstance(work, State):
            self._document.go_to(work)
            self.dismiss(f"Opened {work.current.name} with its unsaved changes.")
            return
        self.view = self._document.recover(work)
        own = " The other session keeps its own." if work.holder else ""
        self.dismiss(f"Recovered {self._named(work)}.{own}")

    def action_give_up(self) -> None:
        """Mark the highlighted one to be given up, or take the mark back."""
        options = self.query_one(OptionList)
        index = options.highlighted
        if index is None:
            return
        work = self._listed[index]
        if isinstance(work, Unsaved) and work.holder:
            said_of = f"Only {holder_text(work.holder)} can give it up."
            self.query_one("#about", Static).update(said_of)
            return
        self._given_up ^= {index}
        options.replace_option_prompt_at_index(index, clean(self._line(index)))

    def action_leave(self) -> None:
        """Give up what is marked, and leave."""
        names = [_name(self._listed[index]) for index in sorted(self._given_up)]
        self._give_up_marked()
        self.dismiss(f"Gave up {', '.join(names)}." if names else None)

    def _give_up_marked(self) -> None:
        for index in self._given_up:
            work = self._listed[index]
            if isinstance(work, State):
                self._document.give_up(work)
            else:
                discard(work)

    def _line(self, index: int) -> str:
        work = self._listed[index]
        mark = "✗ given up: " if index in self._given_up else ""
        if isinstance(work, State):
            return f"{mark}{unsaved_text(self._document, work)}  (this session)"
        where = f"pid {work.holder.pid}" if work.holder else when_text(work.when)
        return f"{mark}{self._named(work)}  {where}  {differences_text(*_both(work), 2)}"

    def _about(self, index: int) -> str:
        work = self._listed[index]
        differs = self._differences(index)
        if isinstance(work, State):
            return differs
        if work.holder:
            said_of = f"Open and unsaved in {holder_text(work.holder)}; Enter takes a copy."
        else:
            said_of = "Left by an earlier session."
        path = f"{work.path}." if work.path else ""
        return " ".join(part for part in (said_of, path, differs) if part)

    def _differences(self, index: int) -> str:
        """All that differs, where its line has no room for that."""
        options = self.query_one(OptionList)
        line = self._line(index)
        work = self._listed[index]
        if isinstance(work, State):
            differs = unsaved_differences(self._document, work, _MOST_FIELDS)
        else:
            differs = differences_text(*_both(work), _MOST_FIELDS)
        is_whole = differs in line and width_of([(line, "plain")]) <= options.content_size.width
        return "" if is_whole else f"{differs}."

    @staticmethod
    def _named(work: Unsaved) -> str:
        return f"{work.name} ({work.claim})" if work.claim else work.name


def _name(work: State | Unsaved) -> str:
    return work.current.name if isinstance(work, State) else work.name


def _both(work: Unsaved) -> tuple[Scenario, Scenario | None]:
    return work.scenario, begun_from(work)
