"""A result that is unknown says why, in the fields and conditions that it comes down to."""

from __future__ import annotations

from dsexplore.engine import evaluate, unknowns_in
from tests.points import holds_at
from tests.strategies import shipped


def why(scenario: str, name: str, **changes: object) -> list[str]:
    inputs = shipped(scenario).with_values(changes).inputs()
    return unknowns_in(inputs | evaluate(inputs)).reasons(name)


@holds_at(
    ("scenario", "name", "changes", "reasons"),
    [
        ("deepseek-v3", "total_cost", {}, []),
        (
            "deepseek-v3",
            "total_cost",
            {"price_per_gpu_hour": "unknown"},
            ["price_per_gpu_hour is unknown"],
        ),
        (
            "deepseek-r1-epoch",
            "total_cost",
            {"num_attention_heads": "unknown", "flop_accounting": "causal"},
            ["num_attention_heads is unknown"],
        ),
        # FP8 is what is trained in: an unknown peak of another precision is no reason.
        (
            "deepseek-v3",
            "gemm_rate",
            {"fp8_flops": "unknown", "fp4_flops": "unknown"},
            ["fp8_flops is unknown"],
        ),
        ("deepseek-v3", "checkpoint_interval", {}, ["failures_per_hour is 0"]),
        (
            "deepseek-v3",
            "mean_token_price",
            {},
            ["input_tokens_per_day is 0", "output_tokens_per_day is 0"],
        ),
        (
            "deepseek-v3",
            "step_time",
            {"num_gpus": 2047},
            [
                "the accelerators do not divide into whole copies of the model",
                "the accelerators do not divide into whole copies of the experts",
            ],
        ),
        (
            "deepseek-v3",
            "pretraining_cost",
            {"gpu_hours_per_trillion_tokens": 0, "utilization": "measured"},
            ["gpu_hours_per_trillion_tokens is 0", "stated_pretraining_gpu_hours is 0"],
        ),
        ("deepseek-v3", "memory_per_gpu", {"vocab_size": "unknown"}, ["vocab_size is unknown"]),
        ("gpt-4-reported", "memory_verdict", {}, None),
    ],
)
def test_an_unknown_result_names_what_it_comes_down_to(
    scenario: str, name: str, changes: dict[str, object], reasons: list[str] | None
) -> None:
    found = why(scenario, name, **changes)
    assert found == reasons if reasons is not None else found
