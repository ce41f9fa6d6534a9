"""Trained: the parameters that learn, adapters among them, and their share of the model."""

from dsexplore.engine.again import once_more
from dsexplore.engine.elementwise import ratio, where, without_unknown
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import DEFINITION, LORA
from dsexplore.engine.quantity import quantity

_EVERY_MATRIX = ("all",)
_ALL_OF_ATTENTION = ("attention", "fused_attention", "all")


@quantity("", source=LORA)
def attention_adapter_width(
    lora_targets,
    attention,
    hidden_size,
    mean_attention_heads,
    num_kv_heads,
    query_key_dim,
    value_dim,
    q_lora_rank,
    kv_lora_rank,
    qk_nope_head_dim,
    qk_rope_head_dim,
    output_groups,
    output_rank,
):
    """Inputs and outputs of a layer's attention matrices with an adapter, a matrix at a time."""
    queries = mean_attention_heads * query_key_dim
    out = mean_attention_heads * value_dim + hidden_size
    if attention == "mla":
        up = mean_attention_heads * (qk_nope_head_dim + value_dim)
        by_latent = hidden_size + 2 * q_lora_rank + queries
        asked = where(q_lora_rank > 0, by_latent, hidden_size + queries)
        held = hidden_size + 2 * kv_lora_rank + qk_rope_head_dim + up
        return asked + held + (out if lora_targets in _ALL_OF_ATTENTION else 0.0)
    if attention == "shared_kv":
        by_latent = hidden_size + 2 * q_lora_rank + queries
        asked = where(q_lora_rank > 0, by_latent, hidden_size + queries)
        latents = 2 * output_groups * output_rank
        out = out + where(output_rank > 0, latents, 0.0)
        held = hidden_size + query_key_dim
        return asked + held + (out if lora_targets in _ALL_OF_ATTENTION else 0.0)
    keys, values = num_kv_heads * query_key_dim, num_kv_heads * value_dim
    return {
        "query_value": 2 * hidden_size + queries + values,
        "attention": 3 * hidden_size + queries + keys + values + out,
        "fused_attention": hidden_size + queries + keys + values + out,
        "all": 3 * hidden_size + queries + keys + values + out,
    }[lora_targets]


@quantity("parameter", source=LORA)
def lora_parameters(
    lora_rank,
    lora_targets,
    attention_adapter_width,
    attention_layers,
    dense_layers,
    num_moe_layers,
    ffn_matrices,
    hidden_size,
    intermediate_size,
    moe_intermediate_size,
    expert_input_width,
    num_routed_experts,
    num_shared_experts,
    shared_expert_intermediate_size,
):
    """Parameters of the adapters: the rank times the inputs and outputs of their matrices.

    r (d + k) for a matrix of d by k (section 4.1); every expert has its own.
    """
    widths = attention_layers * attention_adapter_width
    if lora_targets in _EVERY_MATRIX:
        shared = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
        experts = num_routed_experts * (expert_input_width + moe_intermediate_size)
        experts = experts + num_shared_experts * (hidden_size + shared)
        dense = without_unknown(dense_layers, hidden_size + intermediate_size)
        widths = widths + ffn_matrices * (dense + without_unknown(num_moe_layers, experts))
    return without_unknown(lora_rank, widths)


active_lora_parameters = once_more(
    "lora_parameters",
    "Parameters of the adapters that one token reaches.",
    num_routed_experts="computed_experts_per_token",
)


@quantity("", source=LORA)
def adapter_share(lora_parameters, total_parameters):
    """Adapters' parameters relative to the model's; 0 without adapters."""
    return where(lora_parameters == 0, 0.0, ratio(lora_parameters, total_parameters))


@quantity("", source=LORA, assumes="Frozen parameters are spread evenly over the model.")
def trained_share(lora_rank, adapter_share, frozen_share):
    """Trained parameters relative to the model's: all but the frozen, or adapters alone."""
    return where(lora_rank > 0, adapter_share, 1 - frozen_share)


@quantity("parameter", source=DEFINITION)
def trained_parameters(trained_share, total_parameters):
    """Parameters that are trained: those with a gradient and an optimiser state."""
    return trained_share * total_parameters
