"""Predictions beside measurements as tables: every figure, and errors summed up by group."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from dsexplore.analysis.accuracy.accuracy import (
    Accuracy,
    Comparison,
    Errors,
    errors_of,
    grouped_errors,
)
from dsexplore.analysis.accuracy.gains import Gain
from dsexplore.analysis.accuracy.left_out import as_calibrated
from dsexplore.text.columns import aligned, folded, percent
from dsexplore.text.format import format_value
from dsexplore.text.markdown import in_markdown
from dsexplore.text.plain import Printable, in_lines

_COLUMNS = 80
_Rows = list[list[str]]
# Left out: the same runs by a fit without their source; None where it is not asked for.
_LeftOut = Sequence[Comparison] | None
NAMES = ("runs", "mean", "median", "worst", "signed mean", "within")


def as_table(result: Accuracy, left_out: _LeftOut, pairs: Sequence[Gain], by: str) -> Printable:
    """For a terminal of 80 columns: long names are folded."""
    lines: list[str] = []
    for rows, numbers in (*_figures(result, left_out), _pairs(pairs), _sums(result, left_out, by)):
        if len(rows) > 1:
            lines += [*aligned(rows, numbers, _COLUMNS, names=0, hang=4), ""]
    guesses = _guesses(result)
    return in_lines([*lines, *folded(guesses, _COLUMNS)] if guesses else lines[:-1])


def as_markdown(result: Accuracy, left_out: _LeftOut, pairs: Sequence[Gain], by: str) -> Printable:
    """As Markdown, with what each run assumes."""
    lines: list[str] = []
    told = [[", ".join(each.assumed) for each in found] for found in _parts(result)]
    figures = [
        ([[*row, note] for row, note in zip(rows, ["assumed", *notes], strict=True)], numbers)
        for (rows, numbers), notes in zip(_figures(result, left_out), told, strict=True)
    ]
    for rows, numbers in (*figures, _pairs(pairs), _sums(result, left_out, by)):
        if len(rows) > 1:
            lines += [*in_markdown(rows, numbers), ""]
    return in_lines(lines[:-1])


def _parts(result: Accuracy) -> tuple[Sequence[Comparison], ...]:
    return (result.runs, result.memory, result.parts)


def _figures(result: Accuracy, left_out: _LeftOut) -> list[tuple[_Rows, tuple[int, ...]]]:
    """A table each of what was measured in time, of memory and of parts of a step."""
    return [_rows(result.runs, left_out), _rows(result.memory, None), _rows(result.parts, None)]


def _rows(found: Sequence[Comparison], left_out: _LeftOut) -> tuple[_Rows, tuple[int, ...]]:
    """Rows of a table of figures with its head, and the columns of numbers."""
    head = ["name", "quantity", "measured", "predicted", "error"]
    rows = [
        [
            each.name,
            each.quantity,
            format_value(each.measured, each.unit),
            format_value(each.predicted, each.unit),
            percent(each.error),
        ]
        for each in found
    ]
    numbers: tuple[int, ...] = (2, 3, 4)
    if left_out is not None:
        head.append("left out")
        rows = [[*row, percent(one.error)] for row, one in zip(rows, left_out, strict=True)]
        numbers = (2, 3, 4, 5)
    if any(each.is_covered is not None for each in found):
        head.append("within")
        rows = [[*row, _within(each)] for row, each in zip(rows, left_out or found, strict=True)]
    return [head, *rows], numbers


def _within(found: Comparison) -> str:
    return {None: "–", True: "yes", False: "no"}[found.is_covered]


def _pairs(pairs: Sequence[Gain]) -> tuple[_Rows, tuple[int, ...]]:
    """Rows of what a lower precision gains of one layout, the means last."""
    rows = [["faster than in BF16", "measured", "predicted", "error"]]
    rows += [
        [each.name, f"{each.measured:.2f}", f"{each.predicted:.2f}", percent(each.error)]
        for each in pairs
    ]
    if len(pairs) > 1:
        measured, predicted = (
            fmean(getattr(each, name) for each in pairs) for name in ("measured", "predicted")
        )
        mean = [f"{measured:.2f}", f"{predicted:.2f}", percent(predicted / measured - 1)]
        rows.append([f"mean of {len(pairs)}", *mean])
    return rows, (1, 2, 3)


def _sums(result: Accuracy, left_out: _LeftOut, by: str) -> tuple[_Rows, tuple[int, ...]]:
    """Rows of errors by group and of all, and the columns of numbers."""
    rows = [["absolute error", *NAMES], *group_rows(result.runs, by)]
    if left_out is not None:
        rows += [[f"{name}, left out", *cells] for name, *cells in group_rows(left_out, by)]
        calibrated = as_calibrated(result.runs)
        if calibrated:
            named = group_rows(calibrated, by)
            rows += [[f"{name}, one run calibrates", *cells, "–"] for name, *cells, _ in named]
    for name, found in (("memory", result.memory), ("parts of a step", result.parts)):
        if found:
            rows.append([name, *error_cells(errors_of(found))])
    return rows, tuple(range(1, len(NAMES) + 1))


def group_rows(found: Sequence[Comparison], by: str) -> _Rows:
    """A row of errors for each group, the row of all last."""
    rows = [[name, *error_cells(errors)] for name, errors in grouped_errors(found, by).items()]
    return [*rows, ["all", *error_cells(errors_of(found))]]


def error_cells(errors: Errors) -> list[str]:
    """The cells of `NAMES`."""
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
