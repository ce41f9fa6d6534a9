"""The page of RL: a rollout's timeline, the pipeline's stages, FLOP, answers and memory."""

from __future__ import annotations

from functools import cache

from dsexplore.analysis.summaries.distilled import Distilled, distilled
from dsexplore.analysis.summaries.rl_timeline import Activity, rl_timeline
from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.blocks import (
    LABELLED,
    bars,
    heading,
    labelled,
    plain_result,
    result,
    results,
    warning_lines,
    words,
)
from dsexplore.tui.widgets.lines import BLANK, Role, Row, Span, clean, cropped, placed_bar

_STAGES = (
    ("Cold start", "cold_start_cost"),
    ("First RL", "first_rl_cost"),
    ("Rejection sampling", "rejection_cost"),
    ("Fine-tuning", "fine_tuning_cost"),
    ("Later RL", "later_rl_cost"),
)
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


def reinforcement(document: Document, width: int) -> list[Row]:
    """RL and fine-tuning: time, money, FLOP, and what rules them."""
    if all(document.results[name] == 0 for name in _DESCRIBED):
        return _nothing(document, width)
    has_rl = document.results["rl_samples"] != 0
    has_hours = document.results["rl_gpu_hours"] != 0
    return [
        *(_hours(document, width) if has_rl or has_hours else []),
        *(_rl(document, width) if has_rl else []),
        heading("Post-training, by stage", width),
        *bars(document, _STAGES, width),
        result(document, "All of it", "post_training_cost", width),
        *_distillation(document, width),
        *(_arithmetic(document, width) if has_rl else []),
        BLANK,
        heading("Fine-tuning", width),
        *results(
            document,
            (
                ("Cost", "sft_cost"),
                ("Tokens of the set", "sft_tokens"),
                ("Tokens processed", "sft_processed_tokens"),
                ("Cold start, processed", "cold_start_processed_tokens"),
                ("Rejection sampling", "rejection_generated_tokens"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]


def _nothing(document: Document, width: int) -> list[Row]:
    rows = [
        heading("RL", width),
        *words("No reinforcement learning or fine-tuning is described.", width, "plain"),
        *words("Gradient steps and samples on the RL panel are 0.", width),
    ]
    if not document.results["post_training_hours"]:
        return rows
    stated = (("GPU-hours", "post_training_hours"), ("Cost", "post_training_cost"))
    return [
        *rows,
        BLANK,
        heading("Post-training, as stated", width),
        *results(document, stated, width),
    ]


def _hours(document: Document, width: int) -> list[Row]:
    """What RL costs, however that is known."""
    rl = document.scenario.reinforcement
    rows = [
        heading("RL", width),
        *results(
            document,
            (("Cost", "rl_cost"), ("GPU-hours", "rl_gpu_hours"), ("Days", "rl_days")),
            width,
        ),
        *words(f"Hours {_HOURS[rl.rl_utilization]}. c compares them with another's.", width),
        BLANK,
    ]
    if document.results["rl_samples"] != 0:
        return rows
    return [*rows[:-1], *words("Its steps and answers are not stated.", width), BLANK]


def _rl(document: Document, width: int) -> list[Row]:
    rl = document.scenario.reinforcement
    return [
        heading("Utilisation", width),
        result(document, "MFU it comes to", "rl_implied_mfu", width),
        result(document, "Break-even MFU", "rl_break_even_mfu", width, "hours as pre-training"),
        BLANK,
        heading("One rollout and what follows, predicted", width),
        *_timeline(document, width),
        result(document, "One iteration", "rl_iteration_time", width, _bound(document)),
        *results(
            document,
            (
                ("All rollouts, days", "rl_predicted_days"),
                ("in GPU-hours", "rl_predicted_gpu_hours"),
            ),
            width,
        ),
        BLANK,
        heading("The longest answer", width),
        result(document, "Expected, of a rollout", "rl_expected_longest_response", width, "tokens"),
        result(document, "Answers cut at the cap", "rl_capped_share", width),
        result(document, "One after another", "rl_serial_tokens", width, "tokens"),
        result(document, "Days at decode speed", "rl_serial_days", width),
        result(document, "Speed the days come to", "rl_implied_decode_speed", width),
        *(words(_NO_CAP, width) if rl.max_response_length == 0 else []),
        BLANK,
    ]


def _bound(document: Document) -> str:
    bound = clean(document.result_text("rollout_bound"))
    return f"rollout bound by {bound}" if bound else ""


def _timeline(document: Document, width: int) -> list[Row]:
    """A bar a part, where it lies in time."""
    rl = document.scenario.reinforcement
    parts = rl_timeline(document.results, rl.rl_placement, rl.rl_staleness)
    if not parts:
        return words("Its parts are not known.", width)
    return [_activity(document, part, index, width) for index, part in enumerate(parts)]


def _activity(document: Document, part: Activity, index: int, width: int) -> Row:
    room = max(8, min(50, width - LABELLED - 3))
    color: Role = ("bar", "bar2", "bar3")[index % 3]
    change: Role = "changed" if document.result_change(part.name) else "value"
    spans: list[Span] = [
        *labelled(part.label, clean(document.result_text(part.name)), change),
        ("  ", "plain"),
        (placed_bar(part.start_share, part.end_share, room), color),
    ]
    return Row(cropped(spans, width), part.name)


def _distillation(document: Document, width: int) -> list[Row]:
    """The small models that learn from this one's answers, where there are any."""
    if not document.results["distillation_cost"]:
        return []
    rows = [
        BLANK,
        heading("Distillation, apart", width),
        result(document, "All small models", "distillation_cost", width),
    ]
    try:
        models = _models()
    except ScenarioError as error:  # of a file of the user's own
        return [*rows, *words(str(error), width, "problem")]
    for model in models:
        cost, hours = format_value(model.cost, "USD"), format_value(model.gpu_hours, "GPU-hour")
        note = f"{hours}, a scenario of its own"
        rows.append(plain_result(f"  {model.name}", cost, note, width))
    return rows


@cache
def _models() -> list[Distilled]:
    return distilled()


def _arithmetic(document: Document, width: int) -> list[Row]:
    return [
        BLANK,
        heading("Where its FLOP go", width),
        result(document, "FLOP", "rl_flops", width),
        *bars(
            document,
            (
                ("Generation", "rl_generation_flops"),
                ("Prompts", "rl_prefill_flops"),
                ("Log-probabilities", "rl_log_probability_flops"),
                ("Updates", "rl_update_flops"),
                ("Judge", "rl_reward_flops"),
                ("Value model", "rl_value_flops"),
            ),
            width,
        ),
        BLANK,
        heading("Answers", width),
        *results(
            document,
            (
                ("Sampled", "rl_samples"),
                ("Tokens generated", "rl_generated_tokens"),
                ("Tokens at an API's price", "rl_api_cost"),
            ),
            width,
        ),
        BLANK,
        heading("Models held at once", width),
        *results(
            document,
            (
                ("Models", "rl_models_in_memory"),
                ("Weights", "rl_model_bytes"),
                ("with training's state", "rl_state_bytes"),
                ("A value model would be", "rl_value_model_bytes"),
            ),
            width,
        ),
    ]
