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
from dsexplore.analysis.accuracy.gains import Gain, gains
from dsexplore.analysis.accuracy.left_out import as_calibrated, as_left_out
from dsexplore.analysis.accuracy.measured import SUBJECTS, TRAINING
from dsexplore.analysis.accuracy.runs import RUNS, UNSEEN
from dsexplore.cli.errors import REFUSED, UsageError, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import presets_or_files
from dsexplore.cli.input.run_files import readable_runs
from dsexplore.cli.output.accuracy_tables import as_markdown, as_table
from dsexplore.cli.output.stdout import write_out
from dsexplore.text.csv_text import to_csv
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError

_FORMATS = ("table", "json", "csv", "markdown")
_BY = "kind"
_USAGE = (
    f"dsexplore accuracy [FILE ...] [--kind {'|'.join(SUBJECTS)}] [--by {'|'.join(GROUPS)}] "
    f"[--left-out | --unseen] [--format {'|'.join(_FORMATS)}]"
)
_EPILOG = """\
A file of runs looks like this. Only name, an accelerator, architecture and measured are required.
Any field of any panel may be stated inline; assumed holds guesses; measured holds quantities by
name, in base units or as text with a unit:

  [[run]]
  name = "our-8b"
  stack = "megatron-core"
  software = "Megatron-Core 0.12"
  gpu = "h100-80gb-sxm"
  num_gpus = 128
  hardware = { scale_out_bandwidth = "25 GB/s" }
  architecture = { preset = "llama-3-8b" }
  parallelism = { tensor_parallel = 2, pipeline_parallel = 1 }
  pretraining = { sequence_length = 8192, global_batch_size = 512, precision = "bf16" }
  counts = { causal = true, recompute = false }
  assumed = { micro_batch_size = 1 }
  measured = { mfu = 0.46, memory_per_gpu = "56 GB" }
  source = "our own cluster, June"

examples:
  dsexplore accuracy                              every run shipped with dsexplore
  dsexplore accuracy our-runs.toml --by precision the runs of a file, summed up by precision
  dsexplore accuracy --kind rl                    iterations of reinforcement learning
  dsexplore accuracy --left-out --by kind         also as predicted without a run's source
  dsexplore accuracy --unseen                     runs that were kept from every fit
"""


def run(words: list[str]) -> int:
    """Print runs beside their predictions; returns the exit status."""
    arguments = grammar().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    one_of("--by", arguments.by, tuple(GROUPS))
    if arguments.kind:
        one_of("--kind", arguments.kind, SUBJECTS)
    if arguments.unseen and (arguments.left_out or arguments.files):
        said = "--unseen with a file or --left-out"
        raise UsageError(f"accuracy: found {said}; allowed: one of them")
    runs, refused = readable_runs(arguments.files, UNSEEN if arguments.unseen else RUNS)
    if not runs and refused:
        raise refused[0]
    # Of what ships, a step of training unless serving or RL is asked for; of a file, all it holds.
    kind = arguments.kind or ("" if arguments.files else TRAINING)
    runs = [run for run in runs if kind in ("", run.subject)]
    if not runs:
        raise ScenarioError("--kind", f"no run of {kind}", "a kind that the files hold")
    result = accuracy(runs)
    left_out = as_left_out(runs, result.runs) if arguments.left_out else None
    pairs = gains(runs, result.runs)
    if arguments.format == "json":
        text = _json(result, left_out, pairs)
    elif arguments.format == "csv":
        text = _csv(result, left_out)
    else:
        drawn = as_markdown if arguments.format == "markdown" else as_table
        text = drawn(result, left_out, pairs, arguments.by)
    write_out(text)
    for warning in (*result.warnings, *map(str, refused)):
        say(warning)
    return REFUSED if refused else 0


def grammar() -> Parser:
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
        "files",
        metavar="FILE",
        nargs="*",
        words=presets_or_files("runs"),
        help="files of runs, or presets of the kind 'runs'",
    )
    parser.add_argument(
        "--kind",
        metavar="KIND",
        words=SUBJECTS,
        default="",
        help=f"runs that measured {', '.join(SUBJECTS)}; of what ships, training by default",
    )
    parser.add_argument(
        "--by",
        metavar="GROUP",
        default=_BY,
        words=tuple(GROUPS),
        help=f"sum errors up by {', '.join(GROUPS)}",
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="also show each run's error by a fit without its whole source",
    )
    parser.add_argument(
        "--unseen", action="store_true", help="shipped runs that no fit has read, instead"
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        default=_FORMATS[0],
        words=_FORMATS,
        help=", ".join(_FORMATS),
    )
    return parser


def mean_and_largest(errors: Mapping[str, float]) -> tuple[float, float]:
    """Mean and largest absolute error; nan without errors."""
    sizes = [abs(error) for error in errors.values()]
    return (sum(sizes) / len(sizes), max(sizes)) if sizes else (math.nan, math.nan)


def _json(
    result: Accuracy, left_out: Sequence[Comparison] | None, pairs: Sequence[Gain]
) -> Printable:
    document: dict[str, object] = {
        "runs": _records(result.runs, left_out),
        **_errors(result.runs),
        "precision_gains": [
            {
                "name": pair.name,
                "of": pair.other,
                "measured": pair.measured,
                "predicted": pair.predicted,
                "error": pair.error,
            }
            for pair in pairs
        ],
        "memory": _records(result.memory),
        "parts": _records(result.parts),
    }
    if left_out is not None:
        document["left_out"] = _errors(left_out)
        document["calibrated"] = _errors(as_calibrated(result.runs))
    return to_json(document)


def _csv(result: Accuracy, left_out: Sequence[Comparison] | None) -> Printable:
    every = [*result.runs, *result.memory, *result.parts]
    other = None if left_out is None else [*left_out, *result.memory, *result.parts]
    rows = _records(every, other)
    head = list(rows[0]) if rows else []
    return to_csv([head, *([_csv_cell(cell) for cell in row.values()] for row in rows)])


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _records(
    found: Sequence[Comparison], left_out: Sequence[Comparison] | None = None
) -> list[dict[str, object]]:
    """A record for each figure; with those left out, their errors and whether they are covered."""
    if left_out is None:
        return [_record(each) for each in found]
    return [
        {**_record(each), "left_out_error": other.error, "left_out_covered": other.is_covered}
        for each, other in zip(found, left_out, strict=True)
    ]


def _record(found: Comparison) -> dict[str, object]:
    return {
        "name": found.name,
        "quantity": found.quantity,
        "unit": found.unit,
        "measured": found.measured,
        "predicted": found.predicted,
        "error": found.error,
        "low": found.low,
        "high": found.high,
        "covered": found.is_covered,
        "kind": found.kind,
        "source": found.file,
        "gpu": found.gpu,
        "stack": found.stack,
        "precision": found.precision,
        "recipe": found.recipe,
        "assumed": list(found.assumed),
    }


def _errors(found: Sequence[Comparison]) -> dict[str, object]:
    """Errors of all runs, and of each group of them."""
    return {
        **_sums(errors_of(found)),
        "by": {
            by: {
                name: {"runs": each.runs, **_sums(each)}
                for name, each in grouped_errors(found, by).items()
            }
            for by in GROUPS
        },
    }


def _sums(errors: Errors) -> dict[str, float]:
    return {
        "mean_absolute_error": errors.mean,
        "median_absolute_error": errors.median,
        "max_absolute_error": errors.worst,
        "mean_error": errors.bias,
        "coverage": errors.coverage,
    }
