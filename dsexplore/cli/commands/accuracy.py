"""`dsexplore accuracy`: predictions of published runs beside their measurements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dsexplore.analysis.accuracy.accuracy import (
    GROUPS,
    Accuracy,
    Comparison,
    Errors,
    accuracy,
    errors_of,
    grouped_errors,
)
from dsexplore.analysis.accuracy.fit import left_out_by_source
from dsexplore.analysis.accuracy.runs import Run, shipped_runs
from dsexplore.cli.errors import REFUSED, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.run_files import fittable, readable_runs
from dsexplore.cli.output.columns import aligned, folded, percent
from dsexplore.cli.output.stdout import write_out
from dsexplore.text.csv_text import to_csv
from dsexplore.text.format import format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import in_markdown
from dsexplore.text.plain import Printable, in_lines

_FORMATS = ("table", "json", "csv", "markdown")
_COLUMNS = 80
_BY = "kind"
_USAGE = (
    f"dsexplore accuracy [FILE ...] [--by {'|'.join(GROUPS)}] [--left-out] "
    f"[--format {'|'.join(_FORMATS)}]"
)
_EPILOG = """\
A file of runs looks like this. Only name, an accelerator, architecture and measured are required.
Any field of any panel may be stated inline; assumed holds guesses; measured holds quantities by
name, in base units or as text with a unit:

  [[run]]
  name = "our-8b"
  stack = "megatron-2022"
  software = "Megatron-Core 0.12"
  gpu = "h100-80gb-sxm"
  num_gpus = 128
  hardware = { scale_out_bandwidth = "25 GB/s" }
  architecture = { preset = "llama-3-8b" }
  parallelism = { tensor_parallel = 2, pipeline_parallel = 1 }
  pretraining = { sequence_length = 8192, global_batch_size = 512, precision = "bf16" }
  counts = { causal = true, recompute = false }
  assumed = { micro_batch_size = 1 }
  measured = { mfu = 0.41, memory_per_gpu = "61 GB" }
  source = "our own cluster, June"

examples:
  dsexplore accuracy                              every run shipped with dsexplore
  dsexplore accuracy our-runs.toml --by precision the runs of a file, summed up by precision
  dsexplore accuracy --left-out                   also with each source left out of the fit
