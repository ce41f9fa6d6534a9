"""The first page: where money, time and memory go, what moves the cost, and the figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dsexplore.analysis.summaries.portions import memory_portions, step_portions
from dsexplore.analysis.summaries.stages import stages
from dsexplore.document.document import Document
from dsexplore.document.state import State
from dsexplore.engine.names import unit_of
from dsexplore.scenario.scenario import FIELDS
from dsexplore.scenario.words import description_now, title_now
from dsexplore.text.format import format_value
from dsexplore.text.plain import clean, opening_sentence
from dsexplore.text.tornado import HIGHER, LOWER, tornado
from dsexplore.tui.pages.blocks import MARK, role_of
from dsexplore.tui.pages.memory import verdict, verdict_doubt
from dsexplore.tui.pages.page import GoesOn, Page, tab
from dsexplore.tui.pages.pinned import beside_pinned
from dsexplore.tui.widgets.lines import Span, cell_len, fitted, right, width_of

if TYPE_CHECKING:
    from dsexplore.analysis.sensitivity.sensitivity import Sensitivity

# What stands above every page: the crosses of these come first.
FIGURES = ("total_cost", "total_gpu_hours", "total_days", "mfu")
HEADLINE = (*FIGURES, "step_time", "memory_per_gpu")
# What is laid beside the pinned scenarios.
PINNED = (*HEADLINE, "pretraining_flops", "total_parameters", "active_parameters")

_STEP = 38
_DRIVERS = 6
# Of a driver's line: its label, a change, and a half of the bar between them.
_LABEL, _CHANGE, _HALF, _SHORT_HALF = 26, 9, 7, 4
_WHOLE = _LABEL + 2 * (_CHANGE + _HALF) + 4

# What measured hours are: under the premises of their run, and where one of these has changed.
_AS_MEASURED = {
    "mfu": "GPU-hours are as measured; another run keeps the MFU (measured_basis).",
    "prediction": "GPU-hours are as measured; another run follows the predicted step "
    "(measured_basis).",
    "hours": "GPU-hours are as measured, for another run too (measured_basis).",
}
_CARRIED_OVER = {
    "mfu": "GPU-hours follow from the measured run's MFU (measured_basis).",
    "prediction": "GPU-hours are the measured run's times predicted steps (measured_basis).",
    "hours": "GPU-hours are the measured run's, whatever has changed (measured_basis).",
}


def drivers_of_cost(state: State, _: GoesOn) -> Sequence[Sensitivity]:
    """What moves the cost, the strongest first."""
    from dsexplore.analysis.sensitivity.sensitivity import sensitivities  # noqa: PLC0415 - the start must not pay for it

    # Choices are scenarios of their own, and take as long again.
    return sensitivities(state.current.scenario, "total_cost", with_choices=False)


@tab("Overview", "Over", works_out=drivers_of_cost)
def overview(page: Page) -> None:
    """Where money, time and memory go, drawn; then how the cost comes about, and the figures."""
    document = page.document
    page.crosses(HEADLINE)
    page.heading_of("Where the money goes", "total_cost")
    page.bars(*stages(document.scenario))
    page.heading_of("Where a step goes", "step_time")
    page.drawing(step_portions(document.figure))
    if page.found is not None:  # of runs that are read from a file: no frame waits for it
        page.evidence("step_time", "total_cost")
    page.calibration()
    page.heading_of("Memory of the fullest GPU", "memory_per_gpu")
    if document.results["memory_headroom"] < 0:
        verdict(page)
    verdict_doubt(page)
    page.drawing(memory_portions(document.figure))
    page.layout_note()
    beside_pinned(page, PINNED)
    page.heading("How the pre-training cost is computed")
    _chain(page)
    page.heading("What moves the cost")
    _drivers(page)
    page.heading("What the headline leaves out")
    page.results("experiments_cost", "staff_cost", "cluster_cost", "energy")
    page.heading(f"In figures: {clean(title_now(document.scenario) or document.name)}")
    _description(page)
    _headline(page)
    page.assumptions([row.name for row in page.rows if row.name])


def _description(page: Page) -> None:
    """What the scenario is of, in its own first words, and which changes came after them."""
    scenario = page.document.scenario
    if said := description_now(scenario, opening_sentence(scenario.description)):
        page.text(clean(said), most=8)


def _headline(page: Page) -> None:
    """The figures a headline names."""
    document = page.document
    hardware = document.scenario.hardware
    share = format_value(document.results["expert_activation_share"], "fraction", 3)
    has_experts = document.scenario.architecture.num_routed_experts
    page.result("total_cost")
    page.result("total_gpu_hours", hardware.gpu)
    page.result("pretraining_days", f"on {hardware.num_gpus:,} GPUs")
    page.result("mfu")
    page.basis()
    page.result("step_time", document.coverage)
    page.result("pretraining_flops")
    page.result("total_parameters", document.result_text("parameters_basis"))
    page.result("active_parameters", f"{share} of routed experts" if has_experts else "")


def _chain(page: Page) -> None:
    """Tokens to FLOP to hours to dollars, a line per step."""
    document = page.document
    text, field = document.result_text, document.field_text
    hardware = document.scenario.hardware
    price = format_value(hardware.price_per_gpu_hour, "USD")
    steps = (
        (f"{text('counted_flops_per_token')} × {field('pretraining_tokens')} tokens",
         "pretraining_flops"),
        (_hours_from(document), "pretraining_gpu_hours"),
        (f"÷ {hardware.num_gpus:,} GPUs", "pretraining_days"),
        (f"× {price} per GPU-hour", "pretraining_cost"),
    )  # fmt: skip
    room = min(_STEP, max(len(step) for step, _ in steps))
    for step, name in steps:
        change = document.result_change(name)
        mark = f" {change.mark.ljust(MARK)}"
        taken = room + cell_len(f"  = {clean(text(name))}{mark}  ")
        interval = document.interval(name, page.width - taken)
        has_room = taken + cell_len(interval) <= page.width
        # Without room for its interval, a figure says by a sign that it has a wide one.
        is_doubted = not has_room and not document.is_impossible(name)
        shown = f"= {clean(document.doubted_text(name) if is_doubted else text(name))}"
        shown += mark if has_room else mark.rstrip()
        spare = max(0, page.width - cell_len(shown) - 2)
        spans: list[Span] = [
            (f" {step:<{min(room, spare)}} ", "label"),
            (shown, role_of(change)),
            (f"  {interval}" if has_room and interval else "", "dim"),
        ]
        page.line(spans, name)


def _hours_from(document: Document) -> str:
    """The source of the GPU-hours of pre-training."""
    pretraining = document.scenario.pretraining
    is_held = document.results["measured_run_changed"] and pretraining.measured_basis == "mfu"
    if pretraining.utilization != "measured" or is_held:
        return f"÷ {document.result_text('mfu')} of {document.result_text('mfu_peak_flops')}"
    if document.results["measured_hours_factor"] != 1:
        return f"{document.result_text('measured_hours_factor')} x the measured run's hours"
    if pretraining.stated_pretraining_gpu_hours:
        return "GPU-hours as stated"
    rate = "gpu_hours_per_trillion_tokens"
    return f"{format_value(document.scenario.value(rate), unit_of(rate))}, measured"


def _drivers(page: Page) -> None:
    """The fields that move the cost most: what less and more of each does."""
    scenario = page.document.scenario
    found: Sequence[Sensitivity] = (page.found or ())[:_DRIVERS]
    if page.found is None:
        page.line(((" …", "dim"),))
        # As many lines as there will be: nothing below is to jump.
        for _ in range(_DRIVERS):
            page.blank()
    elif found:
        from dsexplore.analysis.sensitivity.ranges import DEFAULT  # noqa: PLC0415 - as above

        changes = [abs(change) for each in found for change in each.changes]
        most = max((each for each in changes if not math.isnan(each)), default=0.0)
        for each in found:
            _driver(page, each, most)
        page.text(f"Lower {LOWER} and higher {HIGHER}: {DEFAULT}, or the next number that can be.")
    if scenario.pretraining.utilization == "measured" and page.is_known("mfu"):
        changed = page.document.results["measured_run_changed"]
        said = _CARRIED_OVER if changed else _AS_MEASURED
        page.text(said[scenario.pretraining.measured_basis])


def _driver(page: Page, each: Sensitivity, most: float) -> None:
    """A field: the change of the cost at its lower value, a bar, the change at its higher one."""
    from dsexplore.analysis.sensitivity.ranges import NEXT  # noqa: PLC0415 - as above

    low, high = each.changes
    # In a narrow column the bar gives way first, and then the value behind a label.
    half = _HALF if page.width >= _WHOLE else _SHORT_HALF
    room = min(_LABEL, page.width - 2 * (_CHANGE + half) - 4)
    label = FIELDS[each.field].label
    valued = f"{label}, {page.document.field_shown(each.field)}"
    if each.span == NEXT and cell_len(valued) <= room:
        label = valued
    spans: list[Span] = [
        (f" {fitted(label, room)}", "label"),
        (right(_change_text(low), _CHANGE), "value"),
        (f"  {tornado(low, high, most, half)}", "bar"),
        (right(_change_text(high), _CHANGE), "value"),
    ]
    named: list[Span] = [*spans, (f"  {each.field}", "dim")]
    page.line(named if width_of(named) <= page.width else spans, each.field)


def _change_text(change: float) -> str:
    return "" if math.isnan(change) else f"{'+' if change > 0 else ''}{100 * change:.1f} %"
