"""The history: every state there was, drawn as a tree; Enter goes to one."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.document.changes import differences_text
from dsexplore.document.document import Document
from dsexplore.document.history import Drawn
from dsexplore.document.state import LONGEST_TITLE, State
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.typed import TypedDialog
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.pages.overview import HEADLINE
from dsexplore.tui.screens.full_screen import RowsScreen
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, cropped, packed, wrapped

_NOW, _THEN = "●", "○"


class HistoryScreen(RowsScreen):
    """The states of the session line by line. The answer is the number of the one to go to."""

    FOLLOWS: ClassVar[str] = "go there"
    DETAIL_LINES: ClassVar[int] = 5

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._drawn = document.history()

    def headline(self) -> tuple[str, str]:
        """The history, and how much of it there is."""
        states = len(self._drawn)
        return "History", f"{states:,} states, the oldest first" if states > 1 else "1 state"

    def on_mount(self) -> None:
        """Begin at the state in force."""
        super().on_mount()
        self.call_after_refresh(self._to_now)

    def rows(self, width: int) -> list[Row]:
        """The tree, each branch under the state it left from."""
        return [Row(cropped(self._line(drawn), width), str(drawn.number)) for drawn in self._drawn]

    def detail(self, width: int) -> list[Line]:
        """The figures of the state under the cursor, and what differs from now."""
        drawn = self._under_cursor
        if drawn is None:
            return []
        state, now = drawn.state, self._document.state
        pieces: list[list[Span]] = [
            [
                (f"{short_label(name)} ", "dim"),
                (clean(self._document.text_in(state.current, name)), "value"),
            ]
            for name in HEADLINE
        ]
        differs = "now" if drawn.is_now else differences_text(
            now.current.scenario, state.current.scenario, most=6
        )  # fmt: skip
        said = differs if drawn.is_now else f"from there to now: {differs}"
        lines: list[Line] = [((" ", "plain"), *line) for line in packed(pieces, width - 2)[:2]]
        return [(), *lines, *(((f" {line}", "dim"),) for line in wrapped(said, width - 2, 2))]

    def follow(self) -> None:
        """Go to the state under the cursor."""
        self.dismiss(self.cursor.name)

    def give_name(self) -> None:
        """Give the state in force a name."""
        drawn = self._under_cursor
        if drawn is None or not drawn.is_now:
            self.say("Go to a state first (↵): the state in force gets the name.")
            return
        self.app.push_screen(NameState(drawn.state), self._named)

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("", give_name, "name it", "name_state"),
        Key("", RowsScreen.back, action="history"),
    )

    def _named(self, title: str | None) -> None:
        if title is not None:
            self._document.name_state(title)
            self._drawn = self._document.history()
            self.draw()

    def _to_now(self) -> None:
        self.put_cursor(next(str(drawn.number) for drawn in self._drawn if drawn.is_now))

    @property
    def _under_cursor(self) -> Drawn[State] | None:
        name = self.cursor.name
        return next((drawn for drawn in self._drawn if str(drawn.number) == name), None)

    @staticmethod
    def _line(drawn: Drawn[State]) -> list[Span]:
        state = drawn.state
        role: Role = "active" if drawn.is_now else "label"
        spans: list[Span] = [
            (" ", "plain"),
            (drawn.stem, "dim"),
            (f"{_NOW if drawn.is_now else _THEN} ", role),
            (clean(state.change), role),
        ]
        return [*spans, (f"  “{clean(state.title)}”", "title")] if state.title else spans


class NameState(TypedDialog):
    """A name for a state; an empty one takes it away."""

    def __init__(self, state: State) -> None:
        def problem_of(line: str) -> str:
            return f"At most {LONGEST_TITLE} characters." if len(line) > LONGEST_TITLE else ""

        super().__init__(
            f"Name of the state after: {clean(state.change)}",
            problem_of,
            "such as 9 experts, fits; empty for none",
            state.title,
        )
