"""The actions that ask: opening, saving, exporting, recovering, help and leaving.

Each dialog is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from dsexplore.document.journal import left_behind
from dsexplore.export.file import export_file
from dsexplore.files.locations import journal_folder, user_presets_folder
from dsexplore.library.own import save_preset
from dsexplore.scenario.scenario import PANELS
from dsexplore.tui.widgets.lines import Role, clean

if TYPE_CHECKING:
    from dsexplore.document.document import Document
    from dsexplore.tui.keys.keymap import Keymap


class AskingActions(Screen[None]):
    """The part of the main screen that opens dialogs over it."""

    document: Document
    keys: Keymap

    @property
    @abstractmethod
    def table(self) -> str:
        """The table of the panel that is shown."""

    @abstractmethod
    def draw(self) -> None:
        """Show the document."""

    @abstractmethod
    def say(self, text: str, role: Role = "plain") -> None:
        """Put a sentence on the message line."""

    @abstractmethod
    def attempt(self, change: Callable[[], object]) -> bool:
        """Make a change; a refusal becomes a message. Returns whether it was made."""

    def action_open(self) -> None:
        """Open a preset or a file."""
        from dsexplore.tui.dialogs.open import OpenDialog  # noqa: PLC0415 - as said above

        self.app.push_screen(OpenDialog(), self._opened)

    def _opened(self, name: str | None) -> None:
        if name and self.attempt(lambda: self.document.open(name)):
            self.say(f"Opened {self.document.name}.")
            self.draw()

    def action_use_architecture(self) -> None:
        """Replace the architecture alone."""
        self._use("architecture", "architectures")

    def action_use_hardware(self) -> None:
        """Replace the hardware alone."""
        self._use("hardware", "hardware")

    def _use(self, table: str, kind: str) -> None:
        from dsexplore.tui.dialogs.open import PresetDialog  # noqa: PLC0415 - as said above

        def chosen(name: str | None) -> None:
            if name and self.attempt(lambda: self.document.use_panel(table, name)):
                self.say(f"{PANELS[table].title}: {name}.")
                self.draw()

        self.app.push_screen(PresetDialog(f"{PANELS[table].title} of", (kind,)), chosen)

    def action_save(self) -> None:
        """Save to the scenario's file, or ask for one."""
        path = self.document.state.path
        if path is None:
            self.action_save_as()
        elif self.attempt(lambda: self.document.save(path, overwrite=True)):
            self.say(f"Saved {path}.")
            self.draw()

    def action_save_as(self) -> None:
        """Save under another name."""
        self._ask_path("Save as", f"{Path(self.document.name).stem}.toml", self._save_to)

    def _save_to(self, path: Path, overwrite: bool) -> str:
        self.document.save(path, overwrite=overwrite)
        return f"Saved {path}."

    def action_save_preset(self) -> None:
        """Save the panel that is shown as a preset of the user's own."""
        table = self.table

        def save(path: Path, overwrite: bool) -> str:
            saved = save_preset(self.document.scenario, str(path), table, overwrite=overwrite)
            return f"Saved {saved}."

        prompt = f"Save the panel {PANELS[table].title} as a preset of your own, called"
        proposed = self.document.scenario.panel(table).preset
        self._ask_path(prompt, f"my-{proposed or table}", save, user_presets_folder())

    def action_export(self) -> None:
        """Write scenario and results in another format."""
        self._ask_path(
            "Export to (.toml .json .csv .md .txt: the ending says what)",
            f"{Path(self.document.name).stem}.json",
            self._export_to,
        )

    def _export_to(self, path: Path, overwrite: bool) -> str:
        export_file(self.document.scenario, path, overwrite=overwrite)
        return f"Exported to {path}."

    def _ask_path(
        self,
        prompt: str,
        proposed: str,
        write: Callable[[Path, bool], str],
        where: Path | None = None,
    ) -> None:
        from dsexplore.tui.dialogs.save_as import PathDialog  # noqa: PLC0415 - as said above

        def written(said: str | None) -> None:
            if said:
                self.say(clean(said))
            self.draw()

        self.app.push_screen(PathDialog(prompt, proposed, where or Path.cwd(), write), written)

    def action_recover(self) -> None:
        """Take over unsaved work that a broken-off session left."""
        from dsexplore.tui.dialogs.recover import RecoverDialog  # noqa: PLC0415 - as said above

        work = left_behind(journal_folder())
        if not work:
            self.say("No broken-off session left unsaved work.")
            self.draw()
            return
        self.app.push_screen(RecoverDialog(work, self.document), self._told)

    def _told(self, said: str | None) -> None:
        if said:
            self.say(said)
        self.draw()

    def action_help(self) -> None:
        """Show every key and what it does."""
        from dsexplore.tui.dialogs.help import HelpScreen  # noqa: PLC0415 - as said above

        self.app.push_screen(HelpScreen(self.keys))

    def action_quit(self) -> None:
        """Leave; what is unsaved is asked about."""
        if not self.document.is_modified:
            self.document.keep()
            self.app.exit()
            return
        from dsexplore.tui.dialogs.leave import LeaveDialog  # noqa: PLC0415 - as said above

        self.app.push_screen(LeaveDialog(self.document), self._left)

    def _left(self, answer: str | None) -> None:
        if answer == "save":
            if self.document.state.path is None:
                self.action_save_as()
                return
            self.action_save()
            if self.document.is_modified:
                return
        elif answer == "discard" and self.document.journal:
            self.document.journal.clear()
        elif answer == "keep":
            self.document.keep()
        elif answer != "discard":
            return
        self.app.exit()
