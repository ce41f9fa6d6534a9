"""The page of the network: what is sent, and what waits for it."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.summaries.shares import shares
from dsexplore.analysis.summaries.traffic import TRAFFIC, traffic
from dsexplore.document.document import Document
from dsexplore.text.format import format_value
from dsexplore.tui.pages.blocks import (
    heading,
    percent,
    plain_result,
    result,
    results,
    warning_lines,
    words,
)
from dsexplore.tui.pages.step import assumption
from dsexplore.tui.widgets.lines import BLANK, Role, Row, Span, cropped, fitted, right

_COLUMN = 12


def network(document: Document, width: int) -> list[Row]:
    """What a GPU sends in a step, what is waited for, and what experts are sent over the run."""
    rows = [
        heading("A step and GPU", width),
        _columns("", ("bytes", "time", "share"), width, "dim"),
        *_traffic(document, width),
        BLANK,
        heading("Waited for", width),
        *_waited(document, width),
        *assumption(document, width),
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
