"""Opening the explorer: checks before the start, and tidying up after the end."""

from __future__ import annotations

import gc
import os

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.files.locations import journal_folder, settings_file
from dsexplore.library.open import DEFAULT_SCENARIO
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.settings import load_settings


def run_explorer(name: str | None) -> int:
    """Open a scenario on the terminal at standard input and error; returns the exit status.

    Raises ScenarioError.
    """
    _refuse_poor_terminal()
    # Up to the first frame many objects appear and none goes; `ExplorerApp` turns it on again.
    gc.disable()
    document = Document(name or DEFAULT_SCENARIO)
    settings = load_settings(settings_file())

    from dsexplore.tui.app import ExplorerApp  # noqa: PLC0415 - a refusal must not wait for Textual
    from dsexplore.tui.ending import Lifecycle  # noqa: PLC0415 - nor for this

    app = ExplorerApp(document, settings)
    document.journal = Journal(journal_folder())
    with Lifecycle(document) as lifecycle:
        try:
            app.run(mouse=settings.mouse)
        finally:
            if app.return_code != 0:
                lifecycle.save()
    document.journal.close()
    return app.return_code or 0


def _refuse_poor_terminal() -> None:
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise ScenarioError(
            "TERM", "a terminal that cannot place text", "a terminal such as xterm-256color"
        )
