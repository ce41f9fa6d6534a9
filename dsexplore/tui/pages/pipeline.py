"""The pipeline as a chart: one row per stage, time across, and the time of each stage by kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby

from dsexplore.analysis.pipeline.replay import Kind, ScheduleError
from dsexplore.analysis.pipeline.timeline import (
    TIMES,
    Pipeline,
    Timeline,
    chosen_stages,
    pipeline_of,
)
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.text.format import format_value
from dsexplore.tui.pages.page import Page, tab
from dsexplore.tui.widgets.lines import Line, Role, Span, between, packed, right
from dsexplore.tui.widgets.writer import Writer

MOST_ROWS = 16
# Lines of a page that are no stage's.
_BESIDE_CHART = 8
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


@tab("Pipeline", "Pipe")
def pipeline(page: Page) -> None:
    """The chosen schedule drawn, its bubble in words, and the parts of the step by stage."""
    scenario = page.document.scenario
    page.heading(f"Pipeline, {SCHEDULES[scenario.parallelism.pipeline_schedule].title}")
    try:
        found = pipeline_of(page.document.results, scenario)
    except ScheduleError as error:
        page.text(f"No chart: {error}")
    else:
        _drawn(page, found)
    page.warnings()


def _drawn(page: Page, found: Pipeline) -> None:
    marked = partial(page.document.marked_by, TIMES)
    chart(page, found.drawn, marked, page.height - _BESIDE_CHART)
    page.text(_idle(found, marked), "plain")
    page.heading("Bubble of the step by its published formula")
    page.results("bubble_time", "bubble_share")
    page.heading("Step time by stage, all at the pace of the slowest")
    _parts(page, found, marked)


def chart(
    page: Writer, timeline: Timeline, marked: Callable[[str], str] = str, most: int = 0
) -> None:
    """Stages against time; where there are too many for `most` lines, some of them.

    `marked` marks a figure's text where it cannot be had.
    """
    columns = max(8, page.width - _LEFT - _RIGHT - len(marked("")))
    stages = chosen_stages(len(timeline.stages), max(MOST_ROWS, most))
    for line in packed(_legend(timeline), page.width):
        page.line(line)
    for stage in stages:
        page.line(_row(timeline, stage, columns, marked))
    end = marked(format_value(timeline.end, "second", 3))
    page.line(between(((" " * _LEFT + "0 s", "dim"),), ((end, "dim"),), _LEFT + columns))
    if len(stages) < len(timeline.stages):
        note = f" {len(stages)} of {len(timeline.stages):,} stages, evenly chosen"
        page.line(((note, "dim"),))


def _legend(timeline: Timeline) -> list[list[Span]]:
    pieces: list[list[Span]] = [[(" stage", "dim")]]
    there = {kind for parts in timeline.parts for kind, spent in parts.items() if spent > 0}
    for kind, (mark, role, word) in _LOOKS.items():
        if kind in there:
            pieces.append([(mark, role), (f" {word}", "plain")])
    return pieces


def _row(timeline: Timeline, stage: int, columns: int, marked: Callable[[str], str]) -> Line:
    spans: list[Span] = [(f"{right(str(stage), _LEFT - 1)} ", "label")]
    for kind, group in groupby(timeline.sampled(stage, columns)):
        mark, role, _ = _LOOKS[kind]
        spans.append((mark * len(list(group)), role))
    idle = marked(format_value(timeline.idle_share_of(stage), "fraction", 2))
    spans.append((right(idle, _RIGHT + len(marked(""))), "dim"))
    return tuple(spans)


def _idle(found: Pipeline, marked: Callable[[str], str]) -> str:
    """How much of the time stages are idle, as drawn and in the whole step."""
    drawn, whole = (
        marked(format_value(share, "fraction", 3))
        for share in (found.drawn.idle_share, found.idle_share)
    )
    number = found.drawn.micro_batches
    if number == found.micro_batches:
        several = "micro-batch" if number == 1 else "micro-batches"
        return f"Stages are idle {whole} of the time with {number:,} {several}."
    return (
        f"Drawn with {number:,} of {found.micro_batches:,} micro-batches, where stages are "
        f"idle {drawn} of the time; with all of them {whole}."
    )


def _parts(page: Page, found: Pipeline, marked: Callable[[str], str]) -> None:
    """Time of each stage by kind, over the passes of the whole step."""
    kinds = [kind for kind in _LOOKS if kind in found.kinds]
    width = min(_CELL, (page.width - 6) // max(1, len(kinds)))
    head = "".join(right(_LOOKS[kind][2], width) for kind in kinds)
    page.line(((" stage", "dim"), (head, "dim")))
    rows = [
        (
            stage,
            tuple(marked(format_value(found.parts[stage][kind], "second", 3)) for kind in kinds),
        )
        for stage in chosen_stages(len(found.parts), MOST_ROWS)
    ]
    for cells, group in groupby(rows, key=lambda row: row[1]):
        stages = [stage for stage, _ in group]
        # Stages that do the same share a line.
        name = f"{stages[0]}–{stages[-1]}" if len(stages) > 1 else f"{stages[0]}"
        shown = "".join(right(cell, width) for cell in cells)
        page.line(((right(name, 6), "label"), (shown, "value")))
