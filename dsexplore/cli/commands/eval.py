"""`dsexplore eval`: a scenario's results, printed or written to a file."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Sequence
from functools import partial

from dsexplore.analysis.accuracy.evidence import gaps_behind
from dsexplore.analysis.summaries.headlines import headlines
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import add_scenario, listed
from dsexplore.cli.input.candidates import results_and_fields
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import add_settings, with_settings, without_effect_in
from dsexplore.cli.output.stdout import terminal_columns, terminal_lines
from dsexplore.cli.output.ways_on import ways_on
from dsexplore.engine import INTERVALS, QUANTITIES, evaluate
from dsexplore.engine.names import check_name
from dsexplore.engine.standing import Standing
from dsexplore.export.file import FORMAT_OF_ENDING
from dsexplore.export.formats import FORMATS, SILENT, export
from dsexplore.library.open import load
from dsexplore.scenario.scenario import Scenario
from dsexplore.scenario.words import description_now
from dsexplore.text.columns import folded
from dsexplore.text.plain import Printable, opening_sentence
from dsexplore.text.refusal import ScenarioError

_USAGE = f"""dsexplore eval SCENARIO [--set NAME=VALUE]... [--only NAME]... [--all]
                      [--format {"|".join(FORMATS)}] [-o FILE] [--force]"""

_FORMATS_AND_EXAMPLES = """\
formats, which the ending of FILE chooses (.txt, .json, .toml, .csv, .md) unless --format does:
  table      aligned text for reading (the default): the headlines on one screen, with --all every
             result by subject; what is predicted has the interval that holds it four times in five
  json       scenario, quantities with units, warnings, assumptions, evidence that is missing; base
             units, null if unknown; low and high of what is predicted hold it four times in five
  toml       the scenario's file with its quantities; it opens again as a scenario
  csv        name,value,unit,problem,at_least_without,assumed,low,high at full precision; base
             units, an empty cell if unknown
  markdown   a table for each subject, for reading

examples:
  What would DeepSeek-V3 have cost with twice the tokens, at $3 an hour?
    dsexplore eval deepseek-v3 --set pretraining_tokens=29.6T --set 'price_per_gpu_hour=$3' \\
        --only pretraining_cost,total_cost

  The same model on other accelerators, in a file for programs:
    dsexplore eval deepseek-v3 --set hardware=h100-80gb-sxm -o v3-on-h100.json
"""


def run(words: list[str]) -> int:
    """Print or write the results of the named scenario; returns the exit status."""
    arguments = grammar().parse_args(words)
    arguments.format = chosen_format(arguments, FORMATS, FORMAT_OF_ENDING)
    columns = terminal_columns() if arguments.output is None else None
    put(arguments, _exported(arguments, columns))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "eval",
        usage=_USAGE,
        summary="Print a scenario's results, or write them to a file.",
        epilog=_FORMATS_AND_EXAMPLES,
    )
    add_scenario(parser)
    add_settings(parser)
    parser.add_argument(
        "--only",
        metavar="NAME",
        words=results_and_fields,
        action="append",
        help="these quantities or fields instead of every quantity; several with commas, "
        "may be repeated",
    )
    parser.add_argument(
        "--all", action="store_true", help="every result in a table, and not the headlines alone"
    )
    add_output(parser, FORMATS)
    return parser


def _exported(arguments: Namespace, columns: int | None) -> Printable:
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    only = None if arguments.only is None else listed(arguments.only)
    try:
        for name in only or ():
            check_name(name)
    except ScenarioError as error:
        raise ScenarioError("--only", error.found, error.allowed) from None
    idle = without_effect_in(arguments.scenario, scenario, arguments.settings, only)
    if arguments.format in SILENT:
        for sentence in idle:
            say(sentence)
    if arguments.format == "table" and only is None and not (arguments.all or arguments.output):
        return _summary(arguments, scenario, columns, idle)
    on = partial(ways_on, arguments.scenario, arguments.settings, scenario)
    evidence = () if arguments.format in SILENT else [*_evidence(scenario, only), *on(only)]
    return export(scenario, only, arguments.format, columns, idle, evidence)


def _summary(
    arguments: Namespace, scenario: Scenario, columns: int | None, idle: Sequence[str]
) -> Printable:
    """The headlines on one screen, below what the scenario is."""
    standing = Standing(scenario)
    opening = description_now(scenario, opening_sentence(scenario.description))
    about = folded(opening, columns) if opening else []
    names = headlines(standing)
    name = arguments.scenario
    rest = f"dsexplore eval {shlex.quote(name)} --all prints all {len(QUANTITIES):,} results."

    def written(about: Sequence[str], names: list[str]) -> Printable:
        on = ways_on(name, arguments.settings, scenario, names)
        evidence = [*_evidence(scenario, names), *on, rest]
        return export(scenario, names, "table", columns, idle, evidence, about)

    text, lines = written(about, names), terminal_lines()
    if lines is None or columns is None:
        return text
    # The description gives way first, then the results that are asked for last.
    over = len(text.splitlines()) - lines
    if over > 0 and len(about) > 1:
        kept = about[: max(1, len(about) - over)]
        text = written(about := [*kept[:-1], _cut(kept[-1], columns)], names)
    while len(text.splitlines()) > lines and len(names) > 1:
        text = written(about, names := names[:-1])
    return text


def _cut(line: str, columns: int) -> str:
    """A line whose sentence goes on, where there is no room for that."""
    words = line if len(line) + 2 <= columns else line[: columns - 2].rpartition(" ")[0]
    return f"{words.rstrip('.,;:')} …"


def _evidence(scenario: Scenario, only: list[str] | None) -> list[str]:
    """What the predictions asked for rest on that nobody measured, in sentences."""
    names = [name for name in INTERVALS if only is None or name in only]
    ends = [end for name in names for end in INTERVALS[name]]
    return gaps_behind(scenario, names, evaluate(scenario.inputs(), [*names, *ends]))
