"""`dsexplore settings`: where the explorer's settings are, what holds, and a file to edit."""

from __future__ import annotations

from dsexplore.cli.errors import say
from dsexplore.cli.imports import imported
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.locations import NOWHERE, settings_file
from dsexplore.files.writing import write_atomically
from dsexplore.library.names import is_there
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError, shown_path

_USAGE = "dsexplore settings [--write [--force]]"


def run(words: list[str]) -> int:
    """Print where the settings are and what holds, or write a file; returns the exit status."""
    parser = Parser(
        "settings",
        usage=_USAGE,
        summary="Show where the explorer's settings are and what holds: theme, mouse and keys.",
        epilog="",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="write the file: every setting, every action and its keys, explained in comments",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    arguments = parser.parse_args(words)
    path = settings_file()
    if NOWHERE in path.parents:
        raise ScenarioError("", "a user without a home folder", "HOME or XDG_CONFIG_HOME")
    where = shown_path(str(path))
    text = imported("dsexplore.tui.settings_text")
    if arguments.write:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.settings_file_text(), overwrite=arguments.force)
        say(f"wrote {where}: every line is a comment until you change it")
        return 0
    settings = imported("dsexplore.tui.settings").load_settings(path)
    made = "" if is_there(path) else " (not there yet: 'dsexplore settings --write' writes it)"
    write_out(in_lines([f"{where}{made}", *text.settings_in_force(settings)]))
    return 0
