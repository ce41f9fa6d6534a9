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
    **{"pretraining_tokens": 1e9, "gemm_fill_time": 0, "kernel_floor": 0},
    # As long and as wide as any rate is stated for.
    **{"attention_half_length": 0, "attention_half_width": 0, "attention_factor": 1},
    **{"attention_backward_efficiency": 0.25, "unaligned_efficiency": 0.1},
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
    # 2,000 tokens, 1,000 inputs, 1,000 outputs of the accelerator's half: at 500 TFLOP/s and 1 TB/s
    # 8 us of arithmetic and 10 of traffic, which get in each other's way.
    beside = (8e-6**4 + 10e-6**4) ** 0.25
    assert dense()["qkv_product_time"] == pytest.approx(beside)
    # As wide and as many, so the gradient of the input is as long; that of the weights is written
    # and read in FP32: 2 MB of each operand and 8 MB of gradients less or more.
    assert dense()["qkv_input_gradient_time"] == pytest.approx(beside)
    summed = (8e-6**4 + (2 * 2 * 2e6 + 8e6) ** 4 * 1e-48) ** 0.25
    assert dense()["qkv_weight_gradient_time"] == pytest.approx(summed)


def test_a_kernel_takes_its_floor_and_fills_its_tiles() -> None:
    plain, launched = dense(), dense(kernel_floor="5 us")
    assert launched["ffn_in_product_time"] - plain["ffn_in_product_time"] == pytest.approx(5e-6)
    nothing = launched["shared_in_product_time"], launched["query_up_product_time"]
    assert nothing == (0, 0)
    assert dense(gemm_fill_time="1 ns")["ffn_in_product_time"] > plain["ffn_in_product_time"]


def test_every_expert_is_a_kernel_of_its_own_or_one_is_for_all() -> None:
    """Two experts on each of four accelerators."""
    own, one = mixed(kernels_per_expert=1), mixed(kernels_per_expert=0)
    assert own["expert_in_product_time"] == one["expert_in_product_time"]
    own, one = (mixed(kernels_per_expert=n, kernel_floor="5 us") for n in (1, 0))
    more = own["expert_in_product_time"] - one["expert_in_product_time"]
    assert more == pytest.approx(2 * 5e-6)


def test_half_of_the_layers_with_experts() -> None:
    found = mixed()
    assert found["routed_experts_computed"] == 1.5
    assert found["shared_expert_width"] == 250
    assert found["inner_width"] == 1500 + 750 + 250
    # Attention 3 M, half of 9 M, half of three experts of 1.5 M, a router; a quarter of 3 M late.
    weights = 3e6 + 4.5e6 + 2.25e6 + 4000 + 0.75e6
    assert found["layer_gemm_flops"] == pytest.approx(2000 * weights)
    # Half of 2,000 tokens from each of four, to two of eight experts; half as many again.
    assert found["expert_rows"] == 1000 * 4 * 2 / 8 * 1.5
    assert found["local_experts"] == 2


def test_attention_of_ten_heads_over_a_thousand_tokens() -> None:
    """A fused kernel looks back on 500 tokens on average; a plain one computes all thousand."""
    fused, plain = dense(), dense(attention_kernel="plain", dropout="no")
    assert fused["layer_attention_flops"] == 2000 / 2 * 10 * 500 * 2 * 200
    assert plain["layer_attention_flops"] == 2 * fused["layer_attention_flops"]
    assert fused["layer_attention_time"] == pytest.approx(2e9 / 2.5e14)
    # Heads of 100 values are no whole number of 16 bytes: plain products do without tensor cores.
    assert plain["layer_attention_time"] == pytest.approx(4e9 / 1e14)
    aligned = dense(attention_kernel="plain", dropout="no", head_dim=104)
    assert aligned["layer_attention_time"] == pytest.approx(1.04 * 4e9 / 5e14)
    assert fused["layer_score_time"] == 0
    # Four passes over ten million scores of two bytes; two and a half more by dropout.
    assert plain["layer_score_time"] == pytest.approx(8e7 / 1e12)
    masked = dense(attention_kernel="plain", dropout="yes")
    assert masked["layer_score_time"] == pytest.approx(1.3e8 / 1e12)
    assert dense(dropout="yes")["layer_score_time"] == 0
    assert fused["layer_attention_backward_time"] == pytest.approx(2.5 * 8e-6)
    # Five hundred tokens are looked back on.
    short = dense(attention_half_length=500)
    assert short["layer_attention_time"] == pytest.approx(2 * fused["layer_attention_time"])
    narrow = dense(attention_half_width=100)
    assert narrow["layer_attention_time"] == pytest.approx(8e-6 * 2 * 128 / 228)
    assert plain["layer_attention_backward_time"] == 2 * plain["layer_attention_time"]
    selective = dense(recompute="selective")
    assert selective["layer_attention_backward_time"] == pytest.approx(3.5 * 8e-6)


