"""Opening the explorer: checks before the start, and tidying up after the end."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.files.locations import journal_folder, settings_file
from dsexplore.files.served import is_served
from dsexplore.files.toml import read_toml
from dsexplore.library.names import is_shipped, is_there
from dsexplore.library.open import DEFAULT_SCENARIO, find
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.settings import load_settings
from dsexplore.tui.web.served import ServedLifecycle

if TYPE_CHECKING:
    from dsexplore.analysis.claims.claim import Claim
    from dsexplore.tui.ending import Lifecycle


def run_explorer(name: str | None, *, tour: bool = False) -> int:
    """Open a scenario on the terminal at standard input and error; returns the exit status.

    With `tour`, the tour stands before it.

    Raises ScenarioError, and FaultError for an exception that nobody foresaw.
    """
    if not is_served():
        _refuse_poor_terminal()
    # Up to the first frame many objects appear and none goes; `ExplorerApp` turns it on again.
    gc.disable()
    claims = _claims_named(name)
    document = Document(DEFAULT_SCENARIO if claims or name is None else name)
    settings = load_settings(settings_file())

    from dsexplore.tui.app import ExplorerApp  # noqa: PLC0415 - a refusal must not wait for Textual
    from dsexplore.tui.ending import Lifecycle  # noqa: PLC0415 - nor for this

    app = ExplorerApp(document, settings, claims)
    app.begins_with_tour = tour
    app.main.is_first_time = not is_there(journal_folder())
    document.journal = Journal(journal_folder())
    with ServedLifecycle(document) if is_served() else Lifecycle(document) as lifecycle:
        fault: Exception | None
        try:
            app.run(mouse=settings.mouse)
            fault = app.fault
        except Exception as error:
            lifecycle.restore_terminal()
            fault = error
        if fault:
            from dsexplore.files.report import FaultError  # noqa: PLC0415 - only a fault pays

            work = _kept(document, lifecycle)
            actions = " ".join(app.main.session.performed)
            raise FaultError(work, {"scenario": document.name, "actions": actions}) from fault
        if app.return_code != 0 or app.is_cut_off:
            lifecycle.save()
    document.journal.close()
    return app.return_code or 0


def _claims_named(name: str | None) -> list[Claim]:
    """The claims of a named file that holds some; none of a scenario. Raises ScenarioError."""
    path = None if name is None else find(name)
    if path is None or path.suffix != ".toml" or is_shipped(path) or not _holds_claims(path):
        return []
    from dsexplore.analysis.claims.file import load_claims  # noqa: PLC0415 - seldom asked for

    return load_claims(path)


def _holds_claims(path: Path) -> bool:
    try:
        return "claim" in read_toml(path)
    except ScenarioError:
        return False  # refused as a scenario, with its reason


def _kept(document: Document, lifecycle: Lifecycle | ServedLifecycle) -> str:
    """Keep unsaved work after a fault; says what became of it."""
    try:
        problem = lifecycle.save()
        if not problem and not document.unsaved():
            return "nothing was unsaved"
    except Exception as second:
        problem = f"unsaved work since the change before is lost: {type(second).__name__}"
    said = problem or "your unsaved work is kept and offered at the next start"
    # In the middle of a sentence.
    return said[0].lower() + said[1:].removesuffix(".")


def _refuse_poor_terminal() -> None:
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise ScenarioError(
            "TERM", "a terminal that cannot place text", "a terminal such as xterm-256color"
        )
