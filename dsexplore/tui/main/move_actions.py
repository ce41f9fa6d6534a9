"""Actions that move about: rows, panels, pages and sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsexplore.scenario.scenario import PANELS
from dsexplore.tui.keys.jumps import letters
from dsexplore.tui.main.session import Session
from dsexplore.tui.main.side import TABLES, Side
from dsexplore.tui.pages.pages import PAGES

# More rows than any panel or page has.
_ENDS = 10_000


class MoveActions:
    """Moves the cursor of the active side, and turns its tabs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def row_up(self) -> None:
        """Go to the field or result above."""
        self._move(-1)

    def row_down(self) -> None:
        """Go to the field or result below."""
        self._move(1)

    def page_up(self) -> None:
        """Go up by a screenful."""
        self._move(-self._screenful)

    def page_down(self) -> None:
        """Go down by a screenful."""
        self._move(self._screenful)

    def first(self) -> None:
        """Go to the first field, or the top of the results."""
        self._move(-_ENDS)

    def last(self) -> None:
        """Go to the last field, or the end of the results."""
        self._move(_ENDS)

    def other_side(self) -> None:
        """Go to the next column; with two, switch between parameters and results."""
        self._session.say("")
        self._session.step_aside(1)

    def side_before(self) -> None:
        """Go to the column before."""
        self._session.say("")
        self._session.step_aside(-1)

    def next_tab(self) -> None:
        """Show the next panel or page of this side."""
        self._turn(self._session.side, 1)

    def previous_tab(self) -> None:
        """Show the previous panel or page of this side."""
        self._turn(self._session.side, -1)

    def next_page(self) -> None:
        """Show the next page of results."""
        self._turn(self._session.results, 1)

    def previous_page(self) -> None:
        """Show the previous page of results."""
        self._turn(self._session.results, -1)

    def go_to_page(self) -> None:
        """Go to a page of results by its letter."""
        go = self._session.go_to_page
        self._ask_letter([page.title for page in PAGES], lambda place: go(str(place)))

    def go_to_panel(self) -> None:
        """Go to a panel of parameters by its letter."""
        go = self._session.go_to_panel
        self._ask_letter(
            [panel.title for panel in PANELS.values()], lambda place: go(TABLES[place])
        )

    def _ask_letter(self, titles: Sequence[str], go: Callable[[int], None]) -> None:
        """Name the letters, and let the next key choose."""
        places = letters(titles)

        def chosen(key: str) -> None:
            self._session.say("")
            if (place := places.get(key.lower())) is not None:
                go(place)

        named = ", ".join(f"{letter} {titles[place]}" for letter, place in places.items())
        self._session.say(f"Go to: {named}.")
        self._session.next_key = chosen

    def all_fields(self) -> None:
        """Show every field that applies, or only those that are set again."""
        self._session.on_results = False
        parameters = self._session.parameters
        parameters.unfold()
        shown = "every field that applies" if parameters.unfolded else "only fields that are set"
        self._session.say(f"The panels show {shown}.")

    def only_moved(self) -> None:
        """Show only the results that moved, or all of them again."""
        pages, board = self._session.pages, self._session.board
        pages.is_only_moved = board.is_only_moved = not pages.is_only_moved
        shown = "only what moved" if pages.is_only_moved else "all there is, moved or not"
        self._session.say(f"Pages of results show {shown}.")

    def board(self) -> None:
        """Choose the pages of the third column, and keep the choice."""
        from dsexplore.tui.dialogs.board import BoardDialog  # noqa: PLC0415 - the start goes without
        from dsexplore.tui.pages.pages import board_pages, chosen_pages  # noqa: PLC0415 - as said above

        session = self._session

        def chosen(answer: str) -> None:
            pages = chosen_pages(BoardDialog.titles(answer))
            session.board.choose(pages)
            listed = ", ".join(page.title for page in pages)
            session.say(f"The third column shows {listed}{session.board_note}.")
            session.desk.choose([page.title for page in pages])

        session.ask(BoardDialog(board_pages(), session.board.pages), chosen)

    def _move(self, rows: int) -> None:
        self._session.say("")
        self._session.side.move(rows)

    def _turn(self, side: Side, step: int) -> None:
        self._session.say("")
        side.turn(step)

    @property
    def _screenful(self) -> int:
        """Rows in sight, less two for continuity."""
        session = self._session
        # A side just come into sight has no height yet, and keys may be waiting.
        height = session.side.sheet.size.height or session.parameters.sheet.size.height
        return max(1, height) - 2
