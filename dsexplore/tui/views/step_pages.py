"""Pages of one step: its arithmetic and time, its memory, its traffic."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.shares import shares
from dsexplore.analysis.traffic import TRAFFIC, traffic
from dsexplore.document.document import Document
from dsexplore.scenario.format import format_value
from dsexplore.tui.lines import (
    BLANK,
    Role,
    Row,
    Span,
    clean,
    cropped,
    fitted,
    right,
)
from dsexplore.tui.views.results import (
    bars,
    basis,
    heading,
    percent,
    plain_result,
    result,
    results,
    warning_lines,
    words,
)

_COLUMN = 12

_STEP = (
    ("Compute", "compute_time"),
    ("Exposed communication", "exposed_communication_time"),
    ("Bubble", "bubble_time"),
    ("Optimiser", "optimizer_time"),
    ("Stragglers", "straggler_time"),
    ("Fixed", "step_overhead"),
)
_PROFILE = (
    ("Forward", "forward_alone_time"),
    ("Backward", "backward_alone_time"),
    ("Backward for weights", "weight_backward_time"),
    ("Forward with backward", "overlapped_1f1b_time"),
    ("Bubble, stragglers", "idle_time"),
    ("Gradients, optimiser", "update_time"),
)
_MEMORY = (
    ("Weights", "weight_memory"),
    ("Gradients", "gradient_memory"),
    ("Optimiser", "optimizer_memory"),
    ("Activations", "activation_memory"),
    ("Logits", "logits_memory"),
    ("Reserve", "memory_reserve"),
    ("Free", "memory_headroom"),
)


def compute(document: Document, width: int) -> list[Row]:
    """The step and its parts, FLOP by each convention, and the utilisation they come to."""
    rows = [
        heading("FLOP a token, trained", width),
        *results(
            document,
            (
                ("Causal attention", "training_flops_per_token"),
                ("Full attention", "training_flops_per_token_full"),
                ("6 × active parameters", "six_nd_flops_per_token"),
                ("Executed, repeats too", "hardware_flops_per_token"),
            ),
            width,
        ),
        BLANK,
        heading("A step, predicted", width),
        result(document, "One step", "step_time", width),
        *bars(document, _STEP, width),
        *_assumption(document, width),
        *_profile(document, width),
        BLANK,
        heading("Utilisation", width),
        result(document, "MFU, predicted", "predicted_mfu", width),
        result(document, "MFU, in force", "mfu", width),
        basis(document, width),
        result(document, "with full attention", "mfu_full", width),
        result(document, "HFU", "hfu", width, "causal, repeats counted"),
        *results(
            document,
            (
                ("Peak", "mfu_peak_flops"),
                ("Achieved a GPU", "achieved_flops_per_gpu"),
            ),
            width,
        ),
        BLANK,
        heading("Forward, causal", width),
        *bars(
            document,
            (
                ("Matrices", "matmul_flops_per_token"),
                ("Attention", "attention_flops_per_token"),
            ),
            width,
        ),
        BLANK,
        heading("The run", width),
        result(document, "FLOP", "pretraining_flops", width, _counting(document)),
        *results(
            document,
            (
                ("Tokens a second and GPU", "tokens_per_second_per_gpu"),
                ("as predicted", "predicted_tokens_per_second_per_gpu"),
                ("Tokens a day", "tokens_per_day"),
                ("Optimiser steps", "optimizer_steps"),
                ("GPU-hours", "pretraining_gpu_hours"),
                ("Days", "pretraining_days"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]
    return [Row(cropped(row.line, width), row.name) for row in rows]


def memory(document: Document, width: int) -> list[Row]:
    """What the fullest accelerator holds of what it has; the KV cache."""
    rows = [
        heading("Training, the fullest accelerator", width),
        *_verdict(document, width),
        *bars(document, _MEMORY, width),
        result(document, "Needed", "memory_per_gpu", width, _of_capacity(document)),
        result(document, "Fullest stage", "fullest_stage", width),
        *_assumption(document, width),
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


def network(document: Document, width: int) -> list[Row]:
    """What a GPU sends in a step, what is waited for, and what experts are sent over the run."""
    rows = [
        heading("A step and GPU", width),
        _columns("", ("bytes", "time", "share"), width, "dim"),
        *_traffic(document, width),
        BLANK,
        heading("Waited for", width),
        *_waited(document, width),
        *_assumption(document, width),
        *_reach(document, width),
        BLANK,
        heading("Experts, forward entry, whole run", width),
        result(
            document, "Dispatched", "expert_dispatch_bytes", width, "every copy, nothing shared"
        ),
        result(
            document,
            "On the scale-out network",
            "expert_dispatch_days",
            width,
            "if none is hidden",
        ),
        result(document, "of the run", "expert_dispatch_share", width),
        BLANK,
        heading("Layout", width),
        *results(
            document,
            (
                ("GPUs a copy", "model_parallel_gpus"),
                ("Data parallel", "data_parallel"),
                ("Micro-batches", "micro_batches"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]
    return [Row(cropped(row.line, width), row.name) for row in rows]


def _profile(document: Document, width: int) -> list[Row]:
    """The step as a profile of DualPipe is printed; other schedules overlap no passes."""
    if not document.scenario.parallelism.pipeline_schedule.startswith("dualpipe"):
        return []
    return [
        BLANK,
        heading("The same, as a profile prints it", width),
        *bars(document, _PROFILE, width),
    ]


def _counting(document: Document) -> str:
    return f"counted {document.scenario.pretraining.flop_accounting}"


def _assumption(document: Document, width: int) -> list[Row]:
    """Says that nobody chose the layout which this is predicted from."""
    if document.results["layout_is_stated"]:
        return []
    text = "No layout is stated: each accelerator holds the whole model."
    return words(text, width)


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


def _columns(label: str, texts: Sequence[str], width: int, role: Role, name: str = "") -> Row:
    spans: list[Span] = [(f" {fitted(label, 17)}", "label")]
    spans += [(right(text, _COLUMN), role) for text in texts]
    return Row(cropped(spans, width), name)


def _traffic(document: Document, width: int) -> list[Row]:
    """Kinds of traffic; those that there are none of are left out."""
    values = document.results
    kinds = [kind for kind in TRAFFIC if values[kind.bytes] != 0]
    share = shares(values, [kind.time for kind in kinds])
    text = document.result_text
    rows = []
    for kind in kinds:
        moved = document.result_change(kind.time) or document.result_change(kind.bytes)
        cells = (text(kind.bytes), text(kind.time), percent(share[kind.time]))
        role: Role = "changed" if moved else "value"
        rows.append(_columns(kind.label, cells, width, role, kind.time))
    return rows or words("none", width)


def _reach(document: Document, width: int) -> list[Row]:
    """Where the experts of a token lie, if there are any."""
    if not document.scenario.architecture.num_routed_experts:
        return []
    rows = (
        ("Nodes it reaches", "expected_nodes_per_token"),
        ("of those it may", "nodes_in_reach"),
    )
    return [
        BLANK,
        heading("Where a token's experts lie", width),
        *results(document, rows, width),
    ]


def _waited(document: Document, width: int) -> list[Row]:
    found = traffic(document.results)
    whole = format_value(found.time, "second")
    hidden = format_value(found.hidden, "second")
    share = format_value(found.hidden_share, "fraction", 3)
    return [
        plain_result("All, one after another", whole, "", width),
        plain_result("Hidden beside compute", hidden, share, width),
        result(document, "Exposed", "exposed_communication_time", width),
        result(document, "of it data parallel", "exposed_data_parallel_time", width),
    ]
