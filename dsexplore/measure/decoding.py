"""Kernels of decoding, as a graph replays them: products of few rows, attention of one token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dsexplore.measure.device import CUDA, Device
from dsexplore.measure.graphs import replayed
from dsexplore.measure.measurement import Kernel
from dsexplore.measure.trial import Call, Trial

# Requests, and weights (outputs x inputs) of layers from small to large models.
_ROWS = (1, 4, 16, 32)
_WEIGHTS = ((4096, 4096), (6144, 4096), (8192, 8192), (28672, 4096), (28672, 8192), (8192, 28672))
# Requests and tokens of context; heads as in models of 8 to 70 billion parameters on a few GPUs.
_BATCHES = (1, 8, 64)
_CONTEXTS = (1024, 4096, 16384, 65536)
_HEADS, _KV_HEADS, _WIDTH = 32, 8, 128
_IN_A_GRAPH = 20
_BYTES_PER_VALUE = 2


def decoding(device: Device) -> list[Trial]:
    """Those that read the least first."""
    found = [*_products(device), *_attention(device)]
    return sorted(found, key=lambda trial: trial.work)


def _products(device: Device) -> Iterator[Trial]:
    for m in _ROWS:
        for n, k in _WEIGHTS:
            yield Trial(
                Kernel.FEW_ROWS,
                {"m": m, "n": n, "k": k},
                float(_BYTES_PER_VALUE * (m * k + n * k + m * n)),
                "byte",
                _starting_product(device, m, n, k),
                # Values are made in FP32 and then converted.
                memory=6 * (m * k + n * k),
                precision=device.half(),
                kernels_per_call=_IN_A_GRAPH,
            )


def _starting_product(device: Device, m: int, n: int, k: int) -> Any:
    def start() -> Call:
        torch, dtype = device.torch, device.dtype(device.half())
        operands = device.in_turn(
            lambda: (device.random(m, k, dtype=dtype), device.random(n, k, dtype=dtype))
        )
        product = torch.empty(m, n, device=device.kind, dtype=dtype)

        def call() -> None:
            rows, weights = next(operands)
            torch.mm(rows, weights.t(), out=product)

        return replayed(device, call, _IN_A_GRAPH)

    return start


def _attention(device: Device) -> Iterator[Trial]:
    for batch in _BATCHES:
        for context in _CONTEXTS:
            cache = 2.0 * batch * _KV_HEADS * context * _WIDTH * _BYTES_PER_VALUE
            yield Trial(
                Kernel.DECODE_ATTENTION,
                {"batch": batch, "kv_heads": _KV_HEADS, "context": context, "head_dim": _WIDTH},
                cache,
                "byte",
                _starting_attention(device, batch, context),
                memory=int(3 * cache),
                precision=device.half(),
                kernels_per_call=_IN_A_GRAPH,
            )


def _starting_attention(device: Device, batch: int, context: int) -> Any:
    def start() -> Call:
        torch, dtype = device.torch, device.dtype(device.half())
        attend = torch.nn.functional.scaled_dot_product_attention
        # Heads that share a cache are as many queries that look back on the same tokens.
        query = device.random(batch, _KV_HEADS, _HEADS // _KV_HEADS, _WIDTH, dtype=dtype)
        caches = device.in_turn(
            lambda: tuple(
                device.random(batch, context, _KV_HEADS, _WIDTH, dtype=dtype).transpose(1, 2)
                for _ in range(2)
            )
        )

        def call() -> None:
            key, value = next(caches)
            with _splitting(device):
                attend(query, key, value)

        return replayed(device, call, _IN_A_GRAPH)

    return start


def _splitting(device: Device) -> Any:
    """Libraries in turn, first the one that shares out a token's context to multiprocessors."""
    attention = device.torch.nn.attention
    libraries = attention.SDPBackend
    usual = [libraries.FLASH_ATTENTION, libraries.EFFICIENT_ATTENTION, libraries.MATH]
    kept = usual if device.kind == CUDA else [libraries.MATH]
    return attention.sdpa_kernel(kept, set_priority=True)
