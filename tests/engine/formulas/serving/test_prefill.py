"""Prefill by hand: what a prompt's token sends within a node and out of it."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped

# Ten layers of 1,000 numbers, two bytes there and two back; an expert on each accelerator.
EXCHANGE: dict[str, object] = {
    **{"num_layers": 10, "num_dense_layers": 0, "hidden_size": 1000, "gpus_per_node": 8},
    **{"dispatch_precision": "bf16", "combine_precision": "bf16", "node_limit": 0},
    **{"num_shared_experts": 1, "shared_experts_apart": False, "all_to_all_efficiency": 0.5},
}
TIME = "prefill_exchange_time_per_token"


def results(experts: int, chosen: int, **changes: object) -> dict[str, Any]:
    sizes = {"num_routed_experts": experts, "experts_per_token": chosen}
    sizes |= {"prefill_expert_parallel": experts, "expert_parallel": experts}
    scenario = shipped("deepseek-v3").with_values(EXCHANGE | sizes | changes)
    return evaluate(scenario.inputs())


def test_a_token_for_all_eight_of_a_node_is_sent_to_seven_over_nvlink() -> None:
    """7 x 1000 x 4 bytes in each of ten layers: 280 kB, at half of 280 GB/s two microseconds."""
    found = results(8, 8, scale_up_bandwidth=280e9, scale_out_bandwidth=1e9)
    assert found["prefill_scale_up_copies"] == 7
    assert found["prefill_scale_out_copies"] == 0
    assert found[TIME] == pytest.approx(2e-6)
    assert results(8, 8, scale_up_bandwidth=140e9)[TIME] == pytest.approx(4e-6)


def test_a_token_for_two_whole_nodes_crosses_once_and_is_forwarded() -> None:
    """One copy to the other node, 40 kB; 14 of 16 within nodes, 560 kB."""
    found = results(16, 16, scale_up_bandwidth=560e9, scale_out_bandwidth=10e9)
    assert found["prefill_scale_out_copies"] == 1
    assert found["prefill_scale_up_copies"] == 14
    assert found[TIME] == pytest.approx(8e-6)
    fast = results(16, 16, scale_up_bandwidth=56e9, scale_out_bandwidth=1e12)
    assert fast[TIME] == pytest.approx(20e-6)


def test_a_shared_expert_apart_gets_a_copy_like_any_other() -> None:
    found = results(16, 16, shared_experts_apart=True)
    assert found["prefill_scale_out_copies"] == 1.5
    assert found["prefill_scale_up_copies"] == 17 * 7 / 8


def test_one_expert_at_home_sends_nothing() -> None:
    found = results(1, 1, scale_up_bandwidth=1e3)
    assert found[TIME] == 0


# Two layers of 12 M weights, a thousand tokens together; 500 TFLOP/s and 1 TB/s are reached.
DENSE: dict[str, object] = {
    **{"num_layers": 2, "hidden_size": 1000, "intermediate_size": 3000, "ffn_matrices": 3},
    **{"num_attention_heads": 10, "num_kv_heads": 5, "head_dim": 100, "vocab_size": 10_000},
    **{"norms_per_layer": 0, "final_norm": False, "attention_kernel": "flash"},
    **{"bf16_flops": 1e15, "gemm_efficiency": 0.5, "attention_efficiency": 0.25},
    **{"memory_bandwidth": 2e12, "memory_efficiency": 0.5, "kernel_overhead": 1e-6},
    **{"kernel_factor": 1, "memory_factor": 1, "hidden_passes": 10},
    **{"serving_precision": "bf16", "prefill_batch": 1000, "serving_prompt_length": 1000},
    **{"serving_tensor_parallel": 1, "serving_micro_batches": 1, "cache_hit_rate": 0},
    **{"gpus_per_node": 8, "scale_up_bandwidth": 100e9, "network_efficiency": 0.5},
    **{
        "kernel_floor": 0,
        "gemm_fill_time": 0,
        "attention_half_length": 0,
        "attention_half_width": 0,
        "ramp_time": 0,
    },
    **{"small_group_loss": 0, "small_all_reduce_time": 1e-6},
}


def dense(**changes: object) -> dict[str, Any]:
    return evaluate(Scenario().with_values(DENSE | changes).inputs())


def test_the_parts_of_a_prompt_s_token() -> None:
    found = dense()
    assert found["prefill_tokens_together"] == 1000
    # Arithmetic at 500 TFLOP/s, and a little more where reading takes nearly as long.
    products = found["prefill_gemm_time_per_token"]
    assert 1 < products / (2 * 24e6 / 5e14) < 1.6
    attention = 8000 * 500 / 2.5e14
    assert found["prefill_attention_time_per_token"] == pytest.approx(attention)
    moving = 2 * 2 * (10_000 + 6000 + 9000) / 1e12
    assert found["prefill_moving_time_per_token"] == pytest.approx(moving)
    whole = products + attention + moving + 2e-9
    assert found["prefill_compute_time_per_token"] == pytest.approx(whole)
    assert found["prefill_time_per_token"] == pytest.approx(whole)
    assert found["prefill_tokens_per_second_per_gpu"] == pytest.approx(1 / whole)


def test_every_member_of_a_group_repeats_the_norms_of_all_its_tokens() -> None:
    """A token of each of two: 20,000 hidden numbers, and half of twice 15,000 others."""
    found = dense(serving_tensor_parallel=2, prefill_batch=2000)
    assert found["prefill_tokens_per_gpu"] == 1000
    assert found["prefill_tokens_together"] == 2000
    moving = 2 * 2 * (20_000 + 15_000) / 1e12
    assert found["prefill_moving_time_per_token"] == pytest.approx(moving)
    # Four sums of 4 MB by two: each sends it once at 50 GB/s, after a microsecond.
    summed = 4 * (4e6 / 50e9 + 1e-6) / 1000
    assert found["prefill_network_time_per_token"] == pytest.approx(summed)


def test_micro_batches_share_what_is_together_and_hide_the_network() -> None:
    two = {"serving_micro_batches": 2, "serving_tensor_parallel": 2, "serving_overlap": 0.5}
    found = dense(**two, prefill_batch=2000)
    assert found["prefill_tokens_together"] == 1000
    compute, network = (found[f"prefill_{part}_time_per_token"] for part in ("compute", "network"))
    hidden = min(compute, network) / 2
    assert found["prefill_time_per_token"] == pytest.approx(compute + network - hidden)


def test_cached_tokens_are_read_for_nothing_and_lie_before_the_others() -> None:
    """Of a thousand, half cached: the others look back on 750 on average."""
    found = dense(cache_hit_rate=0.5)
    assert found["prefill_attended_tokens"] == 750
    assert found["prefill_tokens_per_second_per_gpu"] == pytest.approx(
        2 / found["prefill_time_per_token"]
    )
    # Within a window of 600: 500 to 600 for a fifth of them, 600 for the others.
    windowed = dense(cache_hit_rate=0.5, attention_window=600)
    assert windowed["prefill_attended_tokens"] == pytest.approx(0.2 * 550 + 0.8 * 600)
    some = dense(cache_hit_rate=0.5, attention_window=600, windowed_layers=1)
    assert some["prefill_attended_tokens"] == pytest.approx((590 + 750) / 2)


def test_experts_in_prefill_lie_on_no_more_accelerators_than_there_are_experts() -> None:
    assert results(8, 2, prefill_expert_parallel=64)["prefill_expert_group"] == 8
    assert results(64, 2, prefill_expert_parallel=16)["prefill_expert_group"] == 16
    unstated = results(64, 2, prefill_expert_parallel=0, expert_parallel=32)
    assert unstated["prefill_expert_group"] == 32
    assert dense(prefill_expert_parallel=16)["prefill_expert_group"] == 1
