"""A page of results as written last: again where what it is made of has changed."""

from __future__ import annotations

from typing import Any

from dsexplore.document.document import Document
from dsexplore.document.state import Evaluated, Place, State
from dsexplore.tui.beside import Run
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.pages.moved import only_moved
from dsexplore.tui.pages.page import Tab
from dsexplore.tui.widgets.lines import Row


class Written:
    """One page about the open scenario, and what of it is worked out once keys rest.

    Many evaluations are no part of a frame: until they are done, the page shows those of before.
    """

    def __init__(self, tab: Tab, document: Document, keys: Keymap) -> None:
        self.tab = tab
        self._keys = keys
        self._document = document
        self._rows: list[Row] = []
        # State, size, the ways of showing results and what was worked out behind the rows.
        self._made_of: tuple[State, int, int, object, object, bool, object, object] | None = None
        self._found: Any = None
        self._of: Evaluated | None = None
        self._place: Place | None = None
        # What it asked of the document for that.
        self._asked: tuple[object, ...] = ()

    @property
    def is_due(self) -> bool:
        """Whether something of it has yet to be worked out for the open scenario."""
        is_new = self._of is not self._document.state.current or self._asked != self._asks
        return self.tab.works_out is not None and is_new

    @property
    def _asks(self) -> tuple[object, ...]:
        """What of the document beside its scenario it is worked out from."""
        return () if self.tab.asks is None else (self.tab.asks(self._document),)

    @property
    def found(self) -> Any:
        """What was worked out last; None of a document just opened."""
        return self._found if self._place == self._document.state.place else None

    def work_out(self, run: Run) -> None:
        """Work out what is due. Raises GivenUpError where it is no longer wanted."""
        state = self._document.state
        if self.tab.works_out is None or not self.is_due:
            return

        def goes_on() -> bool:
            if self._document.state is not state:  # of another it would be half a result
                run.give_up()
            return run.goes_on()

        asked = self._asks
        found = self.tab.works_out(state, goes_on, *asked)
        goes_on()
        self._found, self._of, self._place = found, state.current, state.place
        self._asked = asked

    def rows(
        self,
        width: int,
        height: int,
        *,
        is_only_moved: bool = False,
        may_be_old: bool = False,
    ) -> list[Row]:
        """Its rows for a column of so many cells and lines: all, or those of what moved.

        Those written last, whatever they were of, where they `may_be_old`.
        """
        if may_be_old and self._rows:
            return self._rows
        document = self._document
        made_of = (document.state, width, height, document.spreading, self.found,
                   is_only_moved, document.before, document.pins)  # fmt: skip
        # Moving about changes no result. States are compared by identity: it is faster.
        if self._made_of is None or any(
            now is not then for now, then in zip(made_of, self._made_of, strict=True)
        ):
            self._made_of = made_of
            rows = self.tab.rows(document, width, self.found, height, self._keys)
            if is_only_moved:
                key = key_of(self._keys, "only_moved")
                none = f"Nothing on this page moved; {key} shows all of it."
                rows = only_moved(rows, document.moved, none)
            self._rows = rows
        return self._rows
