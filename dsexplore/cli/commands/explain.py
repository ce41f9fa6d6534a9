"""`dsexplore explain`: one number's formula with names and with values, and its sources."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from dsexplore.analysis.accuracy.evidence import rests_on
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.asked import add_scenario
from dsexplore.cli.input.candidates import results_and_fields
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.explanation.explain import Explanation, explain
from dsexplore.explanation.written import INDENT, as_json, as_markdown, text
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError

FORMATS = ("table", "json", "markdown")
_WIDTH = 80
_USAGE = f"""dsexplore explain SCENARIO NAME [--set NAME=VALUE]...
                         [--format {"|".join(FORMATS)}]"""
_EXAMPLES = """\
examples:
  Where does DeepSeek-V3's MFU come from?
    dsexplore explain deepseek-v3 mfu

  Who says it was trained on 14.8 trillion tokens, and which results use that?
    dsexplore explain deepseek-v3 pretraining_tokens

  How would the step be predicted with another schedule?
    dsexplore explain deepseek-v3 bubble_time --set pipeline_schedule=1f1b
"""


def run(words: list[str]) -> int:
    """Explain the named quantity or field; returns the exit status."""
    arguments = grammar().parse_args(words)
    one_of("--format", arguments.format, FORMATS)
    width = min(_WIDTH, terminal_columns() or _WIDTH)
    found = _explained(arguments, width)
    if arguments.format == "json":
        write_out(as_json(found))
    else:
        write_out(as_markdown(found) if arguments.format == "markdown" else text(found, width))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "explain",
        usage=_USAGE,
        summary="Show where a number comes from: its formula, its values, its sources.",
        epilog=_EXAMPLES,
    )
    add_scenario(parser)
    parser.add_argument(
        "name",
        metavar="NAME",
        words=results_and_fields,
        help="a quantity or field, as eval lists them",
    )
    add_settings(parser)
    parser.add_argument(
        "--format", metavar="FORMAT", default=FORMATS[0], help=f"{', '.join(FORMATS)}"
    )
    return parser


def _explained(arguments: Namespace, width: int) -> Explanation:
    opened = load(arguments.scenario)
    scenario = with_settings(opened, arguments.settings)
    try:
        found = explain(scenario, arguments.name, width=width - len(INDENT), opened=opened)
    except ScenarioError as error:
        raise ScenarioError("NAME", error.found, error.allowed) from None
    say_without_effect(arguments.scenario, scenario, arguments.settings, [arguments.name])
    return replace(found, rests_on=rests_on(scenario, found.name)) if found.interval else found
