"""`dsexplore report`: a scenario or a comparison to hand on, as Markdown, HTML or CSV."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from dsexplore.analysis.compare.attribution import attribute
from dsexplore.analysis.compare.compare import compare, default_result
from dsexplore.analysis.reports.comparison import comparison_report
from dsexplore.analysis.reports.scenario import scenario_report
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.settings import add_settings, with_settings
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.writing import write_atomically
from dsexplore.library.names import SCENARIO_KINDS, preset_path
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError
from dsexplore.text.report import FORMAT_OF_ENDING, FORMATS, Report, report_text

_USAGE = f"""dsexplore report SCENARIO [--against SCENARIO]... [--set NAME=VALUE]...
                        [--only NAME]... [--format {"|".join(FORMATS)}] [-o FILE] [--force]"""
_EXAMPLES = """\
A report has title and description, the inputs that differ from their preset (of a preset that
--set changes, from it), results with units, intervals and what they rest on, and sources.
The ending of FILE chooses the format: .md .html .csv.

examples:
  dsexplore report deepseek-v3 --set pretraining_tokens=29.6T -o twice.html
  dsexplore report deepseek-r1 --only total_cost,rl_cost,energy
  dsexplore report deepseek-r1-epoch --against deepseek-r1 -o what-r1-cost.md
"""


def run(words: list[str]) -> int:
    """Print or write a report; returns the exit status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, FORMATS)
    path = None if arguments.output is None else Path(arguments.output)
    form = arguments.format
    if path is not None and path.suffix in FORMAT_OF_ENDING:
        form = FORMAT_OF_ENDING[path.suffix]
    text = report_text(_report(arguments), form)
    if path is None:
        write_out(text)
        return 0
    write_atomically(path, text, overwrite=arguments.force)
    say(f"wrote {path}")
    return 0


def _parser() -> Parser:
    parser = Parser(
        "report",
        usage=_USAGE,
        summary="Write a scenario, or scenarios beside each other, as a page to hand on.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "scenario", metavar="SCENARIO", help="a preset's name, a scenario file or a config.json"
    )
    parser.add_argument(
        "--against", metavar="SCENARIO", action="append", default=[], help="compare it with this"
    )
    add_settings(parser)
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        help="these results and fields; several with commas; default: the headlines",
    )
    parser.add_argument("--format", metavar="FORMAT", default=FORMATS[0], help=", ".join(FORMATS))
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a new file")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    return parser


def _report(arguments: Namespace) -> Report:
    loaded = load(arguments.scenario)
    scenario = with_settings(loaded, arguments.settings)
    only = [name.strip() for option in arguments.only or () for name in option.split(",")]
    if not arguments.against:
        is_preset = preset_path(arguments.scenario, SCENARIO_KINDS) is not None
        base = loaded if is_preset else None
        try:
            return scenario_report(scenario, base, only or None)
        except ScenarioError as error:
            raise ScenarioError("--only", error.found, error.allowed) from None
    others = [load(name) for name in arguments.against]
    found = compare(scenario, *others)
    results = [one for one in found.results if one.name in only] if only else found.headlines
    causes = []
    for other in others:
        of = only[0] if only else default_result(scenario, other)
        if of is not None:
            causes.append(attribute(scenario, other, of))
    names = [arguments.scenario, *arguments.against]
    return comparison_report(names, found, results, causes)
