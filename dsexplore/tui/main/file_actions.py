"""Actions on files and on the program: opening, saving, exporting, recovering, help, leaving.

Each dialog is imported when it is first asked for: the start must not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dsexplore.files.locations import user_presets_folder, working_folder
from dsexplore.files.writing import FileInTheWayError, write_atomically
from dsexplore.library.names import kinds_of
from dsexplore.library.open import ENDINGS
from dsexplore.library.own import save_preset
from dsexplore.scenario.scenario import PANELS
from dsexplore.text.refusal import ScenarioError, shown, shown_path
from dsexplore.tui.beside import Run
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.main.leaving import Leaving
from dsexplore.tui.main.opening import Opening
from dsexplore.tui.main.session import Session

# Endings of exports for programs: the scenario with all its results.
_WHOLE = (".json", ".toml", ".txt")

if TYPE_CHECKING:
    from dsexplore.tui.keys.keymap import Keymap


class FileActions:
    """Asks what to open and where to write, and reports the outcome."""

    def __init__(
        self,
        session: Session,
        keys: Keymap,
        perform: Callable[[str], None],
        opening: Opening,
    ) -> None:
        self._session = session
        self._perform = perform
        self._document = session.document
        self._keys = keys
        self._opening = opening
        self._leaving = Leaving(session, self._save)
        # What a save in progress goes on to.
        self._after_saving: Callable[[], None] | None = None

    def open(self) -> None:
        """Open a preset or a file."""
        from dsexplore.tui.dialogs.open import OpenDialog  # noqa: PLC0415 - as said above

        self._session.ask(OpenDialog(), self._opening.open)

    def use_architecture(self) -> None:
        """Replace the architecture alone."""
        self._use("architecture", ("architectures",))

    def use_hardware(self) -> None:
        """Replace the hardware alone."""
        self._use("hardware", ("hardware",))

    def use_panel(self) -> None:
        """Replace the panel on screen alone."""
        table = self._session.parameters.table
        self._use(table, kinds_of(table))

    def _use(self, table: str, kinds: Sequence[str]) -> None:
        from dsexplore.tui.dialogs.open import PresetDialog  # noqa: PLC0415 - as said above

        title, at = PANELS[table].title, self._document.scenario.panel(table).preset

        def chosen(name: str) -> None:
            if name:
                self._document.use_panel(table, name)
                self._session.say(f"{title}: {name}.")

        self._session.ask(PresetDialog(f"Take {title} from", kinds, at), chosen)

    def save(self) -> None:
        """Save to the scenario's file, or ask for one."""
        self._save(None)

    def _save(self, then: Callable[[], None] | None) -> None:
        self._after_saving = then
        path = self._document.state.path
        if path is None:
            self._save_as()
            return
        try:
            self._document.save_again(path)
        except FileInTheWayError as error:
            self._ask_about(path, error)
        else:
            self._saved(f"Saved {path}.")

    def _ask_about(self, path: Path, error: FileInTheWayError) -> None:
        """Ask whose version is to stay, as the file is not as this session left it."""
        from dsexplore.tui.dialogs.changed import ChangedDialog  # noqa: PLC0415 - as said above

        def answered(answer: str) -> None:
            if answer == "difference":
                self._show_difference(path, error)
            elif answer == "save as":
                self._save_as()
            elif answer == "overwrite":
                self._overwrite(path, error.content)

        self._session.ask(ChangedDialog(error), answered)

    def _overwrite(self, path: Path, seen: bytes | None) -> None:
        """Replace what the user was told of, and nothing newer."""
        try:
            self._document.save(path, overwrite=True, last_seen=seen)
        except FileInTheWayError as error:
            self._ask_about(path, error)
        else:
            self._saved(f"Saved {path}.")

    def _show_difference(self, path: Path, error: FileInTheWayError) -> None:
        from dsexplore.tui.dialogs.changed import DifferenceDialog  # noqa: PLC0415 - as said above

        dialog = DifferenceDialog(path.name, self._document.scenario, error.content or b"")
        self._session.ask(dialog, lambda _: self._ask_about(path, error))

    def save_as(self) -> None:
        """Save under another name."""
        self._after_saving = None
        self._save_as()

    def _save_as(self) -> None:
        prompt = f"Save {self._document.name} as" if self._after_saving else "Save as"
        # Without an ending it might be read as a preset's name.
        self._ask_path(
            prompt, f"{self._stem}.toml", self._save_to, then=self._saved, endings=ENDINGS
        )

    def _saved(self, said: str) -> None:
        """Report a save, and go on to what comes after it."""
        self._session.say(said)
        then, self._after_saving = self._after_saving, None
        if then:
            then()

    def _save_to(self, path: Path, overwrite: bool) -> str:
        self._document.save(path, overwrite=overwrite)
        return f"Saved {path}."

    def save_preset(self) -> None:
        """Save the panel on screen as a preset of the user's own."""
        table = self._session.parameters.table

        def save(path: Path, overwrite: bool) -> str:
            saved = save_preset(self._document.scenario, str(path), table, overwrite=overwrite)
            return f"Saved {saved}."

        prompt = f"Save the panel {PANELS[table].title} as a preset of your own, called"
        proposed = self._document.scenario.panel(table).preset
        self._ask_path(prompt, f"my-{proposed or table}", save, user_presets_folder())

    def export(self) -> None:
        """Write the page of results to hand on, or the scenario with all results for programs."""
        self._ask_path(
            "Export the page (.html .md .csv .svg), or scenario and all results (.json .toml .txt)",
            f"{self._stem}.html",
            self._export_to,
        )

    def _export_to(self, path: Path, overwrite: bool) -> str:
        from dsexplore.export.reports.report import DRAWING, FORMAT_OF_ENDING, report_at  # noqa: PLC0415 - as said above

        if self._document.is_own_file(path):
            found = f"{shown_path(str(path))}, the file of the open scenario"
            saves = f"{key_of(self._keys, 'save')} saves the scenario"
            raise ScenarioError("", found, f"another name; {saves}")
        if path.suffix in (*FORMAT_OF_ENDING, DRAWING):
            from dsexplore.tui.pages.report import page_report  # noqa: PLC0415 - as said above

            page = self._session.results.written
            page.work_out(Run(keeps_part=False))
            report = page_report(page.tab, self._document, page.found)
            write_atomically(path, report_at(report, path), overwrite=overwrite)
        elif path.suffix in _WHOLE:
            from dsexplore.export.file import export_file  # noqa: PLC0415 - as said above

            export_file(self._document.scenario, path, overwrite=overwrite)
        else:
            allowed = ", ".join((*FORMAT_OF_ENDING, DRAWING, *_WHOLE))
            raise ScenarioError("", f"the ending {shown(path.suffix)}", allowed)
        return f"Exported to {path}."

    @property
    def _stem(self) -> str:
        """The document's name without a file's ending; a preset's may hold dots: llama-3.1-405b."""
        name = Path(self._document.name)
        return name.stem if name.suffix in (".toml", ".json") else name.name

    def _ask_path(
        self,
        prompt: str,
        proposed: str,
        write: Callable[[Path, bool], str],
        where: Path | None = None,
        then: Callable[[str], None] | None = None,
        endings: Sequence[str] = (),
    ) -> None:
        from dsexplore.tui.dialogs.save_as import PathDialog  # noqa: PLC0415 - as said above

        dialog = PathDialog(prompt, proposed, where or working_folder(), write, endings)
        self._session.ask(dialog, then or self._session.say)

    def copy(self) -> None:
        """Ask what to copy, and copy it."""
        from dsexplore.tui.main.copying import copied_texts, offered, taken, text_of_sheet  # noqa: PLC0415 - as said above

        session = self._session
        texts = copied_texts(self._document, session.side.name, *text_of_sheet(session.side.sheet))
        session.say(offered(texts))
        session.next_key = lambda key: session.say(
            taken(texts, key, self._keys["copy"], session.copy)
        )

    def screenshot(self) -> None:
        """Write the screen as it is."""
        picture, text = self._session.drawn()

        def write(path: Path, overwrite: bool) -> str:
            drawn = text if path.suffix == ".txt" else picture
            write_atomically(path, drawn, overwrite=overwrite)
            return f"The screen is in {path}."

        prompt = "Write the screen to (the ending chooses: .svg a picture, .txt text)"
        self._ask_path(prompt, f"{self._stem}-screen.svg", write, endings=(".svg", ".txt"))

    def recover(self) -> None:
        """Go to unsaved work of this session, or recover that of another."""
        from dsexplore.tui.dialogs.recover import RecoverDialog  # noqa: PLC0415 - as said above

        dialog = RecoverDialog(self._document, self._session.elsewhere())
        if not dialog.is_needed:
            self._session.say("There is no unsaved work, in this session or from another.")
            return

        def done(said: str) -> None:
            if dialog.view:
                self._session.show(dialog.view)
            self._session.say(said)

        self._session.ask(dialog, done)

    def help(self) -> None:
        """Show every key and its action."""
        from dsexplore.tui.dialogs.help import HelpScreen  # noqa: PLC0415 - as said above

        self._session.ask(
            HelpScreen(self._keys, on_results=self._session.on_results), lambda _: None
        )

    def tour(self) -> None:
        """Learn by doing, beside the open scenario."""
        self._session.ask_for_tour()

    def find_action(self) -> None:
        """Find an action by its name, and take it."""
        from dsexplore.tui.dialogs.find_action import FindAction  # noqa: PLC0415 - as said above

        self._session.ask(FindAction(self._keys), self._perform)

    def redraw(self) -> None:
        """Draw the whole screen again."""
        self._session.redraw()

    def quit(self) -> None:
        """Leave; ask first if there is unsaved work."""
        self._leaving.leave()
