"""Time training and decoding steps of whole models on this machine's accelerator.

    python -m tests.steps [--seconds 240] [-o FILE]

It needs an accelerator, torch and transformers. Trained are transformers' own models, of published
shapes with random weights, and few enough layers to fit one accelerator. What is written is JSON:
what ran, the median seconds per step, and torch's peak of allocated and reserved bytes.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from tests.steps.decoding import Decoding, decoding

_LLAMA_3_8B = {
    "kind": "llama",
    "vocab_size": 128256,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
}
_QWEN_2_5_1_5B = {
    "kind": "qwen2",
    "vocab_size": 151936,
    "hidden_size": 1536,
    "intermediate_size": 8960,
    "num_attention_heads": 12,
    "num_key_value_heads": 2,
    "tie_word_embeddings": True,
}
_QWEN_3_30B_A3B = {
    "kind": "qwen3_moe",
    "vocab_size": 151936,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "moe_intermediate_size": 768,
}
_MODELS = {
    "llama-3-8b": _LLAMA_3_8B,
    "qwen2.5-1.5b": _QWEN_2_5_1_5B,
    "qwen3-30b-a3b": _QWEN_3_30B_A3B,
}
_WARM_UP, _FEWEST, _MOST = 3, 5, 20
_COMPILED_WARM_UP = 4


@dataclass(frozen=True, slots=True)
class Training:
    """A training step of some micro-batches; weights, gradients and AdamW's moments are BF16."""

    model: str
    layers: int
    sequence: int
    batch: int
    compiled: bool = False
    recompute: bool = False
    micro_batches: int = 1
    kind: str = "training"


_CASES: tuple[Training | Decoding, ...] = (
    *(
        Decoding(layers=32, context=context, batch=batch)
        for context, batch in (
            (1024, 1),
            (8192, 1),
            (32768, 1),
            (1024, 16),
            (8192, 16),
            (1024, 64),
            (4096, 64),
            (1024, 256),
        )
    ),
    Training("qwen2.5-1.5b", 28, 2048, 1),
    Training("qwen2.5-1.5b", 28, 2048, 4),
    Training("qwen2.5-1.5b", 28, 4096, 2),
    Training("qwen2.5-1.5b", 28, 4096, 2, micro_batches=4),
    Training("llama-3-8b", 8, 4096, 1),
    Training("llama-3-8b", 8, 4096, 1, micro_batches=8),
    Training("llama-3-8b", 8, 4096, 4),
    Training("llama-3-8b", 8, 8192, 2),
    Training("llama-3-8b", 16, 8192, 1),
    Training("llama-3-8b", 16, 8192, 1, micro_batches=4),
    Training("llama-3-8b", 16, 8192, 1, recompute=True),
    Training("llama-3-8b", 16, 8192, 1, recompute=True, micro_batches=4),
    Training("llama-3-8b", 16, 4096, 4, recompute=True),
    Training("llama-3-8b", 4, 32768, 1, recompute=True),
    Training("qwen3-30b-a3b", 4, 4096, 1),
    Training("qwen3-30b-a3b", 4, 4096, 4),
    Training("qwen2.5-1.5b", 28, 4096, 2, compiled=True),
    Training("llama-3-8b", 8, 4096, 1, compiled=True),
    Training("llama-3-8b", 8, 4096, 4, compiled=True),
    Training("llama-3-8b", 8, 4096, 4, compiled=True, micro_batches=2),
    Training("llama-3-8b", 16, 8192, 1, compiled=True),
)


def main() -> None:
    """Run the cases in turn until the time is over, and write what was found as it is found."""
    parser = argparse.ArgumentParser(prog="python -m tests.steps", description=__doc__)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("-o", "--output", type=Path, default=None)
    arguments = parser.parse_args()
    found: list[dict[str, Any]] = []
    until = time.monotonic() + arguments.seconds
    for case in _CASES:
        if time.monotonic() > until:
            break
        found.append({**asdict(case), **_tried(case)})
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
        if arguments.output is not None:
            arguments.output.write_text(json.dumps(_report(found), indent=1), encoding="utf-8")
    if arguments.output is None:
        print(json.dumps(_report(found), indent=1))


def _report(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "cases": found,
    }


def _tried(case: Training | Decoding) -> dict[str, Any]:
    torch._dynamo.reset()
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    torch.manual_seed(0)
    try:
        run = _training(case) if isinstance(case, Training) else decoding(case)
        return _timed(run, _COMPILED_WARM_UP if getattr(case, "compiled", False) else _WARM_UP)
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {str(error)[:300]}"}


def _timed(run: Callable[[], None], warm_up: int) -> dict[str, Any]:
    for _ in range(warm_up):
        run()
    torch.cuda.synchronize()
    seconds: list[float] = []
    until = time.monotonic() + 6
    while len(seconds) < _FEWEST or (len(seconds) < _MOST and time.monotonic() < until):
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return {
        "seconds": statistics.median(seconds),
        "fastest": min(seconds),
        "slowest": max(seconds),
        "repetitions": len(seconds),
        "allocated": torch.cuda.max_memory_allocated(),
        "reserved": torch.cuda.max_memory_reserved(),
        "kernels": _kernels(run),
    }


def _kernels(run: Callable[[], None]) -> list[str]:
    """The five kernels that took longest, with their share of the accelerator's time."""
    activities = [torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        run()
        torch.cuda.synchronize()
    events = sorted(profile.key_averages(), key=lambda event: -event.self_device_time_total)
    total = sum(event.self_device_time_total for event in events) or 1.0
    return [f"{event.key[:70]} {event.self_device_time_total / total:.2f}" for event in events[:6]]


def _model(name: str, layers: int, longest: int) -> Any:
    shape = dict(_MODELS[name])
    kind = shape.pop("kind")
    config = transformers.AutoConfig.for_model(
        kind, **shape, num_hidden_layers=layers, max_position_embeddings=longest, use_cache=False
    )
    with torch.device("cuda"):
        return transformers.AutoModelForCausalLM.from_config(
            config, attn_implementation="sdpa", dtype=torch.bfloat16
        )


def _training(case: Training) -> Callable[[], None]:
    model = _model(case.model, case.layers, case.sequence)
    model.train()
    if case.recompute:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
    vocabulary = model.config.vocab_size
    batches = _in_turn(
        [torch.randint(vocabulary, (case.batch, case.sequence), device="cuda") for _ in range(4)]
    )
    called = torch.compile(model) if case.compiled else model

    def step() -> None:
        for _ in range(case.micro_batches):
            tokens = next(batches)
            called(input_ids=tokens, labels=tokens).loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def _in_turn(items: list[Any]) -> Iterator[Any]:
    while True:
        yield from items


if __name__ == "__main__":
    main()
