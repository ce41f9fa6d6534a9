"""`dsexplore accuracy`: predictions of published runs beside their measurements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dsexplore.analysis.accuracy.accuracy import Accuracy, Comparison, accuracy
from dsexplore.analysis.accuracy.fit import calibrate
from dsexplore.analysis.accuracy.runs import Run, shipped_runs
from dsexplore.cli.errors import REFUSED, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.run_files import fittable, named_runs, refused_runs
from dsexplore.cli.output.columns import aligned, percent
from dsexplore.cli.output.stdout import write_out
from dsexplore.text.format import format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import in_markdown
from dsexplore.text.plain import Printable, in_lines

_FORMATS = ("table", "json", "markdown")
_UNITS = {"step_time": "second", "mfu": "fraction", "hfu": "fraction"}
_NUMBERS = (2, 3, 4, 5)
_USAGE = f"dsexplore accuracy [FILE ...] [--leave-one-out] [--format {'|'.join(_FORMATS)}]"
_EPILOG = """\
A file of runs looks like this. Only name, gpu, architecture and measured are required; assumed
holds guesses:

  [[run]]
  name = "our-8b"
  stack = "megatron-2022"
  gpu = "h100-80gb-sxm"
  num_gpus = 128
  architecture = { preset = "llama-3-8b" }
  parallelism = { tensor_parallel = 2, pipeline_parallel = 1 }
  pretraining = { sequence_length = 8192, global_batch_size = 512, precision = "bf16" }
  counts = { causal = true, recompute = false }
  assumed = { micro_batch_size = 1 }
  measured = { mfu = 0.41 }
  source = "our own cluster, June"

examples:
  dsexplore accuracy                              every run shipped with dsexplore
  dsexplore accuracy our-runs.toml                the runs of a file
  dsexplore accuracy --leave-one-out              also predict each run from all the others
"""


def run(words: list[str]) -> int:
    """Print runs beside their predictions; returns the exit status."""
    parser = _parser()
    arguments = parser.parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    runs = named_runs(arguments.files)
    result = accuracy(runs)
    left_out = left_out_errors(runs) if arguments.leave_one_out else None
    if arguments.format == "json":
        text = _json(result, left_out)
    else:
        text = _text(result, left_out, is_markdown=arguments.format == "markdown")
    write_out(text)
    refusals = refused_runs(arguments.files)
    for warning in (*result.warnings, *refusals):
        say(warning)
    return REFUSED if refusals else 0


def left_out_errors(runs: Sequence[Run]) -> dict[str, float]:
    """Signed error of each run, with every factor fitted to all other runs, shipped ones included.

    Runs unfit for fitting are left out.
    """
    names = {run.name for run in runs}
    others = [other for other in shipped_runs() if other.name not in names]
    found = calibrate(fittable([*others, *runs])).left_out_errors
    return {name: error for name, error in found.items() if name in names}


def _parser() -> Parser:
    parser = Parser(
        "accuracy",
        usage=_USAGE,
        summary="Compare predictions of published runs with their measurements: the step time "
        "where it is known,\nelse MFU or HFU, counted as the run's source counts it.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help="files of runs, or presets of the kind 'runs'"
    )
    parser.add_argument(
        "--leave-one-out",
        action="store_true",
        help="also show each run's error with every factor fitted to the other runs",
    )
    parser.add_argument("--format", metavar="FORMAT", default=_FORMATS[0], help=", ".join(_FORMATS))
    return parser


def _text(
    result: Accuracy, left_out: Mapping[str, float] | None, *, is_markdown: bool
) -> Printable:
    head = ["name", "quantity", "measured", "predicted", "error"]
    head += ["assumed"] if left_out is None else ["left out", "assumed"]
    rows = [head, *(_row(found, left_out) for found in result.runs)]
    numbers = _NUMBERS[: len(head) - 3]
    lines = in_markdown(rows, numbers) if is_markdown else aligned(rows, numbers)
    ends = [
        ("mean absolute error", result.mean_absolute_error),
        ("max absolute error", result.max_absolute_error),
    ]
    if left_out is not None:
        mean, largest = mean_and_largest(left_out)
        ends += [("mean absolute error, left out", mean), ("max absolute error, left out", largest)]
    sums = [(name, percent(error, signed=False)) for name, error in ends]
    below = [f"- {name}: {error}" for name, error in sums] if is_markdown else aligned(sums, [1])
    return in_lines([*lines, "", *below])


def _row(found: Comparison, left_out: Mapping[str, float] | None) -> list[str]:
    unit = _UNITS[found.quantity]
    cells = [
        found.name,
        found.quantity,
        format_value(found.measured, unit),
        format_value(found.predicted, unit),
        percent(found.error),
    ]
    if left_out is not None:
        cells.append(percent(left_out.get(found.name, math.nan)))
    return [*cells, ", ".join(found.assumed)]


def mean_and_largest(errors: Mapping[str, float]) -> tuple[float, float]:
    """Mean and largest absolute error; nan without errors."""
    sizes = [abs(error) for error in errors.values()]
    return (sum(sizes) / len(sizes), max(sizes)) if sizes else (math.nan, math.nan)


def _json(result: Accuracy, left_out: Mapping[str, float] | None) -> Printable:
    document: dict[str, object] = {
        "runs": [
            {
                "name": found.name,
                "quantity": found.quantity,
                "measured": found.measured,
                "predicted": found.predicted,
                "error": found.error,
                **({} if left_out is None else {"left_out_error": left_out.get(found.name)}),
                "assumed": list(found.assumed),
            }
            for found in result.runs
        ],
        "mean_absolute_error": result.mean_absolute_error,
        "max_absolute_error": result.max_absolute_error,
    }
    if left_out is not None:
        mean, largest = mean_and_largest(left_out)
        document |= {
            "mean_absolute_left_out_error": mean,
            "max_absolute_left_out_error": largest,
        }
    return to_json(document)
