"""The pages of results: what each shows, in which order, under which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dsexplore.document.document import Document
from dsexplore.engine import GRAPH
from dsexplore.tui.lines import Line, cropped
from dsexplore.tui.views.overview import overview, stages
from dsexplore.tui.views.results import (
    BLANK,
    bars,
    basis,
    heading,
    named_result,
    result,
    results,
    warning_lines,
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title, and how it is drawn at a width."""

    title: str
    # The title where there is little room.
    short: str
    lines: Callable[[Document, int], list[Line]]


def parameters(document: Document, width: int) -> list[Line]:
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


def compute(document: Document, width: int) -> list[Line]:
    """FLOP by each convention, and the utilisation that they come to."""
    return [
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
        result(document, "MFU", "mfu", width),
        basis(document, width),
        result(document, "with full attention", "mfu_full", width),
        result(document, "HFU", "hfu", width, "causal, repeats counted"),
        *results(
            document,
            (
                ("Peak", "mfu_peak_flops"),
                ("Achieved a GPU", "achieved_flops_per_gpu"),
                ("Tokens a second and GPU", "tokens_per_second_per_gpu"),
                ("Tokens a day", "tokens_per_day"),
                ("Optimiser steps", "optimizer_steps"),
                ("GPU-hours", "pretraining_gpu_hours"),
                ("Days", "pretraining_days"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]


def _counting(document: Document) -> str:
    return f"counted {document.scenario.pretraining.flop_accounting}"


def memory(document: Document, width: int) -> list[Line]:
    """The KV cache, and what the weights take."""
    return [
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
    ]


def network(document: Document, width: int) -> list[Line]:
    """What experts are sent over the whole run, and how the GPUs divide."""
    return [
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
            (("GPUs a copy", "model_parallel_gpus"), ("Data parallel", "data_parallel")),
            width,
        ),
        *warning_lines(document, width),
    ]


def cost(document: Document, width: int) -> list[Line]:
    """Stage by stage, and what the headline leaves out."""
    return [
        heading("Rent, by stage", width),
        *bars(document, stages(document), width),
        result(document, "All stages", "total_cost", width),
        result(document, "GPU-hours", "total_gpu_hours", width),
        result(document, "One after another", "total_days", width),
        result(document, "A million tokens", "pretraining_cost_per_million_tokens", width),
        BLANK,
        heading("What the headline leaves out", width),
        *results(
            document,
            (
                ("Experiments", "experiments_cost"),
                ("Staff", "staff_cost"),
                ("With both", "cost_with_development"),
                ("Buying the cluster", "cluster_cost"),
                ("Owning it, these hours", "cost_of_ownership"),
                ("Energy", "energy"),
                ("Its price", "energy_cost"),
                ("CO2", "carbon"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]


def reinforcement(document: Document, width: int) -> list[Line]:
    """RL and fine-tuning: tokens, FLOP, hours, and how low a utilisation could be."""
    described = ("rl_samples", "sft_processed_tokens", "cold_start_processed_tokens")
    if all(document.results[name] == 0 for name in described):
        return [
            heading("RL", width),
            cropped(((" No reinforcement learning or fine-tuning is described.", "plain"),), width),
            cropped(((" Gradient steps and samples on the RL panel are 0.", "dim"),), width),
            BLANK,
            heading("Post-training", width),
            *results(
                document,
                (("GPU-hours", "post_training_hours"), ("Cost", "post_training_cost")),
                width,
            ),
        ]
    return [
        heading("RL", width),
        *results(
            document,
            (
                ("Cost", "rl_cost"),
                ("GPU-hours", "rl_gpu_hours"),
                ("Days", "rl_days"),
                ("FLOP", "rl_flops"),
                ("MFU it comes to", "rl_implied_mfu"),
                ("Breaks even at MFU", "rl_break_even_mfu"),
                ("Models in memory", "rl_models_in_memory"),
            ),
            width,
        ),
        BLANK,
        heading("Where its FLOP go", width),
        *bars(
            document,
            (
                ("Generation", "rl_generation_flops"),
                ("Updates", "rl_update_flops"),
                ("Judge", "rl_reward_flops"),
                ("Value model", "rl_value_flops"),
            ),
            width,
        ),
        BLANK,
        heading("Answers", width),
        *results(
            document,
            (
                ("Sampled", "rl_samples"),
                ("Tokens generated", "rl_generated_tokens"),
                ("Tokens at an API's price", "rl_api_cost"),
                ("One after another", "rl_serial_tokens"),
                ("Days at decode speed", "rl_serial_days"),
            ),
            width,
        ),
        BLANK,
        heading("Fine-tuning", width),
        *results(
            document,
            (
                ("Cost", "sft_cost"),
                ("Tokens of the set", "sft_tokens"),
                ("Tokens processed", "sft_processed_tokens"),
                ("Cold start, processed", "cold_start_processed_tokens"),
                ("Rejected and kept", "rejection_generated_tokens"),
            ),
            width,
        ),
        *warning_lines(document, width),
    ]


def everything(document: Document, width: int) -> list[Line]:
    """Every quantity by subject, under the name that files and commands use."""
    lines: list[Line] = []
    for subject, quantities in GRAPH.subjects().items():
        lines.append(heading(subject, width))
        lines += [named_result(document, found.name, width) for found in quantities]
        lines.append(BLANK)
    return lines[:-1]


PAGES = (
    Page("Overview", "Over", overview),
    Page("Parameters", "Params", parameters),
    Page("Compute", "Comp", compute),
    Page("Memory", "Mem", memory),
    Page("Network", "Net", network),
    Page("Cost", "Cost", cost),
    Page("RL", "RL", reinforcement),
    Page("All", "All", everything),
)
