"""`dsexplore import`: an architecture from a published config.json, as a scenario file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.writing import write_atomically
from dsexplore.library.config_json import FAMILIES, scenario_from_config
from dsexplore.library.saving import architecture_to_toml
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, nearest, shown

_USAGE = "dsexplore import CONFIG_JSON [--as TYPE] [-o FILE] [--force]"

_EPILOG = f"""\
families, by model_type:
  {", ".join(FAMILIES)}

examples:
  dsexplore import Llama-3.1-8B/config.json -o llama-3.1-8b.toml
  dsexplore eval llama-3.1-8b.toml --only total_parameters,active_parameters

  A config.json also opens as a scenario by itself:
    dsexplore eval Llama-3.1-8B/config.json
"""


def run(words: list[str]) -> int:
    """Print or write the architecture of the named config.json; returns the exit status."""
    arguments = _parser().parse_args(words)
    if arguments.counted_as and arguments.counted_as not in FAMILIES:
        found = f"unknown type {shown(arguments.counted_as)}"
        raise ScenarioError("--as", found, nearest(arguments.counted_as, list(FAMILIES)))
    if arguments.output is None:
        write_out(architecture_to_toml(_imported(arguments)))
        return 0
    # Checked early, to name the way out; writing checks again.
    if not arguments.force and os.path.lexists(arguments.output):
        raise ScenarioError("", "a file of that name", "a new name, or --force", arguments.output)
    text = architecture_to_toml(_imported(arguments))
    write_atomically(Path(arguments.output), text, overwrite=arguments.force)
    say(f"wrote {arguments.output}")
    return 0


def _imported(arguments: argparse.Namespace) -> Scenario:
    """The scenario of the named file; what is left out of it is said beside it."""
    scenario = scenario_from_config(Path(arguments.config), arguments.counted_as)
    if scenario.description:
        say(scenario.description)
    return scenario


def _parser() -> Parser:
    parser = Parser(
        "import",
        usage=_USAGE,
        summary="Turn a model's published config.json into an architecture.",
        epilog=_EPILOG,
    )
    parser.add_argument("config", metavar="CONFIG_JSON", help="a model's config.json")
    parser.add_argument(
        "--as",
        dest="counted_as",
        default="",
        metavar="TYPE",
        help="count a type that is not listed as one that is, and say what was not read",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a new file")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    return parser
