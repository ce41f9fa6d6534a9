"""Activations of a layer of round numbers, in bytes per token, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

DENSE: dict[str, object] = {
    **{"num_layers": 16, "hidden_size": 1000, "intermediate_size": 3000, "ffn_matrices": 3},
    **{"num_attention_heads": 10, "num_kv_heads": 5, "head_dim": 100, "vocab_size": 10_000},
    **{"sequence_length": 1000, "micro_batch_size": 2, "tensor_parallel": 2, "num_gpus": 2},
    **{"attention_kernel": "flash", "dropout": "no", "global_batch_size": 64},
}
# Two of eight experts, the busiest with half as much again, and a shared one.
EXPERTS: dict[str, object] = {
    **{"num_dense_layers": 8, "num_routed_experts": 8, "experts_per_token": 2},
    **{"num_shared_experts": 1, "moe_intermediate_size": 500, "expert_imbalance": 1.5},
    "expert_tensor_parallel": 1,
}
LATENT: dict[str, object] = {
    **{"attention": "mla", "q_lora_rank": 100, "kv_lora_rank": 50, "qk_rope_head_dim": 10},
    **{"qk_nope_head_dim": 20, "v_head_dim": 40},
}


def dense(**changes: object) -> dict[str, Any]:
    return evaluate(Scenario().with_values(DENSE | changes).inputs())


def mixed(**changes: object) -> dict[str, Any]:
    return dense(**EXPERTS | changes)


def test_a_dense_layer_piece_by_piece() -> None:
    found = dense()
    # Two norms' inputs and outputs; queries, keys, values and attention's output; three widths.
    assert found["norm_activation_bytes"] == 2 * 1000 * 4
    assert found["attention_activation_bytes"] == 2 * (1000 + 500 + 500) + 2 * 1000
    assert found["ffn_activation_bytes"] == 2 * 3 * 3000
    assert found["attention_block_bytes"] == 8000 + 6000 / 2
    assert found["dense_layer_bytes"] == 8000 + (6000 + 18_000) / 2
    assert found["layer_input_bytes"] == 2000
    # Logits of a micro-batch in FP32.
    assert found["head_logits"] == 4 * 10_000 * 2000 / 2


def test_sequence_parallelism_shares_norms_and_inputs_too() -> None:
    found = dense(sequence_parallel=True)
    assert found["dense_layer_bytes"] == (8000 + 6000 + 18_000) / 2
    assert found["layer_input_bytes"] == 1000


def test_scores_and_masks_of_a_plain_kernel() -> None:
    """Ten heads over a thousand tokens: softmax two bytes, a mask of one, its result two."""
    assert dense()["score_activation_bytes"] == 0
    plain = dense(attention_kernel="plain")
    assert plain["score_activation_bytes"] == 2 * 10 * 1000
    dropped = dense(attention_kernel="plain", dropout="yes")
    assert dropped["score_activation_bytes"] == 5 * 10 * 1000
    # And two masks of a hidden width, a byte each.
    masks = dropped["attention_block_bytes"] - plain["attention_block_bytes"]
    assert masks == 2 * 1000 + 30_000 / 2
    selective = dense(attention_kernel="plain", recompute="selective")
    assert selective["score_activation_bytes"] == 0


@pytest.mark.parametrize(
    ("dropout", "matrices", "kept"), [("yes", 3, 1), ("no", 2, 0), ("auto", 3, 0), ("auto", 2, 0)]
)
def test_no_masks_are_kept_unless_dropout_is_stated(dropout: str, matrices: int, kept: int) -> None:
    assert dense(dropout=dropout, ffn_matrices=matrices)["dropout_masks"] == kept


def test_what_is_computed_again_is_not_kept() -> None:
    assert dense(recompute_norms=True)["norm_activation_bytes"] == 2 * 1000 * 2
    assert dense(recompute_ffn_activation=True)["ffn_activation_bytes"] == 2 * 2 * 3000


def test_experts_keep_copies_widths_and_scores() -> None:
    """Three copies of a hidden number and three inner widths, a shared expert's, eight scores."""
    found = mixed()
    assert found["expert_activation_bytes"] == 3 * (2000 + 6 * 500) + 6 * 500 + 4 * 8
    kept = mixed(keep_expert_outputs=True)
    assert kept["expert_activation_bytes"] == 3 * (4000 + 6 * 500) + 6 * 500 + 4 * 8
    assert found["moe_layer_bytes"] == 11_000 + 18_032 / 2
    wide = mixed(shared_expert_intermediate_size=700)
    assert wide["expert_activation_bytes"] == 18_032 + 6 * 200


def test_latents_are_kept_before_and_behind_their_norms() -> None:
    assert dense()["latent_activation_bytes"] == 0
    found = dense(**LATENT)
    assert found["latent_activation_bytes"] == 2 * (100 + 50 + 10) + 2 * (100 + 50)
    assert dense(**LATENT, recompute_norms=True)["latent_activation_bytes"] == 2 * 160
    # Every head has a key and value of its own once expanded: 30 + 30 + 40 wide, and its output.
    assert found["attention_activation_bytes"] == 2 * 10 * 100 + 2 * 10 * 40
    again = dense(**LATENT, recompute_up_projections=True)
    assert again["attention_activation_bytes"] == 2 * 10 * 40


def test_fp8_is_kept_with_scales_and_attention_s_output_in_twelve_bits() -> None:
    found = dense(activation_precision="fp8")
    assert found["matrix_input_bytes"] == 1 + 4 / 128
    assert found["attention_output_bytes"] == 1.5 + 4 / 128
    assert found["norm_activation_bytes"] == 2 * 1000 * (2 + 1 + 4 / 128)


