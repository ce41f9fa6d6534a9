"""`dsexplore settings`: the explorer's settings, a file to edit, and where the user's files lie."""

from __future__ import annotations

from dsexplore.cli.errors import say
from dsexplore.cli.imports import imported
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.locations import (
    NOWHERE,
    copied_file,
    desk_file,
    journal_folder,
    reports_folder,
    settings_file,
    user_presets_folder,
)
from dsexplore.files.writing import write_atomically
from dsexplore.library.names import is_there
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError, shown_path

_USAGE = "dsexplore settings [--write [--force] | --where]"


def run(words: list[str]) -> int:
    """Print where the settings are and what holds, or write a file; returns the exit status."""
    arguments = grammar().parse_args(words)
    if arguments.where:
        write_out(in_lines(_kept()))
        return 0
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


def _kept() -> list[str]:
    """Each kind of file that the program keeps for the user, with its folder or path."""
    kept = {
        "settings": settings_file(),
        "presets of your own": user_presets_folder(),
        "unsaved work": journal_folder(),
        "pages and pinned scenarios": desk_file(),
        "what was copied last": copied_file(),
        "reports of faults": reports_folder(),
    }
    widest = max(map(len, kept))
    return [f"{what:{widest}}  {shown_path(str(path))}" for what, path in kept.items()]


def grammar() -> Parser:
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
    parser.add_argument(
        "--where",
        action="store_true",
        help="print what is kept of yours and where; removing the program leaves it",
    )
    return parser
