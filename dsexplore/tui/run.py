"""Opening the explorer: what must hold before it starts, and what it leaves behind."""

from __future__ import annotations

import os
import sys

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.document.locations import journal_folder, settings_file
from dsexplore.document.settings import load_settings
from dsexplore.scenario.errors import ScenarioError
from dsexplore.scenario.presets import DEFAULT_SCENARIO


def run_explorer(name: str | None) -> int:
    """Open a scenario in the explorer; returns the exit status. Raises ScenarioError."""
    _refuse_poor_terminals()
    document = Document(name or DEFAULT_SCENARIO)
    settings = load_settings(settings_file())

    from dsexplore.tui.app import ExplorerApp  # noqa: PLC0415 - a refusal must not wait for Textual
    from dsexplore.tui.lifecycle import Lifecycle  # noqa: PLC0415

    document.journal = Journal(journal_folder())
    app = ExplorerApp(document, settings)
    with Lifecycle(document):
        app.run(mouse=settings.mouse)
    document.journal.close()
    return app.return_code or 0


def _refuse_poor_terminals() -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ScenarioError(
            "the explorer", "no terminal", "a terminal; dsexplore eval works without one"
        )
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        raise ScenarioError(
            "TERM", "a terminal that cannot place text", "a terminal such as xterm-256color"
        )
