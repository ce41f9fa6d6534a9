"""Laws of more and less: what never falls, and what never rises, when one field grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from dsexplore.engine import GRAPH, evaluate
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.scenario import FIELDS

Inputs = Mapping[str, Any]

_OF_A_LAYOUT = ("layout", "memory", "traffic", "step")
# A result that moves the wrong way by this share is rounded, not wrong.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Rule:
    """When one of the fields grows, the results `rise` or stay, or they fall or stay."""

    fields: tuple[str, ...]
    results: tuple[str, ...]
    rise: bool
    holds: Callable[[Inputs], bool]


def _always(_: Inputs) -> bool:
    return True


def _rule(fields: str, rise: bool, results: str, holds: Callable[[Inputs], bool] = _always) -> Rule:
    return Rule(tuple(fields.split()), tuple(results.split()), rise, holds)


def _rate_is_stated(inputs: Inputs) -> bool:
    """Whether more tokens take more hours, not a higher MFU in the hours that are stated."""
    return inputs["utilization"] != "measured" or inputs["stated_pretraining_gpu_hours"] == 0


def _answers_are_known(inputs: Inputs) -> bool:
    by_day = inputs["input_tokens_per_day"] > 0 and inputs["output_tokens_per_day"] > 0
    return by_day or inputs["serving_answer_length"] > 0


def _follows_from_flops(inputs: Inputs) -> bool:
    return inputs["rl_utilization"] in ("pretraining", "assumed")


_SPEED = "step_time decode_step_time prefill_time_per_token"
_SIZES = "total_parameters active_parameters model_bytes training_flops_per_token"
_RENT = (
    "pretraining_cost context_extension_cost post_training_cost total_cost sft_cost rl_cost"
    " experiments_cost cost_with_development serving_cost_per_day cost_per_million_output_tokens"
    " cost_per_million_input_tokens pretraining_cost_per_million_tokens distillation_cost"
)

RULES = (
    # A run
    _rule("pretraining_tokens", True, "pretraining_flops optimizer_steps expert_dispatch_bytes"),
    _rule("pretraining_tokens", True, "pretraining_gpu_hours pretraining_days pretraining_cost"),
    _rule("pretraining_tokens", True, "total_cost total_gpu_hours energy", _rate_is_stated),
    _rule("price_per_gpu_hour", True, _RENT),
    _rule("assumed_mfu goodput", False, "pretraining_gpu_hours pretraining_cost"),
    _rule(
        "num_gpus",
        False,
        "pretraining_days",
        # A predicted step may be slower over more nodes, and so may hours held by prediction.
        lambda inputs: (
            inputs["utilization"] != "predicted" and inputs["measured_basis"] != "prediction"
        ),
    ),
    _rule("gpu_power power_usage_effectiveness", True, "energy carbon energy_cost"),
    _rule("electricity_price gpu_price", True, "energy_cost cluster_cost cost_of_ownership"),
    _rule("gpu_lifetime", False, "cost_of_ownership"),
    _rule("carbon_intensity", True, "carbon"),
    _rule("water_usage_effectiveness", True, "water water_with_experiments"),
    _rule("staff staff_cost_per_year staff_years", True, "staff_cost cost_with_development"),
    _rule(
        "experiments_multiplier",
        True,
        "experiments_cost cost_with_development energy_with_experiments carbon_with_experiments "
        "water_with_experiments",
    ),
    _rule("idle_share cost_of_capital", True, "cost_of_ownership"),
    _rule("context_extension_gpu_hours", True, "total_gpu_hours total_cost total_days"),
    _rule(
        "gpu_mean_time_to_failure",
        True,
        "predicted_goodput time_between_failures",
        lambda inputs: inputs["gpu_mean_time_to_failure"] > 0,
    ),
    _rule("restart_time checkpoint_time", False, "predicted_goodput"),
    # A model
    _rule("num_layers", True, f"{_SIZES} kv_cache_bytes_per_token decode_overhead"),
    _rule("hidden_size vocab_size intermediate_size moe_intermediate_size", True, _SIZES),
    _rule("num_attention_heads num_shared_experts experts_per_token", True, _SIZES),
    _rule("num_routed_experts", True, "total_parameters mtp_parameters",
          lambda inputs: inputs["num_routed_experts"] > 0),
    _rule("mtp_layers", True, "mtp_parameters"),
    _rule("num_kv_heads head_dim kv_lora_rank", True, "kv_cache_bytes_per_token"),
    _rule("sequence_length", True, "training_flops_per_token attended_tokens tokens_per_step"),
    _rule("attention_window", True, "training_flops_per_token decode_attended_tokens",
          lambda inputs: inputs["attention_window"] > 0),
    # A machine
    _rule("bf16_flops fp8_flops fp4_flops kernel_factor", False, _SPEED),
    _rule("gemm_efficiency fp8_gemm_efficiency", False, _SPEED),
    # FlashAttention 2 has its own efficiency forward, and loses as much backward.
    _rule("attention_efficiency", False, _SPEED,
          lambda inputs: inputs["attention_library"] != "flash_2"
          or inputs["flash_2_efficiency"] == 0),
    _rule("memory_bandwidth memory_efficiency", False, _SPEED),
    _rule("scale_up_bandwidth scale_out_bandwidth", False, _SPEED),
    _rule("network_efficiency all_to_all_efficiency", False, _SPEED),
    _rule("scale_up_latency scale_out_latency", True, _SPEED),
    _rule("scale_out_efficiency exchange_efficiency all_reduce_gain", False, _SPEED),
    _rule("tensor_parallel_overlap exchange_beside_compute", False, _SPEED),
    _rule("collective_call_time scale_out_call_time exchange_call_time", True, _SPEED),
    _rule("ramp_time scale_out_ramp_time small_group_loss", True, _SPEED),
    _rule("memory_capacity", True, "memory_headroom largest_decode_batch"),
    # A step
    _rule("layer_overhead straggler_slowdown memory_factor expert_imbalance", True, "step_time"),
    _rule("score_passes hidden_passes expert_copy_passes logit_passes", True, "step_time"),
    _rule("communication_overlap", False, "step_time exposed_communication_time"),
    _rule("backward_traffic gemm_fill_time kernel_floor", True, "step_time"),
    _rule("attention_half_length", True, "step_time"),
    _rule("sustained_rate attention_factor attention_backward_efficiency", False, "step_time"),
    _rule("memory_reserve optimizer_bytes", True, "memory_per_gpu"),
    # From ZeRO 2 on, whole layers in use may be more than what few copies save.
    _rule("zero_stage", False, "memory_per_gpu", lambda inputs: inputs["zero_stage"] == 0),
    _rule("global_batch_size", True, "tokens_per_step"),
    # An interval
    _rule("accelerator_spread software_spread dense_spread moe_spread memory_spread", True,
          "predicted_step_time_high predicted_mfu_high total_cost_high memory_per_gpu_high"),
    _rule("accelerator_spread software_spread dense_spread moe_spread memory_spread", False,
          "predicted_step_time_low predicted_mfu_low total_cost_low memory_per_gpu_low"),
    # Serving
    _rule("decode_batch", True, "decode_step_time decode_memory_per_gpu"),
    _rule("decode_batch", True, "decode_tokens_per_second_per_gpu"),
    _rule("kv_length", True, "kv_cache_per_request decode_step_time serving_cache_memory"),
    _rule("kernel_overhead", True, "decode_step_time prefill_time_per_token"),
    _rule("serving_overlap", False, "decode_step_time prefill_time_per_token"),
    # Without tokens of a day, an answer's length follows from the mean context instead.
    _rule("output_tokens_per_day input_tokens_per_day", True, "serving_gpus_needed",
          _answers_are_known),
    _rule("output_tokens_per_day input_tokens_per_day", True, "revenue_per_day"),
    _rule("cache_hit_rate", False, "prefill_gpus_needed"),
    _rule("output_price input_price cached_input_price", True, "revenue_per_day profit_per_day"),
    # Reinforcement learning
    _rule("rl_gradient_steps rl_phases questions_per_step", True, "rl_samples rl_flops"),
    _rule("group_size response_length", True, "rl_generated_tokens rl_update_flops rl_flops"),
    _rule("rl_gradient_steps rl_phases group_size questions_per_step", True, "rl_gpu_hours",
          _follows_from_flops),
    _rule("log_probability_passes prompt_length value_parameters", True, "rl_flops",
          lambda inputs: inputs["value_parameters"] > 0),
    # A speed of 0 is the generators' own.
    _rule("decode_speed", False, "rl_serial_days rollout_serial_time rollout_time",
          lambda inputs: inputs["decode_speed"] > 0),
    _rule("sft_samples sft_epochs cold_start_samples rejection_samples", True, "sft_gpu_hours",
          lambda inputs: inputs["measured_sft_gpu_hours"] == 0
          and inputs["measured_rejection_gpu_hours"] == 0),
    _rule("response_length_variation", True, "rl_context"),
)  # fmt: skip


def broken(random: Random, inputs: Inputs, found: Inputs, rules: int) -> Iterator[tuple[str, str]]:
    """Some of the rules tried: the law that is broken, and how."""
    for rule in random.sample(RULES, rules):
        field = random.choice(rule.fields)
        more = _more(random, FIELDS[field], inputs[field])
        if more is None or not rule.holds(inputs) or _quarrels({**inputs, field: more}):
            continue
        grown = evaluate({**inputs, field: more}, (*rule.results, "layout_problem"))
        fits = not found["layout_problem"] and not grown["layout_problem"]
        for name in rule.results:
            # What follows from a layout that cannot be is shown, with a sentence that it cannot.
            if not fits and GRAPH.quantities[name].subject in _OF_A_LAYOUT:
                continue
            before, after = found[name], grown[name]
            moved = after - before if rule.rise else before - after
            if moved < -_ROUNDING * abs(before):
                way = "falls" if rule.rise else "rises"
                law = f"{name} {way} with more {field}"
                yield law, f"{field} {inputs[field]:g} to {more:g}: {before:.9g} to {after:.9g}"


def _more(random: Random, spec: FieldSpec, value: float) -> float | None:
    """A larger value of the field; None where there is none."""
    assert spec.maximum is not None
    if value != value or value >= spec.maximum:  # noqa: PLR0124 - only nan differs
        return None
    times = random.choice((1.1, 2.0, 10.0))
    more = min(max(value, spec.least, 1e-9) * times, spec.maximum)
    if spec.kind == "integer":
        more = float(min(max(round(more), value + 1), spec.maximum))
    return more if spec.contains(more) and more > value else None


def _quarrels(inputs: Inputs) -> bool:
    """Whether a rule between fields forbids them together."""
    pairs = (
        ("experts_per_token", "num_routed_experts"),
        ("num_kv_heads", "num_attention_heads"),
        ("num_dense_layers", "num_layers"),
    )
    return any(inputs[low] > inputs[high] for low, high in pairs)


def unknown_names() -> set[str]:
    """Names in the rules that are neither field nor result."""
    named = {name for rule in RULES for name in (*rule.fields, *rule.results)}
    return named - GRAPH.quantities.keys() - FIELDS.keys()
