"""Asking where to write a report; the ending chooses its format."""

from __future__ import annotations

from pathlib import Path

from dsexplore.files.locations import working_folder
from dsexplore.files.writing import write_atomically
from dsexplore.text.refusal import ScenarioError, shown
from dsexplore.text.report import FORMAT_OF_ENDING, Report, report_text
from dsexplore.tui.dialogs.save_as import PathDialog


def report_dialog(proposed: str, report: Report) -> PathDialog:
    """A dialog that writes the report."""

    def write(path: Path, overwrite: bool) -> str:
        if path.suffix not in FORMAT_OF_ENDING:
            raise ScenarioError("", f"the ending {shown(path.suffix)}", ", ".join(FORMAT_OF_ENDING))
        text = report_text(report, FORMAT_OF_ENDING[path.suffix])
        write_atomically(path, text, overwrite=overwrite)
        return f"Exported to {path}."

    prompt = "Export to (the ending chooses the format: .md .html .csv)"
    return PathDialog(prompt, proposed, working_folder(), write, tuple(FORMAT_OF_ENDING))
