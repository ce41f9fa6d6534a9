"""The command line: everything the screen can do, one module per command."""

from __future__ import annotations

import os
import sys

from dsexplore.cli.errors import UsageError, status_of
from dsexplore.cli.imports import imported
from dsexplore.cli.table import COMMANDS

# Start-up work of libraries which is not needed here: OpenBLAS starts a thread per core, though no
# formula multiplies matrices, and pydantic searches all installed packages for plugins.
_QUICK_START = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}


def main(argv: list[str] | None = None) -> None:
    """Run a command line, by default the process's own, and exit with its status."""
    for name, value in _QUICK_START.items():
        os.environ.setdefault(name, value)
    words = sys.argv[1:] if argv is None else argv
    sys.exit(status_of(lambda: _run(words)))


def _run(words: list[str]) -> int:
    if sys.flags.optimize > 1:
        # Every explanation of a result is read from the docstring of its formula.
        raise UsageError("found Python without docstrings (-OO); allowed: python, or python -O")
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what could stand where TAB was pressed
        imported("dsexplore.cli.input.completion").answer()
    if words and words[0] in COMMANDS:
        module, rest = COMMANDS[words[0]].module, words[1:]
    else:
        module, rest = "explore", words
    status: int = imported(f"dsexplore.cli.commands.{module}").run(rest)
    return status
