"""What is offloaded: bytes in the host's memory, on the way, and what compute hides."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped

LAYOUT = {
    **{"tensor_parallel": 8, "num_gpus": 64, "utilization": "predicted", "optimizer_bytes": 12},
    **{"host_bandwidth": "64 GB/s", "host_memory_bandwidth": "77 GB/s", "recompute": "none"},
    **{"gradient_precision": "bf16"},
}


def results(**changes: object) -> dict[str, Any]:
    return evaluate(shipped("llama-3-70b").with_values({**LAYOUT, **changes}).inputs())


def test_an_offloaded_optimiser_sends_four_bytes_a_parameter() -> None:
    """ZeRO-Offload: 12 bytes of states on the host, 2 of a gradient down and 2 of a weight up."""
    found = results(optimizer_offload=1, host_memory_bandwidth="1000 TB/s")
    updated = found["host_updated_parameters"]
    assert found["host_optimizer_memory"] == 12 * updated
    assert found["host_update_time"] == pytest.approx(4 * updated / 64e9)
    assert found["optimizer_memory"] == 0
    kept = results()
    assert kept["host_update_time"] == kept["host_memory_per_gpu"] == 0
    less = kept["memory_per_gpu"] - found["memory_per_gpu"]
    assert less == pytest.approx(found["host_optimizer_memory"])


def test_offloaded_activations_are_hidden_by_a_layers_own_compute() -> None:
    """34 h bytes a token beside 24 h^2 FLOP: an H100 hides them on NVLink-C2C, not on PCIe."""
    assert results(activation_offload=1)["exposed_offload_time"] > 0
    found = results(activation_offload=1, host_bandwidth="450 GB/s")
    assert found["exposed_offload_time"] == found["exposed_reload_time"] == 0
    assert 0 < found["layer_offload_time"] < found["layer_forward_time"]
    slow = results(activation_offload=1, host_bandwidth="1 GB/s")
    exposed = slow["layer_offload_time"] - slow["layer_forward_time"]
    assert slow["exposed_offload_time"] == pytest.approx(exposed)


def test_what_is_not_on_the_accelerator_is_on_the_host_but_for_a_layer() -> None:
    whole, half, none = (results(activation_offload=share) for share in (0, 0.5, 1))
    name = "activation_memory"
    assert whole[name] > half[name] > none[name] > 0
    held = none[name] + none["host_activation_memory"]
    assert held == pytest.approx(whole[name] * (1 + 1 / 80))


def test_more_than_the_hosts_memory_is_said() -> None:
    said = results(optimizer_offload=1, host_memory_capacity="1 GB")["host_memory_problem"]
    assert said.startswith("Host memory: ")
    assert results(optimizer_offload=1)["host_memory_problem"] == ""
