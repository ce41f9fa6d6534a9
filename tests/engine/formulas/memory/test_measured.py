"""Memory of one accelerator against what torch had allocated in measured steps."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped

# 16 layers of Llama 3 8B, 8,192 tokens, whole layers recomputed, weights, gradients and moments in
# BF16 on one H100: bytes at the peak with one micro-batch per step, and with four.
ALONE, OF_FOUR = 41_572_044_800, 50_652_983_296


def memory(micro_batches: int, storage: str) -> dict[str, float]:
    changes = {
        **{"num_layers": 16, "num_gpus": 1, "gradient_storage": storage, "memory_reserve": 0},
        **{"sequence_length": 8192, "micro_batch_size": 1, "global_batch_size": micro_batches},
        **{"recompute": "full", "optimizer_bytes": 4, "gradient_precision": "bf16"},
        **{"zero_stage": 0, "loss": "whole"},
    }
    return evaluate(shipped("llama-3-8b").with_values(changes).inputs())


def test_released_gradients_are_not_there_when_one_micro_batch_fills_the_memory():
    alone, of_four = memory(1, "released"), memory(4, "released")
    saved = of_four["memory_per_gpu"] - alone["memory_per_gpu"]
    assert saved == pytest.approx(OF_FOUR - ALONE, rel=0.005)
    assert alone["memory_per_gpu"] == pytest.approx(ALONE, rel=0.1)
    assert of_four["memory_per_gpu"] == pytest.approx(OF_FOUR, rel=0.1)


def test_a_buffer_of_gradients_stays():
    assert memory(1, "kept")["memory_per_gpu"] == memory(4, "released")["memory_per_gpu"]


def test_the_update_reads_all_gradients_wherever_they_were_at_the_peak():
    kept, released = memory(1, "kept"), memory(1, "released")
    assert released["optimizer_time"] == kept["optimizer_time"]
