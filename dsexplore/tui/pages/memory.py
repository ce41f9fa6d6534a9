"""The page of memory: what the fullest accelerator holds."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.tui.pages.page import Page, tab
from dsexplore.tui.widgets.lines import Role, clean


@tab("Memory", "Mem")
def memory(page: Page) -> None:
    """What the fullest accelerator holds, against what it has; the KV cache."""
    page.heading("Training, the fullest accelerator")
    _verdict(page)
    page.bars(
        ("Weights", "weight_memory"),
        ("Gradients", "gradient_memory"),
        ("Optimiser", "optimizer_memory"),
        ("Activations", "activation_memory"),
        ("Logits", "logits_memory"),
        ("Reserve", "memory_reserve"),
        ("Free", "memory_headroom"),
    )
    page.result("Needed", "memory_per_gpu", _of_capacity(page.document))
    page.result("Fullest stage", "fullest_stage")
    page.layout_note()
    page.heading("KV cache, BF16")
    page.results(
        ("A token", "kv_cache_bytes_per_token"),
        ("with plain multi-head", "kv_cache_bytes_per_token_multi_head"),
        ("Saved against that", "kv_cache_saving"),
        ("A served request", "kv_cache_per_request"),
    )
    page.heading("Decoding")
    page.result("Attention equals weights", "attention_parity_context", "tokens of context")
    page.heading("Weights, BF16")
    page.result("One copy", "model_bytes")
    page.warnings()


def _verdict(page: Page) -> None:
    verdict = clean(page.document.result_text("memory_verdict"))
    if not verdict:
        page.text("Whether it fits is not known.")
        return
    fits = page.document.results["memory_headroom"] >= 0
    role: Role = "value" if fits else "problem"
    page.line(((f" {'✓' if fits else '✗'} {verdict[0].upper()}{verdict[1:]}", role),),
              "memory_verdict")  # fmt: skip


def _of_capacity(document: Document) -> str:
    share = format_value(document.results["memory_share"], "fraction", 3)
    return f"{share} of {document.field_text('memory_capacity')}"
