"""A decoding step of a model of round numbers, part by part, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

# Two layers of 12 M weights and a head of 10 M; 500 TFLOP/s and 1 TB/s are reached.
DENSE: dict[str, object] = {
    **{"num_layers": 2, "hidden_size": 1000, "intermediate_size": 3000, "ffn_matrices": 3},
    **{"num_attention_heads": 10, "num_kv_heads": 5, "head_dim": 100, "vocab_size": 10_000},
    **{"norms_per_layer": 0, "final_norm": False, "attention_kernel": "flash"},
    **{"bf16_flops": 1e15, "gemm_efficiency": 0.5, "attention_efficiency": 0.25},
    **{"fp8_flops": 2e15, "fp8_gemm_efficiency": 0.25, "kernel_factor": 1},
    **{"memory_bandwidth": 2e12, "memory_efficiency": 0.5, "memory_capacity": 1e9},
    **{"memory_reserve": 1e8, "kernel_overhead": 1e-6, "serving_precision": "bf16"},
    **{"serving_tensor_parallel": 1, "serving_micro_batches": 1, "serving_overlap": 0.5},
    **{"tokens_per_decode_step": 1, "decode_batch": 10, "kv_length": 1000},
    **{"gpus_per_node": 8, "scale_up_bandwidth": 100e9, "scale_out_bandwidth": 10e9},
    **{"scale_up_latency": 1e-6, "scale_out_latency": 5e-6, "network_efficiency": 0.5},
    **{"all_to_all_efficiency": 0.25},
}
# Experts of 1.5 M weights in both layers, two of sixteen for each token, one on each of sixteen.
EXPERTS: dict[str, object] = {
    **{"num_dense_layers": 0, "num_routed_experts": 16, "experts_per_token": 2},
    **{"moe_intermediate_size": 500, "decode_expert_parallel": 16, "redundant_experts": 0},
    **{"dispatch_precision": "bf16", "combine_precision": "bf16", "num_shared_experts": 0},
}


def dense(**changes: object) -> dict[str, Any]:
    return evaluate(Scenario().with_values(DENSE | changes).inputs())


def mixed(**changes: object) -> dict[str, Any]:
    return dense(**EXPERTS | changes)


def test_weights_are_read_once_a_step() -> None:
    found = dense()
    assert found["decode_dense_bytes"] == 2 * 24e6 + 2 * 10e6
    assert found["decode_dense_read_time"] == pytest.approx(68e-6)
    assert found["decode_dense_gemm_time_per_token"] == pytest.approx(2 * 34e6 / 5e14)
    assert found["decode_dense_time"] == pytest.approx(68e-6)
    many = dense(decode_batch=1000)
    assert many["decode_dense_time"] == pytest.approx(1000 * 2 * 34e6 / 5e14)
    twice = dense(serving_micro_batches=2)
    assert twice["decode_dense_time"] == pytest.approx(2 * 68e-6)
    half = dense(serving_tensor_parallel=2)
    assert half["decode_dense_bytes"] == 34e6


@pytest.mark.parametrize(("precision", "size"), [("bf16", 2), ("fp8", 1), ("fp4", 0.5 * 17 / 16)])
def test_served_weights_have_the_bytes_of_their_precision(precision: str, size: float) -> None:
    """The head stays in BF16; FP4 has a scale of a byte for 32 weights."""
    found = dense(serving_precision=precision)
    assert found["decode_dense_bytes"] == size * 24e6 + 2 * 10e6


def test_attention_reads_the_cache_or_computes() -> None:
    """4,000 bytes of context token in both layers; 2 x 2 x 10 x 200 FLOP where many are guessed."""
    found = dense()
    assert found["kv_cache_bytes_per_token"] == 4000
    assert found["decode_attention_arithmetic_time"] == pytest.approx(8000 / 2.5e14)
    assert found["decode_attention_time"] == pytest.approx(10 * 1000 * 4000 / 1e12)
    guessed = dense(tokens_per_decode_step=2.5)
    assert guessed["decode_positions"] == 3
    assert guessed["decode_tokens"] == 30
    assert guessed["decode_attention_arithmetic_time"] == pytest.approx(24_000 / 2.5e14)


def test_the_parts_of_a_step_follow_one_another() -> None:
    """68 microseconds of weights, 40 of the cache, two of small kernels."""
    found = dense()
    assert found["decode_step_time"] == pytest.approx(110e-6)
    assert found["decode_tokens_per_second_per_request"] == pytest.approx(1 / 110e-6)
    assert found["decode_tokens_per_second_per_gpu"] == pytest.approx(10 / 110e-6)
    assert dense(serving_micro_batches=2)["decode_overhead"] == pytest.approx(4e-6)
    guessed = dense(tokens_per_decode_step=1.5)
    assert guessed["decode_tokens_per_second_per_request"] == pytest.approx(1.5 / 110e-6)


def test_a_tensor_parallel_group_sums_twice_a_layer() -> None:
    """2 x 1 x 2 bytes of a thousand numbers, twice in each of two layers; two messages each."""
    found = dense(serving_tensor_parallel=2)
    assert found["serving_all_reduce_time_per_token"] == pytest.approx(16_000 / 50e9)
    assert found["decode_exchange_delay"] == pytest.approx(8e-6)
    far = dense(serving_tensor_parallel=16)
    assert far["serving_all_reduce_time_per_token"] == pytest.approx(15 * 16_000 / 5e9)
    assert far["decode_exchange_delay"] == pytest.approx(40e-6)
    assert dense()["decode_exchange_delay"] == 0


def test_experts_send_and_are_sent_four_bytes_a_number() -> None:
    """Two copies of a thousand numbers in each of two layers; half of sixteen in the own node."""
    found = mixed()
    assert found["decode_exchange_bytes"] == 2 * 2 * 1000 * 4
    assert found["decode_exchange_time_per_token"] == pytest.approx(8000 / 2.5e9)
    within = mixed(decode_expert_parallel=8)
    assert within["decode_exchange_time_per_token"] == pytest.approx(14_000 / 25e9)
    assert found["decode_exchange_delay"] == pytest.approx(2 * 2 * 5e-6)
    assert within["decode_exchange_delay"] == pytest.approx(2 * 2 * 1e-6)
    alone = mixed(decode_expert_parallel=1)
    assert alone["decode_exchange_bytes"] == 0
    assert alone["decode_exchange_delay"] == 0
    assert found["decode_network_time"] == pytest.approx(10 * 8000 / 2.5e9 + 20e-6)


def test_a_rack_of_links_bounds_every_request() -> None:
    """16,000 bytes for each of ten tokens at 10 GB/s."""
    assert mixed()["decode_network_speed_limit"] == pytest.approx(1 / 16e-6)
    rack = mixed(gpus_per_node=16)
    assert rack["decode_network_speed_limit"] == pytest.approx(10 / 16e-6)


def test_the_shorter_of_compute_and_network_hides_behind_two_micro_batches() -> None:
    one, two = mixed(), mixed(serving_micro_batches=2)
    assert one["decode_step_time"] == pytest.approx(
        one["decode_compute_time"] + one["decode_network_time"]
    )
    shorter = min(two["decode_compute_time"], two["decode_network_time"])
    both = two["decode_compute_time"] + two["decode_network_time"]
    assert two["decode_step_time"] == pytest.approx(both - shorter / 2)


def test_experts_are_read_if_they_are_reached() -> None:
    """Two of sixteen for each of two tokens from two accelerators: half a micro-batch's each."""
    few = mixed(decode_batch=1, decode_expert_parallel=2, serving_micro_batches=2)
    assert few["decode_experts_touched"] == pytest.approx(1 / 8)
    more = mixed(decode_batch=2, decode_expert_parallel=2, serving_micro_batches=2)
    assert more["decode_experts_touched"] == pytest.approx(1 - (7 / 8) ** 2)
    # Eight of 1.5 M weights in each of two layers, read in both micro-batches.
    assert few["decode_expert_bytes"] == 2 * 2 * 8 * 1.5e6
    assert few["decode_expert_time"] == pytest.approx(2 * 48e6 / 1e12 / 8)


