"""The page of compute: a step's time and its parts, FLOP by each convention, utilisation."""

from __future__ import annotations

from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.tui.pages.page import Page, tab


@tab("Compute", "Comp")
def compute(page: Page) -> None:
    """The step and its parts, FLOP by each convention, and the utilisation they come to."""
    page.heading("FLOP a token, trained")
    page.results(
        ("Causal attention", "training_flops_per_token"),
        ("Full attention", "training_flops_per_token_full"),
        ("6 × active parameters", "six_nd_flops_per_token"),
        ("Executed, repeats too", "hardware_flops_per_token"),
    )
    page.heading("A step, predicted")
    page.result("One step", "step_time")
    page.bars(
        ("Compute", "compute_time"),
        ("Exposed communication", "exposed_communication_time"),
        ("Bubble", "bubble_time"),
        ("Optimiser", "optimizer_time"),
        ("Stragglers", "straggler_time"),
        ("Fixed", "step_overhead"),
    )
    page.layout_note()
    _profile(page)
    page.heading("Utilisation")
    page.results(("MFU, predicted", "predicted_mfu"), ("MFU, in force", "mfu"))
    page.basis()
    page.result("with full attention", "mfu_full")
    page.result("HFU", "hfu", "causal, repeats counted")
    page.results(("Peak", "mfu_peak_flops"), ("Achieved a GPU", "achieved_flops_per_gpu"))
    page.heading("Forward, causal")
    page.bars(("Matrices", "matmul_flops_per_token"), ("Attention", "attention_flops_per_token"))
    page.heading("The run")
    accounting = page.document.scenario.pretraining.flop_accounting
    page.result("FLOP", "pretraining_flops", f"counted {accounting}")
    page.results(
        ("Tokens a second and GPU", "tokens_per_second_per_gpu"),
        ("as predicted", "predicted_tokens_per_second_per_gpu"),
        ("Tokens a day", "tokens_per_day"),
        ("Optimiser steps", "optimizer_steps"),
        ("GPU-hours", "pretraining_gpu_hours"),
        ("Days", "pretraining_days"),
    )
    page.warnings()


def _profile(page: Page) -> None:
    """The step as a profile of DualPipe is printed; other schedules overlap no passes."""
    if not SCHEDULES[page.document.scenario.parallelism.pipeline_schedule].overlaps:
        return
    page.heading("The same, as a profile prints it")
    page.bars(
        ("Forward", "forward_alone_time"),
        ("Backward", "backward_alone_time"),
        ("Backward for weights", "weight_backward_time"),
        ("Forward with backward", "overlapped_1f1b_time"),
        ("Bubble, stragglers", "idle_time"),
        ("Gradients, optimiser", "update_time"),
    )
