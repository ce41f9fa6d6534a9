"""The page of RL: a rollout's timeline, the cost of each stage, FLOP, responses and memory."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dsexplore.text.format import format_value
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.page import Page, tab

if TYPE_CHECKING:
    from dsexplore.analysis.summaries.distilled import Distilled

_HOURS = {
    "pretraining": "come from FLOP at the MFU of pre-training",
    "assumed": "come from FLOP at an assumed MFU",
    "measured": "are as measured",
    "predicted": "come from the predicted iteration",
}
# Ways that know nothing of rollouts, which wait for their longest response.
_BY_FLOP = ("pretraining", "assumed")
_CARRIED_OVER = "follow from hours measured on another run (measured_basis)"
_NO_CAP = (
    "No response length cap is stated: the longest response follows from the spread of lengths."
)
_NO_BOUND = (
    "A price per token bounds no cost of one's own: its provider decodes far larger batches."
)
_HELD = {
    "colocated": "all models at once, at least",
    "disaggregated": "the fuller side, at least",
}
_TOO_MUCH = (
    "More than fits, in the layout of the Parallelism panel: recompute whole layers or share an "
    "answer among accelerators (recompute, context_parallel)."
)
_DESCRIBED = ("rl_gpu_hours", "rl_samples", "sft_gpu_hours")


@tab("RL", chooses_in="reinforcement")
def reinforcement(page: Page) -> None:
    """RL and fine-tuning: time, money, FLOP, and what limits them."""
    values = page.document.results
    if all(values[name] == 0 for name in _DESCRIBED):
        _nothing(page)
        return
    has_samples = values["rl_samples"] != 0
    if has_samples or values["rl_gpu_hours"] != 0:
        _hours(page)
    if has_samples:
        _utilisation(page)
        _iteration(page)
        _longest_response(page)
    _stages(page)
    if values["distillation_cost"]:
        _distillation(page)
    if has_samples:
        _flops(page)
        _answers_and_models(page)
    page.heading("Supervised fine-tuning (SFT)")
    page.results(
        "sft_cost",
        "sft_tokens",
        "sft_processed_tokens",
        "cold_start_processed_tokens",
        "rejection_generated_tokens",
    )
    page.warnings()


def _nothing(page: Page) -> None:
    """Says that no RL is described, with the hours of post-training if those are stated."""
    page.heading("RL")
    page.text("No reinforcement learning or fine-tuning is described.", "plain")
    page.text(
        "State it on the RL panel: gradient steps (rl_gradient_steps) or samples (sft_samples) are "
        "0 now."
    )
    if page.document.results["post_training_hours"]:
        page.heading("Post-training, as stated")
        page.results("post_training_hours", "post_training_cost")


def _hours(page: Page) -> None:
    """The cost of RL and how its hours are known."""
    page.crosses(("rl_gpu_hours", "rl_iteration_time"))
    page.heading("RL")
    page.results("rl_cost", "rl_gpu_hours", "rl_days")
    how = page.document.scenario.reinforcement.rl_utilization
    is_carried = how == "measured" and page.document.results["measured_run_changed"]
    known = _CARRIED_OVER if is_carried else f"{_HOURS[how]} (rl_utilization)"
    compares = page.by_key("compare", "; ", " compares scenarios")
    page.text(f"RL hours {known}{compares}.")
    if how in _BY_FLOP and page.is_known("rl_predicted_gpu_hours"):
        predicted = page.document.result_text("rl_predicted_gpu_hours", 3)
        page.text(f"By the predicted iteration they are {predicted} (rl_utilization predicted).")
    if how == "measured" and page.document.results["rl_gpu_hours"] == 0:
        page.text("No measured hours are stated (measured_rl_gpu_hours).", "problem")
    if page.document.results["rl_samples"] == 0:
        page.text("The steps and responses of RL are not stated.")


def _utilisation(page: Page) -> None:
    page.heading("RL utilisation")
    page.result("rl_implied_mfu")
    page.result("rl_break_even_mfu", "hours as pre-training")


def _iteration(page: Page) -> None:
    """The parts of an iteration in time, and their totals."""
    from dsexplore.analysis.summaries.rl_timeline import rl_timeline  # noqa: PLC0415 - the start must not pay for it

    document = page.document
    page.heading("Predicted RL iteration")
    rl = document.scenario.reinforcement
    parts = rl_timeline(document.results, rl.rl_placement, rl.rl_staleness)
    page.spans_of_time(*((part.name, part.start_share, part.end_share) for part in parts))
    if not parts:
        page.text("The parts of an iteration are not known.")
    bound = clean(document.result_text("rollout_bound"))
    page.result("rl_iteration_time", f"rollout bound by {bound}" if bound else "")
    page.results(
        "rl_predicted_days",
        "rl_predicted_gpu_hours",
    )
    page.evidence("rl_iteration_time")
    page.offer("search", ": who generates and learns, the fastest first.")


def _longest_response(page: Page) -> None:
    page.heading("The longest response of a rollout")
    page.result("rl_expected_longest_response", "tokens")
    page.result("rl_capped_share")
    page.result("rl_serial_tokens", "tokens")
    page.result("rl_decode_speed", clean(page.document.result_text("rl_decode_speed_basis")))
    page.result("rl_serial_days")
    page.result("rl_mean_serial_days")
    page.result("rl_implied_decode_speed")
    if page.document.scenario.reinforcement.max_response_length == 0:
        page.text(_NO_CAP)


def _stages(page: Page) -> None:
    page.heading("Post-training cost by stage")
    page.bars(
        "cold_start_cost",
        "first_rl_cost",
        "rejection_cost",
        "fine_tuning_cost",
        "later_rl_cost",
    )
    page.result("post_training_cost")


def _distillation(page: Page) -> None:
    """The small models that learn from this one's responses."""
    page.heading("Distillation, not in the total")
    page.result("distillation_cost")
    try:
        models = _models()
    except ScenarioError as error:  # of a file of the user's own
        page.text(str(error), "problem")
        return
    for model in models:
        note = f"{model.gpu_hours_text}, a scenario of its own"
        page.figure(f"  {model.name}", model.cost_text, note)


