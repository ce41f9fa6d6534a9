"""Experts that compute in a narrower width than the model's: Nemotron 3 Super's latent experts."""

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.scenario.scenario import Scenario

# Transformers' nemotron_h of these sizes has 72,960 parameters and, as torch counts it over 32
# tokens, takes 137,216 FLOP per token; its two biases that balance the load are buffers there.
TINY = {
    **{"num_layers": 3, "layer_pattern": "1 x moe + 1 x full + 1 x moe", "hidden_size": 64},
    **{"vocab_size": 128, "num_attention_heads": 4, "num_kv_heads": 2, "head_dim": 16},
    **{"ffn_matrices": 2, "num_routed_experts": 8, "experts_per_token": 8, "norms_per_layer": 1},
    **{"num_shared_experts": 1, "moe_intermediate_size": 32, "moe_latent_size": 24},
    **{"shared_expert_intermediate_size": 48, "router_bias": True, "sequence_length": 32},
}


def test_a_small_model_counts_as_the_framework_does() -> None:
    found = evaluate(Scenario().with_values(TINY).inputs())
    assert found["total_parameters"] == 72_960 + 2 * 8
    forward = found["matmul_flops_per_token"] + found["attention_flops_per_token_full"]
    assert forward == 137_216


def test_dispatch_sends_a_quarter_where_experts_take_in_a_quarter() -> None:
    layout = {"expert_parallel": 8, "num_gpus": 64}
    whole = with_changes(load("deepseek-v3"), layout)
    latent = with_changes(whole, {"moe_latent_size": 7168 // 4})
    sent, less = (evaluate(each.inputs())["dispatch_bytes"] for each in (whole, latent))
    assert less == pytest.approx(sent / 4)
