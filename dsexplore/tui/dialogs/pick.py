"""A list that narrows as one types, for every choice of one thing from many."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from dsexplore.tui.dialogs.dialog import TypingDialog, said
from dsexplore.tui.dialogs.words import Choices, Option, TypedLine
from dsexplore.tui.widgets.lines import cell_len

# Entries listed at once: nobody reads more, and each takes time at every key.
_MOST = 200
# Of a line: its most cells, its share of the screen, and frame, mark and scroll bar.
_WIDEST, _SHARE, _FRAME = 100, 0.94, 7


class Entry(Protocol):
    """One choice."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> str:
        """Its kind, in a word."""

    @property
    def title(self) -> str:
        """The text beside its name."""

    @property
    def answer(self) -> str:
        """The dialog's answer when it is chosen."""

    def preview(self) -> str:
        """A text to choose it by."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entry whose name is its answer, with a text to choose it by."""

    name: str
    kind: str
    title: str
    about: str

    @property
    def answer(self) -> str:
        """Its name."""
        return self.name

    def preview(self) -> str:
        """The text to choose it by."""
        return self.about


class NarrowDialog(TypingDialog):
    """Entries, and a line to find one. The answer is the chosen entry's."""

    # Said when nothing fits.
    NOTHING = "Nothing of that name."
    # Whether the typed text is the answer when nothing fits.
    TAKES_ANYTHING = False

    def __init__(self, prompt: str, typed: str = "", at: str = "") -> None:
        """`typed` stands in the line at the start, and the highlight is at that answer."""
        super().__init__(prompt)
        self._shown: list[Entry] = []
        self._typed = typed
        self._at = at

    @abstractmethod
    def entries(self, typed: str) -> Iterator[Entry]:
        """All there is to choose from, once so much is typed."""

    def words(self, found: Entry) -> str:
        """The words an entry is found by."""
        return f"{found.name} {found.title} {found.kind}"

    def fits(self, found: Entry, words: list[str]) -> bool:
        """Whether an entry has every typed word, in small letters."""
        return all(word in self.words(found).lower() for word in words)

    def distance(self, found: Entry, words: list[str]) -> int:
        """How far an entry is from what is typed: the nearest is listed first."""
        return _distance(found.name, words)

    def beside(self, found: Entry, room: int) -> str:
        """The text beside an entry's name, for so many cells."""
        return found.title

    def nothing(self, typed: str) -> str:
        """The sentence where nothing fits the typed text."""
        return self.NOTHING

    def content(self) -> ComposeResult:
        """The typed text, the entries that fit, and the highlighted one's preview."""
        yield TypedLine(
            self._typed, placeholder="type to narrow down", id="filter", select_on_focus=False
        )
        yield Choices(id="candidates")
        yield said("", id="about")

    def on_mount(self) -> None:
        """Show all there is, with the highlight where it begins."""
        self._narrow(self._typed)
        self._highlight(self._at)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Follow the typing."""
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted one, or the typed text where nothing fits."""
        index = self._options.highlighted
        if index is not None and self._shown:
            self.dismiss(self._shown[index].answer)
        elif event.value.strip() and self.TAKES_ANYTHING:
            self.dismiss(event.value.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the entry chosen in the list."""
        self.dismiss(self._shown[event.option_index].answer)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Describe it."""
        if event.option_index >= len(self._shown):
            return  # the list was narrowed since
        found = self._shown[event.option_index]
        # What the list has no room for is read here.
        is_cut = cell_len(str(event.option.prompt)) > self._options.scrollable_content_region.width
        title = f"{found.title}\n" if is_cut and found.title not in found.preview() else ""
        self.query_one("#about", Static).update(f"{title}{found.preview()}")

    def narrow_again(self, *, keeps_first: bool = False) -> None:
        """List other entries for the same text, with the highlight where it was.

        Where it `keeps_first`, a highlight that nobody has moved stays with the nearest.
        """
        index = self._options.highlighted
        if keeps_first and not index:
            self._narrow(self.query_one(Input).value)
            return
        at = self._shown[index].answer if index is not None and self._shown else ""
        self._narrow(self.query_one(Input).value)
        self._highlight(at)

    def _highlight(self, answer: str) -> None:
        """Go to the entry of an answer, where it is listed."""
        for place, found in enumerate(self._shown):
            if answer and found.answer == answer:
                self._options.highlighted = place

    def _narrow(self, typed: str) -> None:
        words = typed.lower().split()
        fitting = [found for found in self.entries(typed) if self.fits(found, words)]
        self._shown = sorted(fitting, key=lambda found: self.distance(found, words))[:_MOST]
        widest = max((len(found.name) for found in self._shown), default=0)
        # A kind that all have tells none from another.
        kinds = {found.kind for found in self._shown}
        kind = max(map(len, kinds)) + 2 if len(kinds) > 1 else 0
        self._options.clear_options()
        room = min(_WIDEST, int(_SHARE * self.app.size.width)) - _FRAME - widest - 2 - kind
        self._options.add_options(
            Option(
                f"{found.name:<{widest}}  {found.kind if kind else '':<{kind}}"
                f"{self.beside(found, room)}"
            )
            for found in self._shown
        )
        if len(fitting) > len(self._shown):
            more = Option(f"{len(fitting) - len(self._shown):,} more: type to narrow down")
            more.disabled = True
            self._options.add_option(more)
        if self._shown:
            self._options.highlighted = 0
        else:
            self.query_one("#about", Static).update(self.nothing(typed))


def _distance(name: str, words: list[str]) -> int:
    """0 for the typed name itself, 1 for a name beginning with it, 2 for one holding it, else 3."""
    typed = "_".join(words).replace("-", "_")
    plain = name.lower().replace("-", "_")
    if not typed or plain == typed:
        return 0
    return 1 if plain.startswith(typed) else 2 if typed in plain else 3
