"""A fact enters every side of the model that it is a fact of: none of them is forgotten.

Each field of the architecture, of a precision and of the layout is changed, and the sides that
react are those declared here: a new field without a line, or one that reaches fewer sides, fails.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.layers_per_stage import joined
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.points import holds_at
from tests.strategies import shipped

SIDES = {
    # Training: arithmetic, memory of both ends of the pipeline, time, bytes on the network.
    "flop": ("forward_flops_per_token",),
    "memory": ("first_gpu_memory", "last_gpu_memory", "memory_per_gpu"),
    "time": ("step_time",),
    "traffic": (
        *("tensor_parallel_bytes", "context_parallel_bytes", "pipeline_bytes"),
        *("data_parallel_bytes", "dispatch_bytes", "combine_bytes"),
    ),
    # Serving: weights and cache in memory, a step of decoding, a token of prefill.
    "weights": ("serving_weight_memory",),
    "cache": ("serving_cache_memory",),
    "decode": ("decode_step_time",),
    "prefill": ("prefill_time_per_token",),
    # RL: learning from answers, and generating them.
    "update": ("rl_update_flops",),
    "rollout": ("rollout_step_time",),
}
RESULTS = tuple(dict.fromkeys(result for side in SIDES.values() for result in side))
TRAINING = "memory time traffic"
SERVING = "weights decode prefill rollout"
# Vectors are held in serving; that a step reads a thousandth more for them is not counted.
VECTORS, VECTORS_OF_EXPERTS = f"{TRAINING} weights rollout", f"{TRAINING} weights"
MATRICES = f"flop {TRAINING} {SERVING} update"
HELD = (VECTORS, VECTORS_OF_EXPERTS)
EVERYTHING = f"{MATRICES} cache"
ATTENDED = "flop time decode prefill rollout update"
GQA, MLA = "llama-3.1-405b", "deepseek-r1-zero-predicted"

# Trained and served with everything in use: two kinds of attention, with and without experts.
COMMON: dict[str, object] = {
    **{"utilization": "predicted", "rl_utilization": "predicted", "rl_placement": "colocated"},
    **{"backward_flop_per_parameter": 0, "generation_flop_per_parameter": 0, "decode_speed": 0},
    **{"prompt_length": 200, "response_length": 4000, "max_response_length": 8192},
    **{"raised_response_length": 0, "rl_gradient_steps": 100, "questions_per_step": 4096},
    **{"context_parallel": 2, "pipeline_parallel": 4, "pipeline_schedule": "interleaved"},
    **{
        "optimizer": "muon",
        "host_bandwidth": 1e6,
        "host_memory_bandwidth": 1e6,
        "virtual_stages": 2,
        "sequence_length": 16_384,
        "kv_length": 16_384,
        "zero_stage": 2,
    },
    **{"global_batch_size": 1024, "num_gpus": 1024, "rl_num_gpus": 1024},
}
BASES: dict[str, dict[str, object]] = {
    GQA: {
        **{"tensor_parallel": 8, "layers_per_stage": "balanced", "num_layers": 128},
        **{"attention_window": 1024, "windowed_layers": 64, "attention_kernel": "plain"},
    },
    MLA: {
        **{"num_layers": 64, "num_dense_layers": 4, "expert_parallel": 32},
        **{"index_heads": 64, "index_head_dim": 128, "index_top_k": 2048},
        **{"loss": "chunked", "node_limit": 4},
    },
}
# A switch is thrown, a number doubled, or 0 made 2; otherwise what stands here.
CHANGES: dict[str, object] = {
    **{"context_parallel_kind": "all_to_all", "expert_exchange": "all_to_all"},
    **{"expert_overlap": "micro_batch"},
    **{"stream_mixing": "other"},
    **{"attention": "other", "ffn_matrices": 2, "query_key_norm": "full", "windowed_layers": 32},
    **{
        "precision": "other",
        "node_limit": 2,
        "pipeline_schedule": "1f1b",
        "optimizer": "sgd",
        "activation_offload": 0.5,
        "optimizer_offload": 0.5,
        "recompute": "full",
        "loss": "whole",
    },
    **{"attention_kernel": "other", "dropout": "yes", "activation_precision": "other"},
    **{"launch": "other", "attention_library": "other"},
    **{
        "gradient_storage": "released",
        "gradient_precision": "bf16",
        "dispatch_precision": "other",
        "combine_precision": "fp8",
    },
    **{"weight_precision": "int4", "dense_weight_precision": "bf16"},
    **{"kv_cache_precision": "fp8", "serving_attention_precision": "fp8"},
    **{"serving_dispatch_precision": "nvfp4", "serving_combine_precision": "nvfp4"},
    **{"serving_precision": "other", "zero_stage": 3, "intermediate_size": 40_000},
    **{"hidden_size": 8192, "num_attention_heads": 64},
    **{"other_weights": 10**9, "other_vectors": 10**9},
    **{"layer_pattern": "1 x full", "linear_attention": "kda", "attention_gate": "full"},
    **{"mamba": "other", "state_precision": "other"},
}


@cache
def base(name: str) -> Scenario:
    return shipped(name).with_values(COMMON | BASES[name])


def new_value(scenario: Scenario, field: str) -> object:
    spec, old = FIELDS[field], scenario.inputs()[field]
    if spec.kind == "boolean":
        return not old
    if CHANGES.get(field) == "other":
        return next(word for word in spec.choices if word != old)
    if field in CHANGES:
        return CHANGES[field]
    if spec.kind == "stages":
        share = scenario.inputs()["num_layers"] // 4
        return joined([int(share + more) for more in (2, 0, 0, -2)])
    assert isinstance(old, float), f"{field}: say in CHANGES what to change it to"
    return 2 * old or 2.0


def reacting(name: str, field: str) -> set[str]:
    """The sides of a scenario that change with a field."""
    changed: dict[str, Any] = {**base(name).inputs(), field: new_value(base(name), field)}
    return _moved(_as_it_is(name), evaluate(changed, RESULTS))


@cache
def _as_it_is(name: str) -> dict[str, Any]:
    return evaluate(base(name).inputs(), RESULTS)


def _moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {
        side
        for side, results in SIDES.items()
        if not math.isclose(
            sum(before[one] for one in results),
            sum(after[one] for one in results),
            rel_tol=1e-12,
        )
    }


# Fields, the sides that they reach with grouped-query attention in a dense model, and with latent
# attention, an indexer and experts. None: the model has no such thing.
NONE = ""
DECLARED: tuple[tuple[str, str, str], ...] = (
    # Shape: what is multiplied, held, sent and cached.
    ("num_layers attention", EVERYTHING, EVERYTHING),
    ("num_kv_heads head_dim value_head_dim", EVERYTHING, NONE),
    ("kv_lora_rank qk_rope_head_dim index_head_dim", NONE, EVERYTHING),
    ("hidden_size num_attention_heads ffn_matrices intermediate_size", MATRICES, MATRICES),
    ("num_routed_experts", MATRICES, MATRICES),
    (
        "embedding_size",
        f"flop {TRAINING} weights decode rollout update",
        f"flop {TRAINING} weights decode rollout update",
    ),
    ("q_lora_rank qk_nope_head_dim v_head_dim index_heads", NONE, MATRICES),
    ("num_shared_experts moe_intermediate_size shared_expert_intermediate_size", NONE, MATRICES),
    ("moe_latent_size", NONE, MATRICES),
    ("num_dense_layers", NONE, MATRICES),
    ("shared_expert_gate", NONE, f"flop {TRAINING} weights update"),
    # A prompt has its head once, at its end.
    (
        "vocab_size",
        f"flop {TRAINING} weights decode rollout update",
        f"flop {TRAINING} weights decode rollout update",
    ),
    # Each stage of a pipeline that ends there keeps a copy: what is tied saves traffic alone.
    # Muon's share of the states is spread over the stages: a head more is a larger rest.
    # Of these two only the dense model's rollouts take as many answers as memory holds.
    ("tie_embeddings", f"{TRAINING} weights rollout", f"{TRAINING} weights"),
    # Experts held are those that are routed to, whatever a token reaches of them.
    ("experts_per_token", NONE, f"flop {TRAINING} decode prefill rollout update"),
    ("zero_experts", NONE, MATRICES),
    # Looked back on: plain attention stores its scores; a window is cached, a selection is not.
    ("attention_window", f"{ATTENDED} memory cache", f"{ATTENDED} cache"),
    ("windowed_layers", f"{ATTENDED} memory cache", NONE),
    ("index_top_k", NONE, ATTENDED),
    # Prediction modules are in no count of the model's FLOP, and do not serve.
    ("mtp_layers", TRAINING, TRAINING),
    ("mtp_dense", NONE, "memory"),
    # Layers that differ: neither model has a pattern, and with one to everything no window.
    ("layer_pattern", f"{ATTENDED} memory cache", NONE),
    ("attention_gate", MATRICES, MATRICES),
    ("keys_as_values kv_shared_layers window_kv_heads window_head_dim window_heads", NONE, NONE),
    ("sparse_compression heavy_compression output_groups output_rank", NONE, NONE),
    # None of an indexer's own, and then half of all: a switched field counts from none.
    ("indexer_layers", NONE, EVERYTHING),
    (
        "residual_streams",
        f"{TRAINING} flop weights decode prefill rollout update",
        f"{TRAINING} flop weights decode prefill rollout update",
    ),
    # Neither model has streams to mix.
    ("stream_mixing", NONE, NONE),
    ("hash_layers", NONE, VECTORS_OF_EXPERTS),
    ("linear_attention mamba state_key_heads state_value_heads state_key_dim", NONE, NONE),
    ("state_value_dim state_rank state_conv state_conv_bias state_bias state_norm", NONE, NONE),
    ("state_chunk state_precision", NONE, NONE),
    # Vectors: held, sent and read, and no product's.
    ("qkv_bias output_bias ffn_bias attention_sinks norms_per_layer norm_bias", *HELD),
    ("final_norm embedding_norm other_vectors", *HELD),
    ("other_weights", MATRICES, MATRICES),
    # Of layers of single blocks, which neither model has.
    ("joined_embedding shared_blocks", NONE, NONE),
    ("query_key_norm", VECTORS, NONE),
    ("router_bias", NONE, VECTORS_OF_EXPERTS),
    ("head_bias", *HELD),
    ("learned_positions", f"{TRAINING} weights rollout", f"{TRAINING} weights"),
    # Figures of somebody's: the total is in no side of a model whose shape is known.
    ("stated_active_parameters", "flop time traffic update", "flop time traffic update"),
    ("stated_total_parameters max_context_length", NONE, NONE),
    # Layout of training
    ("tensor_parallel pipeline_parallel layers_per_stage context_parallel", TRAINING, TRAINING),
    ("pipeline_schedule virtual_stages micro_batch_size zero_stage", TRAINING, TRAINING),
    ("expert_parallel", NONE, TRAINING),
    ("expert_tensor_parallel", NONE, TRAINING),
    ("shard_group", TRAINING, TRAINING),
    ("context_parallel_kind", "time traffic", "time traffic"),
    ("tensor_parallel_overlap", "time", NONE),
    ("expert_exchange", NONE, "time traffic"),
    ("expert_overlap", NONE, "time"),
    ("node_limit", NONE, "time traffic prefill"),
    ("expert_imbalance capacity_factor recompute_up_projections", NONE, "memory time"),
    ("sequence_parallel attention_kernel", "memory time", NONE),
    ("recompute", TRAINING, TRAINING),
    ("recompute_norms recompute_ffn_activation loss optimizer_bytes", "memory time", "memory time"),
    ("optimizer", TRAINING, TRAINING),
    ("newton_schulz_steps", "time", "time"),
    ("recompute_attention_block recompute_ffn", TRAINING, "memory time"),
    ("recompute_moe", NONE, TRAINING),
    ("recompute_layers", NONE, NONE),
    ("activation_offload optimizer_offload", "memory time", "memory time"),
    ("loss_chunks keep_expert_outputs", NONE, "memory"),
    ("memory_reserve", "memory rollout", "memory"),
    # Fused attention drops out on the way; unfused writes masks and scores once more.
    ("dropout", "memory time", "memory"),
    # Precisions
    ("precision", "time", "time"),
    ("gradient_precision", TRAINING, TRAINING),
    # Felt by a step of one micro-batch without pipeline alone: formulas/memory/test_measured.py.
    ("gradient_storage", NONE, NONE),
    ("activation_precision", "memory", "memory"),
    ("dispatch_precision combine_precision", NONE, "time traffic decode prefill rollout"),
    ("serving_precision", SERVING, SERVING),
    # A stack's factors: prefill computes as a forward pass of training does, decoding reads.
    ("communication_overlap layer_overhead straggler_slowdown", "time", "time"),
    # The host of these layers is faster than their accelerator.
    ("launch compiled_host_share graph_host_share", NONE, NONE),
    ("dense_layer_host_time moe_layer_host_time", NONE, NONE),
    ("logit_passes backward_traffic", "time", "time"),
    ("score_passes", "time", NONE),
    ("memory_factor hidden_passes", "time decode prefill rollout", "time decode prefill rollout"),
    ("expert_copy_passes", NONE, "time"),
    ("kernels_per_expert", NONE, "time"),
    # Serving fuses attention, whatever training does.
    ("attention_factor attention_library", NONE, "time"),
    # The head in BF16, and the router.
    ("kernel_factor", "time decode rollout", "time decode prefill rollout"),
    ("weight_precision", SERVING, SERVING),
    ("dense_weight_precision", SERVING, SERVING),
    ("kv_cache_precision", "cache decode rollout", "cache decode rollout"),
    ("serving_attention_precision", "decode prefill rollout", "decode prefill rollout"),
    ("serving_dispatch_precision", NONE, "decode prefill rollout"),
    ("serving_combine_precision", NONE, "decode prefill rollout"),
    # How sure a prediction is moves its ends alone.
    ("software_spread dense_spread moe_spread memory_spread", NONE, NONE),
    # Lengths, and the layout of serving
    ("sequence_length", f"flop {TRAINING}", f"flop {TRAINING}"),
    ("kv_length", "cache decode prefill", "cache decode prefill"),
    ("decode_batch", "cache decode", "cache decode"),
    ("prefill_batch", "prefill", "prefill"),
    ("serving_tensor_parallel", SERVING, SERVING),
    ("serving_pipeline", SERVING, SERVING),
    ("prefill_chunk", "prefill", "prefill"),
    ("decode_expert_parallel", NONE, "weights decode rollout"),
)
BY_FIELD = {field: sides for fields, *sides in DECLARED for field in fields.split()}


@holds_at("field", BY_FIELD)
def test_a_fact_reaches_the_sides_that_it_is_a_fact_of(field: str) -> None:
    for name, sides in zip((GQA, MLA), BY_FIELD[field], strict=True):
        assert reacting(name, field) == {*sides.split()}, name


def test_every_field_of_the_model_and_its_layout_is_declared() -> None:
    asked = {
        name
        for name, spec in FIELDS.items()
        if (spec.table in ("architecture", "parallelism") and spec.kind != "name")
        or name.endswith("precision")
    }
    assert asked <= BY_FIELD.keys()


# A model of both kinds of attention and its sides: what a field of a fixed state, a window or a
# shared cache reaches.
HYBRID: dict[str, object] = {
    **{"layer_pattern": "2 x linear + 1 x window + 1 x full", "attention_window": 1024},
    **{"state_key_heads": 16, "state_value_heads": 32, "state_key_dim": 128, "state_conv": 4},
    **{"state_value_dim": 128, "state_rank": 128, "query_key_norm": "head", "num_layers": 128},
}
OF_A_HYBRID = {
    "layer_pattern": EVERYTHING,
    "keys_as_values": MATRICES,
    "kv_shared_layers window_kv_heads window_head_dim": EVERYTHING,
    "linear_attention": MATRICES,
    "window_heads": MATRICES,
    "state_key_heads state_value_heads state_key_dim state_value_dim": EVERYTHING,
    # A convolution moves as much however many tokens it spans.
    "state_conv": f"flop {TRAINING} weights decode rollout update cache",
    "state_chunk": "flop time prefill update memory",
    "state_norm state_conv_bias": VECTORS,
    "state_precision": "cache decode rollout",
    "state_rank state_bias mamba windowed_layers": NONE,
}


@holds_at("fields", OF_A_HYBRID)
def test_a_fact_of_layers_that_differ_reaches_its_sides(fields: str) -> None:
    hybrid = base(GQA).with_values({**HYBRID, "windowed_layers": 0})
    before = evaluate(hybrid.inputs())
    for field in fields.split():
        value = {"layer_pattern": "3 x linear + 1 x full", "linear_attention": "kda"}.get(field)
        spec = FIELDS[field]
        if value is None and spec.choices:
            value = next(word for word in spec.choices if word != hybrid.value(field))
        if value is None:
            old = hybrid.inputs()[field]
            value = not old if spec.kind == "boolean" else 2 * float(old) or 2.0
        after = evaluate({**hybrid.inputs(), field: value})
        assert _moved(before, after) == {*OF_A_HYBRID[fields].split()}, field


@pytest.mark.parametrize("name", BASES)
def test_a_field_is_changed_where_it_says_that_it_applies(name: str) -> None:
    """Nothing that the choices in force make no use of reaches any side."""
    scenario = base(name)
    for field in BY_FIELD:
        if not FIELDS[field].applies_where(scenario.value):
            assert reacting(name, field) == set(), field
