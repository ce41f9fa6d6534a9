"""Formats by the endings of the files that they are written to."""

from __future__ import annotations

# For programs and for reading; as reports; as a drawing.
DATA = {".json": "json", ".csv": "csv", ".txt": "table"}
REPORTS = {".md": "markdown", ".html": "html"}
PICTURE = {".svg": "svg"}
# The formats of a command whose answer can be handed on as a report.
REPORTED = ("table", "json", "csv", *REPORTS.values())
