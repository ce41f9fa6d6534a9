"""Layers in plain torch, so small that their time is that of launching their kernels."""

from __future__ import annotations

from typing import Any

from dsexplore.measure.device import Device
from dsexplore.measure.products import grouped_product_of
from dsexplore.measure.trial import Call

_TOKENS, _HIDDEN, _HEADS, _INNER = 32, 64, 4, 128
_EXPERTS, _PER_TOKEN = 8, 2


def dense_layer(device: Device) -> Call:
    """Forward and backward of a layer with a dense feed-forward block."""
    up, down = _weight(device, 2 * _INNER, _HIDDEN), _weight(device, _HIDDEN, _INNER)
    functional = device.torch.nn.functional

    def feed_forward(values: Any) -> Any:
        gate, rest = functional.linear(values, up).chunk(2, dim=-1)
        return functional.linear(functional.silu(gate) * rest, down)

    return _forward_and_backward(device, feed_forward, [up, down])


def moe_layer(device: Device) -> Call:
    """Forward and backward of a layer with routed experts, computed by grouped products."""
    torch = device.torch
    functional, grouped = torch.nn.functional, grouped_product_of(device)
    router = _weight(device, _EXPERTS, _HIDDEN)
    up = _weight(device, _EXPERTS, _HIDDEN, 2 * _INNER)
    down = _weight(device, _EXPERTS, _INNER, _HIDDEN)
    all_experts = torch.arange(_EXPERTS, device=device.kind)

    def feed_forward(values: Any) -> Any:
        scores = functional.softmax(functional.linear(values, router).float(), dim=-1)
        weights, experts = torch.topk(scores, _PER_TOKEN, dim=-1)
        # Sorted by expert: on the way there, and back again.
        order = torch.argsort(experts.flatten(), stable=True)
        counts = (experts.flatten()[:, None] == all_experts).sum(0)
        ends = torch.cumsum(counts, 0).to(torch.int32)
        tokens = order // _PER_TOKEN
        gate, rest = grouped(values[tokens], up, offs=ends).chunk(2, dim=-1)
        computed = grouped(functional.silu(gate) * rest, down, offs=ends)
        share = weights.flatten()[order, None].to(values.dtype)
        return torch.zeros_like(values).index_add(0, tokens, computed * share)

    return _forward_and_backward(device, feed_forward, [router, up, down])


def _weight(device: Device, *shape: int) -> Any:
    values = device.random(*shape, dtype=device.dtype(device.half())) * 0.1
    return values.detach().requires_grad_()


def _forward_and_backward(device: Device, feed_forward: Any, weights: list[Any]) -> Call:
    torch = device.torch
    functional = torch.nn.functional
    dtype = device.dtype(device.half())
    joint, out = _weight(device, 3 * _HIDDEN, _HIDDEN), _weight(device, _HIDDEN, _HIDDEN)
    first, second = (_weight(device, _HIDDEN) for _ in range(2))
    values = device.random(_TOKENS, _HIDDEN, dtype=dtype).requires_grad_()
    gradient = device.random(_TOKENS, _HIDDEN, dtype=dtype)
    width = _HIDDEN // _HEADS
    cosines, sines = (device.random(_TOKENS, width, dtype=dtype) for _ in range(2))

    def turned(heads: Any) -> Any:
        low, high = heads.chunk(2, dim=-1)
        return heads * cosines + torch.cat((-high, low), dim=-1) * sines

    def attended(normed: Any) -> Any:
        heads = functional.linear(normed, joint).view(1, _TOKENS, 3 * _HEADS, width)
        query, key, value = heads.transpose(1, 2).chunk(3, dim=1)
        mixed = functional.scaled_dot_product_attention(
            turned(query), turned(key), value, is_causal=True
        )
        return functional.linear(mixed.transpose(1, 2).reshape(_TOKENS, _HIDDEN), out)

    def call() -> None:
        inner = values + attended(functional.rms_norm(values, (_HIDDEN,), first))
        result = inner + feed_forward(functional.rms_norm(inner, (_HIDDEN,), second))
        torch.autograd.grad(result, [values, joint, out, first, second, *weights], gradient)

    return call