"""


def run(words: list[str]) -> int:
    """Print runs beside their predictions; returns the exit status."""
    parser = _parser()
    arguments = parser.parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    one_of("--by", arguments.by, tuple(GROUPS))
    runs, refused = readable_runs(arguments.files)
    if not runs and refused:
        raise refused[0]
    result = accuracy(runs)
    left_out = left_out_errors(runs) if arguments.left_out else None
    if arguments.format == "json":
        text = _json(result, left_out)
    elif arguments.format == "csv":
        text = _csv(result, left_out)
    elif arguments.format == "markdown":
        text = _markdown(result, left_out, arguments.by)
    else:
        text = _table(result, left_out, arguments.by)
    write_out(text)
    for warning in (*result.warnings, *map(str, refused)):
        say(warning)
    return REFUSED if refused else 0


def left_out_errors(runs: Sequence[Run]) -> dict[str, float]:
    """Signed error of each run, with every factor fitted to the shipped runs of other files only.

    Runs unfit for fitting are left out.
    """
    names = {run.name for run in runs}
    others = [other for other in shipped_runs() if other.name not in names]
    found = left_out_by_source(fittable([*others, *runs]), {run.file for run in runs})
    return {name: error for name, error in found.items() if name in names}


def _parser() -> Parser:
    parser = Parser(
        "accuracy",
        usage=_USAGE,
        summary="Compare predictions of published runs with their measurements: the step time "
        "where it is known,\nelse MFU or HFU, counted as the run's source counts it, or another "
        "quantity.\n\nAn error is of a step's time: above zero where the prediction is too slow. "
        "That of memory and\nof parts of a step is their own.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help="files of runs, or presets of the kind 'runs'"
    )
    parser.add_argument(
        "--by", metavar="GROUP", default=_BY, help=f"sum errors up by {', '.join(GROUPS)}"
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="also each run's error with every factor fitted to the other sources alone (a minute)",
    )
    parser.add_argument("--format", metavar="FORMAT", default=_FORMATS[0], help=", ".join(_FORMATS))
    return parser


# Tables


def _table(result: Accuracy, left_out: Mapping[str, float] | None, by: str) -> Printable:
    lines = []
    for found in (result.runs, result.memory, result.parts):
        if found:
            rows, numbers = _rows(found, left_out if found is result.runs else None)
            lines += [*aligned(rows, numbers, _COLUMNS, names=0, hang=4), ""]
    sums, numbers = _sums(result, left_out, by)
    lines += aligned(sums, numbers, _COLUMNS, names=0, hang=4)
    guesses = _guesses(result)
    if guesses:
        lines += ["", *folded(guesses, _COLUMNS)]
    return in_lines(lines)


def _markdown(result: Accuracy, left_out: Mapping[str, float] | None, by: str) -> Printable:
    lines = []
    for found in (result.runs, result.memory, result.parts):
        if found:
            rows, numbers = _rows(found, left_out if found is result.runs else None)
            told = [
                [*row, ", ".join(each.assumed)] for row, each in zip(rows[1:], found, strict=True)
            ]
            lines += [*in_markdown([[*rows[0], "assumed"], *told], numbers), ""]
    sums, numbers = _sums(result, left_out, by)
    return in_lines([*lines, *in_markdown(sums, numbers)])


def _rows(
    found: Sequence[Comparison], left_out: Mapping[str, float] | None
) -> tuple[list[list[str]], tuple[int, ...]]:
    """Rows of a table of figures with its head, and the columns of numbers."""
    head = ["name", "quantity", "measured", "predicted", "error"]
    head += [] if left_out is None else ["left out"]
    has_interval = any(each.is_covered is not None for each in found)
    head += ["within"] if has_interval else []
    rows = [
        [
            each.name,
            each.quantity,
            format_value(each.measured, each.unit),
            format_value(each.predicted, each.unit),
            percent(each.error),
            *([] if left_out is None else [percent(left_out.get(each.name, math.nan))]),
            *([_within(each)] if has_interval else []),
        ]
        for each in found
    ]
    return [head, *rows], (2, 3, 4) if left_out is None else (2, 3, 4, 5)


def _within(found: Comparison) -> str:
    return {None: "–", True: "yes", False: "no"}[found.is_covered]


def _sums(
    result: Accuracy, left_out: Mapping[str, float] | None, by: str
) -> tuple[list[list[str]], tuple[int, ...]]:
    """Rows of errors by group and of all, and the columns of numbers."""
    head = ["absolute error", "runs", "mean", "median", "worst", "signed mean", "within"]
    rows = [[name, *_cells(errors)] for name, errors in grouped_errors(result.runs, by).items()]
    rows.append(["all", *_cells(result.errors)])
    if left_out is not None:
        mean, largest = mean_and_largest(left_out)
        means = [percent(mean, signed=False), "", percent(largest, signed=False)]
        rows.append(["all, source left out", str(len(left_out)), *means, "", ""])
    for name, found in (("memory", result.memory), ("parts of a step", result.parts)):
        if found:
            rows.append([name, *_cells(errors_of(found))])
    return [head, *rows], tuple(range(1, len(head)))


def _cells(errors: Errors) -> list[str]:
    sizes = (errors.mean, errors.median, errors.worst)
    return [
        str(errors.runs),
        *(percent(size, signed=False) for size in sizes),
        percent(errors.bias),
        percent(errors.coverage, 0, signed=False),
    ]


def _guesses(result: Accuracy) -> str:
    """What is assumed of how many runs, in a sentence; empty where nothing is."""
    names = [name for found in result.runs for name in found.assumed]
    counted = [f"{name} of {names.count(name)}" for name in dict.fromkeys(names)]
    return f"Assumed, as sources do not say: {', '.join(counted)}." if counted else ""


def mean_and_largest(errors: Mapping[str, float]) -> tuple[float, float]:
    """Mean and largest absolute error; nan without errors."""
    sizes = [abs(error) for error in errors.values()]
    return (sum(sizes) / len(sizes), max(sizes)) if sizes else (math.nan, math.nan)


# Data


def _json(result: Accuracy, left_out: Mapping[str, float] | None) -> Printable:
    document: dict[str, object] = {
        "runs": [_record(found, left_out) for found in result.runs],
        **_errors(result.errors),
        "by": {
            by: {
                name: {"runs": each.runs, **_errors(each)}
                for name, each in grouped_errors(result.runs, by).items()
            }
            for by in GROUPS
        },
        "memory": [_record(found, None) for found in result.memory],
        "parts": [_record(found, None) for found in result.parts],
    }
    if left_out is not None:
        mean, largest = mean_and_largest(left_out)
        document |= {
            "mean_absolute_left_out_error": mean,
            "max_absolute_left_out_error": largest,
        }
    return to_json(document)


def _csv(result: Accuracy, left_out: Mapping[str, float] | None) -> Printable:
    every = [*result.runs, *result.memory, *result.parts]
    rows = [_record(found, left_out) for found in every]
    head = list(rows[0]) if rows else []
    return to_csv([head, *([_csv_cell(cell) for cell in row.values()] for row in rows)])


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _record(found: Comparison, left_out: Mapping[str, float] | None) -> dict[str, object]:
    return {
        "name": found.name,
        "quantity": found.quantity,
        "unit": found.unit,
        "measured": found.measured,
        "predicted": found.predicted,
        "error": found.error,
        **({} if left_out is None else {"left_out_error": left_out.get(found.name)}),
        "low": found.low,
        "high": found.high,
        "covered": found.is_covered,
        "kind": found.kind,
        "source": found.file,
        "gpu": found.gpu,
        "stack": found.stack,
        "precision": found.precision,
        "assumed": list(found.assumed),
    }


def _errors(errors: Errors) -> dict[str, object]:
    return {
        "mean_absolute_error": errors.mean,
        "median_absolute_error": errors.median,
        "max_absolute_error": errors.worst,
        "mean_error": errors.bias,
        "coverage": errors.coverage,
    }
