"""What Muon adds to a step and saves in memory, as published."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped

NANOGPT = {
    **{"num_layers": 12, "hidden_size": 768, "num_attention_heads": 6, "num_kv_heads": 6},
    **{"head_dim": 128, "ffn_matrices": 2, "intermediate_size": 3072, "vocab_size": 50304},
    **{"sequence_length": 1024, "global_batch_size": 512, "num_gpus": 8},
}
LLAMA = shipped("llama-3-70b").with_values(
    {"tensor_parallel": 8, "num_gpus": 128, "optimizer_bytes": 12, "zero_stage": 1}
)


def by_optimizer(result: str, **changes: object) -> dict[str, float]:
    names = ("adamw", "sgd", "muon")
    return {
        name: evaluate(LLAMA.with_values({"optimizer": name, **changes}).inputs())[result]
        for name in names
    }


def test_muon_adds_less_than_a_hundredth_to_a_step() -> None:
    """Jordan: at most 5 m / B, 0.7 % in a NanoGPT speedrun, 0.5 % in Llama 405B at 16 M tokens."""
    small = evaluate(Scenario().with_values({**NANOGPT, "optimizer": "muon"}).inputs())
    assert 0.001 < small["newton_schulz_share"] < 5 * 768 / 524_288
    batch = {"global_batch_size": 2048, "sequence_length": 8192, "optimizer": "muon"}
    large = evaluate(shipped("llama-3.1-405b").with_values(batch).inputs())
    assert 0.001 < large["newton_schulz_share"] < 0.005


def test_muon_and_momentum_have_one_moment_and_adamw_two() -> None:
    """Moonlight, arXiv:2502.16982, section 2.3: one buffer, half of AdamW's."""
    state = by_optimizer("optimizer_state_bytes")
    assert (state["adamw"], state["sgd"]) == (12, 8)
    # All of the 70.6 B but embedding, head and norms, 2.1 B, are matrices.
    assert state["muon"] == pytest.approx(8 + 4 * 2.1 / 70.6, abs=0.01)
    assert by_optimizer("expert_optimizer_state_bytes") == {"adamw": 12, "sgd": 8, "muon": 8}


def test_muon_gathers_gradients_once_more_in_bf16() -> None:
    """Section 2.3: at most 1.25 times AdamW's traffic where all else is sent in FP32, 8 bytes."""
    sent = by_optimizer("synchronised_bytes")
    assert sent["muon"] - sent["adamw"] == 8 * 0.25


def test_sharded_copies_divide_the_work_and_unsharded_ones_repeat_it() -> None:
    whole, sharded = (
        by_optimizer("newton_schulz_time", zero_stage=each)["muon"] for each in (0, 1)
    )
    assert whole == pytest.approx(16 * sharded)
