"""A dialog: a box over the screen, which Escape leaves without an answer."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual import events
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

from dsexplore.tui.dialogs.words import Said
from dsexplore.tui.link.screen import WholeScreen
from dsexplore.tui.widgets.line_block import ROLE_CLASSES

# How much of a terminal's height a box takes at most, as its style says; and its lines around a
# text: the border, and a prompt of two lines.
_SHARE, _AROUND = 0.94, 4
_MOVES = {
    "down": "cursor_down",
    "up": "cursor_up",
    "pagedown": "page_down",
    "pageup": "page_up",
}


class AnsweringScreen(WholeScreen[str | None]):
    """A screen that answers once: closed already, or covered, it has no answer to give."""

    def dismiss(self, result: str | None = None) -> AwaitComplete:
        """Close with an answer. Textual's own closes whatever is on top, the last screen too."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def on_unmount(self) -> None:
        """Let go of what was drawn: Textual remembers a method's results, and so 1,024 widgets."""
        StylesCache.get_inner_outer.cache_clear()


class Dialog(AnsweringScreen, ModalScreen[str | None]):
    """One question; the answer is a word, or None where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False)]
    # In few lines a list leaves room for the hint under it.
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - as Textual declares it

    def __init__(self, prompt: str) -> None:
        super().__init__()
        self._prompt = prompt

    @abstractmethod
    def content(self) -> ComposeResult:
        """The widgets under the prompt."""

    def compose(self) -> ComposeResult:
        """A box with the prompt and the content."""
        with Vertical(classes="band"), Vertical(classes="box"):
            yield said(self._prompt, "prompt")
            yield from self.content()

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class ReadingDialog(Dialog):
    """A dialog with a text that scrolls; its last line can be seen on every terminal."""

    def on_mount(self) -> None:
        """The arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Leave room for the prompt and the box: a share would be of both."""
        most = int(self.app.size.height * _SHARE) - _AROUND
        self.query_one(VerticalScroll).styles.max_height = most


class TypingDialog(Dialog):
    """A dialog with a line to type in and a list; arrows move in the list while one types."""

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one(Input).focus()

    async def on_key(self, event: events.Key) -> None:
        """Move in the list."""
        if event.key in _MOVES and self.query_one(Input).has_focus:
            await self._options.run_action(_MOVES[event.key])
            event.stop()

    @property
    def _options(self) -> OptionList:
        return self.query_one(OptionList)


def said(text: str, kind: str = "about", id: str | None = None) -> Said:  # noqa: A002 - Textual's own word
    """Text in the style of its kind: prompt, about or problem."""
    return Said(text, kind, id)
