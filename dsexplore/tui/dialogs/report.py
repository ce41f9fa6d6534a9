"""Asking where to write a report; the ending chooses its format."""

from __future__ import annotations

from pathlib import Path

from dsexplore.export.reports.report import Report, report_at
from dsexplore.files.locations import working_folder
from dsexplore.files.writing import write_atomically
from dsexplore.tui.dialogs.save_as import PathDialog


def report_dialog(name: str, report: Report) -> PathDialog:
    """A dialog that writes the report on what is called so."""

    def write(path: Path, overwrite: bool) -> str:
        write_atomically(path, report_at(report, path), overwrite=overwrite)
        return f"Exported to {path}."

    of = Path(name)
    stem = of.stem if of.suffix in (".toml", ".json") else of.name
    prompt = f"Export to (the ending chooses the format: {' '.join(report.endings)})"
    return PathDialog(prompt, f"{stem}.html", working_folder(), write)
