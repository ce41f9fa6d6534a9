"""Products of shipped accelerators beside measured ones, and what holds of every product."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.presets import with_panel
from dsexplore.scenario.scenario import Scenario
from tests.strategies import shipped


def of(gpu: str, **changes: object) -> dict[str, Any]:
    """Results on a shipped accelerator, its kernels alone: a step loses a share of their rates."""
    alone = with_panel(Scenario(), "hardware", gpu).with_values({"sustained_rate": 1})
    return evaluate(alone.with_values(changes).inputs())


def cube(gpu: str, side: int, precision: str) -> float:
    """FLOP/s of a product of as many rows, columns and inner values."""
    found = of(
        gpu,
        hidden_size=side,
        intermediate_size=side,
        sequence_length=side,
        precision=precision,
        fp8_recipe="per_tensor",
    )
    return float(2 * side**3 / found["ffn_out_product_time"])


@pytest.mark.parametrize(
    ("gpu", "precision", "side", "measured", "within"),
    [
        # github.com/Azure/AI-benchmarking-guide: cuBLASLt, random numbers, 10,000 runs of warming.
        ("a100-80gb-sxm", "bf16", 4096, 228.0e12, 0.08),
        ("a100-80gb-sxm", "bf16", 8192, 253.7e12, 0.08),
        ("h100-80gb-sxm", "fp8", 4096, 1216.9e12, 0.08),
        ("h100-80gb-sxm", "fp8", 16384, 1377.3e12, 0.08),
        ("h200-141gb-sxm", "fp8", 8192, 1300.6e12, 0.08),
        ("gb200-nvl72", "fp8", 8192, 2876.6e12, 0.08),
        ("gb200-nvl72", "fp4", 8192, 7535.6e12, 0.15),
    ],
)
def test_a_product_is_as_fast_as_it_was_measured(
    gpu: str, precision: str, side: int, measured: float, within: float
) -> None:
    assert cube(gpu, side, precision) == pytest.approx(measured, rel=within)


def test_a_small_product_is_far_below_the_large_one_s_rate() -> None:
    """8,192 columns and inner values on an H100 in BF16: 170, 609 and 817 TFLOP/s."""

    def rate(rows: int) -> float:
        block = {"hidden_size": 8192, "intermediate_size": 8192, "sequence_length": rows}
        time = of("h100-80gb-sxm", **block)["ffn_out_product_time"]
        return float(2 * rows * 8192 * 8192 / time / 1e12)

    # Measured without a pause a product loses a twelfth.
    assert [rate(rows) for rows in (64, 256, 4096)] == pytest.approx([170, 609, 817], rel=0.18)


@pytest.mark.parametrize(
    ("measured", "group"),
    [
        # github.com/MooreThreads/SimuMax, a B200: products of experts forward and for weights.
        ((0.20, 0.09), {"rows": 154, "groups": 160}),
        ((0.46, 0.26), {"rows": 616, "groups": 40}),
    ],
)
def test_experts_of_few_tokens_are_slow_and_the_gradients_of_their_weights_slower(
    measured: tuple[float, float], group: dict[str, int]
) -> None:
    rows, groups = group["rows"], group["groups"]
    found = of(
        "b200-180gb-sxm",
        hidden_size=5120,
        moe_intermediate_size=1536,
        num_dense_layers=0,
        num_routed_experts=groups,
        experts_per_token=1,
        sequence_length=rows * groups,
        expert_parallel=1,
    )
    flops = 2 * rows * groups * 3072 * 5120
    forward = flops / found["expert_in_product_time"] / 2250e12
    backward = flops / found["expert_in_weight_gradient_time"] / 2250e12
    assert forward == pytest.approx(measured[0], rel=0.4)
    assert backward == pytest.approx(measured[1], rel=0.4)
    assert backward < forward


@pytest.mark.parametrize("name", ["llama-3.1-405b", "deepseek-v3"])
def test_more_tokens_are_never_computed_at_a_lower_rate(name: str) -> None:
    rates: list[list[float]] = []
    for tokens in (1, 16, 256, 4096, 65_536, 1_048_576):
        changed = shipped(name).with_values({"sequence_length": tokens, "context_parallel": 1})
        found = evaluate(changed.inputs())
        times = ("layer_gemm_time", "layer_input_gradient_time", "layer_weight_gradient_time")
        rates.append([tokens / found[time] for time in times])
    for of_one in zip(*rates, strict=True):
        assert list(of_one) == sorted(of_one)


def test_unfused_attention_needs_heads_of_whole_sixteen_bytes() -> None:
    """13,824 hidden values: 147 s a step with 128 heads of 108, 104 s with 64 of 216."""
    shape: dict[str, object] = {"hidden_size": 13_824, "attention_kernel": "plain", "num_layers": 4}
    unaligned = of("a100-80gb-sxm", **shape, num_attention_heads=128, head_dim=108)
    aligned = of("a100-80gb-sxm", **shape, num_attention_heads=64, head_dim=216)
    assert unaligned["layer_attention_flops"] == aligned["layer_attention_flops"]
    assert unaligned["layer_attention_time"] > 10 * aligned["layer_attention_time"]
