"""The laws: what holds of the results of every legal scenario, whatever its numbers."""

from __future__ import annotations

import math
import re
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import numpy as np

from dsexplore.engine import INTERVALS, QUANTITIES, evaluate, unknowns_in
from dsexplore.engine.unknown import TOO_LARGE
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.laws.monotony import broken
from tests.laws.scenarios import Changes, anywhere, legal, near

Values = dict[str, Any]

_RULES_TRIED = 5
_ROUNDING = 1e-9
_AS_FLOATS = 1e-11
_OF_TAIL = re.compile("rollout_tail_")

# What is left of something, where more than all of it may be needed.
MAY_BE_NEGATIVE = {
    *("kv_cache_saving", "memory_headroom", "profit_per_day", "margin", "margin_of_revenue"),
}
# Shares of something that may be more than all of it, and the problems of which one says so.
MULTIPLES = {
    # The run does not fit, the fleet is too small: sentences and verdicts say so.
    "memory_share": "memory_verdict",
    "serving_utilization": "fleet_problem",
    "batch_fullness": "serving_problem",
    "prompt_queue_load": "promise_problem",
    **dict.fromkeys(
        ("mfu", "hfu", "mfu_full", "predicted_mfu", "predicted_hfu", "mfu_low"),
        "mfu_problem full_mfu_problem predicted_mfu_problem",
    ),
    "rl_implied_mfu": "rl_mfu_problem",
    # What would have to be, or one time as a multiple of another: no share of a whole.
    **dict.fromkeys(("margin", "rl_break_even_mfu", "expert_dispatch_share"), ""),
    **dict.fromkeys(("predicted_mfu_full", "predicted_hfu_full"), ""),
    # What is said is said of what is predicted, not of the ends of its interval.
    **dict.fromkeys(("mfu_high", "predicted_mfu_high", "predicted_mfu_low"), ""),
    **dict.fromkeys(("hfu_low", "hfu_high", "mfu_full_low", "mfu_full_high"), ""),
    # Said where it is the scenario's own: where hours are measured.
    "measured_run_mfu": "",
}
# A whole, and its parts.
SUMS = {
    "total_gpu_hours": "pretraining_gpu_hours context_extension_hours post_training_hours",
    "total_cost": "pretraining_cost context_extension_cost post_training_cost",
    "cost_with_development": "total_cost experiments_cost staff_cost",
    "sft_cost": "cold_start_cost rejection_cost fine_tuning_cost",
    "sft_gpu_hours": "cold_start_gpu_hours rejection_gpu_hours fine_tuning_gpu_hours",
    "rl_cost": "first_rl_cost later_rl_cost",
    "rl_gpu_hours": "first_rl_gpu_hours later_rl_gpu_hours",
    "step_time": "passes_time idle_time update_time",
    "exchange_time": "dispatch_time combine_time",
    "revenue_per_day": "serving_cost_per_day profit_per_day",
    "memory_capacity": "memory_per_gpu memory_headroom",
    "num_layers": "num_moe_layers dense_layers",
    "decode_weight_bytes": "decode_dense_bytes decode_expert_bytes",
    "decode_memory_per_gpu": "serving_weight_memory serving_cache_memory memory_reserve",
    "rl_flops": (
        "rl_generation_flops rl_prefill_flops rl_log_probability_flops rl_update_flops"
        " rl_reward_flops rl_value_flops"
    ),
    "non_expert_parameters": (
        "attention_parameters state_parameters dense_ffn_parameters shared_expert_parameters"
        " router_parameters norm_parameters embedding_parameters embedding_projection_weights"
        " head_parameters other_parameters"
    ),
}
RL_PARTS = (
    "rollout_gpu_hours reward_gpu_hours log_probability_gpu_hours policy_update_gpu_hours"
    " weight_transfer_gpu_hours rl_overhead_gpu_hours rl_idle_gpu_hours"
)
# A result, and what it never exceeds.
BOUNDS = (
    ("bf16_gemm_rate", "bf16_flops"),
    ("attention_rate", "bf16_flops"),
    ("memory_rate", "memory_bandwidth"),
    ("active_expert_parameters", "routed_expert_parameters"),
    ("attention_flops_per_token", "attention_flops_per_token_full"),
    ("training_flops_per_token", "hardware_flops_per_token"),
    ("compute_time", "step_time"),
    ("passes_time", "step_time"),
    ("bubble_time", "schedule_bubble"),
    ("layers_of_first_stage", "num_layers"),
    ("layers_of_full_stage", "num_layers"),
    ("decode_compute_time", "decode_step_time"),
    ("decode_network_time", "decode_step_time"),
    ("served_head_bytes", "serving_weight_memory"),
    ("expected_nodes_per_token", "expert_nodes"),
    ("expected_gpus_per_token", "expert_parallel"),
    ("rl_bulk_response", "response_length"),
    ("pretraining_days", "total_days"),
    ("first_gpu_memory", "memory_with_all_gradients"),
    ("middle_gpu_memory", "memory_with_all_gradients"),
    ("last_gpu_memory", "memory_with_all_gradients"),
)
# A wait, and the load whose rest it is divided by.
WAITS = {"prompt_wait": "prompt_queue_load", "batch_wait": "batch_fullness"}


