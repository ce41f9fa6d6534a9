"""The page of parameters: what the model is made of."""

from __future__ import annotations

from dsexplore.tui.pages.page import Page, tab


@tab("Parameters", "Params")
def parameters(page: Page) -> None:
    """Where the weights sit, and which of them a token reaches."""
    page.heading("Parameters")
    page.results(
        ("Total", "total_parameters"),
        ("Known how", "parameters_basis"),
        ("Active a token", "active_parameters"),
        ("without the embedding", "active_parameters_without_embedding"),
        ("Multiplied with", "matmul_parameters"),
        ("MTP modules, apart", "mtp_parameters"),
    )
    page.heading("Where they sit")
    page.bars(
        ("Routed experts", "routed_expert_parameters"),
        ("Shared experts", "shared_expert_parameters"),
        ("Dense feed-forward", "dense_ffn_parameters"),
        ("Attention", "attention_parameters"),
        ("Routers", "router_parameters"),
        ("Norms", "norm_parameters"),
        ("Embedding", "embedding_parameters"),
        ("Head", "head_parameters"),
    )
    page.heading("What a token reaches")
    page.bars(
        ("Its routed experts", "active_expert_parameters"),
        ("All the rest", "non_expert_parameters"),
    )
    page.result("Share of experts", "expert_activation_share")
    page.warnings()
