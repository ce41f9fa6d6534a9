"""Asking for a path to write to; an existing file is replaced by a key of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dsexplore.files.locations import typed_path
from dsexplore.files.writing import FileInTheWayError
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.dialog import Dialog, said
from dsexplore.tui.dialogs.words import TypedLine


class PathDialog(Dialog):
    """A path, and the attempt to write there. The answer is the writer's sentence."""

    # No key of the line to type in, and not Enter: one pressed twice must not replace a file.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "replace", "Replace", show=False)]

    def __init__(
        self,
        prompt: str,
        proposed: str,
        where: Path,
        write: Callable[[Path, bool], str],
        endings: Sequence[str] = (),
    ) -> None:
        super().__init__(prompt)
        # A bare name with none of these gets the first.
        self._endings = tuple(endings)
        self._proposed = proposed
        self._where = where
        self._write = write
        # The path at which a file was found that may be replaced.
        self._taken: Path | None = None

    def content(self) -> ComposeResult:
        """The path, and why it was refused."""
        yield TypedLine(self._proposed, id="path")
        yield said("", "problem", id="problem")
        yield said(f"Enter writes, Escape leaves. In {clean(str(self._where))}")

    def on_mount(self) -> None:
        """Begin in the path."""
        self.query_one(Input).focus()

    def on_input_changed(self) -> None:
        """Another path is another question."""
        self._taken = None
        self.query_one("#problem", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write, or show why that was refused."""
        if typed := event.value.strip():
            self._try(self._path(typed), overwrite=False)

    def action_replace(self) -> None:
        """Replace the file that was found at the path."""
        path = self._path(self.query_one(Input).value.strip())
        if path == self._taken:
            self._try(path, overwrite=True)

    def _path(self, typed: str) -> Path:
        path = typed_path(typed)
        if not self._endings or "/" in typed or typed.endswith(self._endings):
            return path
        return path.with_name(path.name + self._endings[0])

    def _try(self, path: Path, *, overwrite: bool) -> None:
        try:
            self.dismiss(self._write(path, overwrite))
        except FileInTheWayError:
            self._taken = path
            self._complain(f"{path} is there already. ^r replaces it; or type another name.")
        except ScenarioError as error:
            self._complain(str(error))

    def _complain(self, problem: str) -> None:
        self.query_one("#problem", Static).update(clean(problem))