@dataclass(frozen=True, slots=True)
class Violation:
    """A law that does not hold, and the numbers that show it."""

    law: str
    shown: str


def violations(random: Random, scenario: Scenario) -> list[Violation]:
    """The laws that a scenario breaks; those of more and less are a random choice."""
    inputs = scenario.inputs()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = evaluate(inputs)
            return [Violation(*each) for each in _broken(random, scenario, inputs, found)]
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            return [Violation(f"{type(error).__name__}: {error}", f"{last.name}: {last.line}")]


def _broken(
    random: Random, scenario: Scenario, inputs: Values, found: Values
) -> Iterator[tuple[str, str]]:
    known = {**inputs, **found}
    known["dense_layers"] = known["num_layers"] - known["num_moe_layers"]
    unmade = known["made_gradient_memory"] - known["gradient_memory"]
    known["memory_with_all_gradients"] = known["memory_per_gpu"] + unmade
    yield from _unexplained(inputs, found)
    yield from _out_of_range(found)
    yield from _wrong_sums(known)
    yield from _above_bounds(known)
    yield from _outside_intervals(known)
    yield from broken(random, inputs, found, _RULES_TRIED)
    if random.random() < 0.25:
        yield from _arrays_differ(random, scenario, found)


def _unexplained(inputs: Values, found: Values) -> Iterator[tuple[str, str]]:
    """Results of the wrong type, unknown ones without a reason, and sentences without numbers."""
    unknowns = unknowns_in({**inputs, **found})
    for name, value in found.items():
        if QUANTITIES[name].is_text:
            words = str(value).replace(",", " ").split()
            if not isinstance(value, str) or {"nan", "inf"} & set(words):
                yield f"{name} is no sentence", str(value)
        elif type(value) is not float or math.isinf(value):
            yield f"{name} is no finite float", repr(value)
        elif math.isnan(value):
            reasons = unknowns.reasons(name)
            if not reasons or TOO_LARGE in reasons:
                yield f"{name} is unknown for no reason", "; ".join(reasons)
        elif unknowns.reasons(name):
            yield f"{name} is known, and there is a reason why not", repr(value)


def _out_of_range(found: Values) -> Iterator[tuple[str, str]]:
    """Negative amounts, and shares above 100 % that nobody says."""
    for name, value in found.items():
        if isinstance(value, str):
            continue
        if value < 0 and name not in MAY_BE_NEGATIVE:
            yield f"{name} is negative", f"{value:.9g}"
        if QUANTITIES[name].unit == "fraction" and value > 1 + _ROUNDING:
            said = MULTIPLES.get(name)
            if said is None or (said and not any(found[each] for each in said.split())):
                yield f"{name} is above 100 %", f"{value:.9g}"


def _wrong_sums(known: Values) -> Iterator[tuple[str, str]]:
    sums = dict(SUMS)
    if known["rl_rollouts"] > 0:
        sums["rl_predicted_gpu_hours"] = RL_PARTS
    if known["post_training_gpu_hours"] == 0:
        sums["post_training_cost"] = "sft_cost rl_cost"
    if known["rl_placement"] == "disaggregated":
        sums["rl_gpus"] = "rl_generators rl_trainers"
    if known["stated_total_parameters"] == 0:
        sums["total_parameters"] = "non_expert_parameters routed_expert_parameters"
    for whole, parts in sums.items():
        values = [known[part] for part in parts.split()]
        scale = sum(map(abs, values))
        if abs(known[whole] - sum(values)) > _ROUNDING * scale:
            yield f"{whole} is not the sum of its parts", f"{known[whole]:.9g}, {values}"
    rent = known["total_gpu_hours"] * known["price_per_gpu_hour"]
    if abs(known["total_cost"] - rent) > _ROUNDING * rent:
        yield "total_cost is not the rent of all hours", f"{known['total_cost']:.9g}, {rent:.9g}"


