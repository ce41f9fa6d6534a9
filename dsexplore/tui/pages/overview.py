"""The first page: what it cost, what drives that, and what a headline leaves out."""

from __future__ import annotations

from dsexplore.analysis.solve.sensitivity import drivers
from dsexplore.document.document import Document
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import format_value
from dsexplore.tui.pages.blocks import (
    bars,
    basis,
    heading,
    moved_mark,
    result,
    results,
    warning_lines,
    words,
)
from dsexplore.tui.widgets.lines import BLANK, Row, Span, clean, cropped

_FIRST_STAGES = (
    ("Pre-training", "pretraining_cost"),
    ("Context extension", "context_extension_cost"),
)
_STATED_STAGES = (*_FIRST_STAGES, ("Post-training", "post_training_cost"))
_SINGLE_STAGES = (*_FIRST_STAGES, ("Fine-tuning", "sft_cost"), ("RL", "rl_cost"))


def overview(document: Document, width: int) -> list[Row]:
    """What it cost, and what drives that."""
    values = document.results
    scenario = document.scenario
    text = document.result_text
    gpus = f"on {scenario.hardware.num_gpus:,} GPUs"
    share = format_value(values["expert_activation_share"], "fraction", 3)
    of_experts = f"{share} of routed experts" if scenario.architecture.num_routed_experts else ""
    return [
        Row(cropped(((f" {clean(scenario.title or document.name)}", "title"),), width)),
        BLANK,
        result(document, "Cost, all stages", "total_cost", width),
        result(document, "GPU-hours", "total_gpu_hours", width, scenario.hardware.gpu),
        result(document, "Pre-training", "pretraining_days", width, gpus),
        result(document, "MFU", "mfu", width),
        basis(document, width),
        result(document, "FLOP", "pretraining_flops", width),
        result(document, "Parameters", "total_parameters", width, text("parameters_basis")),
        result(document, "Active a token", "active_parameters", width, of_experts),
        *warning_lines(document, width),
        BLANK,
        heading("Where the money goes", width),
        *bars(document, stages(document), width),
        BLANK,
        heading("How pre-training comes to that", width),
        *_chain(document, width),
        BLANK,
        heading("What moves the cost: a tenth more of", width),
        *_drivers(document, width),
        BLANK,
        heading("What the headline leaves out", width),
        *results(document, _LEFT_OUT, width),
    ]


def stages(document: Document) -> tuple[tuple[str, str], ...]:
    """Post-training in one where its hours were stated, its parts where they were computed."""
    stated = document.scenario.pretraining.post_training_gpu_hours > 0
    return _STATED_STAGES if stated else _SINGLE_STAGES


_LEFT_OUT = (
    ("Experiments", "experiments_cost"),
    ("Staff", "staff_cost"),
    ("Buying the cluster", "cluster_cost"),
    ("Energy", "energy"),
)


def _chain(document: Document, width: int) -> list[Row]:
    """Tokens to FLOP to hours to dollars, a step a line."""
    text = document.result_text
    field = document.field_text
    price = format_value(document.scenario.hardware.price_per_gpu_hour, "USD")
    steps = (
        (f"{text('counted_flops_per_token')} × {field('pretraining_tokens')} tokens",
         "pretraining_flops"),
        (_hours_from(document), "pretraining_gpu_hours"),
        (f"÷ {field('num_gpus')} GPUs", "pretraining_days"),
        (f"× {price} a GPU-hour", "pretraining_cost"),
    )  # fmt: skip
    lines: list[Row] = []
    for step, name in steps:
        mark = moved_mark(document, name)
        spans: list[Span] = [
            (f" {step:<38} ", "label"),
            (f"= {clean(text(name))}", "value" if mark == " " else "changed"),
            (f" {mark}", "changed"),
        ]
        lines.append(Row(cropped(spans, width), name))
    return lines


def _hours_from(document: Document) -> str:
    """What the GPU-hours of pre-training follow from."""
    pretraining = document.scenario.pretraining
    if pretraining.utilization != "measured":
        return f"÷ {document.result_text('mfu')} of {document.result_text('mfu_peak_flops')}"
    if pretraining.stated_pretraining_gpu_hours:
        return "GPU-hours as stated"
    return f"{document.field_text('gpu_hours_per_trillion_tokens')} GPU-h per T tokens, measured"


def _drivers(document: Document, width: int) -> list[Row]:
    lines: list[Row] = []
    for driver in drivers(document.scenario, "total_cost", 6):
        label = FIELDS[driver.field].label
        sign = "+" if driver.effect > 0 else ""
        effect = f"{sign}{format_value(driver.effect, 'fraction', 2)}"
        spans: list[Span] = [
            (f" {label:<24}", "label"),
            (f"{effect:>13}", "value"),
            (f"  {driver.field}", "dim"),
        ]
        lines.append(Row(cropped(spans, width), driver.field))
    if document.scenario.pretraining.utilization == "measured":
        lines += words("Hours are as measured; m holds the MFU in their place.", width)
    return lines
