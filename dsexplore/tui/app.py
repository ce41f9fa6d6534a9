"""The application: theme, keys, palette, and the main screen."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen

from dsexplore.document.document import Document
from dsexplore.document.settings import Settings
from dsexplore.tui.actions import ACTIONS, shown_key
from dsexplore.tui.keymap import keymap
from dsexplore.tui.main_screen import MainScreen


class ExplorerApp(App[None]):
    """The explorer of one document."""

    CSS_PATH = "explorer.tcss"
    TITLE = "dsexplore"

    def __init__(self, document: Document, settings: Settings | None = None) -> None:
        # Without colour the terminal's own are all there is: a theme's greys are colours too.
        self._colourless = "NO_COLOR" in os.environ
        super().__init__(ansi_color=self._colourless or None)
        self.document = document
        self._settings = settings or Settings()
        self._keys = keymap(self._settings.keys)
        self.main = MainScreen(document, self._keys)
        # Nothing moves by itself: an idle screen sends nothing.
        self.animation_level = "none"
        self.theme_problem = self._choose_theme(self._settings.theme)

    def on_mount(self) -> None:
        """Show the main screen under the user's keys."""
        self.set_keymap({name: ",".join(keys) for name, keys in self._keys.items()})
        self.push_screen(self.main)
        if self.theme_problem:
            self.main.say(self.theme_problem, "problem")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the table, for the command palette."""
        for action in ACTIONS:
            keys = " ".join(shown_key(key) for key in self._keys[action.name])
            yield SystemCommand(
                action.title, f"{action.help} ({keys})", partial(self._perform, action.name)
            )

    def _perform(self, name: str) -> None:
        getattr(self.main, f"action_{name}")()

    def _choose_theme(self, theme: str) -> str:
        usual = Settings().theme
        known = theme in self.available_themes
        self.theme = theme if known and not self._colourless else usual
        return "" if known else f"There is no theme {theme!r}; {usual} is shown."
