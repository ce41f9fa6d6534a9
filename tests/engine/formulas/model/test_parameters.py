"""Parameters of shapes that no preset has."""

from __future__ import annotations

from dsexplore.engine import evaluate
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