def test_held_experts_with_copies_and_shared_ones_apart() -> None:
    assert mixed()["held_expert_parameters"] == 2 * 1.5e6
    spread = mixed(decode_expert_parallel=8)
    assert spread["held_expert_parameters"] == 2 * 2 * 1.5e6
    redundant = mixed(decode_expert_parallel=8, redundant_experts=8)
    assert redundant["held_expert_parameters"] == 1.5 * 2 * 2 * 1.5e6
    apart = mixed(decode_expert_parallel=8, num_shared_experts=1, shared_experts_apart=True)
    assert apart["held_expert_parameters"] == pytest.approx(1.5 * 2 * 2 * 1.5e6)
    assert apart["decode_copies"] == 3


def test_a_shared_expert_stays_with_its_token_unless_it_lies_apart() -> None:
    """1.5 M weights in each of two layers; attention 3 M, and a router of 16,000."""
    shared = {"num_shared_experts": 1, "decode_expert_parallel": 8}
    with_token = mixed(**shared, shared_experts_apart=False)
    assert with_token["served_dense_parameters"] == 2 * (3e6 + 16_000 + 1.5e6)
    assert with_token["served_expert_parameters"] == 2 * 2 * 1.5e6
    assert with_token["decode_copies"] == 2
    apart = mixed(**shared, shared_experts_apart=True)
    assert apart["served_dense_parameters"] == 2 * (3e6 + 16_000)
    assert apart["served_expert_parameters"] == 2 * 3 * 1.5e6
    assert apart["decode_expert_gemm_time_per_token"] == pytest.approx(2 * 9e6 / 5e14)


def test_memory_of_weights_cache_and_reserve() -> None:
    """88 MB with the embedding, 4 MB for each of ten requests; 812 MB hold 203 of them.

    A group of ten accelerators has 10 x 891.2 MB, and twice 4 MB for each request.
    """
    found = dense()
    assert found["serving_weight_memory"] == 88e6
    assert found["serving_cache_memory"] == 40e6
    assert found["decode_memory_per_gpu"] == 88e6 + 40e6 + 100e6
    assert found["largest_decode_batch"] == 203
    assert dense(tie_embeddings=True)["serving_weight_memory"] == 68e6
    shared = dense(serving_tensor_parallel=10)
    # Five key and value heads over ten: two copies of each.
    assert shared["kv_cache_copies"] == 2
    assert shared["serving_weight_memory"] == pytest.approx(8.8e6)
    assert shared["largest_decode_batch"] == 1114
    assert shared["serving_cache_memory"] == pytest.approx(10 * 2 * 4e6 / 10)


@pytest.mark.parametrize(
    ("changes", "bound"),
    [
        ({}, "reading weights"),
        ({"decode_batch": 1000, "kv_length": 1}, "products with weights"),
        ({"decode_batch": 100}, "reading the KV cache"),
        ({"decode_batch": 100, "attention_efficiency": 0.001}, "attention's arithmetic"),
        ({"kernel_overhead": 1e-3}, "small kernels"),
        ({"serving_tensor_parallel": 16, "decode_batch": 1000}, "network"),
    ],
)
def test_the_largest_part_is_the_bound(changes: dict[str, object], bound: str) -> None:
    assert dense(**changes)["decode_bound"] == bound
