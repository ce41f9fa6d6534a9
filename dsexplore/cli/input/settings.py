"""Settings on the command line: `--set NAME=VALUE`, for every command that takes a scenario."""

from __future__ import annotations

from argparse import ArgumentParser

from dsexplore.library.presets import check_names, with_changes
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, shown


def add_settings(parser: ArgumentParser) -> None:
    """Let a command take any number of `--set`."""
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        dest="settings",
        action="append",
        default=[],
        help="set a field, with units as in a file (14.8T, '50 GB/s', 2048*8), or take a whole "
        "panel from a preset (hardware=NAME, architecture=NAME); may be repeated",
    )


def with_settings(scenario: Scenario, settings: list[str]) -> Scenario:
    """A scenario with settings applied, panels before fields. Raises ScenarioError."""
    changes: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ScenarioError("--set", shown(setting), "NAME=VALUE")
        changes[name] = value.strip()
    try:
        check_names(changes)
        return with_changes(scenario, changes)
    except ScenarioError as error:
        # What is wrong within a preset's file is not what was typed.
        where = error.where or ("" if error.file else "--set")
        raise ScenarioError(where, error.found, error.allowed, error.file) from None