@cache
def _models() -> list[Distilled]:
    from dsexplore.analysis.summaries.distilled import distilled  # noqa: PLC0415 - nor for this

    return distilled()


def _flops(page: Page) -> None:
    page.heading("RL FLOP by part")
    page.result("rl_flops")
    page.bars(
        "rl_generation_flops",
        "rl_prefill_flops",
        "rl_log_probability_flops",
        "rl_update_flops",
        "rl_reward_flops",
        "rl_value_flops",
    )


def _answers_and_models(page: Page) -> None:
    page.heading("Responses")
    page.results(
        "rl_samples",
        "rl_generated_tokens",
        "rl_api_cost",
    )
    if page.document.results["rl_api_cost"] > 0:
        page.text(_NO_BOUND)
    page.heading("Models held at once in RL")
    page.results(
        "rl_models_in_memory",
        "rl_model_bytes",
        "rl_state_bytes",
        "rl_value_model_bytes",
    )
    page.heading("RL memory per GPU")
    page.results(
        "rl_policy_memory",
        "rl_frozen_memory",
        "rl_value_memory",
        "rl_activation_memory",
    )
    memory = page.document.scenario.hardware.memory_capacity
    capacity = format_value(memory, "byte", 3)
    page.result("rl_learning_memory", f"of {capacity}")
    if memory is not None and page.document.results["rl_learning_memory"] > memory:
        page.text(_TOO_MUCH)
    page.results("serving_weight_memory", "rl_cache_memory")
    page.result("rl_generating_memory", f"of {capacity}")
    page.result("rl_memory_per_gpu", _HELD[page.document.scenario.reinforcement.rl_placement])
    page.results("rl_fewest_gpus", "rl_grpo_fewest_gpus", "rl_ppo_fewest_gpus")
