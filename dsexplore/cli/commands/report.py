"""`dsexplore report`: a scenario or a comparison to hand on, as Markdown, HTML or CSV."""

from __future__ import annotations

from argparse import Namespace

from dsexplore.analysis.compare.compare import compare
from dsexplore.analysis.summaries.headlines import headlines
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import add_scenario, base_of, listed
from dsexplore.cli.input.candidates import results_and_fields, scenarios, settings
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import add_settings, with_settings
from dsexplore.engine import GRAPH
from dsexplore.engine.names import check_name
from dsexplore.engine.standing import Standing
from dsexplore.export.endings import PICTURE
from dsexplore.export.reports.comparison import Compared, attributions, comparison_report
from dsexplore.export.reports.pictures import likely_of, pictured, search_of, sweep_of, tornado_of
from dsexplore.export.reports.report import (
    FORMAT_OF_ENDING,
    FORMATS,
    Picture,
    Report,
    drawing,
    report_text,
)
from dsexplore.export.reports.scenario import scenario_report
from dsexplore.library.open import load
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

_ENDINGS = {**FORMAT_OF_ENDING, **PICTURE}
_USAGE = f"""dsexplore report SCENARIO [--against SCENARIO]... [--set NAME=VALUE]...
                        [--only NAME]... [--all] [--sweep NAME=VALUES]... [--likely] [--search]
                        [--format {"|".join(FORMATS)}] [-o FILE] [--force]"""
_EPILOG = f"""\
A report has title and description, the inputs that differ from their preset (of a preset that
--set changes, from it), results with units, intervals and what they rest on, warnings and sources.
Its pictures are the rent by stage and what moves the first result; --sweep, --likely and --search
add others. In HTML they are drawings, in Markdown characters, and CSV is without them.
The ending of FILE chooses the format: {", ".join(_ENDINGS)}, the last for the pictures alone.
Comparisons, claims, answers, sweeps, simulations, sensitivities and searches are handed on by their
own commands, with -o FILE.md or FILE.html.

examples:
  dsexplore report deepseek-v3 --set pretraining_tokens=29.6T -o twice.html
  dsexplore report deepseek-r1 --only total_cost,rl_cost,energy --likely
  dsexplore report deepseek-v3 --sweep num_gpus=1024:16384:doubling --search -o v3.html
  dsexplore report deepseek-r1-epoch --against deepseek-r1 -o what-r1-cost.md
"""


def run(words: list[str]) -> int:
    """Print or write a report; returns the exit status."""
    arguments = grammar().parse_args(words)
    form = chosen_format(arguments, FORMATS, _ENDINGS)
    report = _comparison(arguments) if arguments.against else _report(arguments)
    put(arguments, drawing(report) if form == "svg" else report_text(report, form))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "report",
        usage=_USAGE,
        summary="Write a scenario, or scenarios beside each other, as a page to hand on.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    parser.add_argument(
        "--against",
        metavar="SCENARIO",
        words=scenarios,
        action="append",
        default=[],
        help="compare it with this",
    )
    add_settings(parser)
    parser.add_argument(
        "--only",
        metavar="NAME",
        words=results_and_fields,
        action="append",
        help="these results and fields; several with commas; default: the headlines",
    )
    parser.add_argument("--all", action="store_true", help="every result, by subject")
    parser.add_argument(
        "--sweep",
        metavar="NAME=VALUES",
        words=settings,
        action="append",
        default=[],
        help="draw the first result over a field's values, as sweep --over reads them",
    )
    parser.add_argument(
        "--likely", action="store_true", help="draw how the first result is distributed"
    )
    parser.add_argument(
        "--search", action="store_true", help="draw the layouts that no other beats; takes seconds"
    )
    add_output(parser, FORMATS)
    return parser


def _only(arguments: Namespace) -> list[str]:
    names = listed(arguments.only or ())
    try:
        for name in names:
            check_name(name)
    except ScenarioError as error:
        raise ScenarioError("--only", error.found, error.allowed) from None
    return names


def _report(arguments: Namespace) -> Report:
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    standing = Standing(scenario)
    only = _only(arguments)
    shown = only or headlines(standing)
    pictures = _pictures(arguments, scenario, pictured(shown, standing))
    every = {
        subject: [found.name for found in quantities]
        for subject, quantities in GRAPH.subjects().items()
    }
    subjects = every if arguments.all and not only else {"Results": shown}
    return scenario_report(scenario, base_of(arguments), subjects, pictures)


def _pictures(arguments: Namespace, scenario: Scenario, of: str) -> list[Picture]:
    """What moves the first result, and what is asked for."""
    if not of:
        return []
    pictures = tornado_of(scenario, of)
    for over in arguments.sweep:
        pictures += sweep_of(scenario, of, over)
    if arguments.likely:
        pictures += likely_of(scenario, of)
    if arguments.search:
        pictures += search_of(scenario)
    return pictures


def _comparison(arguments: Namespace) -> Report:
    for option in ("sweep", "likely", "search"):
        if getattr(arguments, option):
            raise ScenarioError(f"--{option}", "--against as well", "a report on one scenario")
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    scenarios = [scenario, *(load(name) for name in arguments.against)]
    only = _only(arguments)
    found = compare(*scenarios)
    results = found.results if arguments.all else found.headlines
    if only:
        results = [one for one in found.results if one.name in only]
    names = [arguments.scenario, *arguments.against]
    causes = attributions(scenarios, only[:1])
    return comparison_report(Compared(names, scenarios, found, results, causes))
