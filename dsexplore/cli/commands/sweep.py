"""`dsexplore sweep`: some results over a grid of values of one or several fields."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from dsexplore.analysis.sweep.axis import Axis, read_axis
from dsexplore.analysis.sweep.filling import Gap
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
from dsexplore.cli.input.output_file import add_output, chosen_format
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.input.workers import add_scheduler, workers_at
from dsexplore.cli.output.beside import beside
from dsexplore.cli.output.parquet import ENDING, check_parquet
from dsexplore.cli.output.progress import watched
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.cli.output.sweep_file import write_sweep
from dsexplore.cli.output.sweep_plots import plots
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import check_result, unit_of
from dsexplore.export.pictures import found as pictures
from dsexplore.files.writing import write_atomically
from dsexplore.library.open import load
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.columns import aligned, folded
from dsexplore.text.csv_text import to_csv
from dsexplore.text.format import NOT_KNOWN, format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.refusal import ScenarioError

_FORMATS = ("table", "json", "csv")
_ENDINGS = {
    ".json": "json",
    ".csv": "csv",
    ".txt": "table",
    ENDING: "parquet",
    pictures.ENDING: "svg",
}
# A terminal shows so many points of a grid; a file or a pipe has all.
_MOST_ROWS = 40
_USAGE = f"""dsexplore sweep SCENARIO --over NAME=LOW:HIGH:COUNT[:log] [--over ...]
                       --of NAME [--of NAME]... [--set NAME=VALUE]...
                       [--scheduler ADDRESS] [--format {"|".join(_FORMATS)}] [-o FILE]
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
    arguments = _parser().parse_args(words)
    chosen = chosen_format(arguments, _FORMATS, _ENDINGS)
    if chosen == "parquet":
        check_parquet()
    names = _names(arguments.of)
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
                say(_gap(Grid(tuple(axes)), gap))
            say(f"wrote {arguments.output}")
            return _ended(points, size)
        found = sweep(scenario, axes, names, watch.told, watch.goes_on, workers)
    if arguments.output is not None:
        is_picture = chosen == "svg"
        picture = pictures.of_sweep(found, scenario) if is_picture else ""
        text = picture or _text(found, scenario, notes, chosen, None)
        write_atomically(Path(arguments.output), text, overwrite=arguments.force)
    else:
        write_out(_text(found, scenario, notes, chosen, terminal_columns()))
    if chosen != "table" or arguments.output is not None:
        for sentence in _gap_sentences(found):
            say(sentence)
    if arguments.output is not None:
        say(f"wrote {arguments.output}")
    return _ended(found.done, found.size)


def _ended(points: int, size: int) -> int:
    """The exit status of a sweep of so many points, of which all were evaluated or only some."""
    if points == size:
        return 0
    say(f"stopped: {points:,} of {size:,} points were evaluated; the others are left out")
    return INTERRUPTED


def _parser() -> Parser:
    parser = Parser(
        "sweep",
        usage=_USAGE,
        summary="Show results over a grid of values of one or several fields.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument(
        "--over",
        metavar="NAME=VALUES",
        action="append",
        required=True,
        help="a field or a panel and its values, see below; may be repeated",
    )
    parser.add_argument(
        "--of",
        metavar="NAME",
        action="append",
        required=True,
        help="the result to show; several with commas, may be repeated",
    )
    add_settings(parser)
    add_scheduler(parser)
    add_output(parser, _FORMATS)
    return parser


def _names(options: list[str]) -> list[str]:
    names = [name.strip() for option in options for name in option.split(",")]
    for name in names:
        try:
            check_result(name)
        except ScenarioError as error:
            raise ScenarioError("--of", error.found, error.allowed) from None
    return list(dict.fromkeys(names))


def _text(
    found: Sweep, scenario: Scenario, notes: list[str], chosen: str, columns: int | None
) -> Printable:
    if chosen == "json":
        return to_json(_as_json(found, scenario, notes))
    if chosen == "csv":
        return to_csv([_head(found), *_rows(found)])
    return in_lines(_table(found, notes, columns))


# For programs


