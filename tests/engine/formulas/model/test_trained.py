"""Trained parameters: adapters and frozen weights, against what was published of them."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped

MIB = 2**20
GPT_3 = {
    **{"num_layers": 96, "hidden_size": 12288, "num_attention_heads": 96, "num_kv_heads": 96},
    **{"head_dim": 128, "ffn_matrices": 2, "intermediate_size": 49152, "vocab_size": 50257},
    **{"tie_embeddings": True, "lora_targets": "query_value"},
}


@pytest.mark.parametrize(("rank", "published"), [(1, 4.7e6), (8, 37.7e6)])
def test_adapters_of_gpt_3_by_the_paper(rank: int, published: float) -> None:
    """LoRA, arXiv:2106.09685, table 4, of queries and values."""
    model = Scenario().with_values({**GPT_3, "lora_rank": rank})
    assert evaluate(model.inputs())["trained_parameters"] == pytest.approx(published, rel=0.005)


def test_a_checkpoint_of_adapters_is_a_ten_thousandth_of_the_model() -> None:
    """350 GB and 35 MB in FP16 at rank 4 (section 4.2)."""
    found = evaluate(Scenario().with_values({**GPT_3, "lora_rank": 4}).inputs())
    assert 2 * found["total_parameters"] == pytest.approx(350e9, rel=0.01)
    assert 2 * found["trained_parameters"] / MIB == pytest.approx(35, rel=0.03)


def test_adapters_of_llama_2_70b_in_mlperf() -> None:
    """Rank 16 of the matrices of queries, keys and values as one, and of the output: 44,564,480."""
    model = shipped("llama-3-70b").with_values({"lora_rank": 16, "lora_targets": "fused_attention"})
    assert evaluate(model.inputs())["trained_parameters"] == 44_564_480


def test_the_states_of_a_model_with_adapters_are_its_weights() -> None:
    """GPT-3 with Adam: 1.2 TB for all parameters, 350 GB for adapters (section 4.2)."""
    alone = {**GPT_3, "zero_stage": 0, "num_gpus": 1, "lora_rank": 4}
    found = evaluate(Scenario().with_values(alone).inputs())
    state = found["weight_memory"] + found["gradient_memory"] + found["optimizer_memory"]
    assert state == pytest.approx(350e9, rel=0.01)


def test_frozen_weights_cost_four_flop_and_trained_ones_six() -> None:
    """Forward and the gradient of the input alone: two thirds of the whole, attention apart."""
    base = shipped("llama-3-70b").with_values({"flop_accounting": "six_nd"})
    whole = evaluate(base.inputs())["counted_flops_per_token"]
    frozen = evaluate(base.with_values({"frozen_share": 1}).inputs())["counted_flops_per_token"]
    adapted = evaluate(base.with_values({"lora_rank": 16}).inputs())["counted_flops_per_token"]
    assert frozen == pytest.approx(whole * 4 / 6)
    assert frozen < adapted < 1.01 * frozen


def test_a_frozen_model_has_no_gradients_to_send_or_update() -> None:
    layout = {"tensor_parallel": 8, "num_gpus": 64, "utilization": "predicted"}
    found = evaluate(shipped("llama-3-70b").with_values({**layout, "frozen_share": 1}).inputs())
    assert found["data_parallel_bytes"] == found["optimizer_time"] == found["weight_time"] == 0
    assert found["gradient_memory"] == found["optimizer_memory"] == 0 < found["weight_memory"]
