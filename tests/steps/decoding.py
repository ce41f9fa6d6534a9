"""A decoding step of Llama 3 8B in plain torch: compiled layers, flash attention, one graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

_HIDDEN, _INNER, _VOCABULARY = 4096, 14336, 128256
_HEADS, _KV_HEADS, _WIDTH = 32, 8, 128
_QKV = (_HEADS + 2 * _KV_HEADS) * _WIDTH


@dataclass(frozen=True, slots=True)
class Decoding:
    """A step of so many requests, each looking back on so many tokens; all in BF16."""

    layers: int
    context: int
    batch: int
    model: str = "llama-3-8b"
    kind: str = "decoding"


@dataclass(frozen=True, slots=True)
class _Layer:
    joint: Any
    out: Any
    up: Any
    down: Any
    norms: Any
    key: Any
    value: Any


@torch.no_grad()
def decoding(case: Decoding) -> Callable[[], None]:
    """The step, captured and ready to be replayed."""
    layers = [_layer(case) for _ in range(case.layers)]
    table, head = _weight(_VOCABULARY, _HIDDEN), _weight(_VOCABULARY, _HIDDEN)
    tokens = torch.randint(_VOCABULARY, (case.batch,), device="cuda")
    place = torch.tensor([case.context - 1], device="cuda")
    turn = torch.randn(2, _WIDTH, device="cuda", dtype=torch.bfloat16)
    before, after = torch.compile(_before), torch.compile(_after)

    def step() -> None:
        values = table[tokens]
        for layer in layers:
            query, key, value = before(values, layer.joint, layer.norms[0], turn)
            layer.key.index_copy_(1, place, key)
            layer.value.index_copy_(1, place, value)
            attended = _attended(query, layer.key, layer.value)
            values = after(values, attended, layer.out, layer.up, layer.down, layer.norms[1])
        logits = functional.linear(functional.rms_norm(values, (_HIDDEN,)), head)
        tokens.copy_(logits.argmax(-1))

    with torch.no_grad():
        for _ in range(2):
            step()
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            step()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
    replay: Callable[[], None] = graph.replay
    return replay


def _weight(*shape: int) -> Any:
    return torch.randn(*shape, device="cuda", dtype=torch.bfloat16) * 0.02


def _layer(case: Decoding) -> _Layer:
    cache = (case.batch, case.context, _KV_HEADS, _WIDTH)
    return _Layer(
        joint=_weight(_QKV, _HIDDEN),
        out=_weight(_HIDDEN, _HEADS * _WIDTH),
        up=_weight(2 * _INNER, _HIDDEN),
        down=_weight(_HIDDEN, _INNER),
        norms=_weight(2, _HIDDEN),
        key=_weight(*cache),
        value=_weight(*cache),
    )


def _before(values: Any, joint: Any, norm: Any, turn: Any) -> tuple[Any, Any, Any]:
    """Norm, joint projection and rotary embedding."""
    heads = functional.linear(functional.rms_norm(values, (_HIDDEN,), norm), joint)
    heads = heads.view(-1, 1, _HEADS + 2 * _KV_HEADS, _WIDTH)
    query, key, value = heads.split([_HEADS, _KV_HEADS, _KV_HEADS], dim=2)
    return _turned(query, turn), _turned(key, turn), value


def _turned(heads: Any, turn: Any) -> Any:
    low, high = heads.chunk(2, dim=-1)
    return heads * turn[0] + torch.cat((-high, low), dim=-1) * turn[1]


def _attended(query: Any, key: Any, value: Any) -> Any:
    # Heads that share a cache are as many queries that look back on the same tokens.
    query = query.view(-1, _KV_HEADS, _HEADS // _KV_HEADS, _WIDTH)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        attended = functional.scaled_dot_product_attention(
            query, key.transpose(1, 2), value.transpose(1, 2)
        )
    return attended.reshape(-1, _HEADS * _WIDTH)


def _after(values: Any, attended: Any, out: Any, up: Any, down: Any, norm: Any) -> Any:
    """Projection, norm and feed-forward block."""
    inner = values + functional.linear(attended, out)
    gate, rest = functional.linear(functional.rms_norm(inner, (_HIDDEN,), norm), up).chunk(2, -1)
    return inner + functional.linear(functional.silu(gate) * rest, down)
