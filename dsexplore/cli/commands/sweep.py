"""`dsexplore sweep`: some results over a grid of values of one or several fields."""

from __future__ import annotations

import math
from pathlib import Path

from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import (
    MOST_POINTS,
    MOST_SCENARIOS,
    MOST_STREAMED,
    Grid,
    Sweep,
    sweep,
)
from dsexplore.cli.errors import INTERRUPTED, say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import add_results, add_scenario, base_of, results_asked
from dsexplore.cli.input.candidates import settings
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.input.workers import add_scheduler, workers_at
from dsexplore.cli.output.beside import beside
from dsexplore.cli.output.parquet import ENDING, check_parquet
from dsexplore.cli.output.progress import watched
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.cli.output.sweep_file import write_sweep
from dsexplore.engine.names import unit_of
from dsexplore.export.endings import DATA, PICTURE, REPORTED, REPORTS
from dsexplore.export.pictures import found as pictures
from dsexplore.export.plots.sweep import plots
from dsexplore.export.reports.report import report_text
from dsexplore.export.reports.sweep import (
    MOST_ROWS,
    data_head,
    data_rows,
    gap_sentence,
    gap_sentences,
    point_rows,
    sweep_report,
)
from dsexplore.library.open import load
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.columns import aligned, folded
from dsexplore.text.csv_text import to_csv
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines

_ENDINGS = {**DATA, **REPORTS, ENDING: "parquet", **PICTURE}
_USAGE = f"""dsexplore sweep SCENARIO --over NAME=LOW:HIGH:COUNT[:log] [--over ...]
                       --of NAME [--of NAME]... [--set NAME=VALUE]...
                       [--scheduler ADDRESS] [--format {"|".join(REPORTED)}] [-o FILE]
                       [--force]"""
_EPILOG = f"""\
values:
  NAME=LOW:HIGH:COUNT       evenly spaced, with units as in a file
  NAME=LOW:HIGH:COUNT:log   evenly spaced by logarithms
  NAME=LOW:HIGH:doubling    LOW, twice LOW, and so on up to HIGH
  NAME=A,B,C                a list; with semicolons where a value has commas of its own
  NAME=all                  every choice of a field, or every preset of a panel: hardware=all

Several --over make a grid of at most {MOST_POINTS:,} points; written as Parquet, of
{MOST_STREAMED:,}, few of which are held at a time. Presets, other words and the fields
tied to others by a rule or by stated hours are scenarios of their own: at most {MOST_SCENARIOS:,}.
Where a layout cannot be or does not fit, or a result is not known, there is a gap, and a sentence
says why. On a terminal one axis of numbers is drawn as a curve and two as a map. NAME_low and
NAME_high are the interval that holds what is predicted four times in five. The ending of FILE
chooses the format: {", ".join(_ENDINGS)} (Parquet needs pyarrow). What
takes long is done on every core, and an interrupt keeps the points that are evaluated.

examples:
  How long does DeepSeek-V3 take, and at what cost, by the number of GPUs?
    dsexplore sweep deepseek-v3 --over num_gpus=1024:16384:doubling --of pretraining_days,total_cost

  Which layouts of Llama 3.1 405B fit, and how fast are they?
    dsexplore sweep llama-3.1-405b --over tensor_parallel=1:16:doubling \\
        --over pipeline_parallel=1:16:doubling --of step_time

  The same model on every accelerator, in a file:
    dsexplore sweep deepseek-v3 --over hardware=all --of step_time,total_cost -o v3.csv
"""


