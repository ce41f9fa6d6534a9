"""Pages of one step: its arithmetic and time, its memory, its traffic."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.tui.pages.blocks import (
    bars,
    basis,
    heading,
    result,
    results,
    warning_lines,
    words,
)
from dsexplore.tui.widgets.lines import BLANK, Row, cropped

_STEP = (
    ("Compute", "compute_time"),
    ("Exposed communication", "exposed_communication_time"),
    ("Bubble", "bubble_time"),
    ("Optimiser", "optimizer_time"),
    ("Stragglers", "straggler_time"),
    ("Fixed", "step_overhead"),
)

_PROFILE = (
    ("Forward", "forward_alone_time"),
    ("Backward", "backward_alone_time"),
    ("Backward for weights", "weight_backward_time"),
    ("Forward with backward", "overlapped_1f1b_time"),
    ("Bubble, stragglers", "idle_time"),
    ("Gradients, optimiser", "update_time"),
)


def compute(document: Document, width: int) -> list[Row]:
    """The step and its parts, FLOP by each convention, and the utilisation they come to."""
    rows = [
        heading("FLOP a token, trained", width),
        *results(
            document,
            (
                ("Causal attention", "training_flops_per_token"),
                ("Full attention", "training_flops_per_token_full"),
                ("6 × active parameters", "six_nd_flops_per_token"),
                ("Executed, repeats too", "hardware_flops_per_token"),
            ),
            width,
        ),
        BLANK,
        heading("A step, predicted", width),
        result(document, "One step", "step_time", width),
        *bars(document, _STEP, width),
        *assumption(document, width),
        *_profile(document, width),
        BLANK,
        heading("Utilisation", width),
        result(document, "MFU, predicted", "predicted_mfu", width),
        result(document, "MFU, in force", "mfu", width),
        basis(document, width),
        result(document, "with full attention", "mfu_full", width),
        result(document, "HFU", "hfu", width, "causal, repeats counted"),
        *results(
            document,
            (
                ("Peak", "mfu_peak_flops"),
                ("Achieved a GPU", "achieved_flops_per_gpu"),
            ),
            width,
        ),
        BLANK,
        heading("Forward, causal", width),
        *bars(
            document,
            (
                ("Matrices", "matmul_flops_per_token"),
                ("Attention", "attention_flops_per_token"),
            ),
            width,
        ),
        BLANK,
        heading("The run", width),
        result(document, "FLOP", "pretraining_flops", width, _counting(document)),
        *results(
            document,
            (
                ("Tokens a second and GPU", "tokens_per_second_per_gpu"),
                ("as predicted", "predicted_tokens_per_second_per_gpu"),
                ("Tokens a day", "tokens_per_day"),
                ("Optimiser steps", "optimizer_steps"),
                ("GPU-hours", "pretraining_gpu_hours"),
                ("Days", "pretraining_days"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]
    return [Row(cropped(row.line, width), row.name) for row in rows]


def _profile(document: Document, width: int) -> list[Row]:
    """The step as a profile of DualPipe is printed; other schedules overlap no passes."""
    if not document.scenario.parallelism.pipeline_schedule.startswith("dualpipe"):
        return []
    return [
        BLANK,
        heading("The same, as a profile prints it", width),
        *bars(document, _PROFILE, width),
    ]


def _counting(document: Document) -> str:
    return f"counted {document.scenario.pretraining.flop_accounting}"


def assumption(document: Document, width: int) -> list[Row]:
    """Says that nobody chose the layout which this is predicted from."""
    if document.results["layout_is_stated"]:
        return []
    text = "No layout is stated: each accelerator holds the whole model."
    return words(text, width)
