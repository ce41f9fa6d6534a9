"""Prefill by hand: what a prompt's token sends within a node and out of it."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
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
    found = results(1, 1, scale_up_bandwidth=1.0)
    assert found[TIME] == 0
