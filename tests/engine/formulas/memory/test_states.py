"""Weights, gradients and optimiser of a model of round numbers, as ZeRO shards them."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

# 20 M weights in layers, embedding and head, on eight accelerators with four copies of them.
SHAPE: dict[str, object] = {
    **{"num_layers": 1, "hidden_size": 1000, "intermediate_size": 4000, "ffn_matrices": 2},
    **{"num_attention_heads": 10, "num_kv_heads": 10, "head_dim": 100, "vocab_size": 4000},
    **{"norms_per_layer": 0, "final_norm": False, "num_gpus": 8, "tensor_parallel": 2},
    **{"gradient_precision": "fp32", "optimizer_bytes": 12},
}


@pytest.mark.parametrize(
    ("stage", "weights", "gradients", "optimizer"),
    [(0, 20e6, 40e6, 120e6), (1, 20e6, 40e6, 30e6), (2, 20e6, 10e6, 30e6), (3, 5e6, 10e6, 30e6)],
)
def test_zero_shards_the_optimiser_then_gradients_then_weights(
    stage: int, weights: float, gradients: float, optimizer: float
) -> None:
    """10 M on each: two bytes, four and twelve, a quarter of them where they are sharded."""
    found = evaluate(Scenario().with_values(SHAPE | {"zero_stage": stage}).inputs())
    assert found["total_parameters"] == 20e6
    state = [found[f"{name}_memory"] for name in ("weight", "gradient", "optimizer")]
    assert state == [weights, gradients, optimizer]
    assert found["state_bytes"] == sum(state) / 10e6


@pytest.mark.parametrize(("stage", "each"), [(0, 18), (1, 6 + 6), (2, 2 + 8), (3, 9)])
def test_experts_are_sharded_over_their_own_two_copies(stage: int, each: float) -> None:
    experts = {"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500}
    layout = {"expert_parallel": 4, "expert_tensor_parallel": 1, "zero_stage": stage}
    found = evaluate(Scenario().with_values(SHAPE | experts | layout).inputs())
    assert found["expert_data_parallel"] == 2
    assert found["expert_state_bytes"] == each
    assert found["gpu_expert_parameters"] == 2 * 1e6
    parts = {"weight": 2.0, "gradient": 4.0, "optimizer": 12.0}
    for place, (part, size) in enumerate(parts.items()):
        dense = size * found["gpu_parameters"] / (1 if stage < 3 - place else 4)
        experts = size * 2e6 / (1 if stage < 3 - place else 2)
        assert found[f"{part}_memory"] == pytest.approx(dense + experts), part


def test_the_last_stage_holds_the_head_with_its_bias_and_the_prediction_module() -> None:
    """Two stages of one layer: 100 biases of the head, and what a module adds."""
    shape = SHAPE | {"num_layers": 2, "pipeline_parallel": 2, "num_gpus": 2}
    before = evaluate(Scenario().with_values(shape).inputs())
    vocabulary = Scenario().with_values(shape).architecture.vocab_size
    biased = evaluate(Scenario().with_values(shape | {"head_bias": True}).inputs())
    assert biased["last_stage_parameters"] - before["last_stage_parameters"] == vocabulary
    module = evaluate(Scenario().with_values(shape | {"mtp_layers": 1}).inputs())
    assert module["prediction_parameters"] > 0
    assert (
        module["last_stage_parameters"] - before["last_stage_parameters"]
        == module["prediction_parameters"] + before["dense_layer_parameters"]
    )
