"""The pages of the third column: each shown or not, in the order in which they are chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.widgets import Input, OptionList

from dsexplore.tui.dialogs.pick import Named, NarrowDialog
from dsexplore.tui.pages.page import Tab

_SEPARATOR = "\n"


class BoardDialog(NarrowDialog):
    """Every page, and which of them show. The answer is the titles of these, one per line."""

    def __init__(self, pages: Sequence[Tab], shown: Sequence[Tab]) -> None:
        super().__init__("Pages of the third column: Enter shows one or takes it away, Escape ends")
        self._pages = pages
        self._chosen = [page.title for page in shown]

    @staticmethod
    def titles(answer: str) -> list[str]:
        """The titles in an answer."""
        return answer.split(_SEPARATOR)

    def entries(self, typed: str) -> Iterator[Named]:
        """Every page, those that show first, in their order."""
        places = {title: place for place, title in enumerate(self._chosen, 1)}
        for page in sorted(self._pages, key=lambda page: places.get(page.title, len(self._pages))):
            place = places.get(page.title)
            about = (page.write.__doc__ or "").strip()
            yield Named(page.title, f"shown, {place}" if place else "", about, about)

    def distance(self, found: object, words: list[str]) -> int:
        """Their order is the user's."""
        return 0

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Show the highlighted page, or take it away."""
        event.prevent_default()  # which would answer at once
        index = self._options.highlighted
        if index is not None and self._shown:
            self._turn(self._shown[index].answer)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the page chosen in the list, or take it away."""
        event.prevent_default()
        self._turn(self._shown[event.option_index].answer)

    def action_leave(self) -> None:
        """Answer with what is chosen."""
        self.dismiss(_SEPARATOR.join(self._chosen))

    def _turn(self, title: str) -> None:
        if title not in self._chosen:
            self._chosen.append(title)
        elif len(self._chosen) > 1:  # the last one stays: a column shows something
            self._chosen.remove(title)
        self.narrow_again()
