"""A service under load: what waits for what, by laws of queues."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dsexplore.engine import evaluate
from tests.engine.formulas.serving.test_together import results
from tests.strategies import shipped

PLACES = pytest.mark.parametrize("placement", ["together", "apart"])


def at(batch: int, placement: str, **changes: object) -> dict[str, Any]:
    return results(
        decode_batch=batch, prefill_placement=placement, prefill_gpu_share=0.5
    ) | results(decode_batch=batch, prefill_placement=placement, **changes)


@PLACES
def test_more_load_is_more_waiting_and_slower_tokens(placement: str) -> None:
    found = [at(batch, placement) for batch in (1, 4, 16, 64, 128, 180)]
    for name in ("load_per_gpu", "loaded_ttft", "loaded_time_per_output_token"):
        values = [each[name] for each in found]
        assert values == sorted(values), name


@PLACES
def test_a_full_batch_lets_the_queue_grow_without_end(placement: str) -> None:
    most = int(at(1, placement)["largest_decode_batch"])
    nearly, full = at(most - 1, placement), at(most, placement)
    assert nearly["loaded_ttft"] > nearly["ttft"] + nearly["batch_wait"] / 2 > 2 * nearly["ttft"]
    assert math.isnan(full["loaded_ttft"])


def test_requests_under_way_are_load_times_their_time_in_service() -> None:
    """Little's law, with the time that a request spends between its first and last token."""
    for chunk in (0, 1000):
        found = results(prefill_chunk=chunk)
        time = found["answer_tokens"] * found["loaded_time_per_output_token"]
        assert found["load_per_gpu"] * time == pytest.approx(64 / 8)


def test_in_one_engine_prompts_slow_the_tokens_and_apart_they_do_not() -> None:
    together, apart = at(64, "together"), at(64, "apart")
    assert together["loaded_time_per_output_token"] > 1.3 * together["time_per_output_token"]
    assert apart["loaded_time_per_output_token"] == apart["time_per_output_token"]


def test_prompts_alike_wait_half_as_long_for_each_other() -> None:
    """Pollaczek and Khinchine: an exponential's second moment is twice that of a constant."""
    alike, spread = (
        results(prefill_placement="apart", prompt_spread=spread)["prompt_wait"] for spread in (0, 1)
    )
    assert spread == pytest.approx(2 * alike)


def test_too_few_that_read_are_said_to_be() -> None:
    found = results(prefill_placement="apart", prefill_gpu_share=0.1)
    assert found["prompt_queue_load"] > 1
    assert "(prefill_gpu_share)" in found["promise_problem"]
    assert math.isnan(found["loaded_ttft"])


def test_a_limit_that_is_not_kept_is_said() -> None:
    assert "(ttft_limit)" in results(ttft_limit=0.1)["promise_problem"]
    assert "(time_per_token_limit)" in results(time_per_token_limit=0.01)["promise_problem"]
    assert results(ttft_limit=10, time_per_token_limit=1)["promise_problem"] == ""


def test_the_cost_of_a_token_includes_the_prompt_that_it_answers() -> None:
    short, long = (
        results(serving_prompt_length=prompt, kv_length=prompt + 500) for prompt in (500, 4000)
    )
    name = "service_cost_per_million_output_tokens"
    assert short["cost_per_million_output_tokens"] < short[name] < long[name]


def test_array_and_number_agree() -> None:
    inputs = shipped("deepseek-serving").inputs()
    many = evaluate({**inputs, "decode_batch": np.array([8.0, 64.0, 163.0])})["loaded_ttft"]
    one = evaluate({**inputs, "decode_batch": 64.0})["loaded_ttft"]
    assert many[1] == pytest.approx(one)
    assert np.isnan(many[2])
