"""The command line: the same powers without a screen, a module a command."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from types import ModuleType

from dsexplore.cli.commands import COMMANDS
from dsexplore.cli.errors import status_of


def main(argv: list[str] | None = None) -> None:
    """Run a command line, that of the process if none is given, and exit with its status."""
    words = sys.argv[1:] if argv is None else argv
    sys.exit(status_of(lambda: _run(words)))


def _run(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        module, rest = words[0], words[1:]
    else:
        module, rest = "explore", words
    status: int = _imported(f"dsexplore.cli.{module}").run(rest)
    return status


def _imported(module: str) -> ModuleType:
    """A command's module, imported by name and late: a command pays for no other's imports.

    Imports make many objects and no garbage; looking for it takes a tenth of the whole start.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if was_enabled:
            gc.enable()