# Stages under way


FLIGHTS = {
    # First, second and last accelerator of eight, with 32 micro-batches and two pieces each.
    "gpipe": (32, 32, 32),
    "1f1b": (8, 7, 1),
    "interleaved": (8 + 7 / 2, 8 + 5 / 2, 8 - 7 / 2),
    "zb1p": (8, 8, 8),
    "dualpipe": (9, 9, None),
    "dualpipev": (8.5, 8.5, None),
}


@pytest.mark.parametrize("schedule", FLIGHTS)
def test_stages_of_activations_under_way(schedule: str) -> None:
    pipeline = {"pipeline_parallel": 8, "virtual_stages": 2, "num_gpus": 16}
    found = dense(pipeline_schedule=schedule, **pipeline)
    first, second, last = FLIGHTS[schedule]
    assert found["micro_batches"] == 32
    assert found["stages_in_flight"] == first
    assert found["middle_stages_in_flight"] == second
    assert last is None or found["last_stages_in_flight"] == last


@pytest.mark.parametrize("schedule", FLIGHTS)
def test_one_stage_holds_one_micro_batch_at_a_time(schedule: str) -> None:
    assert dense(pipeline_schedule=schedule)["stages_in_flight"] == 1


def test_two_stages_hold_two_on_the_first_and_one_on_the_last() -> None:
    found = dense(pipeline_schedule="1f1b", pipeline_parallel=2, num_gpus=4)
    assert (found["stages_in_flight"], found["last_stages_in_flight"]) == (2, 1)


def test_few_micro_batches_are_all_that_is_under_way() -> None:
    pipeline = {"pipeline_parallel": 8, "num_gpus": 16, "global_batch_size": 4}
    for schedule in FLIGHTS:
        assert dense(pipeline_schedule=schedule, **pipeline)["stages_in_flight"] == 2


def test_full_recomputation_keeps_inputs_and_one_layer() -> None:
    """Eight stages of two layers: eight times two inputs, and the layer that is computed again."""
    pipeline = {"pipeline_parallel": 8, "num_gpus": 16, "recompute": "full"}
    found = dense(**pipeline)
    assert found["first_stage_bytes"] == 2 * 2000
    assert found["recompute_working_bytes"] == 20_000 - 2000
    assert found["first_gpu_activations"] == 2000 * (8 * 4000 + 18_000)
    assert found["middle_gpu_activations"] == 2000 * (7 * 4000 + 18_000)
    assert found["last_gpu_activations"] == 2000 * (1 * 4000 + 18_000)
    assert mixed(**pipeline)["recompute_working_bytes"] == 20_016 - 2000
    assert dense()["recompute_working_bytes"] == 0


def test_stages_with_and_without_experts() -> None:
    """Four stages of four layers, the first eight layers without experts, and a module behind."""
    pipeline = {"pipeline_parallel": 4, "num_gpus": 8, "mtp_layers": 1}
    found = mixed(**pipeline)
    assert found["first_stage_bytes"] == 4 * 20_000
    assert found["middle_stage_bytes"] == 4 * 20_016
    assert found["last_stage_bytes"] == 5 * 20_016
    assert found["prediction_bytes"] == 20_016
    assert found["first_gpu_activations"] == 2000 * 4 * 80_000
    assert found["last_gpu_activations"] == 2000 * 5 * 20_016
    both_ends = mixed(**pipeline, pipeline_schedule="dualpipe")
    assert both_ends["first_gpu_activations"] == 2000 * (4 * 80_000 + 5 * 20_016)
    folded = mixed(**pipeline, pipeline_schedule="dualpipev")
    # Two pieces of two layers: the first two without experts, the last two with.
    assert folded["first_gpu_activations"] == 2000 * (4.5 * 80_032 + 20_016)
    alone = mixed(mtp_layers=1)
    assert alone["first_gpu_activations"] == 2000 * (8 * 20_000 + 8 * 20_016 + 20_016)


@pytest.mark.parametrize(
    ("loss", "each"), [("fused", 4), ("whole", 2 + 4 + 4 + 4), ("chunked", 14 / 8)]
)
def test_logits_are_kept_as_the_loss_is_computed(loss: str, each: float) -> None:
    """In Gemma 2's vocabulary of 256,000, 8,192 tokens whole take 28 GB of a GPU's (published)."""
    found = dense(
        **{"loss": loss, "vocab_size": 256_000, "tensor_parallel": 1, "num_gpus": 1},
        **{"sequence_length": 8192, "micro_batch_size": 1},
    )
    assert found["head_logits"] == each * 256_000 * 8192
    if loss == "whole":
        assert found["head_logits"] / 2**20 == pytest.approx(28_000, rel=1e-3)


def test_a_loss_that_is_not_fused_writes_its_copy_of_the_logits() -> None:
    """Six bytes of each logit more: read in BF16, written in FP32, at half of 2 TB/s."""
    machine: dict[str, object] = {"memory_bandwidth": 2e12, "memory_efficiency": 0.5}
    times = {
        loss: dense(loss=loss, bf16_flops=1e15, **machine)["head_time"]
        for loss in ("fused", "whole", "chunked")
    }
    logits = 2000 * 10_000 / 2
    assert times["whole"] - times["fused"] == pytest.approx(6 * logits / 1e12)
    assert times["chunked"] == times["fused"]
