"""The application: theme, input in its order, and the main screen."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from dsexplore.document.document import Document
from dsexplore.tui.keys.actions import key_of, shown_key
from dsexplore.tui.keys.keymap import Keymap, keymap
from dsexplore.tui.link.app import PacedApp
from dsexplore.tui.main.screen import MainScreen
from dsexplore.tui.mistyped import PAUSE, Mistyped
from dsexplore.tui.screens.too_small import TooSmall, is_too_small
from dsexplore.tui.settings import Settings
from dsexplore.tui.themes import COLOURLESS, THEMES
from dsexplore.tui.typed_ahead import KeyTaker, TypedAhead

if TYPE_CHECKING:
    from dsexplore.analysis.claims.claim import Claim
    from dsexplore.tui.screens.full_screen import RowsScreen
    from dsexplore.tui.tour.tour import Tour

_TYPED = (events.InputEvent, events.Paste, events.AppFocus, events.AppBlur)


class ExplorerApp(PacedApp, inherit_bindings=False):
    """The explorer of one document.

    Textual's own ctrl+q is not inherited: it would leave without asking about unsaved work.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "help_quit", show=False)]

    CSS_PATH = "explorer.tcss"
    # Textual's own finds its entries later than the next key comes; see `FindAction`.
    ENABLE_COMMAND_PALETTE = False
    TITLE = "dsexplore"

    def __init__(
        self,
        document: Document,
        settings: Settings | None = None,
        claims: Sequence[Claim] = (),
    ) -> None:
        """`claims` are those of a file that was named: their list is opened first."""
        # As its authors ask: set to anything at all, but not to nothing.
        self._colourless = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=self._colourless or None)
        self._settings = settings or Settings()
        self._keys = keymap(self._settings.keys)
        self.main = MainScreen(document, self._keys)
        self.main.session.own_claims = claims
        self.typed_ahead = TypedAhead(self, super().on_event, self._sift, self._is_sifted)
        self.mistyped = Mistyped(self._cannot_undo, self._bookmark, self._look_for)
        # The tour while it lasts, and the main screen to come back to.
        self._tour: tuple[Tour, MainScreen] | None = None
        self.begins_with_tour = False
        self._waiting: Timer | None = None
        # No animation: an idle screen sends nothing.
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme_problem = self._choose_theme(self._settings.theme)
        # The theme with whose colours the stylesheet is read.
        self._read_with = self.theme
        self.stylesheet.set_variables(self.get_css_variables())

    def refresh_css(self, animate: bool = True) -> None:
        """Read the stylesheet again for another theme, and not twice for the one at the start."""
        if self._read_with != self.theme:
            self._read_with = self.theme
            super().refresh_css(animate)

    @property
    def keys(self) -> Keymap:
        """The keys in force, by action."""
        return self._keys

    @property
    def document(self) -> Document:
        """The document of the main screen; of the tour while that lasts."""
        return self.main.session.document

    def on_tour_asked(self) -> None:
        """Begin the tour, over the user's own work."""
        if self._tour is not None:
            return
        from dsexplore.tui.tour.tour import Tour  # noqa: PLC0415 - the start goes without

        tour = Tour(self._keys)
        self._tour, self.main = (tour, self.main), tour.main
        tour.main.session.on_leaving = self._end_tour
        self.push_screen(tour.main)
        self._look_at_tour()

    def _end_tour(self) -> None:
        """Go back to the user's own work."""
        if self._tour is None:
            return
        tour, self.main = self._tour
        self._tour = None
        tour.main.session.close_others()
        self.pop_screen()
        self.main.session.say("Back from the tour.")
        self.main.draw()

    def pop_screen(self) -> AwaitComplete:
        """Close the screen on top; the tour sees what is then."""
        closing = super().pop_screen()
        self._look_at_tour()
        return closing

    def _look_at_tour(self) -> None:
        """Let the tour see what was done, once the screen on top is laid out."""
        if self._tour is not None:
            self.call_after_refresh(self._look)

    def _look(self) -> None:
        if self._tour is not None:
            self._tour[0].look(self.screen)

    def get_default_screen(self) -> Screen[None]:
        """The main screen: Textual's own would be laid out and drawn under it."""
        return self.main

    async def on_event(self, event: events.Event) -> None:
        """Let input wait for its turn; the rest is the app's own business."""
        if isinstance(event, _TYPED) and not event.is_forwarded:
            await self.typed_ahead.take(event)
            if self._tour is not None:
                self.typed_ahead.add(self._look_at_tour)
        else:
            await super().on_event(event)

    def _is_sifted(self, top: Screen[object]) -> bool:
        """Whether letters may be those of a word: also where the first of them opened a dialog."""
        return isinstance(top, KeyTaker) or self.mistyped.is_begun

    def _sift(self, key: events.Key) -> Sequence[events.Key]:
        """The keys to follow now; what waits for the end of a word is followed after a pause."""
        # At most one key is lost by a program that is killed.
        self.document.keep_owed()
        is_main = self.screen is self.main
        is_key = not (is_main and self.main.is_typed_in)
        now = self.mistyped.sift(
            key, is_key=is_key, may_wait=is_main, may_begin=isinstance(self.screen, KeyTaker)
        )
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        if self.mistyped.is_waiting:
            self._waiting = self.set_timer(PAUSE, self.end_pause)
        return now

    def end_pause(self) -> None:
        """End the word, unless one of the keys that have come and wait for their turn goes on."""
        pause = self._waiting
        self.typed_ahead.add(lambda: self.end_word() if self._waiting is pause else None)

    def end_word(self) -> None:
        """Follow the keys that waited for the end of a word."""
        self.typed_ahead.put_back(self.mistyped.rest())

    def _cannot_undo(self, key: str) -> bool:
        """As the main screen has it that is one now: a tour has its own."""
        return self.main.cannot_undo(key)

    def _look_for(self, word: str) -> None:
        self.main.look_for(word)

    def _bookmark(self) -> Callable[[], None]:
        """What goes back to the screen, the place and the document of now."""
        screen, view, back = self.screen, self.main.session.view(), self.document.bookmark()
        spreading = self.document.spreading

        def undo() -> None:
            while self.screen is not screen and screen in self.screen_stack:
                self.pop_screen()
            back()
            self.document.spreading = spreading
            self.main.session.show(view)
            self.main.session.next_key = None

        return undo

    def on_resize(self) -> None:
        """Cover all screens where there is no room for them, once the keys before are followed."""
        self.typed_ahead.add(self._cover)
        self._look_at_tour()

    def _cover(self) -> None:
        is_covered = isinstance(self.screen, TooSmall)
        if is_too_small(self.size) and not is_covered:
            self.push_screen(TooSmall())
        elif is_covered and not is_too_small(self.size):
            self.pop_screen()

    @property
    def fault(self) -> Exception | None:
        """The exception that ended it; None where none did."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without Textual's traceback over many screens: whoever started it reports."""
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Print nothing, for the same reason."""
        self._exit_renderables.clear()

    def on_mount(self) -> None:
        """Report a problem in the settings."""
        if self.theme_problem:
            self.main.session.say(self.theme_problem, "problem")

    def on_ready(self) -> None:
        """Collect garbage from now on, but not among the objects made so far: they stay."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        if self.main.session.own_claims:
            self.main.perform("claims")
        if self.begins_with_tour:
            self.on_tour_asked()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep cursors from blinking: an idle screen sends nothing."""
        if hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False

    def on_key(self, event: events.Key) -> None:
        """Draw again for the key of the table where a screen or dialog has no use for it."""
        if event.key in self._keys["redraw"]:
            self.refresh()

    def on_rows_screen_quit_asked(self) -> None:
        """Close the screens over the main one, and quit from there: it asks about unsaved work."""
        self.main.session.close_others()
        self.main.perform("quit")

    def on_rows_screen_action_asked(self, event: RowsScreen.ActionAsked) -> None:
        """Do from any screen what the main one does; what is said of it is said there too."""
        self.main.session.heard_by = event.screen
        self.main.perform(event.name)

    def action_help_quit(self) -> None:
        """Name the key to quit with, for users who expect ctrl+c."""
        keys = " or ".join(map(shown_key, self._keys["quit"])) or key_of(self._keys, "quit")
        self.main.session.say(f"Press {keys} to leave.")
        self.main.draw()

    def _choose_theme(self, theme: str) -> str:
        known = theme in self.available_themes
        chosen = theme if known else Settings().theme
        self.theme = COLOURLESS.name if self._colourless else chosen
        return "" if known else f"There is no theme {theme!r}; {chosen} is used."
