"""What stands in the way of a result is said, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import PROBLEMS, evaluate, warnings_in
from tests.points import holds_at
from tests.strategies import shipped


def results(name: str = "deepseek-v3", **changes: object) -> dict[str, Any]:
    return evaluate(shipped(name).with_values(changes).inputs())


NO_SHAPE = {"hidden_size": "unknown"}
PREDICTED = {"utilization": "predicted"}
CASES = [
    # Field by field: the problem, or none where a number is still on the allowed side.
    ({**NO_SHAPE}, "architecture_problem", "The shape of the model is not known"),
    (
        {**NO_SHAPE, "stated_total_parameters": 1e9},
        "architecture_problem",
        "stated_active_parameters",
    ),
    (
        {**NO_SHAPE, "stated_active_parameters": 1e9},
        "architecture_problem",
        "stated_total_parameters",
    ),
    (
        {**NO_SHAPE, "stated_total_parameters": 1e9, "stated_active_parameters": 1e9},
        "architecture_problem",
        "",
    ),
    ({"layer_pattern": "60 x full + 10 x ffn"}, "pattern_problem", "70 layers, more than"),
    ({"layer_pattern": "60 x full + 1 x ffn"}, "pattern_problem", ""),
    ({"layer_pattern": "3 x window + 1 x full"}, "pattern_problem", "attend to all"),
    (
        {"layer_pattern": "3 x window + 1 x full", "attention_window": 512},
        "pattern_problem",
        "",
    ),
    ({"layer_pattern": "1 x csa + 1 x hca"}, "pattern_problem", "this model's is mla"),
    # At FP8 the head's BF16 products are the first to meet their peak, at 74 % of it times 1.5.
    ({"kernel_factor": 1.3, "sustained_rate": 1}, "kernel_problem", ""),
    ({"kernel_factor": 1.5, "sustained_rate": 1}, "kernel_problem", "1.11 times the peak"),
    (
        {"gpu_hours_per_trillion_tokens": 0, "stated_pretraining_gpu_hours": 0},
        "hours_problem",
        "no hours are given",
    ),
    (
        {"gpu_hours_per_trillion_tokens": 1, "stated_pretraining_gpu_hours": 0},
        "hours_problem",
        "",
    ),
    (
        {"gpu_hours_per_trillion_tokens": 0, "stated_pretraining_gpu_hours": 1},
        "hours_problem",
        "",
    ),
    (
        {
            "gpu_hours_per_trillion_tokens": 0,
            "stated_pretraining_gpu_hours": 0,
            "pretraining_tokens": 0,
        },
        "hours_problem",
        "",
    ),
    (
        {
            "gpu_hours_per_trillion_tokens": 0,
            "stated_pretraining_gpu_hours": 0,
            "utilization": "assumed",
        },
        "hours_problem",
        "",
    ),
    ({**PREDICTED}, "hours_problem", ""),
    ({**PREDICTED, "memory_bandwidth": "unknown"}, "hours_problem", "not known well enough"),
    ({"memory_bandwidth": "unknown"}, "hours_problem", ""),
    ({**PREDICTED, "memory_bandwidth": "unknown", "pretraining_tokens": 0}, "hours_problem", ""),
    # A layout that cannot be says so itself.
    ({**PREDICTED, "num_gpus": 2047}, "hours_problem", ""),
    ({"price_per_gpu_hour": "unknown"}, "price_problem", "No price of a GPU-hour is known"),
    ({"price_per_gpu_hour": 0}, "price_problem", ""),
    ({"stated_pretraining_gpu_hours": 1}, "mfu_problem", "more than there is"),
    ({**PREDICTED}, "mfu_problem", ""),
    ({"memory_capacity": 64e9}, "memory_problem", "does not fit: needs 72.9 of 64 GB"),
    ({}, "memory_problem", ""),
]


@holds_at(("changes", "problem", "words"), CASES)
def test_a_problem_is_said_where_it_is_one(
    changes: dict[str, object], problem: str, words: str
) -> None:
    found = results(**changes)[problem]
    assert (words in found) if words else (found == "")


def test_an_mfu_of_just_the_peak_is_none_too_many() -> None:
    whole = {"utilization": "assumed", "assumed_mfu": 1}
    assert not results(**whole)["mfu_problem"].startswith("MFU")


def test_memory_that_is_just_enough_is_enough() -> None:
    needed = results()["memory_per_gpu"]
    assert results(memory_capacity=needed)["memory_problem"] == ""
    assert results(memory_capacity=needed)["memory_verdict"].startswith("fits: 72.9 of 72.9 GB")
    assert results(memory_capacity=0.99 * needed)["memory_problem"] != ""


def test_the_day_s_tokens_may_need_all_that_is_held_and_no_more() -> None:
    held = results("deepseek-serving")["serving_gpus_needed"]
    assert results("deepseek-serving", serving_gpus=int(held) + 1)["fleet_problem"] == ""
    few = results("deepseek-serving", serving_gpus=int(held / 2))["fleet_problem"]
    assert "2 times the GPUs" in few
    nobody = {"output_tokens_per_day": 0, "input_tokens_per_day": 0, "serving_gpus": 1}
    assert results("deepseek-serving", **nobody)["fleet_problem"] == ""
    large = results("deepseek-serving", decode_batch=10**5)["serving_problem"]
    assert "weights, KV cache and reserve" in large


def test_a_request_s_memory_may_be_all_there_is() -> None:
    needed = results("deepseek-serving")["decode_memory_per_gpu"]
    assert results("deepseek-serving", memory_capacity=needed)["serving_problem"] == ""
    less = results("deepseek-serving", memory_capacity=0.999 * needed)
    assert "weights, KV cache and reserve" in less["serving_problem"]


@pytest.mark.parametrize("name", ["deepseek-v3", "deepseek-serving", "llama-3.1-405b"])
def test_nothing_stands_in_the_way_of_what_ships(name: str) -> None:
    found = results(name)
    assert [found[problem] for problem in PROBLEMS] == [""] * len(PROBLEMS)
    assert warnings_in(found) == []
