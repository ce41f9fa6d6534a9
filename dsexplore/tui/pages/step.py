"""The page of compute: a step's time and its parts, FLOP by each convention, utilisation."""

from __future__ import annotations

from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.tui.pages.page import Page, tab


@tab("Compute", "Comp")
def compute(page: Page) -> None:
    """The step and its parts, FLOP by each convention, and the utilisation they come to."""
    page.heading("Training FLOP per token")
    page.result("training_flops_per_token", "causal attention")
    page.results(
        "training_flops_per_token_full",
        "six_nd_flops_per_token",
        "hardware_flops_per_token",
    )
    page.heading("Predicted step")
    page.result("step_time")
    page.evidence("step_time")
    page.calibration()
    page.bars(
        "compute_time",
        "exposed_communication_time",
        "host_waiting_time",
        "bubble_time",
        "optimizer_time",
        "straggler_time",
        "step_overhead_time",
    )
    page.layout_note()
    _profile(page)
    page.heading("Utilisation")
    page.results("predicted_mfu", "mfu")
    page.basis()
    page.result("mfu_full")
    page.result("hfu", "with recomputation")
    page.results("mfu_peak_flops", "achieved_flops_per_gpu")
    page.heading("Forward FLOP per token, causal")
    page.bars("matmul_flops_per_token", "attention_flops_per_token")
    page.heading("The pre-training run")
    accounting = page.document.scenario.pretraining.flop_accounting
    page.result("pretraining_flops", f"counted {accounting}")
    page.results(
        "tokens_per_second_per_gpu",
        "predicted_tokens_per_second_per_gpu",
        "tokens_per_day",
        "optimizer_steps",
        "pretraining_gpu_hours",
        "pretraining_days",
    )
    page.warnings()


def _profile(page: Page) -> None:
    """The step as a profile of DualPipe is printed; other schedules overlap no passes."""
    if not SCHEDULES[page.document.scenario.parallelism.pipeline_schedule].overlaps:
        return
    page.heading("The step as a profile prints it")
    page.bars(
        "forward_alone_time",
        "backward_alone_time",
        "weight_backward_time",
        "overlapped_1f1b_time",
        "idle_time",
        "update_time",
    )
