"""Compressed caches and residual streams against what DeepSeek-V4's publishers print."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.library.presets import with_panel
from tests.strategies import shipped

FLASH, PRO, V32 = "deepseek-v4-flash", "deepseek-v4-pro", "deepseek-v3.2"
MILLION = 2**20


def of(name: str, **changes: Any) -> dict[str, Any]:
    return evaluate(load(name).with_values(changes).inputs())


# As transformers 5.24 holds them on a device without memory, biases that balance experts included.
EXACT = {FLASH: 284_332_240_471, PRO: 1_572_997_201_763}


@pytest.mark.parametrize(("name", "total", "active"), [(FLASH, 284e9, 13e9), (PRO, 1.6e12, 49e9)])
def test_parameters_are_the_framework_s_and_the_published_ones(
    name: str, total: float, active: float
) -> None:
    """284B-A13B and 1.6T-A49B, by the report's abstract."""
    found = of(name)
    assert found["total_parameters"] == EXACT[name]
    assert found["total_parameters"] == pytest.approx(total, rel=0.02)
    assert found["active_parameters_without_embedding"] == pytest.approx(active, rel=0.025)


@pytest.mark.parametrize(("name", "gibibytes"), [(FLASH, 6.72), (PRO, 9.62)])
def test_a_context_of_a_million_tokens_is_cached_in_as_much_as_vllm_prints(
    name: str, gibibytes: float
) -> None:
    """vLLM's post of April 2026: 9.62 GiB of BF16 for V4-Pro, 8.7 times less than V3.2."""
    held = of(name, kv_length=MILLION)["kv_cache_per_request"]
    assert round(held / 2**30, 2) == gibibytes
    before = of(V32, kv_length=MILLION)["kv_cache_per_request"]
    if name == PRO:
        assert round(before / held, 1) == 8.7


def test_a_token_after_a_million_costs_as_little_as_the_report_says() -> None:
    """27 % of V3.2's FLOP for Pro and 10 % for Flash, in FLOP of FP8: the indexer's are of FP4."""
    before, pro, flash = (
        of(name, kv_length=MILLION)["decode_flops_per_token"] for name in (V32, PRO, FLASH)
    )
    assert pro / before == pytest.approx(0.27, abs=0.01)
    assert flash / before == pytest.approx(0.10, abs=0.025)


def test_entries_attended_to_are_those_of_each_token_counted_one_by_one() -> None:
    """A csa layer picks 64 entries of 4 tokens, an hca layer has all of its 128."""
    length, window, picked = 16_384, 128, 64
    found = of(FLASH, sequence_length=length, index_top_k=picked)
    sparse = heavy = 0
    for before in range(length):
        sparse += min(picked, before // 4)
        heavy += before // 128
    # Of 43 layers 21 are csa and 20 hca; each has the window too.
    entries = (21 * sparse + 20 * heavy) / (43 * length)
    seen = window * (1 - window / (2 * length))
    assert found["attended_tokens"] == pytest.approx(seen + entries, rel=5e-3)


def test_a_prompt_half_cached_attends_to_what_its_second_half_does() -> None:
    whole, half = of(FLASH, kv_length=8192), of(FLASH, kv_length=8192, cache_hit_rate=0.5)
    first = of(FLASH, kv_length=4096)
    name = "prefill_attended_tokens"
    assert half[name] + first[name] == pytest.approx(2 * whole[name])


def test_a_shared_indexer_scores_for_the_layers_that_take_over_its_choice() -> None:
    """A quarter of the layers score, cache keys and hold an indexer; all attend to its choice."""
    every, few = of(V32, num_layers=60), of(V32, num_layers=60, indexer_layers=15)
    for name in ("indexer_flops_per_scored_token", "indexer_cache_bytes_per_token"):
        assert few[name] == every[name] / 4
    assert few["attended_tokens"] == every["attended_tokens"]
    # 13,959,424 parameters an indexer, as its preset counts them.
    assert every["total_parameters"] - few["total_parameters"] == 45 * 13_959_424


def test_streams_widen_what_lies_between_layers_and_not_the_cache() -> None:
    shape = with_panel(shipped("deepseek-v3"), "architecture", FLASH)
    plain, wide = (evaluate(shape.with_values({"residual_streams": n}).inputs()) for n in (0, 4))
    assert wide["layer_input_bytes"] == 4 * plain["layer_input_bytes"]
    assert wide["pipeline_bytes"] == 4 * plain["pipeline_bytes"]
    assert wide["kv_cache_per_request"] == plain["kv_cache_per_request"]
    # A step of a model of 27 billion took 6.7 % longer (mHC, section 4).
    assert 1 < wide["step_time"] / plain["step_time"] < 1.15
