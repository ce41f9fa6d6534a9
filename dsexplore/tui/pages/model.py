"""The page of parameters: where the weights sit."""

from __future__ import annotations

from dsexplore.tui.pages.page import Page, tab


@tab("Parameters", "Params")
def parameters(page: Page) -> None:
    """Where the weights sit, and which of them a token reaches."""
    page.heading("Parameters")
    page.results(
        "total_parameters",
        "parameters_basis",
        "active_parameters",
        "active_parameters_without_embedding",
        "matmul_parameters",
        "mtp_parameters",
    )
    page.heading("Where the parameters sit")
    page.bars(
        "routed_expert_parameters",
        "shared_expert_parameters",
        "dense_ffn_parameters",
        "attention_parameters",
        "state_parameters",
        "router_parameters",
        "norm_parameters",
        "embedding_parameters",
        "head_parameters",
        "other_parameters",
    )
    page.heading("What a token reaches")
    page.bars(
        "active_expert_parameters",
        "non_expert_parameters",
    )
    page.result("expert_activation_share")
    page.warnings()
