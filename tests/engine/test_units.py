"""Units carried through every formula: measured with other rulers, each result scales as declared.

Bytes, seconds, hours, dollars and the like are measured in units of another size, every one of
another; fields and constants then have other numbers, and a result must have that other number
which its declared unit says, exactly. A formula that adds bytes to seconds, forgets to turn hours
into seconds, or declares a wrong unit cannot pass.
"""

from __future__ import annotations

import math
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import QUANTITIES, constants, evaluate, formulas
from dsexplore.engine.finite import finite
from dsexplore.engine.quantity import computing
from dsexplore.library.names import preset_names
from dsexplore.scenario.measured_run import MeasuredRun
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.quantities import parse_quantity
from tests.choices import formulas_under_choices
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import (
    changed,
    preset_scenarios,
    scenarios,
    shipped,
    with_run,
)

# What has a ruler of its own. A joule is a watt for a second; GPU-hours are hours. Tokens and
# parameters are counted, but a million of tokens that a price is for is a unit like another.
RULERS = (
    *("byte", "second", "hour", "day", "year", "USD", "FLOP", "watt", "gram", "kWh", "litre"),
    *("Mtoken", "Ttoken"),
)
MADE_OF = {"joule": ("watt", "second"), "GPU-hour": ("hour",), "s": ("second",)}
COUNTED = {
    *("", "text", "fraction", "token", "parameter", "layer", "head", "expert", "GPU", "SM"),
    *("node", "sequence", "step", "sample", "question", "stage", "phase", "person", "failure"),
}
CONSTANTS = {
    "DAYS_PER_YEAR": "day/year",
    "HOURS_PER_DAY": "hour/day",
    "SECONDS_PER_HOUR": "second/hour",
    "SECONDS_PER_DAY": "second/day",
    "TOKENS_PER_TRILLION": "token/Ttoken",
    "TOKENS_PER_MILLION": "token/Mtoken",
    "FLOP_PER_MULTIPLY_ADD": "FLOP",
    "BACKWARD_OVER_FORWARD": "",
    "TRAINING_FLOP_PER_PARAMETER": "FLOP/parameter",
    "FP32_BYTES": "byte",
    "BF16_BYTES": "byte",
    "INT8_BYTES": "byte",
    "FP8_WITH_SCALE_BYTES": "byte",
    "E5M6_WITH_SCALE_BYTES": "byte",
    "FP4_WITH_SCALE_BYTES": "byte",
    "FP4_BY_16_BYTES": "byte",
    "BYTES_PER_GB": "byte",
    "JOULES_PER_KWH": "joule/kWh",
    "NORMAL_TENTH": "",
}
ALL_UNITS = sorted(
    {spec.unit for spec in FIELDS.values()}
    | {found.unit for found in QUANTITIES.values()}
    | set(CONSTANTS.values())
)

# Powers of two, so that a result scales without any rounding and equality may be demanded.
rulers = st.fixed_dictionaries({name: st.integers(-6, 6).map(lambda e: 2.0**e) for name in RULERS})
one_at_a_time = st.sampled_from(RULERS).map(lambda chosen: {**NO_CHANGE, chosen: 8.0})
NO_CHANGE = dict.fromkeys(RULERS, 1.0)


def scale(unit: str, by: dict[str, float]) -> float:
    """What a number in this unit is multiplied by under other rulers."""
    top, _, bottom = unit.partition("/")
    return _plain(top, by) / _plain(bottom, by)


def _plain(unit: str, by: dict[str, float]) -> float:
    if unit in COUNTED:
        return 1.0
    return math.prod(by[part] for part in MADE_OF.get(unit, (unit,)))


def rescaled(scenario: Scenario, by: dict[str, float]) -> dict[str, Any]:
    def change(name: str, value: Any) -> Any:
        return value * scale(FIELDS[name].unit, by) if type(value) is float else value

    return with_run(scenario.inputs(), change)


@cache
def modules_with_constants() -> list[tuple[ModuleType, str]]:
    """Every place where a module has imported a constant by its name."""
    modules = [module for subject in formulas.modules().values() for module in subject]
    return [(module, name) for module in modules for name in CONSTANTS if name in vars(module)]


def evaluated_with(scenario: Scenario, by: dict[str, float]) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        measure_constants_with(by, patch)
        return evaluate(rescaled(scenario, by))


def measure_constants_with(by: dict[str, float], patch: pytest.MonkeyPatch) -> None:
    for module, name in modules_with_constants():
        patch.setattr(module, name, vars(constants)[name] * scale(CONSTANTS[name], by))