def _above_bounds(known: Values) -> Iterator[tuple[str, str]]:
    peaks = {f"{name}": f"{name}_flops" for name in ("bf16", "fp8", "fp4", "int8")}
    bounds = [
        *BOUNDS,
        ("gemm_rate", peaks[known["precision"]]),
        ("serving_gemm_rate", peaks[known["serving_precision"]]),
    ]
    for name, most in bounds:
        if known[name] > known[most] * (1 + _ROUNDING):
            yield f"{name} is above {most}", f"{known[name]:.9g}, {known[most]:.9g}"
    if known["pipeline_parallel"] == 1 and known["bubble_time"] > 0:
        yield "a pipeline of one stage has a bubble", f"{known['bubble_time']:.9g} s"
    if _is_of_one_peak(known) and known["predicted_mfu"] > 1 + _ROUNDING:
        yield "the predicted step is faster than the peak", f"{known['predicted_mfu']:.9g}"


def _outside_intervals(known: Values) -> Iterator[tuple[str, str]]:
    """A result outside its own interval; both ends are unknown where it is."""
    for name, ends in INTERVALS.items():
        low, high = (known[end] for end in ends)
        value = known[name]
        if value != value:  # noqa: PLR0124 - only nan differs
            continue
        if not low <= value * (1 + _ROUNDING) or not value <= high * (1 + _ROUNDING):
            yield f"{name} is outside its interval", f"{low:.9g} to {high:.9g}: {value:.9g}"


def _is_of_one_peak(known: Values) -> bool:
    """Whether MFU's peak is that of the precision trained in, and the FLOP are the shape's own."""
    return (
        known["mfu_peak"] == known["precision"]
        and known["bf16_flops"] <= known["mfu_peak_flops"]
        and known["flop_accounting"] == "causal"
        and known["stated_active_parameters"] == 0
        # What adapters are of a stated total is no share of the shape's.
        and (known["stated_total_parameters"] == 0 or known["lora_rank"] == 0)
    )


def _tolerances(found: Values) -> dict[str, float]:
    """Of what is left of two nearly equal amounts: fewer digits of it are sure."""
    longest, left = found["rl_expected_longest_response"], found["rollout_tail_steps"]
    bound = _AS_FLOATS * longest / left if left > 0 else _AS_FLOATS
    tolerances = dict.fromkeys(filter(_OF_TAIL.match, QUANTITIES), bound)
    for wait, load in WAITS.items():
        free = 1 - found[load]
        if 0 < free < 1:
            for name in _following(wait):
                tolerances[name] = max(tolerances.get(name, 0.0), _AS_FLOATS / free)
    return tolerances


@cache
def _following(wait: str) -> frozenset[str]:
    """A result, and every other that follows from it."""
    following = {wait}
    for name, quantity in QUANTITIES.items():
        if following.intersection(quantity.needs):
            following.add(name)
    return frozenset(following)


def _arrays_differ(random: Random, scenario: Scenario, found: Values) -> Iterator[tuple[str, str]]:
    """The same scenario and two others of the same words as one array, against one by one."""
    rows = [scenario]
    for make in (near, anywhere):
        changes: Changes = make(random, scenario)
        words = ("choice", "name", "stages", "layers")
        numbers = {k: v for k, v in changes.items() if FIELDS[k].kind not in words}
        rows.append(legal(random, scenario, numbers))
    inputs = [row.inputs() for row in rows]
    together = evaluate(
        {
            name: value if isinstance(value, str) else np.array([each[name] for each in inputs])
            for name, value in inputs[0].items()
        }
    )
    apart = [found, *map(evaluate, inputs[1:])]
    tolerances = [_tolerances(each) for each in apart]
    for name, array in together.items():
        column = np.broadcast_to(np.asarray(array), (len(rows),))
        for row, value in enumerate(each[name] for each in apart):
            one = column[row]
            same = one == value or (one != one and value != value)  # noqa: PLR0124 - only nan differs
            bound = tolerances[row].get(name, _AS_FLOATS)
            if not same and (isinstance(value, str) or not math.isclose(one, value, rel_tol=bound)):
                yield f"{name} differs in an array", f"{one!r}, {value!r}"
