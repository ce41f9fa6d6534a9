"""`dsexplore sensitivity`: which fields move a result, by how much, each within a range."""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Sequence

from dsexplore.analysis.sensitivity.ranges import DEFAULT, STATED, read_ranges, uncertain, unread
from dsexplore.analysis.sensitivity.sensitivity import Sensitivity, sensitivities
from dsexplore.analysis.sensitivity.trial import Trial
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import add_scenario, base_of, number_listed, result_asked
from dsexplore.cli.input.candidates import results
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.output.beside import beside
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.engine import evaluate, unknowns_in
from dsexplore.engine.names import unit_of
from dsexplore.export.endings import DATA, PICTURE, REPORTED, REPORTS
from dsexplore.export.pictures import found as pictures
from dsexplore.export.plots.sensitivity import as_table
from dsexplore.export.reports.report import report_text
from dsexplore.export.reports.sensitivity import data, known, sensitivity_report, why_not
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import folded
from dsexplore.text.csv_text import to_csv
from dsexplore.text.format import format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.refusal import ScenarioError

_ENDINGS = {**DATA, **REPORTS, **PICTURE}
_TOP = 20
_USAGE = f"""dsexplore sensitivity SCENARIO --of NAME [--range FIELD=LOW:HIGH]... [--top N]
                             [--set NAME=VALUE]... [--format {"|".join(REPORTED)}]
                             [-o FILE] [--force]"""
_EPILOG = f"""\
Each field that the result is computed from is moved alone, as an edit moves it:
  an amount, over --range, else over 5 to 95 % of its [uncertainty], else by {DEFAULT} within its
    range; its elasticity is the change of the result for 1 % more of it
  a count (layers, experts, degrees), to the nearest smaller and larger value at which the layout
    can be and fits
  a choice, to each other choice
The strongest come first. On a terminal, changes are drawn as bars. The ending of FILE chooses the
format: {", ".join(_ENDINGS)}.

examples:
  What does the cost of DeepSeek-V3 depend on?
    dsexplore sensitivity deepseek-v3 --of total_cost

  The same, with the price between $1.50 and $4 and an MFU between 30 and 50 %:
    dsexplore sensitivity deepseek-v3 --of total_cost --set utilization=assumed \\
        --range price_per_gpu_hour=1.5:4 --range assumed_mfu=30%:50%
"""


def run(words: list[str]) -> int:
    """Print or write what moves a result of the named scenario; returns the exit status."""
    arguments = grammar().parse_args(words)
    chosen = chosen_format(arguments, REPORTED, _ENDINGS)
    top = None if arguments.top is None else number_listed("--top", arguments.top)
    of = result_asked("--of", arguments.of)
    ranges = read_ranges(arguments.range)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    say_without_effect(arguments.scenario, scenario, arguments.settings, [of])
    trial = Trial(scenario, of)
    _check_known(scenario, trial)
    for name in unread(ranges, trial.reads):
        say(f"{name} has no effect on {of}")
    found = sensitivities(scenario, of, uncertain(scenario) | ranges)
    shown = _listed(found, top or (len(found) if chosen in ("json", "csv") else _TOP))
    put(arguments, _in_format(chosen, trial, shown, len(found), arguments))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "sensitivity",
        usage=_USAGE,
        summary="Show which fields move a result, and by how much.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    parser.add_argument("--of", metavar="NAME", words=results, required=True, help="the result")
    parser.add_argument(
        "--range",
        metavar="FIELD=LOW:HIGH",
        action="append",
        default=[],
        help="move a numeric field from LOW to HIGH, with units as in a file; may be repeated",
    )
    parser.add_argument(
        "--top",
        metavar="N",
        help=f"list so many fields; if not given, {_TOP} in a table and all in a file for programs",
    )
    add_settings(parser)
    add_output(parser, REPORTED)
    return parser


def _check_known(scenario: Scenario, trial: Trial) -> None:
    """Raise ScenarioError where the result is 0 or unknown: then nothing is a share of it."""
    if math.isnan(trial.now):
        inputs = scenario.inputs()
        reasons = unknowns_in(inputs | evaluate(inputs)).reasons(trial.of)
        why = f"unknown ({'; '.join(reasons)})" if reasons else "unknown"
        raise ScenarioError(f"--of {trial.of}", why, "a result that is known")
    if not trial.now:
        raise ScenarioError(f"--of {trial.of}", "0", "a result other than 0, of which to move")


def _in_format(
    form: str, trial: Trial, found: Sequence[Sensitivity], count: int, arguments: Namespace
) -> Printable:
    if form == "json":
        return to_json(_as_json(trial, found))
    if form == "csv":
        return to_csv(data(trial, found))
    if form == "svg":
        return pictures.of_sensitivity(trial, found)
    if form in REPORTS.values():
        return report_text(sensitivity_report(trial, found, base_of(arguments)), form)
    columns = None if arguments.output else terminal_columns()
    now = format_value(trial.now, unit_of(trial.of))
    title = trial.scenario.title or "the scenario"
    lines = [*folded(f"What moves {trial.of} of {title}, {now}.", columns), ""]
    lines += as_table(trial, found, columns)
    if len(found) < count:
        rest = f"{len(found)} of {count} fields; --top {count} lists all."
        lines += ["", *folded(rest, columns)]
    notes = beside(trial.scenario, [trial.of], ())
    lines += ["", *(line for said in notes for line in folded(said, columns))] if notes else []
    return in_lines(lines)


def _listed(found: Sequence[Sensitivity], top: int) -> list[Sensitivity]:
    """The strongest fields, and behind them those whose range is stated."""
    return [each for place, each in enumerate(found) if place < top or each.span == STATED]


def _as_json(trial: Trial, found: Sequence[Sensitivity]) -> dict[str, object]:
    return {
        "scenario": {"title": trial.scenario.title},
        "of": {"name": trial.of, "value": trial.now, "unit": unit_of(trial.of)},
        "fields": [
            {
                "field": each.field,
                "unit": FIELDS[each.field].unit,
                "value": each.value,
                "span": each.span,
                "elasticity": known(each.elasticity),
                "points": [
                    {
                        "value": point.value,
                        "result": known(trial.now * (1 + point.change)),
                        "change": known(point.change),
                        "problem": why_not(trial, each, point),
                    }
                    for point in each.points
                ],
            }
            for each in found
        ],
    }