def demand_scaled(scenario: Scenario, by: dict[str, float]) -> None:
    before, after = evaluate(scenario.inputs()), evaluated_with(scenario, by)
    for name, found in QUANTITIES.items():
        if found.is_text:
            assert after[name] == before[name], name
        else:
            expected = before[name] * scale(found.unit, by)
            assert after[name] == expected or (math.isnan(after[name]) and math.isnan(expected)), (
                f"{name} is not in {found.unit or 'plain numbers'}"
            )


@examples(40)
@given(scenarios(), rulers)
def test_every_result_scales_with_its_own_unit(scenario: Scenario, by: dict[str, float]) -> None:
    demand_scaled(scenario, by)


@examples(40)
@given(preset_scenarios, one_at_a_time)
def test_every_result_of_a_shipped_scenario_scales_with_each_ruler(
    scenario: Scenario, by: dict[str, float]
) -> None:
    demand_scaled(scenario, by)


def test_every_formula_scales_with_its_own_unit_under_each_choice() -> None:
    by = {name: 2.0**power for power, name in enumerate(RULERS, start=1)}
    with pytest.MonkeyPatch.context() as patch:
        before = [
            (*each, computing(QUANTITIES[each[1]])(*each[2])) for each in formulas_under_choices()
        ]
        measure_constants_with(by, patch)
        for what, quantity, needs, was in before:
            found = QUANTITIES[quantity]
            measured = [_measured(*each, by) for each in zip(found.needs, needs, strict=True)]
            now = computing(found)(*measured)
            expected = was if found.is_text else finite(was * scale(found.unit, by))
            assert now == expected or (
                not found.is_text and math.isnan(finite(now)) and math.isnan(expected)
            ), f"{quantity} is not in {found.unit or 'plain numbers'}: {what}"


def _measured(name: str, value: Any, by: dict[str, float]) -> Any:
    """What a field, a quantity or a measured run is under other rulers."""
    if isinstance(value, MeasuredRun):
        values = {field: _measured(field, each, by) for field, each in value.values.items()}
        return MeasuredRun(values, value.restated)
    unit = FIELDS[name].unit if name in FIELDS else QUANTITIES[name].unit
    return value * scale(unit, by) if type(value) is float else value


# What no shipped scenario has: with it, every formula has something to carry.
_THE_REST = (
    (
        "deepseek-v3",
        {
            **{"attention": "mla", "index_heads": 64, "index_head_dim": 128, "index_top_k": 2048},
            **{"embedding_size": 512, "layers_per_stage": "30, 3, 2*14", "num_gpus": 4096},
            "other_weights": 1_000_000,
            **{"gpu_mean_time_to_failure": 50_000, "checkpoint_time": 60, "restart_time": 600},
            **{"experiments_multiplier": 0.5, "staff": 200, "staff_cost_per_year": 4e5},
            **{"staff_years": 1, "gpu": "Another", "software_stack": "another"},
        },
    ),
    (
        "deepseek-r1-zero-predicted",
        {
            **{"rl_algorithm": "ppo", "reward": "model", "reward_parameters": 7e9},
            **{"reward_latency": 30, "rl_placement": "disaggregated", "generator_share": 0.6},
            **{"recompute": "full", "shared_experts_apart": True, "utilization": "predicted"},
            **{"guessed_tokens": 2, "step_host_time": 1e-3},
        },
    ),
    (
        "llama-3.1-405b",
        {"context_parallel": 2, "attention_kernel": "plain", "virtual_stages": 1, "dropout": "yes"}
        | {"dense_layer_host_time": 0.1},
    ),
    (
        "llama-3.1-405b",
        {
            **{"layer_pattern": "2 x window + 1 x full + 3 x linear", "attention_window": 1024},
            **{"state_key_heads": 16, "state_value_heads": 32, "state_key_dim": 128},
            **{"state_value_dim": 128, "state_conv": 4, "attention_gate": "full"},
            **{"query_key_norm": "head", "context_parallel": 2},
        },
    ),
    (
        "deepseek-v3",
        {
            **{"layer_pattern": "1 x window + 1 x csa + 1 x hca", "attention": "shared_kv"},
            **{"attention_window": 128, "index_heads": 64, "index_head_dim": 128},
            **{"index_top_k": 64, "residual_streams": 4, "hash_layers": 3},
        },
    ),
    ("deepseek-v3", {"optimizer": "muon", "capacity_factor": 0.9, "utilization": "predicted"}),
    (
        "deepseek-serving",
        {"lora_rank": 16, "guessed_tokens": 2, "decode_launch": "eager"} | {"step_host_time": 1e-3},
    ),
    (
        "deepseek-serving",
        {
            **{"serving_pipeline": 2, "prefill_placement": "apart", "prefill_chunk": 4096},
            **{"ttft_limit": 0.5, "time_per_token_limit": 0.01},
        },
    ),
    ("llama-3.1-405b", {"prefill_chunk": 512, "ttft_limit": 0.5, "serving_tensor_parallel": 8}),
    (
        "deepseek-v3",
        {
            **{"zero_stage": 3, "shard_group": 64, "expert_parallel": 16, "slices": 2},
            **{"expert_tensor_parallel": 2, "context_parallel": 2, "expert_overlap": "micro_batch"},
            **{"context_parallel_kind": "hierarchical", "expert_exchange": "all_to_all"},
            **{"utilization": "predicted", "scale_out_efficiency": 0.1, "gpus_per_node": 1},
        },
    ),
    (
        "deepseek-v3",
        {
            **{"activation_offload": 0.5, "optimizer_offload": 0.5, "host_bandwidth": 3e5},
            **{"host_memory_bandwidth": 3e5, "recompute": "selective", "recompute_ffn": True},
            **{"recompute_moe": True, "recompute_attention_block": True},
        },
    ),
    (
        "llama-3-70b",
        {
            **{"num_gpus": 128, "global_batch_size": 64, "tensor_parallel": 8},
            **{"context_parallel": 2, "context_parallel_kind": "ring", "pipeline_parallel": 1},
            **{"tensor_parallel_overlap": 0.9, "recompute": "full", "layers_per_stage": "balanced"},
            **{"scale_up_bandwidth": 2e6, "scale_out_bandwidth": 2e5},
            **{"lora_rank": 8192, "lora_targets": "all"},
        },
    ),
)
# No serving stack shares norms or keeps adapters apart: the answer is always no.
_ALWAYS_NOTHING = {
    *("serving_sequence_parallel", "serving_adapter_bytes"),
    *("rollout_is_steady", "rollout_queue_steps", "rollout_tool_time"),
    *("serving_kernels_per_expert", "serving_routed_in_moving"),
    *("decode_state_kept_values", "decode_state_chunk"),
}