def _head(found: Sweep) -> list[str]:
    names = [column for name in found.names for column in (name, *_ends(found, name))]
    return [*(axis.name for axis in found.axes), *names, "problem"]


def _ends(found: Sweep, name: str) -> list[str]:
    """The columns of a result's interval, where it has one."""
    has_any = (
        any(not math.isnan(low) for low in found.ends[name][0]) if name in found.ends else False
    )
    return [f"{name}_low", f"{name}_high"] if has_any else []


def _rows(found: Sweep) -> Iterator[list[Value]]:
    """A row for each point: its values, its results, and the problem behind a gap."""
    columns = []
    for name in found.names:
        columns.append(found.results[name].tolist())
        if _ends(found, name):
            columns += [end.tolist() for end in found.ends[name]]
    for place, (reason, *numbers) in enumerate(zip(found.reasons.tolist(), *columns, strict=True)):
        if not found.has(place):
            continue
        known = [None if math.isnan(number) else number for number in numbers]
        problem = found.gaps[reason].problem if reason >= 0 else None
        yield [*found.point(place), *known, problem]


def _as_json(found: Sweep, scenario: Scenario, notes: list[str]) -> dict[str, object]:
    head = _head(found)
    return {
        "scenario": {"title": scenario.title},
        "axes": [
            {"name": axis.name, "unit": axis.unit, "values": axis.values} for axis in found.axes
        ],
        "quantities": {name: {"unit": unit_of(name)} for name in found.names},
        "points": [dict(zip(head, row, strict=True)) for row in _rows(found)],
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
    lines = [
        *drawn,
        *aligned(_table_rows(found, columns), range(len(found.axes) + len(found.names))),
    ]
    return [
        *lines,
        *(line for each in _notes(found, said, columns) for line in folded(each, columns)),
    ]


def _table_rows(found: Sweep, columns: int | None) -> list[list[str]]:
    rows = [[*(axis.name for axis in found.axes), *found.names]]
    for place in _places(found, columns):
        values = zip(found.axes, found.point(place), strict=True)
        cells = [format_value(value, axis.unit) for axis, value in values]
        rows.append([*cells, *(_result(found, name, place) for name in found.names)])
    return rows


def _places(found: Sweep, columns: int | None) -> list[int]:
    """The points in the table: all in a file or a pipe, a few evenly on a terminal."""
    evaluated = [place for place in range(found.size) if found.has(place)]
    if columns is None or len(evaluated) <= _MOST_ROWS:
        return evaluated
    last = len(evaluated) - 1
    return [evaluated[round(k * last / (_MOST_ROWS - 1))] for k in range(_MOST_ROWS)]


def _result(found: Sweep, name: str, place: int) -> str:
    value = float(found.results[name][place])
    if math.isnan(value):
        return NOT_KNOWN
    low, high = (
        (float(end[place]) for end in found.ends[name]) if name in found.ends else (math.nan,) * 2
    )
    ends = None if math.isnan(low) else (low, high)
    return with_half_width(format_value(value, unit_of(name)), value, ends)


def _notes(found: Sweep, said: list[str], columns: int | None) -> list[str]:
    shown_rows = len(_places(found, columns))
    rest = f"{shown_rows} of {found.size:,} points; -o FILE writes all."
    notes = [*([rest] if shown_rows < found.size else []), *_gap_sentences(found), *said]
    return ["", *notes] if notes else []


def _gap_sentences(found: Sweep) -> list[str]:
    """A sentence on each kind of gap, the first of its points named."""
    return [_gap(found, gap) for gap in found.gaps]


def _gap(grid: Grid, gap: Gap) -> str:
    values = ", ".join(
        _stated(axis, value) for axis, value in zip(grid.axes, grid.point(gap.first), strict=True)
    )
    are = "is a gap" if gap.points == 1 else "are gaps"
    whose = "" if gap.points == 1 else ", the first of them"
    return f"{gap.points:,} of {grid.size:,} points {are}: at {values}{whose}: {gap.sentence}"


def _stated(axis: Axis, value: Value) -> str:
    return f"{axis.name} {format_value(value, axis.unit)}"
