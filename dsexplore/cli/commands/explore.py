"""`dsexplore [SCENARIO]`: opens the explorer."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from typing import NoReturn

from dsexplore import __version__
from dsexplore.cli.errors import UsageError
from dsexplore.cli.imports import imported
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import scenarios
from dsexplore.cli.output.stdout import write_out
from dsexplore.cli.table import COMMANDS
from dsexplore.files.served import is_served
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError, shown

_WIDEST = max(map(len, COMMANDS))
_USAGE = "dsexplore [--tour] [SCENARIO]\n       dsexplore COMMAND ..."


def run(words: list[str]) -> int:
    """Open the explorer on the named scenario, or where it was left; returns the exit status."""
    arguments, unknown = grammar().parse_known_args(words)
    if arguments.version:
        write_out(in_lines([f"dsexplore {__version__}"]))
        return 0
    named: list[str] = arguments.scenario
    if len(named) > 1 or (named and unknown):
        _refuse_command(named[0])
    if unknown:
        allowed = f"--help, --version, --tour, a SCENARIO or a command ({', '.join(COMMANDS)})"
        raise UsageError(f"found unknown option {shown(unknown[0])}; allowed: {allowed}")
    name = named[0] if named else None
    if name is not None:
        _check_name(name)
    return _open(name, tour=arguments.tour)


def grammar() -> Parser:
    rows = (f"  {word:{_WIDEST}}  {found.summary}" for word, found in COMMANDS.items())
    commands = "\n".join(rows)
    parser = Parser(
        "",
        usage=_USAGE,
        summary="Explore what training a large language model costs, and why.",
        epilog=f"commands (open a file named like a command as ./NAME):\n{commands}\n\n"
        "'dsexplore COMMAND --help' says more.",
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        nargs="*",
        words=_first_words,
        help="a preset's name (see 'dsexplore presets'), a scenario file, a file of claims or a "
        "model's config.json",
    )
    parser.add_argument(
        "--tour", action="store_true", help="learn the explorer by doing, in ten steps"
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    return parser


def _first_words(typed: str) -> Iterator[str]:
    """What a command line may begin with: commands, then scenarios."""
    yield from COMMANDS
    yield from scenarios(typed)


def _refuse_command(word: str) -> NoReturn:
    """Refuse a first word followed by others: it can only be a command, and is none."""
    close = difflib.get_close_matches(word, list(COMMANDS), n=1, cutoff=0.5)
    meant = f" (did you mean {close[0]}?)" if close else ""
    raise UsageError(
        f"found {shown(word)}, no command; "
        f"allowed: {', '.join(COMMANDS)}, or a SCENARIO alone{meant}"
    )


def _check_name(name: str) -> None:
    """Refuse a name that is neither preset nor file before any screen opens."""
    from dsexplore.library.open import find  # noqa: PLC0415 - the help needs no scenarios

    try:
        find(name)
    except ScenarioError as error:
        commands = ", ".join(COMMANDS)
        allowed = f"{error.allowed}; a file; or a command ({commands})"
        raise ScenarioError(error.where, error.found, allowed) from None


def _open(name: str | None, *, tour: bool) -> int:
    # The explorer reads keys from standard input and draws on standard output.
    for stream, called in ((sys.__stdin__, "standard input"), (sys.__stderr__, "standard error")):
        if not is_served() and (stream is None or not stream.isatty()):
            allowed = "a terminal for the explorer, or 'dsexplore eval SCENARIO' without one"
            raise ScenarioError(called, "no terminal", allowed)
    # Only the explorer pays this half second.
    status: int = imported("dsexplore.tui.run").run_explorer(name, tour=tour)
    return status
