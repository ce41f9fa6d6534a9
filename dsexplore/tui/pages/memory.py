"""The page of memory: training, KV cache, weights."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.text.plain import clean
from dsexplore.tui.pages.page import Page, tab
from dsexplore.tui.widgets.lines import Role

_HIGH_END = "The high end of its interval does not fit."
_LOW_END = "The low end of its interval would fit."


@tab("Memory", "Mem")
def memory(page: Page) -> None:
    """The contents of the fullest accelerator, the KV cache, one copy of the weights."""
    page.heading("Training memory of the fullest GPU")
    verdict(page)
    verdict_doubt(page)
    page.evidence("memory_per_gpu")
    page.bars(
        "weight_memory",
        "gradient_memory",
        "optimizer_memory",
        "gathered_memory",
        "activation_memory",
        "logits_memory",
        "memory_reserve",
        "memory_headroom",
    )
    page.result("memory_per_gpu", _of_capacity(page.document))
    page.result("fullest_stage")
    if page.document.results["host_memory_per_gpu"]:
        page.result("host_memory_per_gpu", "offloaded, of one GPU")
    page.layout_note()
    attends = page.document.results["attention_layers"] != 0
    if attends:
        page.heading("KV cache in BF16")
        page.results(
            "kv_cache_bytes_per_token",
            "kv_cache_bytes_per_token_multi_head",
            "kv_cache_saving",
            "kv_cache_per_request",
        )
    else:
        page.heading("States in place of a KV cache")
    states(page)
    if attends:
        _decoding(page)
    page.heading("Weights in BF16")
    page.result("model_bytes")
    page.warnings()


def states(page: Page) -> None:
    """The fixed states of a request, if the model keeps any."""
    if page.document.results["state_bytes_per_request"]:
        page.result("state_bytes_per_request", "whatever the context")


def _decoding(page: Page) -> None:
    """The contexts from which attention takes more than weights."""
    page.heading("Decoding")
    served = page.document.scenario.serving
    page.result("attention_parity_context", "in arithmetic")
    page.result(
        "attention_parity_context_in_time",
        f"batch {served.decode_batch}, {served.serving_precision}",
    )
    page.result("least_attention_parity_context_in_time", "full batches")


def verdict(page: Page) -> None:
    """Whether it fits, and the key that makes it."""
    verdict = clean(page.document.result_text("memory_verdict"))
    if not verdict:
        page.text("Whether it fits is not known.")
        return
    fits = page.document.results["memory_headroom"] >= 0
    role: Role = "value" if fits else "problem"
    page.line(((f" {'✓' if fits else '✗'} {verdict[0].upper()}{verdict[1:]}", role),),
              "memory_verdict")  # fmt: skip
    if not fits:
        page.offer("fit", ": the nearest changes that make it fit.")


def verdict_doubt(page: Page) -> None:
    """Says so where the interval holds both that it fits and that it does not."""
    fits = page.document.results["memory_headroom"] >= 0
    ends = page.document.ends("memory_per_gpu")
    capacity = page.document.scenario.hardware.memory_capacity
    if ends and capacity and ends[0] < capacity < ends[1]:
        page.text(_HIGH_END if fits else _LOW_END)


def _of_capacity(document: Document) -> str:
    share = format_value(document.results["memory_share"], "fraction", 3)
    capacity = format_value(document.scenario.hardware.memory_capacity, "byte", 3)
    return f"{share} of {capacity}"
