"""Settings on the command line: `--set NAME=VALUE`, for every command that takes a scenario."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import settings
from dsexplore.engine.effect import without_effect
from dsexplore.library.open import find, stated_fields
from dsexplore.library.presets import check_names, mere_fields, with_changes
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, shown


def add_settings(parser: Parser) -> None:
    """Let a command take any number of `--set`."""
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        words=settings,
        dest="settings",
        action="append",
        default=[],
        help="set a field, with units as in a file (14.8T, '50 GB/s', 2048*8), or take a whole "
        "panel from a preset or a file (hardware=NAME, architecture=FILE.toml); may be repeated",
    )


def with_settings(scenario: Scenario, settings: list[str]) -> Scenario:
    """A scenario with settings applied, panels before fields. Raises ScenarioError."""
    changes = _changes(settings)
    try:
        check_names(changes)
        return with_changes(scenario, changes)
    except ScenarioError as error:
        # What is wrong within a preset's file is not what was typed.
        where = error.where or ("" if error.file else "--set")
        raise ScenarioError(where, error.found, error.allowed, error.file) from None


def without_effect_in(
    name: str, scenario: Scenario, settings: Sequence[str] = (), asked: Sequence[str] | None = None
) -> list[str]:
    """A sentence on each field of `--set` that changes nothing asked for, or of the file nothing.

    `asked` names fields and quantities (None: every result). A file is for more than one question:
    its fields need only change some result. Raises ScenarioError.
    """
    said = without_effect(scenario, stated_fields(find(name)))
    said += without_effect(scenario, mere_fields(_changes(settings)), asked)
    return [*dict.fromkeys(said)]


def say_without_effect(
    name: str, scenario: Scenario, settings: Sequence[str] = (), asked: Sequence[str] | None = None
) -> None:
    """Say those sentences, a line each, on standard error."""
    for sentence in without_effect_in(name, scenario, settings, asked):
        say(sentence)


def _changes(settings: Sequence[str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ScenarioError("--set", shown(setting), "NAME=VALUE")
        changes[name] = value.strip()
    return changes
