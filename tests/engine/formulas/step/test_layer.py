"""A layer of round numbers, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

# 2,000 tokens on two accelerators that share each matrix: 500 TFLOP/s and 1 TB/s each.
DENSE: dict[str, object] = {
    **{"num_layers": 2, "hidden_size": 1000, "intermediate_size": 3000, "ffn_matrices": 3},
    **{"num_attention_heads": 10, "num_kv_heads": 5, "head_dim": 100, "vocab_size": 10_000},
    **{"sequence_length": 1000, "micro_batch_size": 2, "tensor_parallel": 2, "num_gpus": 2},
    **{"bf16_flops": 1e15, "fp8_flops": 2e15, "gemm_efficiency": 0.5, "fp8_gemm_efficiency": 0.25},
    **{"attention_efficiency": 0.25, "memory_bandwidth": 2e12, "memory_efficiency": 0.5},
    **{"kernel_factor": 1, "memory_factor": 1, "precision": "bf16", "attention_kernel": "flash"},
    **{"hidden_passes": 10, "expert_copy_passes": 4, "logit_passes": 5, "score_passes": 6.5},
    **{"exposed_operand_share": 0.5, "pretraining_tokens": 1e9},
}
# One of the two layers has eight experts on four accelerators, the busiest with half as much again.
EXPERTS: dict[str, object] = {
    **{"num_dense_layers": 1, "num_routed_experts": 8, "experts_per_token": 2, "num_gpus": 4},
    **{"num_shared_experts": 1, "moe_intermediate_size": 500, "expert_parallel": 4},
    **{"expert_imbalance": 1.5},
}


def dense(**changes: object) -> dict[str, Any]:
    return evaluate(Scenario().with_values(DENSE | changes).inputs())


def mixed(**changes: object) -> dict[str, Any]:
    return dense(**EXPERTS | changes)


def test_matrices_of_twelve_million_weights() -> None:
    """3 M in attention and 9 M behind it: twice that for each of 2,000 tokens, halved."""
    assert dense()["layer_gemm_flops"] == 2 * 2000 * 12e6 / 2
    # 1 / (1/2000 + 2/1000 + 2/3000), and 500 FLOP a byte.
    assert dense()["gemm_size"] == pytest.approx(6000 / 19)
    assert dense()["gemm_slowdown"] == pytest.approx(1 + 0.5 * 500 * 19 / 6000)
    assert dense()["layer_gemm_time"] == pytest.approx(2.4e10 / 5e14 * (1 + 4.75 / 6))


def test_half_of_the_layers_with_experts() -> None:
    found = mixed()
    assert found["routed_experts_computed"] == 1.5
    assert found["shared_expert_width"] == 250
    assert found["inner_width"] == 1500 + 750 + 250
    # Attention 3 M, half of 9 M, half of three experts of 1.5 M, a router; a quarter of 3 M late.
    weights = 3e6 + 4.5e6 + 2.25e6 + 4000 + 0.75e6
    assert found["layer_gemm_flops"] == pytest.approx(2000 * weights)
    # Eight experts receive 2,000 tokens from each of four, twice: 2,000 tokens for each.
    sides = (1 / 2000 + 2 / 1000 + 2 / 3000) / 2 + (1 / 2000 + 2 / 1000 + 2 / 500) / 2
    assert found["gemm_size"] == pytest.approx(1 / sides)


def test_attention_of_ten_heads_over_a_thousand_tokens() -> None:
    """A fused kernel looks back on 500 tokens on average; a plain one computes all thousand."""
    fused, plain = dense(), dense(attention_kernel="plain", dropout="no")
    assert fused["layer_attention_flops"] == 2000 / 2 * 10 * 500 * 2 * 200
    assert plain["layer_attention_flops"] == 2 * fused["layer_attention_flops"]
    assert fused["layer_attention_time"] == pytest.approx(2e9 / 2.5e14)
    assert plain["layer_attention_time"] == pytest.approx(4e9 / 5e14)
    assert fused["layer_score_time"] == 0
    # Four passes over ten million scores of two bytes; two and a half more by dropout.
    assert plain["layer_score_time"] == pytest.approx(8e7 / 1e12)
    masked = dense(attention_kernel="plain", dropout="yes")
    assert masked["layer_score_time"] == pytest.approx(1.3e8 / 1e12)
    assert dense(dropout="yes")["layer_score_time"] == 0
    assert fused["layer_attention_backward_time"] == 2.5 * fused["layer_attention_time"]
    assert plain["layer_attention_backward_time"] == 2 * plain["layer_attention_time"]
    selective = dense(recompute="selective")
    assert selective["layer_attention_backward_time"] == 3.5 * fused["layer_attention_time"]


def test_what_norms_heads_activations_and_copies_move() -> None:
    """Ten hidden numbers whole on each; 6,000 of heads and three times the inner width shared."""
    assert dense()["layer_moved_bytes"] == 2 * 2000 * (10_000 + (6000 + 9000) / 2)
    shared = dense(sequence_parallel=True)
    assert shared["layer_moved_bytes"] == 2 * 2000 * (10_000 + 6000 + 9000) / 2
    assert mixed()["layer_moved_bytes"] == 2 * 2000 * (10_000 + (6000 + 7500 + 6000) / 2)
    assert dense()["layer_moving_time"] == pytest.approx(7e7 / 1e12)


def test_fp8_operands_are_scaled_anew_for_the_gradients_of_weights() -> None:
    """Three hidden numbers, 4,000 of heads, three times the inner width, twice what experts get."""
    assert dense()["layer_requantised_bytes"] == 0
    fp8 = dense(precision="fp8")
    assert fp8["layer_requantised_bytes"] == 2 * 2000 * (3000 + 4000 + 9000) / 2
    experts = mixed(precision="fp8")
    assert experts["layer_requantised_bytes"] == 2 * 2000 * (3000 + 3000 + 4000 + 7500) / 2


def test_a_head_of_ten_million_weights() -> None:
    """A thousand tokens each: 2e10 FLOP, and five passes over their logits of two bytes."""
    assert dense()["head_time"] == pytest.approx(2e10 / 5e14 + 1e8 / 1e12)
    assert dense(mtp_layers=1)["head_time"] == pytest.approx(2 * dense()["head_time"])


def test_summing_gradients_reads_and_writes_them() -> None:
    """Of 12 M weights and two norms a layer, half on each; four bytes, half of them hidden."""
    held = (2 * (12e6 + 2000) + 1000) / 2
    found = dense(gradient_precision="fp32", norms_per_layer=2, final_norm=True)
    assert found["layer_accumulation_time"] == pytest.approx(0.5 * 2 * 4 * held / 2 / 1e12)


def test_an_all_reduce_of_two_sends_everything_once_each_way() -> None:
    found = dense()
    assert found["elements_per_micro_batch"] == 1e6
    assert found["all_reduce_bytes"] == 2 * 2 * 1e6


def test_a_layer_backward_is_twice_the_forward_and_what_is_computed_again() -> None:
    plain, full = dense(), dense(recompute="full")
    again = full["layer_backward_time"] - plain["layer_backward_time"]
    assert again == pytest.approx(plain["layer_forward_time"])
    forward = plain["layer_gemm_time"] + plain["layer_attention_time"] + plain["layer_moving_time"]
    assert plain["layer_forward_time"] == pytest.approx(forward)
    inputs = plain["layer_gemm_time"] + 2.5 * plain["layer_attention_time"]
    assert plain["layer_backward_time"] == pytest.approx(inputs + 2 * plain["layer_moving_time"])
    assert plain["layer_weight_time"] == pytest.approx(
        plain["layer_gemm_time"] + plain["layer_accumulation_time"]
    )


@pytest.mark.parametrize(
    ("saving", "bytes_again"),
    [
        # Two norms read and written, whole on each; the inner width three times, shared.
        ({"recompute_norms": True}, 2 * 2000 * 4000),
        ({"recompute_ffn_activation": True}, 2 * 2000 * 9000 / 2),
        ({"recompute_norms": True, "sequence_parallel": True}, 2 * 2000 * 2000),
    ],
)
def test_what_is_not_kept_is_moved_again(saving: dict[str, object], bytes_again: float) -> None:
    found = dense(**saving)
    assert found["layer_again_bytes"] == bytes_again
    assert found["layer_recomputed_time"] == pytest.approx(bytes_again / 1e12)
