"""The pipeline as a chart: a row a stage, time across, and what each stage spends its time on."""

from __future__ import annotations

from itertools import groupby

from dsexplore.analysis.pipeline.timeline import (
    Kind,
    Pipeline,
    ScheduleError,
    Timeline,
    chosen_stages,
    pipeline_of,
)
from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.tui.pages.blocks import heading, result, warning_lines, words
from dsexplore.tui.widgets.lines import BLANK, Line, Role, Row, Span, between, cropped, right

MOST_ROWS = 16
_LEFT = 5
_RIGHT = 7
_CELL = 10

# Told apart by density and shape, and by colour only as well.
_LOOKS: dict[Kind, tuple[str, Role, str]] = {
    "forward": ("▒", "bar2", "forward"),
    "backward": ("█", "bar", "backward"),
    "weight": ("▓", "bar3", "weights"),
    "overlapped": ("▞", "value", "both"),
    "idle": ("·", "dim", "idle"),
}


def pipeline(document: Document, width: int) -> list[Row]:
    """The chosen schedule drawn, its bubble in words, and the parts of the step by stage."""
    schedule = document.scenario.parallelism.pipeline_schedule
    rows: list[Row] = [heading(f"Pipeline, {schedule}", width)]
    try:
        found = pipeline_of(document.results, document.scenario)
    except ScheduleError as error:
        rows += [*words(f"No chart: {error}", width), *warning_lines(document, width)]
        return _cropped(rows, width)
    rows += [
        *chart(found.drawn, width),
        *_words(found, width),
        BLANK,
        heading("The bubble in the step, by its published formula", width),
        result(document, "Bubble", "bubble_time", width),
        result(document, "of the step", "bubble_share", width),
        BLANK,
        heading("A step by stage, all as slow as the slowest", width),
        *_parts(found, width),
        *warning_lines(document, width),
    ]
    return _cropped(rows, width)


def _cropped(rows: list[Row], width: int) -> list[Row]:
    return [Row(cropped(row.line, width), row.name) for row in rows]


def chart(timeline: Timeline, width: int) -> list[Row]:
    """Stages against time; where there are too many stages, some of them."""
    columns = max(8, width - _LEFT - _RIGHT)
    stages = chosen_stages(len(timeline.stages), MOST_ROWS)
    lines: list[Line] = [cropped(_legend(timeline), width)]
    lines += [_row(timeline, stage, columns) for stage in stages]
    end = format_value(timeline.end, "second", 3)
    axis = between(((" " * _LEFT + "0 s", "dim"),), ((end, "dim"),), _LEFT + columns)
    lines.append(axis)
    if len(stages) < len(timeline.stages):
        note = f" {len(stages)} of {len(timeline.stages):,} stages, evenly chosen"
        lines.append(cropped(((note, "dim"),), width))
    return [Row(cropped(line, width)) for line in lines]


def _legend(timeline: Timeline) -> list[Span]:
    spans: list[Span] = [(" stage", "dim")]
    there = {kind for parts in timeline.parts for kind, spent in parts.items() if spent > 0}
    for kind, (mark, role, word) in _LOOKS.items():
        if kind in there:
            spans += [(f"  {mark}", role), (f" {word}", "plain")]
    return spans


def _row(timeline: Timeline, stage: int, columns: int) -> Line:
    spans: list[Span] = [(f"{right(str(stage), _LEFT - 1)} ", "label")]
    for kind, group in groupby(timeline.sampled(stage, columns)):
        mark, role, _ = _LOOKS[kind]
        spans.append((mark * len(list(group)), role))
    idle = format_value(timeline.idle_share_of(stage), "fraction", 2)
    spans.append((right(idle, _RIGHT), "dim"))
    return tuple(spans)


def _words(found: Pipeline, width: int) -> list[Row]:
    """What the drawing shows, and how much of it is idle there and in the whole step."""
    drawn, whole = (
        format_value(share, "fraction", 3) for share in (found.drawn.idle_share, found.idle_share)
    )
    number = found.drawn.micro_batches
    if number == found.micro_batches:
        text = f"Stages are idle {whole} of the time with {number:,} micro-batches."
    else:
        text = (
            f"Drawn with {number:,} of {found.micro_batches:,} micro-batches, where stages are "
            f"idle {drawn} of the time; with all of them {whole}."
        )
    return words(text, width, "plain")


def _parts(found: Pipeline, width: int) -> list[Row]:
    """Time of each stage by kind, the whole step's passes."""
    kinds = [kind for kind in _LOOKS if kind in found.kinds]
    head = "".join(right(_LOOKS[kind][2], _CELL) for kind in kinds)
    drawn = [Row(cropped(((" stage", "dim"), (head, "dim")), width))]
    rows = [
        (stage, tuple(format_value(found.parts[stage][kind], "second", 3) for kind in kinds))
        for stage in chosen_stages(len(found.parts), MOST_ROWS)
    ]
    for cells, group in groupby(rows, key=lambda row: row[1]):
        stages = [stage for stage, _ in group]
        # Stages that do the same share a line.
        name = f"{stages[0]}–{stages[-1]}" if len(stages) > 1 else f"{stages[0]}"
        shown = "".join(right(cell, _CELL) for cell in cells)
        drawn.append(Row(cropped(((right(name, 6), "label"), (shown, "value")), width)))
    return drawn
