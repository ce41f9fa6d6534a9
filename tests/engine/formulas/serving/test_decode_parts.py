"""A decoding step of a model of round numbers, part by part, by hand."""

from __future__ import annotations

import math
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
    **{"small_exchange_rate": 0.25, "small_exchange_far_rate": 0.25, "small_group_loss": 0},
    **{"small_all_reduce_time": 1e-6, "ramp_time": 0, "scale_out_ramp_time": 0},
    **{"small_exchange_time": 1e-6, "small_exchange_far_time": 4e-6, "scale_out_efficiency": 0.5},
    **{"weight_read_efficiency": 0.5, "cache_read_efficiency": 0.5, "kernel_floor": 0},
    **{"gemm_fill_time": 0, "decode_attention_call_time": 0, "moe_kernel_overhead": 0},
    **{"memory_factor": 0.01, "scale_out_call_time": 0, "collective_call_time": 0},
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
    # Ten rows of values are read and written beside the weights.
    assert found["decode_dense_time"] == pytest.approx(68e-6, rel=0.02)
    twice = dense(serving_micro_batches=2)
    assert twice["decode_dense_time"] == pytest.approx(2 * 68e-6, rel=0.02)
    half = dense(serving_tensor_parallel=2)
    assert half["decode_dense_bytes"] == 34e6


@pytest.mark.parametrize(
    ("kept", "size"), [("bf16", 2), ("int8", 1 + 2 / 64), ("int4", 0.5 + 2 / 64), ("nvfp4", 9 / 16)]
)
def test_kept_weights_have_bytes_of_their_own(kept: str, size: float) -> None:
    found = dense(weight_precision=kept, weight_group=64)
    assert found["decode_dense_bytes"] == size * 24e6 + 2 * 10e6
    assert found["serving_gemm_rate"] == dense()["serving_gemm_rate"]


@pytest.mark.parametrize(("precision", "size"), [("bf16", 2), ("fp8", 1), ("fp4", 0.5 * 17 / 16)])
def test_served_weights_have_the_bytes_of_their_precision(precision: str, size: float) -> None:
    """The head stays in BF16; FP4 has a scale of a byte for 32 weights."""
    found = dense(serving_precision=precision)
    assert found["decode_dense_bytes"] == size * 24e6 + 2 * 10e6


def test_products_of_many_rows_take_their_arithmetic() -> None:
    """10,000 rows by 34 M weights at 500 TFLOP/s; where both take as long, a fifth more."""
    many = dense(decode_batch=10_000, memory_bandwidth=1e15)
    assert many["decode_dense_time"] == pytest.approx(10_000 * 2 * 34e6 / 5e14, rel=1e-3)
    # 1000 rows of 1000 by 1000 read and write 6 MB in 6 us, and multiply in 4.
    ridge = dense(decode_batch=1000, bf16_flops=1e15 * 2 / 3)["decode_attention_out_product_time"]
    assert ridge == pytest.approx(6e-6 * 2**0.25)


def test_attention_reads_the_cache_or_computes() -> None:
    """4,000 bytes of context token in both layers; 2 x 2 x 10 x 200 FLOP where many are guessed."""
    found = dense()
    assert found["kv_cache_bytes_per_token"] == 4000
    assert found["decode_attention_arithmetic_time"] == pytest.approx(8000 / 2.5e14)
    assert found["decode_attention_time"] == pytest.approx(10 * 1000 * 4000 / 1e12, rel=1e-6)
    called = dense(decode_attention_call_time=1e-6, serving_micro_batches=2)
    assert called["decode_attention_time"] - found["decode_attention_time"] == pytest.approx(4e-6)
    guessed = dense(tokens_per_decode_step=2.5)
    assert guessed["decode_positions"] == 3
    assert guessed["decode_tokens"] == 30
    assert guessed["decode_attention_arithmetic_time"] == pytest.approx(24_000 / 2.5e14)