def test_every_formula_has_something_to_carry() -> None:
    """No unit passes because a result was 0 or unknown wherever it was looked at."""
    rest = [changed(shipped(name), changes) for name, changes in _THE_REST]
    by = {name: 2.0**power for power, name in enumerate(RULERS, start=1)}
    for scenario in rest:
        demand_scaled(scenario, by)
    carried = {
        name
        for scenario in (*rest, *map(shipped, preset_names("scenarios")))
        for name, value in evaluate(scenario.inputs()).items()
        if not isinstance(value, str) and value and not math.isnan(value)
    }
    numbers = {name for name, found in QUANTITIES.items() if not found.is_text}
    assert numbers - carried == _ALWAYS_NOTHING


def test_every_constant_has_a_unit_here() -> None:
    numbers = {name for name, value in vars(constants).items() if isinstance(value, float | int)}
    assert numbers == set(CONSTANTS)


def test_every_unit_is_one_that_can_be_carried() -> None:
    for unit in ALL_UNITS:
        assert scale(unit, NO_CHANGE) == 1, unit


@holds_at("ruler", RULERS)
def test_each_ruler_measures_something(ruler: str) -> None:
    by = {**NO_CHANGE, ruler: 8.0}
    fields = [spec.unit for spec in FIELDS.values()]
    assert any(scale(unit, by) != 1 for unit in (*fields, *CONSTANTS.values()))


@pytest.mark.parametrize(
    ("constant", "text", "unit"),
    [
        ("HOURS_PER_DAY", "1 day", "hour"),
        ("SECONDS_PER_HOUR", "1 hour", "second"),
        ("SECONDS_PER_DAY", "1 day", "second"),
        ("DAYS_PER_YEAR", "1 year", "day"),
        ("JOULES_PER_KWH", "1 kWh", "joule"),
        ("TOKENS_PER_MILLION", "1 million tokens", "token"),
        ("TOKENS_PER_TRILLION", "1 T", "token"),
    ],
)
def test_a_constant_says_what_the_units_that_people_type_say(
    constant: str, text: str, unit: str
) -> None:
    assert vars(constants)[constant] == parse_quantity(text, unit)


@holds_at("unit", ALL_UNITS)
def test_a_number_can_be_typed_in_every_unit_there_is(unit: str) -> None:
    written = f"3 {unit}" if unit not in ("", "text", "fraction") else "3"
    assert parse_quantity(written, unit) == 3
