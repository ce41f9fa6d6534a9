"""Whole layers beside the shards: what ZeRO 2 and 3 hold of a layer while it is computed."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.presets import with_panel
from dsexplore.scenario.scenario import Scenario

FSDP: dict[str, object] = {
    **{"zero_stage": 3, "gradient_precision": "fp32", "recompute": "full", "micro_batch_size": 1},
    **{"memory_reserve": 0, "sequence_length": 8192, "pipeline_schedule": "1f1b"},
}
# Parameters of one layer, and of the embedding or the head.
LLAMA_405B = (3_187_703_808, 2_101_346_304)
LLAMA_8B = (218_112_000, 525_336_576)


def of(architecture: str, **changes: object) -> dict[str, Any]:
    scenario = with_panel(Scenario(), "architecture", architecture)
    return evaluate(scenario.with_values(FSDP | changes).inputs())


def test_llama_405b_holds_two_layers_and_the_gradient_of_one() -> None:
    layer, _ = LLAMA_405B
    found = of("llama-3.1-405b", num_gpus=512, global_batch_size=512)
    assert found["gathered_layer_parameters"] == layer
    assert found["gathered_memory"] == pytest.approx(2 * 2 * layer + 4 * layer)
    assert found["weight_memory"] == pytest.approx(2 * 405_853_388_800 / 512)
    assert found["memory_per_gpu"] == pytest.approx(81.8e9, rel=1e-3)
    short = of("llama-3.1-405b", num_gpus=512, global_batch_size=512, gradient_precision="bf16")
    assert short["gathered_memory"] == pytest.approx(6 * layer)


def test_a_large_vocabulary_outweighs_the_layers_of_a_small_model() -> None:
    """The head and its gradient with the layer beside it: 3.59 GB of an 8B."""
    layer, head = LLAMA_8B
    found = of("llama-3-8b", num_gpus=4, context_parallel=2, global_batch_size=2)
    assert found["gathered_memory"] == 2 * (head + layer) + 4 * head


def test_zero_2_holds_the_gradient_of_a_layer_until_it_is_scattered() -> None:
    found = of("llama-3.1-405b", zero_stage=2, num_gpus=512, global_batch_size=512)
    assert found["gathered_memory"] == 4 * LLAMA_405B[0]
    for stage in (0, 1):
        assert of("llama-3.1-405b", zero_stage=stage, num_gpus=512)["gathered_memory"] == 0


def test_a_lone_copy_is_whole_already() -> None:
    assert of("llama-3-8b", num_gpus=1, global_batch_size=1)["gathered_memory"] == 0


def test_tensor_parallel_gathers_its_own_part() -> None:
    found = of("llama-3.1-405b", num_gpus=512, tensor_parallel=8, global_batch_size=64)
    assert found["gathered_memory"] == pytest.approx(8 * LLAMA_405B[0] / 8)


def test_experts_are_gathered_as_far_as_others_hold_copies() -> None:
    """Mixtral 8x7B: eight experts of 176 M in a layer, one on each of eight, eight copies."""
    expert = 3 * 4096 * 14336
    shared = of("mixtral-8x7b", num_gpus=64, expert_parallel=8, global_batch_size=64)
    apart = of("mixtral-8x7b", num_gpus=64, expert_parallel=64, global_batch_size=64)
    own = shared["gathered_layer_parameters"] - apart["gathered_layer_parameters"]
    assert own == pytest.approx(expert, rel=1e-9)


def test_a_piece_run_in_groups_keeps_the_gradients_of_its_layers() -> None:
    """126 layers, 16 stages of 8: eight pieces of one layer, or two of four."""
    layout = {"zero_stage": 2, "pipeline_schedule": "interleaved", "pipeline_parallel": 16}
    gathered = [
        of(
            "llama-3.1-405b",
            **layout,
            virtual_stages=pieces,
            tensor_parallel=8,
            num_gpus=16_384,
            global_batch_size=2048,
        )["gathered_layers"]
        for pieces in (8, 2)
    ]
    assert gathered == pytest.approx([4 * LLAMA_405B[0] / 8, 4 * 4 * LLAMA_405B[0] / 8])


def test_context_parallel_accelerators_hold_the_same_and_shard_it() -> None:
    """16 bytes of 8.03 B parameters over two copies of two accelerators each."""
    found = of(
        "llama-3-8b", num_gpus=4, context_parallel=2, global_batch_size=2, optimizer_bytes=10
    )
    state = [found[f"{name}_memory"] for name in ("weight", "gradient", "optimizer")]
    assert sum(state) == pytest.approx(16 * 8_030_261_248 / 4)
    assert (found["data_parallel"], found["replicas"]) == (2, 4)
    alone = of("llama-3-8b", num_gpus=2, context_parallel=2, global_batch_size=1)
    assert alone["weight_memory"] == pytest.approx(8_030_261_248)


def test_llama_405b_at_131072_tokens_fits_as_it_ran() -> None:
    """Eight copies of sixteen accelerators that share a sequence: the published 128 K run."""
    found = of(
        "llama-3.1-405b",
        **{"zero_stage": 2, "recompute": "none", "tensor_parallel": 8, "pipeline_parallel": 16},
        **{"context_parallel": 16, "sequence_length": 131_072, "global_batch_size": 128},
        **{
            "pipeline_schedule": "interleaved",
            "virtual_stages": 8,
            "layers_per_stage": "7, 8*14, 7",
        },
        **{"num_gpus": 16_384, "sequence_parallel": True, "memory_reserve": 4e9},
    )
    assert found["memory_per_gpu"] < 81_559 * 2**20
