"""Asking for a path to write to; a second Enter replaces an existing file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Input, Static

from dsexplore.files.toml import FileInTheWayError
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.widgets.lines import clean


class PathDialog(Dialog):
    """A path, and the attempt to write there. The answer is the writer's sentence."""

    def __init__(
        self, prompt: str, proposed: str, where: Path, write: Callable[[Path, bool], str]
    ) -> None:
        super().__init__(prompt)
        self._proposed = proposed
        self._where = where
        self._write = write
        self._refused = ""

    def content(self) -> ComposeResult:
        """The path, and why it was refused."""
        yield Input(self._proposed, id="path")
        yield said("", "problem", id="problem")
        yield said(f"Enter writes, Escape leaves. In {clean(str(self._where))}")

    def on_mount(self) -> None:
        """Begin in the path."""
        self.query_one(Input).focus()

    def on_input_changed(self) -> None:
        """Another path is another question."""
        self._refused = ""
        self.query_one("#problem", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write, or show why that was refused."""
        typed = event.value.strip()
        if not typed:
            return
        path = Path(typed).expanduser()
        try:
            self.dismiss(self._write(path, self._refused == typed))
        except FileInTheWayError:
            self._refused = typed
            self._complain(f"{path} is there already. Enter again replaces it.")
        except ScenarioError as error:
            self._complain(str(error))

    def _complain(self, problem: str) -> None:
        self.query_one("#problem", Static).update(clean(problem))
