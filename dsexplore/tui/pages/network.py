"""The page of the network: traffic, and the time spent waiting for it."""

from __future__ import annotations

from dsexplore.analysis.summaries.shares import shares
from dsexplore.analysis.summaries.traffic import TRAFFIC, traffic
from dsexplore.document.moved import NO_CHANGE, Change
from dsexplore.text.format import format_value
from dsexplore.text.plain import clean
from dsexplore.tui.pages.blocks import MARK, percent, role_of
from dsexplore.tui.pages.page import Page, tab
from dsexplore.tui.widgets.lines import Role, cell_len, right
from dsexplore.tui.widgets.writer import columns

_LABEL, _CELL, _SHARE = 17, 15, 8


@tab("Network", "Net")
def network(page: Page) -> None:
    """Traffic of a step, the wait for it, and the dispatch to experts over the run."""
    page.heading("Traffic per step and GPU")
    _columns(page, "", ("bytes", NO_CHANGE), ("time", NO_CHANGE), "share", "dim")
    _traffic(page)
    page.heading("Communication time")
    _waited(page)
    page.layout_note()
    if page.document.scenario.architecture.num_routed_experts:
        _experts(page)
    page.heading("Layout")
    page.results(
        "model_parallel_gpus",
        "data_parallel",
        "micro_batches",
    )
    page.warnings()


def _experts(page: Page) -> None:
    """Where a token's experts lie, and what reaching them takes."""
    page.heading("Where a token's experts lie")
    page.results(
        "expected_nodes_per_token",
        "nodes_in_reach",
    )
    page.heading("Dispatch to experts, whole run")
    page.result("expert_dispatch_bytes", "each copy by itself")
    page.result("expert_dispatch_days", "if none is hidden")
    page.result("expert_dispatch_share")


def _columns(
    page: Page,
    label: str,
    sent: tuple[str, Change],
    took: tuple[str, Change],
    share: str,
    role: Role,
    name: str = "",
) -> None:
    width = min(_CELL, (page.width - _LABEL - 1 - _SHARE) // 2)
    cells = [_marked(*cell, width - 1) for cell in (sent, took)]
    spans = columns((label, "label"), cells, role, (_LABEL, width))
    page.line([*spans, (right(share, _SHARE), role)], name)


def _traffic(page: Page) -> None:
    """Kinds of traffic; those of 0 bytes are left out."""
    document = page.document
    values, text = document.results, document.result_text
    kinds = [kind for kind in TRAFFIC if values[kind.bytes] != 0]
    share = shares(values, [kind.time for kind in kinds])
    for kind in kinds:
        moved = document.result_change(kind.time) or document.result_change(kind.bytes)
        sent = text(kind.bytes), document.result_change(kind.bytes)
        took = text(kind.time), document.result_change(kind.time)
        part = percent(share[kind.time])
        _columns(page, kind.label, sent, took, part, role_of(moved), kind.time)
    if not kinds:
        page.text("No traffic.")


def _marked(text: str, change: Change, width: int) -> str:
    """A figure with its mark; without one its place stays free, so that figures line up.

    Where there is no room for that, the mark follows the figure closely.
    """
    text = clean(text)
    spaced = f"{text} {change.mark:<{MARK}}"
    return spaced if cell_len(spaced) <= width else f"{text}{change.mark}"


def _waited(page: Page) -> None:
    """How much of the traffic's time compute hides, and how much it waits for."""
    found = traffic(page.document.results)
    times = [kind.time for kind in TRAFFIC]
    share = format_value(found.hidden_share, "fraction", 3)
    page.figure("All traffic", format_value(found.time, "second"), "one after another", times)
    hidden = [*times, "exposed_communication_time"]
    page.figure("Hidden behind compute", format_value(found.hidden, "second"), share, hidden)
    page.results(
        "exposed_communication_time",
        "exposed_data_parallel_time",
    )