def test_what_norms_heads_activations_and_copies_move() -> None:
    """Ten hidden numbers whole on each; 6,000 of heads and three times the inner width shared."""
    assert dense()["layer_moved_bytes"] == 2 * 2000 * (10_000 + (6000 + 9000) / 2)
    shared = dense(sequence_parallel=True)
    assert shared["layer_moved_bytes"] == 2 * 2000 * (10_000 + 6000 + 9000) / 2
    assert mixed()["layer_moved_bytes"] == 2 * 2000 * (10_000 + (6000 + 7500 + 6000) / 2)
    assert dense()["layer_moving_time"] == pytest.approx(7e7 / 1e12)


def test_what_shares_a_scale_decides_what_is_moved_for_it() -> None:
    """Inputs: two hidden numbers, a thousand of heads, the inner width. Outputs: two hidden ones,
    two thousand of heads, twice the inner width."""
    assert dense()["layer_scaling_time"] == dense()["layer_requantised_bytes"] == 0
    block = dense(precision="fp8", fp8_recipe="block_128")
    inputs, outputs = 2000 * 6000 / 2, 2000 * 10_000 / 2
    assert (block["layer_input_values"], block["layer_output_values"]) == (inputs, outputs)
    # Read in two bytes and written in one; again read and written in one for weights.
    assert block["layer_scaling_time"] == pytest.approx(3 * inputs / 1e12)
    assert block["layer_backward_scaling_time"] == pytest.approx(3 * outputs / 1e12)
    assert block["layer_requantised_bytes"] == 2 * (inputs + outputs)
    experts = mixed(precision="fp8", fp8_recipe="block_128")
    assert experts["layer_input_values"] == 2000 * (2000 + 1000 + 2500 + 1500) / 2


def test_a_recipe_is_the_accelerator_s_own_unless_stated() -> None:
    """One scale a tensor, or blocks where the accelerator scales them in hardware, as with FP4."""
    old, new = dense(precision="fp8"), dense(precision="fp8", fp4_flops=4e15)
    assert (
        old["layer_scaling_time"]
        == dense(precision="fp8", fp8_recipe="per_tensor")["layer_scaling_time"]
    )
    assert (
        new["layer_scaling_time"]
        == dense(precision="fp8", fp8_recipe="mxfp8")["layer_scaling_time"]
    )
    four = dense(precision="fp4", fp4_flops=4e15, nvfp4_gemm_efficiency=0.5)
    assert four["gemm_rate"] == 2e15
    assert four["layer_scaling_time"] > new["layer_scaling_time"]


def test_a_head_of_ten_million_weights() -> None:
    """2e10 FLOP on half of them, 24 MB and 10 MB read, 20 MB written, five passes over logits."""
    product = (4e-5**4 + 34e-6**4) ** 0.25
    assert dense()["head_time"] == pytest.approx(product + 1e8 / 1e12)
    # As many tokens again beside the same weights.
    twice = (8e-5**4 + 58e-6**4) ** 0.25
    assert dense(mtp_layers=1)["head_time"] == pytest.approx(twice + 2e8 / 1e12)


def test_an_all_reduce_of_two_sends_everything_once_each_way() -> None:
    found = dense()
    assert found["elements_per_micro_batch"] == 1e6
    assert found["all_reduce_bytes"] == 2 * 2 * 1e6


def test_a_layer_backward_is_its_gradients_and_what_is_computed_again() -> None:
    plain, full = dense(), dense(recompute="full")
    again = full["layer_backward_time"] - plain["layer_backward_time"]
    assert again == pytest.approx(plain["layer_forward_time"])
    forward = plain["layer_gemm_time"] + plain["layer_attention_time"] + plain["layer_moving_time"]
    assert plain["layer_forward_time"] == pytest.approx(forward)
    inputs = plain["layer_input_gradient_time"] + plain["layer_attention_backward_time"]
    assert plain["layer_backward_time"] == pytest.approx(inputs + 2 * plain["layer_moving_time"])
    assert plain["layer_weight_time"] == plain["layer_weight_gradient_time"]


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
