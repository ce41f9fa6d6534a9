"""Launches: a pass takes as long as the host needs to issue it, where that is longer."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

# Three layers of experts after one without, on one accelerator of endless speed.
FAST: dict[str, object] = {
    **{"num_layers": 4, "hidden_size": 1024, "intermediate_size": 4096, "vocab_size": 1},
    **{"num_attention_heads": 8, "num_kv_heads": 8, "head_dim": 128, "num_routed_experts": 8},
    **{"experts_per_token": 1, "moe_intermediate_size": 1024, "num_dense_layers": 1},
    **{"bf16_flops": 1e19, "memory_bandwidth": 1e16, "num_gpus": 1, "global_batch_size": 10},
    **{"micro_batch_size": 1, "sequence_length": 128, "memory_capacity": 1e15},
    **{"dense_layer_host_time": 1e-3, "moe_layer_host_time": 5e-3},
}


def results(**changes: object) -> dict:
    return evaluate(Scenario().with_values(FAST | changes).inputs())


def test_a_step_of_an_endlessly_fast_accelerator_is_what_its_host_issues() -> None:
    """Ten micro-batches of 1 + 3 x 5 ms."""
    found = results()
    assert found["passes_time"] == pytest.approx(0.160, rel=1e-3)
    assert found["host_waiting_time"] > 0.9 * 0.16
    assert found["forward_time"] == pytest.approx(0.016 / 3)


@pytest.mark.parametrize(("launch", "share"), [("eager", 1), ("compiled", 0.3), ("graphs", 0.07)])
def test_layers_that_are_compiled_or_captured_are_issued_sooner(launch: str, share: float) -> None:
    """By what is measured: a third of the launches; 0.58 microseconds a node of a graph, not 8."""
    assert results(launch=launch)["passes_time"] == pytest.approx(0.16 * share, rel=1e-3)


def test_what_is_recomputed_is_issued_again() -> None:
    assert results(recompute="full")["passes_time"] == pytest.approx(0.16 * 4 / 3, rel=1e-3)


def test_a_slow_accelerator_never_waits_for_its_host() -> None:
    slow = results(bf16_flops=1e10, memory_bandwidth=1e10)
    assert slow["host_waiting_time"] == 0
    assert slow["forward_time"] == slow["forward_accelerator_time"]
