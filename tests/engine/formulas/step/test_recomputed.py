"""Named recomputation: so many layers of a stage, or blocks of each layer."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped

BLOCKS = ("recompute_attention_block", "recompute_ffn", "recompute_moe")


def results(name: str, **changes: object) -> dict[str, Any]:
    layout = {"pipeline_parallel": 1, "utilization": "predicted", "pipeline_schedule": "1f1b"}
    return evaluate(shipped(name).with_values({**layout, **changes}).inputs())


def test_seventy_two_of_eighty_layers() -> None:
    """Kept, recomputed and between: memory and time by the share of layers."""
    none, some, full = (
        results("llama-3-70b", recompute="full", recompute_layers=layers) if layers is not None
        else results("llama-3-70b", recompute="none")
        for layers in (None, 72, 0)
    )  # fmt: skip
    assert some["recomputed_layer_share"] == 0.9
    for name in ("first_stage_bytes", "layer_recomputed_time"):
        between = none[name] + 0.9 * (full[name] - none[name])
        assert some[name] == pytest.approx(between), name
    assert none["hardware_flops_per_token"] < some["hardware_flops_per_token"]
    assert some["hardware_flops_per_token"] < full["hardware_flops_per_token"]


def test_more_layers_than_a_stage_has_are_all_of_them() -> None:
    stated = results("llama-3-70b", recompute="full", recompute_layers=500)
    whole = results("llama-3-70b", recompute="full")
    for name in ("memory_per_gpu", "step_time", "predicted_hfu"):
        assert stated[name] == pytest.approx(whole[name]), name


@pytest.mark.parametrize("name", ["llama-3-70b", "deepseek-v3"])
def test_all_blocks_are_the_products_of_a_whole_layer(name: str) -> None:
    """Recomputed block by block, a layer repeats the FLOP of its forward pass without the head."""
    found = results(name, recompute="none", **dict.fromkeys(BLOCKS, True))
    forward = found["forward_flops_per_token"] - found["head_flops_per_token"]
    # Of experts, biases and gates: parameters that multiply nothing.
    assert found["recomputed_block_flops_per_token"] == pytest.approx(forward, rel=0.002)
    blocks = ("layer_attention_block_time", "layer_ffn_block_time", "layer_moe_block_time")
    products = found["layer_gemm_time"] + found["layer_attention_time"] + found["layer_score_time"]
    assert sum(found[block] for block in blocks) == pytest.approx(products)


def test_experts_recomputed_keep_neither_copies_nor_what_is_inside() -> None:
    """As in Megatron's --recompute-modules moe: the layer's input is all that its experts keep."""
    kept = results("deepseek-v3", recompute="none")
    again = results("deepseek-v3", recompute="none", recompute_moe=True)
    assert again["moe_layer_bytes"] == again["attention_block_bytes"] < kept["moe_layer_bytes"] / 2
    assert again["memory_per_gpu"] < kept["memory_per_gpu"]
    assert again["layer_backward_time"] > kept["layer_backward_time"]
    assert again["repeated_exchange_share"] == 1
