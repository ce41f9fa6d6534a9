"""An export to a file, in the format of its ending."""

from __future__ import annotations

from pathlib import Path

from dsexplore.export.endings import DATA, REPORTS
from dsexplore.export.formats import export
from dsexplore.files.writing import write_atomically
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, shown

FORMAT_OF_ENDING = {".toml": "toml", **DATA, ".md": REPORTS[".md"]}


def export_file(scenario: Scenario, path: Path, *, overwrite: bool) -> None:
    """Write a scenario and its results; an existing file is replaced only if `overwrite` is true.

    Raises ScenarioError for an unknown ending, an existing file, or a place that is not writable.
    """
    if path.suffix not in FORMAT_OF_ENDING:
        raise ScenarioError("", f"the ending {shown(path.suffix)}", ", ".join(FORMAT_OF_ENDING))
    write_atomically(
        path, export(scenario, None, FORMAT_OF_ENDING[path.suffix]), overwrite=overwrite
    )