def run(words: list[str]) -> int:
    """Print or write a sweep of the named scenario; returns the exit status."""
    arguments = grammar().parse_args(words)
    chosen = chosen_format(arguments, REPORTED, _ENDINGS)
    if chosen == "parquet":
        check_parquet()
    names = results_asked(arguments.of)
    axes = [read_axis(each) for each in arguments.over]
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    say_without_effect(arguments.scenario, scenario, arguments.settings, names)
    notes = beside(scenario, names, [axis.name for axis in axes])
    with workers_at(arguments.scheduler) as workers, watched("points") as watch:
        if chosen == "parquet":
            path, force = Path(arguments.output), arguments.force
            points, gaps = write_sweep(path, scenario, axes, names, watch, workers, overwrite=force)
            size = math.prod(len(axis.values) for axis in axes)
            for gap in gaps:
                say(gap_sentence(Grid(tuple(axes)), gap))
            say(f"wrote {arguments.output}")
            return _ended(points, size)
        found = sweep(scenario, axes, names, watch.told, watch.goes_on, workers)
    columns = terminal_columns() if arguments.output is None else None
    if chosen in REPORTS.values():
        put(arguments, report_text(sweep_report(found, scenario, base_of(arguments)), chosen))
    elif chosen == "svg":
        put(arguments, pictures.of_sweep(found, scenario))
    else:
        put(arguments, _text(found, scenario, notes, chosen, columns))
    if chosen not in ("table", *REPORTS.values()) or arguments.output is not None:
        for sentence in gap_sentences(found):
            say(sentence)
    return _ended(found.done, found.size)


def _ended(points: int, size: int) -> int:
    """The exit status of a sweep of so many points, of which all were evaluated or only some."""
    if points == size:
        return 0
    say(f"stopped: {points:,} of {size:,} points were evaluated; the others are left out")
    return INTERRUPTED


def grammar() -> Parser:
    parser = Parser(
        "sweep",
        usage=_USAGE,
        summary="Show results over a grid of values of one or several fields.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    parser.add_argument(
        "--over",
        metavar="NAME=VALUES",
        words=settings,
        action="append",
        required=True,
        help="a field or a panel and its values, see below; may be repeated",
    )
    add_results(parser, "")
    add_settings(parser)
    add_scheduler(parser)
    add_output(parser, REPORTED)
    return parser


def _text(
    found: Sweep, scenario: Scenario, notes: list[str], chosen: str, columns: int | None
) -> Printable:
    if chosen == "json":
        return to_json(_as_json(found, scenario, notes))
    if chosen == "csv":
        return to_csv([data_head(found), *data_rows(found)])
    return in_lines(_table(found, notes, columns))


# For programs


def _as_json(found: Sweep, scenario: Scenario, notes: list[str]) -> dict[str, object]:
    head = data_head(found)
    return {
        "scenario": {"title": scenario.title},
        "axes": [
            {"name": axis.name, "unit": axis.unit, "values": axis.values} for axis in found.axes
        ],
        "quantities": {name: {"unit": unit_of(name)} for name in found.names},
        "points": [dict(zip(head, row, strict=True)) for row in data_rows(found)],
        "gaps": [
            {
                "problem": gap.problem,
                "points": gap.points,
                "first": dict(
                    zip((a.name for a in found.axes), found.point(gap.first), strict=True)
                ),
                "sentence": gap.sentence,
            }
            for gap in found.gaps
        ],
        "notes": notes,
    }


# For people


def _table(found: Sweep, said: list[str], columns: int | None) -> list[str]:
    drawn = [] if columns is None else plots(found, columns)
    head = [*(axis.name for axis in found.axes), *found.names]
    # A terminal shows some points; a file or a pipe has all.
    rows = point_rows(found, None if columns is None else MOST_ROWS)
    lines = [
        *drawn,
        *aligned([head, *rows], range(len(head))),
    ]
    return [
        *lines,
        *(line for each in _notes(found, said, len(rows)) for line in folded(each, columns)),
    ]


def _notes(found: Sweep, said: list[str], shown_rows: int) -> list[str]:
    rest = f"{shown_rows} of {found.size:,} points; -o FILE writes all."
    notes = [*([rest] if shown_rows < found.size else []), *gap_sentences(found), *said]
    return ["", *notes] if notes else []