def test_the_parts_of_a_step_follow_one_another() -> None:
    """68 microseconds of weights, 40 of the cache, two of small kernels."""
    found = dense()
    assert found["decode_step_time"] == pytest.approx(110e-6, rel=0.02)
    step = found["decode_step_time"]
    assert found["decode_tokens_per_second_per_request"] == pytest.approx(1 / step)
    assert found["decode_tokens_per_second_per_gpu"] == pytest.approx(10 / step)
    assert dense(serving_micro_batches=2)["decode_overhead"] == pytest.approx(4e-6, rel=0.02)
    waiting = dense(step_host_time=1e-3, request_host_time=1e-6)["decode_step_time"]
    assert waiting - step == pytest.approx(1.01e-3)


def test_guessed_tokens_are_verified_and_guessed_by_a_layer() -> None:
    """Three tokens of which half hold; each of two guesses passes one layer and the head."""
    guessed = dense(tokens_per_decode_step=1.5, guessed_tokens=2, mtp_layers=1)
    assert guessed["decode_positions"] == 3
    assert dense(tokens_per_decode_step=1.5)["decode_positions"] == 2
    head = guessed["decode_head_time"]
    each = (guessed["decode_pass_time"] - head) / 2 + head
    assert guessed["decode_guess_time"] == pytest.approx(2 * each)
    step = guessed["decode_step_time"]
    assert guessed["decode_tokens_per_second_per_request"] == pytest.approx(1.5 / step)


def test_a_tensor_parallel_group_sums_twice_a_layer() -> None:
    """20 kB of ten requests, four times: 2 x 1/2 of it at 50 GB/s, and a microsecond."""
    found = dense(serving_tensor_parallel=2)
    assert found["decode_message_bytes"] == 20_000
    assert found["decode_network_time"] == pytest.approx(4 * (1e-6 + 0.4e-6))
    # 2 x 15/16 of it over two nodes: 1 crossing of 16 at 5 GB/s each way.
    far = dense(serving_tensor_parallel=16)["decode_all_reduce_time"]
    assert far > found["decode_all_reduce_time"]
    assert dense()["decode_network_time"] == 0


def test_experts_send_and_are_sent_four_bytes_a_number() -> None:
    """Two copies of a thousand numbers in each of two layers; half of sixteen in the own node."""
    found = mixed()
    assert found["decode_exchange_bytes"] == 2 * 2 * 1000 * 4
    assert found["decode_exchange_time_per_token"] == pytest.approx(8000 / 2.5e9)
    within = mixed(decode_expert_parallel=8)
    assert within["decode_exchange_time_per_token"] == pytest.approx(14_000 / 25e9)
    assert found["decode_exchange_delay"] == pytest.approx(2 * 2 * 5e-6)
    assert within["decode_exchange_delay"] == pytest.approx(2 * 2 * 1e-6)
    # All members of a tensor-parallel group have the token, and add up what its experts give.
    shared = mixed(decode_expert_parallel=2, serving_tensor_parallel=2)
    assert shared["decode_exchange_bytes"] == 0
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
    # Of two accelerators one reads both experts of the one token: both have one on average.
    busiest = 1 + (2 * math.log(2) * 7 / 8) ** 0.5
    assert few["decode_busiest_experts"] == pytest.approx(busiest)
    read = few["decode_expert_time"]
    assert read == pytest.approx(2 * 48e6 / 1e12 / 8 * busiest, rel=0.02)


def test_cut_experts_are_read_in_part_by_all_of_a_group() -> None:
    cut = {"serving_tensor_parallel": 4, "decode_expert_parallel": 1, "decode_batch": 1}
    whole = mixed(**cut)
    shared = mixed(**cut, serving_expert_tensor_parallel=4)
    assert shared["decode_expert_bytes"] == whole["decode_expert_bytes"] / 4
    assert shared["decode_experts_touched"] == 1 / 8
    assert shared["decode_exchange_bytes"] == 0


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
        ({"serving_tensor_parallel": 16, "decode_batch": 1000, "kv_length": 1}, "network"),
    ],
)
def test_the_largest_part_is_the_bound(changes: dict[str, object], bound: str) -> None:
    assert dense(**changes)["decode_bound"] == bound
