"""KV cache of a request: windows, an indexer's keys, and the group that holds it."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.engine.elementwise import side_by_side
from dsexplore.library.presets import with_panel
from dsexplore.scenario.scenario import Scenario

LONG = 131_072


def of(architecture: str, hardware: str = "h100-80gb-sxm", **changes: object) -> dict[str, Any]:
    scenario = with_panel(Scenario(), "architecture", architecture)
    scenario = with_panel(scenario, "hardware", hardware)
    return evaluate(scenario.with_values({"kv_length": LONG, **changes}).inputs())


def test_a_windowed_layer_caches_its_window() -> None:
    """gpt-oss 120B: 18 layers of 36 with 128 tokens; eight heads of 64, two bytes, twice."""
    found = of("gpt-oss-120b", decode_batch=1, decode_expert_parallel=8)
    each = 2 * 8 * 64 * 2
    whole = 18 * each * LONG + 18 * each * 128
    assert found["kv_cache_per_request"] == whole == 4_836_556_800
    assert found["serving_cache_memory"] == whole
    free = 81_559 * 2**20 - found["serving_weight_memory"] - 4e9
    assert found["largest_decode_batch"] == free // whole == 10


def test_a_request_shorter_than_the_window_caches_all_of_itself() -> None:
    short = of("gpt-oss-120b", kv_length=100)
    assert short["kv_cache_per_request"] == 36 * 2048 * 100


@pytest.mark.parametrize(("windowed", "share"), [(0, 1.0), (16, 0.5), (24, 0.75)])
def test_layers_with_a_window_are_those_stated_or_all(windowed: int, share: float) -> None:
    found = of("llama-3-8b", attention_window=1024, windowed_layers=windowed)
    held = (1 - share) * LONG + share * 1024
    assert found["kv_cache_per_request"] == 131_072 * held


def test_a_rollout_holds_as_many_more_answers_as_its_windows_save() -> None:
    rl: dict[str, object] = {
        **{"rl_gradient_steps": 10, "rl_num_gpus": 8, "questions_per_step": 10_000},
        **{"response_length": 60_000, "max_response_length": 60_000, "prompt_length": 0},
        **{"decode_expert_parallel": 8, "response_length_variation": 0},
    }
    windowed, plain = of("gpt-oss-120b", **rl), of("gpt-oss-120b", **rl, attention_window=0)
    context = windowed["rl_context"]
    saved = (context + 128) / (2 * context)
    assert windowed["rollout_batch"] == pytest.approx(plain["rollout_batch"] / saved)


def test_a_rollout_leaves_the_reserve_and_the_embedding_in_memory_as_serving_does() -> None:
    rl: dict[str, object] = {
        **{"rl_gradient_steps": 10, "rl_num_gpus": 8, "questions_per_step": 10_000},
        **{"response_length": 8000, "max_response_length": 8000, "prompt_length": 0},
        **{"response_length_variation": 0, "memory_reserve": 6e9},
    }
    found = of("llama-3-8b", **rl)
    # 16.06 GB of weights in BF16, and 131,072 bytes per token of 4,000 on average.
    free = 81_559 * 2**20 - 2 * 8_030_261_248 - 6e9
    assert found["rollout_batch"] == pytest.approx(free / (131_072 * 4000), rel=1e-3)
    assert found["rl_context"] == 4000


def test_an_indexer_caches_a_key_per_layer_and_reads_all_of_them() -> None:
    """V3.2: 85,888 bytes per token, of which 15,616 are read of every token of the context."""
    found = of("deepseek-v3.2", decode_batch=1, decode_expert_parallel=144)
    assert found["kv_cache_bytes_per_token"] == 70_272 + 61 * 128 * 2 == 85_888
    assert found["kv_cache_per_request"] == 85_888 * LONG
    assert found["decode_attended_tokens"] == 2048
    rate = found["cache_read_rate"]
    assert found["kv_cache_read_time"] == pytest.approx(70_272 / rate)
    assert found["indexer_cache_read_time"] == pytest.approx(15_616 / rate)
    scores = 2 * 61 * 64 * 128 / found["served_attention_rate"]
    scored = LONG * side_by_side(scores, 15_616 / rate)
    attended = 2048 * found["decode_attention_time_per_context_token"]
    assert found["decode_attention_time"] == pytest.approx(
        attended + scored + found["decode_attention_call_times"], rel=1e-4
    )


def test_prefill_scores_every_token_of_the_prompt_before_it() -> None:
    sparse = of("deepseek-v3.2", serving_prompt_length=LONG, decode_expert_parallel=144)
    without = of("deepseek-v3", serving_prompt_length=LONG, index_top_k=2048, index_heads=0)
    rate = sparse["served_attention_rate"] * sparse["prefill_attention_length_share"]
    rate = min(rate * sparse["serving_attention_width_factor"], sparse["served_attention_rate"])
    scores = 2 * 61 * 64 * 129 * LONG / 2 / rate
    attended = sparse["attention_flops_per_attended_token"] * sparse["prefill_attended_tokens"]
    assert sparse["prefill_attention_time_per_token"] == pytest.approx(attended / rate + scores)
    assert without["prefill_scored_tokens"] == LONG / 2


LLAMA_405B: dict[str, object] = {
    **{"serving_precision": "fp8", "serving_tensor_parallel": 8, "memory_reserve": 8e9},
    **{"memory_capacity": 80e9, "decode_batch": 1, "num_gpus": 8},
}


def test_one_request_of_eight_accelerators_can_be_asked() -> None:
    """67.65 GB of cache, one of eight heads on each: 51.26 + 8.46 + 8 of 80 GB, and two fit."""
    found = of("llama-3.1-405b", **LLAMA_405B)
    assert found["kv_cache_per_request"] == 516_096 * LONG
    assert found["serving_cache_memory"] == 516_096 * LONG / 8
    assert found["decode_memory_per_gpu"] == pytest.approx(67.7e9, rel=1e-3)
    assert found["largest_decode_batch"] == 2
    two = of("llama-3.1-405b", **LLAMA_405B | {"decode_batch": 2})
    assert two["decode_memory_per_gpu"] < 80e9
    assert of("llama-3.1-405b", **LLAMA_405B | {"decode_batch": 3})["decode_memory_per_gpu"] > 80e9


def test_a_group_of_one_is_an_accelerator() -> None:
    one = of("llama-3-8b", decode_batch=7, kv_length=1000)
    assert one["decode_requests"] == 7
    assert one["decode_tokens_per_second_per_gpu"] == pytest.approx(
        7 * one["decode_tokens_per_second_per_request"]
    )


def test_a_group_serves_its_requests_and_each_accelerator_its_share() -> None:
    found = of("llama-3-70b", decode_batch=4, kv_length=1000, serving_tensor_parallel=8)
    whole = 8 * found["decode_tokens_per_second_per_gpu"]
    assert whole == pytest.approx(4 * found["decode_tokens_per_second_per_request"])
    more = of("llama-3-70b", decode_batch=8, kv_length=1000, serving_tensor_parallel=8)
    assert more["serving_cache_memory"] == 2 * found["serving_cache_memory"]
