"""The page of parameters: what the model is made of."""

from __future__ import annotations

from dsexplore.document.document import Document
from dsexplore.tui.pages.blocks import bars, heading, result, results, warning_lines
from dsexplore.tui.widgets.lines import BLANK, Row


def parameters(document: Document, width: int) -> list[Row]:
    """Where the weights sit, and which a token reaches."""
    return [
        heading("Parameters", width),
        *results(
            document,
            (
                ("Total", "total_parameters"),
                ("Known how", "parameters_basis"),
                ("Active a token", "active_parameters"),
                ("without the embedding", "active_parameters_without_embedding"),
                ("Multiplied with", "matmul_parameters"),
                ("MTP modules, apart", "mtp_parameters"),
            ),
            width,
        ),
        BLANK,
        heading("Where they sit", width),
        *bars(
            document,
            (
                ("Routed experts", "routed_expert_parameters"),
                ("Shared experts", "shared_expert_parameters"),
                ("Dense feed-forward", "dense_ffn_parameters"),
                ("Attention", "attention_parameters"),
                ("Routers", "router_parameters"),
                ("Norms", "norm_parameters"),
                ("Embedding", "embedding_parameters"),
                ("Head", "head_parameters"),
            ),
            width,
        ),
        BLANK,
        heading("What a token reaches", width),
        *bars(
            document,
            (
                ("Its routed experts", "active_expert_parameters"),
                ("All the rest", "non_expert_parameters"),
            ),
            width,
        ),
        result(document, "Share of experts", "expert_activation_share", width),
        *warning_lines(document, width),
    ]
