"""The page of RL: a rollout's timeline, the pipeline's stages, FLOP, answers and memory."""

from __future__ import annotations

from functools import cache

from dsexplore.analysis.summaries.distilled import Distilled, distilled
from dsexplore.analysis.summaries.rl_timeline import rl_timeline
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.page import Page, tab
from dsexplore.tui.widgets.lines import clean

_HOURS = {
    "pretraining": "follow from FLOP at the MFU of pre-training",
    "assumed": "follow from FLOP at an assumed MFU",
    "measured": "are as measured",
    "predicted": "are as the parts of a rollout predict",
}
_NO_CAP = (
    "No cap is stated: the prediction waits for what the spread of lengths gives, and one after "
    "another counts the mean."
)
_DESCRIBED = ("rl_gpu_hours", "rl_samples", "sft_gpu_hours")


@tab("RL")
def reinforcement(page: Page) -> None:
    """RL and fine-tuning: time, money, FLOP, and what rules them."""
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
        _longest_answer(page)
    _stages(page)
    if values["distillation_cost"]:
        _distillation(page)
    if has_samples:
        _flops(page)
        _answers_and_models(page)
    page.heading("Fine-tuning")
    page.results(
        ("Cost", "sft_cost"),
        ("Tokens of the set", "sft_tokens"),
        ("Tokens processed", "sft_processed_tokens"),
        ("Cold start, processed", "cold_start_processed_tokens"),
        ("Rejection sampling", "rejection_generated_tokens"),
    )
    page.warnings()


def _nothing(page: Page) -> None:
    """Says that no RL is described, with the hours of post-training if those are stated."""
    page.heading("RL")
    page.text("No reinforcement learning or fine-tuning is described.", "plain")
    page.text("Gradient steps and samples on the RL panel are 0.")
    if page.document.results["post_training_hours"]:
        page.heading("Post-training, as stated")
        page.results(("GPU-hours", "post_training_hours"), ("Cost", "post_training_cost"))


def _hours(page: Page) -> None:
    """What RL costs, however that is known."""
    page.heading("RL")
    page.results(("Cost", "rl_cost"), ("GPU-hours", "rl_gpu_hours"), ("Days", "rl_days"))
    known = _HOURS[page.document.scenario.reinforcement.rl_utilization]
    page.text(f"Hours {known}. c compares them with another's.")
    if page.document.results["rl_samples"] == 0:
        page.text("Its steps and answers are not stated.")


def _utilisation(page: Page) -> None:
    page.heading("Utilisation")
    page.result("MFU it comes to", "rl_implied_mfu")
    page.result("Break-even MFU", "rl_break_even_mfu", "hours as pre-training")


def _iteration(page: Page) -> None:
    """The parts of an iteration where they lie in time, and what they come to."""
    document = page.document
    page.heading("One rollout and what follows, predicted")
    rl = document.scenario.reinforcement
    parts = rl_timeline(document.results, rl.rl_placement, rl.rl_staleness)
    page.spans_of_time(*((p.label, p.name, p.start_share, p.end_share) for p in parts))
    if not parts:
        page.text("Its parts are not known.")
    bound = clean(document.result_text("rollout_bound"))
    page.result("One iteration", "rl_iteration_time", f"rollout bound by {bound}" if bound else "")
    page.results(
        ("All rollouts, days", "rl_predicted_days"),
        ("in GPU-hours", "rl_predicted_gpu_hours"),
    )


def _longest_answer(page: Page) -> None:
    page.heading("The longest answer")
    page.result("Expected, of a rollout", "rl_expected_longest_response", "tokens")
    page.result("Answers cut at the cap", "rl_capped_share")
    page.result("One after another", "rl_serial_tokens", "tokens")
    page.result("Days at decode speed", "rl_serial_days")
    page.result("Speed the days come to", "rl_implied_decode_speed")
    if page.document.scenario.reinforcement.max_response_length == 0:
        page.text(_NO_CAP)


def _stages(page: Page) -> None:
    page.heading("Post-training, by stage")
    page.bars(
        ("Cold start", "cold_start_cost"),
        ("First RL", "first_rl_cost"),
        ("Rejection sampling", "rejection_cost"),
        ("Fine-tuning", "fine_tuning_cost"),
        ("Later RL", "later_rl_cost"),
    )
    page.result("All of it", "post_training_cost")


def _distillation(page: Page) -> None:
    """The small models that learn from this one's answers."""
    page.heading("Distillation, apart")
    page.result("All small models", "distillation_cost")
    try:
        models = _models()
    except ScenarioError as error:  # of a file of the user's own
        page.text(str(error), "problem")
        return
    for model in models:
        cost, hours = format_value(model.cost, "USD"), format_value(model.gpu_hours, "GPU-hour")
        page.figure(f"  {model.name}", cost, f"{hours}, a scenario of its own")


@cache
def _models() -> list[Distilled]:
    return distilled()


def _flops(page: Page) -> None:
    page.heading("Where its FLOP go")
    page.result("FLOP", "rl_flops")
    page.bars(
        ("Generation", "rl_generation_flops"),
        ("Prompts", "rl_prefill_flops"),
        ("Log-probabilities", "rl_log_probability_flops"),
        ("Updates", "rl_update_flops"),
        ("Judge", "rl_reward_flops"),
        ("Value model", "rl_value_flops"),
    )


def _answers_and_models(page: Page) -> None:
    page.heading("Answers")
    page.results(
        ("Sampled", "rl_samples"),
        ("Tokens generated", "rl_generated_tokens"),
        ("Tokens at an API's price", "rl_api_cost"),
    )
    page.heading("Models held at once")
    page.results(
        ("Models", "rl_models_in_memory"),
        ("Weights", "rl_model_bytes"),
        ("with training's state", "rl_state_bytes"),
        ("A value model would be", "rl_value_model_bytes"),
    )
