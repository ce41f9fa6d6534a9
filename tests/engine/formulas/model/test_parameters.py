"""Parameters of shapes that no preset has."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped

# DeepSeek-V2-Lite, arXiv:2405.04434, appendix B.1: queries come straight from the hidden state.
V2_LITE: dict[str, object] = {
    **{"num_layers": 27, "num_dense_layers": 1, "hidden_size": 2048, "num_attention_heads": 16},
    **{"q_lora_rank": 0, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64},
    **{"v_head_dim": 128, "intermediate_size": 10_944, "moe_intermediate_size": 1408},
    **{"num_routed_experts": 64, "num_shared_experts": 2, "experts_per_token": 6},
    **{"vocab_size": 102_400, "stated_total_parameters": 0, "stated_active_parameters": 0},
}


def test_v2_lite_to_the_last_parameter() -> None:
    """15,706,484,224 as published; 2.4 B of them for each token with the output head alone."""
    found = evaluate(shipped("deepseek-v2").with_values(V2_LITE).inputs())
    assert found["query_projection"] == 2048 * 16 * 192
    assert found["total_parameters"] == 15_706_484_224
    assert 2.4e9 < found["active_parameters_without_embedding"] < 2.5e9


# OPT-350M, arXiv:2205.01068: a narrow embedding that is projected, learned positions, all biases.
OPT_350M: dict[str, object] = {
    **{"num_layers": 24, "hidden_size": 1024, "num_attention_heads": 16, "num_kv_heads": 16},
    **{"head_dim": 64, "intermediate_size": 4096, "ffn_matrices": 2, "vocab_size": 50_272},
    **{"embedding_size": 512, "learned_positions": 2050, "tie_embeddings": True},
    **{"qkv_bias": True, "output_bias": True, "ffn_bias": True, "norm_bias": True},
    **{"norms_per_layer": 2, "final_norm": False},
}


def test_opt_350m_to_the_last_parameter() -> None:
    found = evaluate(Scenario().with_values(OPT_350M).inputs())
    assert found["embedding_projection_weights"] == 2 * 512 * 1024
    assert found["total_parameters"] == 331_196_416
    assert found["active_parameters"] == 331_196_416
    assert found["layer_matmul_weights"] == 4 * 1024 * 1024 + 2 * 1024 * 4096
    # The head is the narrow embedding, and both projections are multiplied with beside it.
    head = 50_272 * 512 + 2 * 512 * 1024
    assert found["head_in_layers"] == head / found["layer_matmul_weights"]


@pytest.mark.parametrize(
    ("total", "active", "basis"),
    [
        (0, 0, "counted"),
        (671e9, 0, "total stated"),
        (0, 37e9, "active stated"),
        (671e9, 37e9, "stated"),
    ],
)
def test_what_was_counted_and_what_someone_stated(total: float, active: float, basis: str) -> None:
    stated = {"stated_total_parameters": total, "stated_active_parameters": active}
    found = evaluate(shipped("deepseek-v3").with_values(stated).inputs())
    assert found["parameters_basis"] == basis


def test_a_gate_on_shared_experts_weighs_a_hidden_state() -> None:
    """Qwen1.5-MoE: 24 layers of 2,048, whose shared experts together have a gate."""
    shape = {"num_layers": 24, "num_dense_layers": 0, "hidden_size": 2048}
    plain, gated = (
        evaluate(shipped("deepseek-v2").with_values({**shape, "shared_expert_gate": gate}).inputs())
        for gate in (False, True)
    )
    name = "shared_expert_parameters"
    assert gated[name] - plain[name] == 24 * 2048


def test_a_model_in_bf16_takes_two_bytes_per_parameter() -> None:
    found = evaluate(shipped("deepseek-v3").inputs())
    assert found["model_bytes"] == 2 * 671_026_419_200
