"""Causal attention by length and head, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dsexplore.measure.device import Device
from dsexplore.measure.measurement import Kernel
from dsexplore.measure.trial import Call, Trial

_LENGTHS = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
_HEAD_DIMS = (64, 128)
# Heads and tokens of a micro-batch on one accelerator; a longer sequence is alone in it.
_HEADS = 16
_TOKENS = 4096
# A fused kernel computes the scores again: five products backward to two forward.
_BACKWARD_OVER_FORWARD = 2.5


def attention(device: Device) -> list[Trial]:
    """Forward and backward, the shortest first."""
    return sorted(_trials(device), key=lambda trial: trial.work)


def _trials(device: Device) -> Iterator[Trial]:
    for length in _LENGTHS:
        for width in _HEAD_DIMS:
            for kernel in (Kernel.ATTENTION_FORWARD, Kernel.ATTENTION_BACKWARD):
                yield _trial(device, kernel, length, width)


def causal_flops(batch: int, heads: int, length: int, width: int) -> float:
    """FLOP of the two products of a causal forward pass, of half the square of scores."""
    return 2 * 2.0 * batch * heads * length * length * width / 2


def _trial(device: Device, kernel: Kernel, length: int, width: int) -> Trial:
    batch = max(_TOKENS // length, 1)
    is_backward = kernel == Kernel.ATTENTION_BACKWARD
    shape = (batch, _HEADS, length, width)

    def start() -> Call:
        return _backward(device, shape) if is_backward else _forward(device, shape)

    flops = causal_flops(batch, _HEADS, length, width)
    return Trial(
        kernel,
        {"batch": batch, "heads": _HEADS, "length": length, "head_dim": width},
        flops * (_BACKWARD_OVER_FORWARD if is_backward else 1),
        "FLOP",
        start,
        memory=16 * 4 * batch * _HEADS * length * width,
        precision=device.half(),
    )


def _operands(device: Device, shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    dtype = device.dtype(device.half())
    query, key, value = (device.random(*shape, dtype=dtype) for _ in range(3))
    return query, key, value


def _forward(device: Device, shape: tuple[int, ...]) -> Call:
    attend = device.torch.nn.functional.scaled_dot_product_attention
    operands = device.in_turn(lambda: _operands(device, shape))
    return lambda: attend(*next(operands), is_causal=True)


def _backward(device: Device, shape: tuple[int, ...]) -> Call:
    torch = device.torch
    operands = tuple(tensor.requires_grad_() for tensor in _operands(device, shape))
    out = torch.nn.functional.scaled_dot_product_attention(*operands, is_causal=True)
    gradient = torch.randn_like(out)
    return lambda: torch.autograd.grad(out, operands, gradient, retain_graph=True)
