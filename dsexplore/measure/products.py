"""Matrix products by shape, precision and recipe, and grouped ones as experts need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from dsexplore.measure.device import CPU, Device
from dsexplore.measure.graphs import replayed
from dsexplore.measure.measurement import Kernel, Precision, Recipe
from dsexplore.measure.trial import Call, Trial

# Tokens, and weights (outputs x inputs) of layers from small to large models, and of experts.
_TOKENS = (64, 256, 1024, 4096, 16384)
_WEIGHTS = (
    (1024, 1024),
    (2048, 7168),
    (4096, 4096),
    (8192, 8192),
    (28672, 8192),
    (8192, 28672),
)
_GROUPS = (8, 32)
_TOKENS_PER_GROUP = (64, 256, 1024, 4096)
_EXPERTS = ((512, 1024), (2048, 7168), (7168, 2048))
_FLOP = "FLOP"
_IN_A_GRAPH = 8


def products(device: Device) -> list[Trial]:
    """Dense products, the smallest first."""
    return sorted(_products(device), key=lambda trial: trial.work)


def grouped_products(device: Device) -> list[Trial]:
    """Products of several groups of tokens in one kernel, the smallest first."""
    return sorted(_grouped(device), key=lambda trial: trial.work)


def _products(device: Device) -> Iterator[Trial]:
    kinds = [
        (device.half(), Recipe.NONE),
        (Precision.FP8, Recipe.PER_TENSOR),
        (Precision.FP8, Recipe.ROWWISE),
    ]
    if device.kind == CPU:
        kinds.append((Precision.FP32, Recipe.NONE))
    for m in _TOKENS:
        for n, k in _WEIGHTS:
            for precision, recipe in kinds:
                yield _product(device, m, n, k, precision, recipe)


def _product(device: Device, m: int, n: int, k: int, precision: Precision, recipe: Recipe) -> Trial:
    # Small ones would wait for the host if it issued each.
    times = 1 if device.kind == CPU else _IN_A_GRAPH

    def start() -> Call:
        is_scaled = precision == Precision.FP8
        call = _scaled(device, m, n, k, recipe) if is_scaled else _plain(device, m, n, k, precision)
        return call if times == 1 else replayed(device, call, times)

    return Trial(
        Kernel.PRODUCT,
        {"m": m, "n": n, "k": k},
        2.0 * m * n * k,
        _FLOP,
        start,
        # Values are made in FP32 and then converted.
        memory=4 * (m * k + n * k) + 4 * m * n,
        precision=precision,
        recipe=recipe,
        kernels_per_call=times,
    )


def _plain(device: Device, m: int, n: int, k: int, precision: Precision) -> Call:
    torch, dtype = device.torch, device.dtype(precision)
    operands = device.in_turn(
        lambda: (device.random(m, k, dtype=dtype), device.random(n, k, dtype=dtype))
    )
    product = torch.empty(m, n, device=device.kind, dtype=dtype)

    def call() -> None:
        tokens, weights = next(operands)
        torch.mm(tokens, weights.t(), out=product)

    return call


def _scaled(device: Device, m: int, n: int, k: int, recipe: Recipe) -> Call:
    """A product of FP8 values already scaled: one scale for each operand, or for each row."""
    torch, dtype = device.torch, device.dtype(Precision.FP8)
    operands = device.in_turn(
        lambda: (device.random(m, k, dtype=dtype), device.random(n, k, dtype=dtype))
    )
    by_row = recipe == Recipe.ROWWISE
    scale_a = torch.ones((m, 1) if by_row else (), device=device.kind)
    scale_b = torch.ones((1, n) if by_row else (), device=device.kind)

    def call() -> None:
        tokens, weights = next(operands)
        torch._scaled_mm(
            tokens,
            weights.t(),
            scale_a=scale_a,
            scale_b=scale_b,
            out_dtype=torch.bfloat16,
            use_fast_accum=True,
        )

    return call


def _grouped(device: Device) -> Iterator[Trial]:
    for groups in _GROUPS:
        for m in _TOKENS_PER_GROUP:
            for n, k in _EXPERTS:
                yield _grouped_product(device, groups, m, n, k)


def _grouped_product(device: Device, groups: int, m: int, n: int, k: int) -> Trial:
    precision = device.half()

    def start() -> Call:
        torch, dtype = device.torch, device.dtype(precision)
        grouped = grouped_product_of(device)
        operands = device.in_turn(
            lambda: (
                device.random(groups * m, k, dtype=dtype),
                device.random(groups, n, k, dtype=dtype),
            )
        )
        ends = torch.arange(1, groups + 1, device=device.kind, dtype=torch.int32) * m

        def call() -> None:
            tokens, weights = next(operands)
            grouped(tokens, weights.transpose(-2, -1), offs=ends)

        return call

    return Trial(
        Kernel.GROUPED,
        {"groups": groups, "m": m, "n": n, "k": k},
        2.0 * groups * m * n * k,
        _FLOP,
        start,
        memory=groups * (4 * (m * k + n * k) + 2 * m * n),
        precision=precision,
    )


def grouped_product_of(device: Device) -> Callable[..., Any]:
    """Torch's grouped product, public or not yet. Raises NotImplementedError without one."""
    found = getattr(device.torch.nn.functional, "grouped_mm", None)
    found = found or getattr(device.torch, "_grouped_mm", None)
    if found is None:
        raise NotImplementedError("this torch has no grouped product")
    return cast("Callable[..., Any]", found)
