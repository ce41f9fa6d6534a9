"""What several commands are asked in the same words: SCENARIO, `--of`, `--top`, numbers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import results, scenarios
from dsexplore.engine.names import check_result
from dsexplore.library.names import SCENARIO_KINDS, preset_path
from dsexplore.library.open import load
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, shown

_MOST_LISTED = 10_000
_MOST_DIGITS = 18


def add_scenario(parser: Parser) -> None:
    """Add the scenario that a command is asked about."""
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        words=scenarios,
        help="a preset's name, a scenario file or a model's config.json",
    )


def base_of(arguments: Namespace) -> Scenario | None:
    """The preset whose name was given, from which `--set` changes it; None for a file."""
    name: str = arguments.scenario
    return load(name) if preset_path(name, SCENARIO_KINDS) is not None else None


def add_results(parser: Parser, words: str) -> None:
    """Add `--of`, the results to show; `words` say which if it is not given, where it may be."""
    rest = f"; {words}" if words else ""
    parser.add_argument(
        "--of",
        metavar="NAME",
        words=results,
        action="append",
        default=[],
        required=not words,
        help=f"the result to show; several with commas, may be repeated{rest}",
    )


def results_asked(options: Sequence[str]) -> list[str]:
    """The results that `--of` names. Raises ScenarioError for a name that is no result."""
    return list(dict.fromkeys(result_asked("--of", name) for name in listed(options)))


def listed(options: Sequence[str]) -> list[str]:
    """The names in an option that may be repeated and may hold several with commas."""
    return [name.strip() for option in options for name in option.split(",")]


def result_asked(option: str, words: str) -> str:
    """A result's name. Raises ScenarioError for a name that is none."""
    name = words.strip()
    try:
        check_result(name)
    except ScenarioError as error:
        raise ScenarioError(option, error.found, error.allowed) from None
    return name


def number_listed(option: str, words: str) -> int:
    """How many to list. Raises ScenarioError."""
    number = _digits(words)
    if number is None or not 0 < number <= _MOST_LISTED:
        raise ScenarioError(option, shown(words), f"a whole number from 1 to {_MOST_LISTED:,}")
    return number


def whole_number(option: str, words: str) -> int:
    """A whole number from 0 on. Raises ScenarioError."""
    number = _digits(words.strip().replace("_", "").replace(",", ""))
    if number is None:
        raise ScenarioError(option, shown(words), "a whole number from 0")
    return number


def _digits(words: str) -> int | None:
    is_number = words.isascii() and words.isdigit() and len(words) <= _MOST_DIGITS
    return int(words) if is_number else None
