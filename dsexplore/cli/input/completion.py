"""Answers a shell that asks what could stand where TAB was pressed, by way of argcomplete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NoReturn

from dsexplore.cli.imports import imported
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import Candidates
from dsexplore.cli.table import COMMANDS

# What argcomplete's lines for a shell set: which word of the line is the program, from 1.
PROGRAM = "_ARGCOMPLETE"


def answer() -> NoReturn:
    """Tell the shell the words that fit, and end. Ends silently without argcomplete."""
    try:
        import argcomplete  # noqa: PLC0415 - an extra, for a TAB alone
    except ModuleNotFoundError:
        os._exit(1)
    line, point = os.environ["COMP_LINE"], int(os.environ["COMP_POINT"])
    words = argcomplete.lexers.split_line(line, point)[3]
    module = "explore"
    if len(words) > 1 and words[1] in COMMANDS:
        module = COMMANDS[words[1]].module
        os.environ[PROGRAM] = "2"  # the command is the program whose words these are
    parser: Parser = imported(f"dsexplore.cli.commands.{module}").grammar()
    for action, candidates in parser.candidates.items():
        setattr(action, "completer", _Completer(candidates))  # noqa: B010 - argcomplete's own attribute
    nothing = argcomplete.completers.SuppressCompleter()
    argcomplete.autocomplete(parser, always_complete_options=False, default_completer=nothing)
    os._exit(1)


class _Completer:
    """Candidates as argcomplete asks for them."""

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates

    def __call__(self, *, prefix: str, **_: object) -> Iterable[str]:
        return self._candidates(prefix)
