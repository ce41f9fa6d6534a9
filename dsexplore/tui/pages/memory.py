"""The page of memory: what the fullest accelerator holds."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.tui.pages.blocks import (
    bars,
    heading,
    result,
    results,
    warning_lines,
    words,
)
from dsexplore.tui.pages.step import assumption
from dsexplore.tui.widgets.lines import BLANK, Role, Row, clean, cropped

_MEMORY = (
    ("Weights", "weight_memory"),
    ("Gradients", "gradient_memory"),
    ("Optimiser", "optimizer_memory"),
    ("Activations", "activation_memory"),
    ("Logits", "logits_memory"),
    ("Reserve", "memory_reserve"),
    ("Free", "memory_headroom"),
)


def memory(document: Document, width: int) -> list[Row]:
    """What the fullest accelerator holds of what it has; the KV cache."""
    rows = [
        heading("Training, the fullest accelerator", width),
        *_verdict(document, width),
        *bars(document, _MEMORY, width),
        result(document, "Needed", "memory_per_gpu", width, _of_capacity(document)),
        result(document, "Fullest stage", "fullest_stage", width),
        *assumption(document, width),
        BLANK,
        heading("KV cache, BF16", width),
        *results(
            document,
            (
                ("A token", "kv_cache_bytes_per_token"),
                ("with plain multi-head", "kv_cache_bytes_per_token_multi_head"),
                ("Saved against that", "kv_cache_saving"),
                ("A served request", "kv_cache_per_request"),
            ),
            width,
        ),
        BLANK,
        heading("Decoding", width),
        result(
            document,
            "Attention equals weights",
            "attention_parity_context",
            width,
            "tokens of context",
        ),
        BLANK,
        heading("Weights, BF16", width),
        result(document, "One copy", "model_bytes", width),
        *warning_lines(document, width),
    ]
    return [Row(cropped(row.line, width), row.name) for row in rows]


def _verdict(document: Document, width: int) -> list[Row]:
    verdict = clean(document.result_text("memory_verdict"))
    if not verdict:
        return words("Whether it fits is not known.", width)
    fits = document.results["memory_headroom"] >= 0
    role: Role = "value" if fits else "problem"
    text = verdict[:1].upper() + verdict[1:]
    line = cropped(((f" {'✓' if fits else '✗'} {text}", role),), width)
    return [Row(line, "memory_verdict")]


def _of_capacity(document: Document) -> str:
    capacity = document.field_text("memory_capacity")
    share = format_value(document.results["memory_share"], "fraction", 3)
    return f"{share} of {capacity}"
