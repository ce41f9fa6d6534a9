"""Explain: a number's formula, values and source; Enter follows a name, Escape returns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from dsexplore.analysis.accuracy.evidence import rests_on
from dsexplore.document.document import Document
from dsexplore.explanation.explain import Explanation, explain
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.dialogs.find_name import FindName
from dsexplore.tui.screens.explain.rows import explanation_rows, path_text, reference_lines
from dsexplore.tui.screens.full_screen import RowsScreen
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.widgets.lines import Line, Row


class ExplainScreen(RowsScreen):
    """One name at a time, and the path to it. The answer is a field to go to, if any."""

    FOLLOWS: ClassVar[str] = "explain"
    LEAVES: ClassVar[str] = "back"
    DETAIL_LINES: ClassVar[int] = 2

    def __init__(self, document: Document, name: str) -> None:
        super().__init__(document)
        self._path = [name]
        self._shown: Explanation | None = None
        # The cursor's row on each name of the path but the last.
        self._left_at: list[int] = []

    def headline(self) -> tuple[str, str]:
        """The path to the name, and the scenario."""
        return f"Explain {path_text(self._path, self.app.size.width - 40)}", self._document.name

    def rows(self, width: int) -> list[Row]:
        """The explanation of the last name of the path."""
        self._shown = self._explanation(width)
        return explanation_rows(self._shown, width)

    def detail(self, width: int) -> list[Line]:
        """The name under the cursor in words."""
        return reference_lines(self._shown, self.cursor.name, width) if self._shown else []

    def follow(self) -> None:
        """Explain the name under the cursor."""
        name = self.cursor.name
        if name and name != self._path[-1]:
            self._enter(name)

    def back(self) -> None:
        """Go back to the name before; from the first, leave."""
        if len(self._path) == 1:
            self.dismiss(None)
            return
        self._path.pop()
        self.draw()
        self.put_cursor(self._left_at.pop())

    def find(self) -> None:
        """Ask for any name."""
        self.app.push_screen(FindName(self._document), self._found)

    def go(self) -> None:
        """Leave, and go to the field under the cursor or the one explained."""
        for name in (self.cursor.name, self._path[-1]):
            if name in FIELDS:
                self.dismiss(name)
                return
        self.say("Neither this nor the row under the cursor is a field.")

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("", find, "find a name", "find"),
        Key("g", go, "go to the field"),
        Key("", follow, action="explain"),
        Key("right", follow),
        Key("left", back),
        Key("backspace", back),
    )

    def _found(self, name: str | None) -> None:
        if name and name != self._path[-1]:
            self._enter(name)

    def _enter(self, name: str) -> None:
        self._left_at.append(self.cursor.row)
        self._path.append(name)
        self.draw_from_top()

    def _explanation(self, width: int) -> Explanation:
        document = self._document
        name = self._path[-1]
        standing = document.state.current.standing
        found = explain(document.scenario, name, standing, width - 4, document.as_opened)
        if not found.interval:
            return found
        return replace(found, rests_on=rests_on(document.scenario, name))
