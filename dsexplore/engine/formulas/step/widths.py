"""Widths: the sides of a layer's matrix products on one accelerator."""

from dsexplore.engine.assumptions import EVEN_ROUTING, MEAN_LAYER
from dsexplore.engine.elementwise import ratio
from dsexplore.engine.idioms import if_any, sharded, stated_or
from dsexplore.engine.papers import (
    EXPERT_PARALLEL,
    FOLDING,
    LATENT_ATTENTION,
    MEGATRON,
    STATES,
    TRANSFORMER_SHAPE,
    V3_EXPERTS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import has_single_blocks


@quantity("", source=TRANSFORMER_SHAPE + "; " + LATENT_ATTENTION)
def qkv_width(
    attention,
    layer_pattern,
    joined_embedding,
    mean_attention_heads,
    key_value_width,
    attention_gate_width,
    query_key_dim,
    q_lora_rank,
    kv_lora_rank,
    qk_rope_head_dim,
    compressor_width,
    tensor_parallel,
):
    """Outputs of the product that makes queries, keys and values, or their latents, and gates.

    What compressed entries are made of is as wide as its mean over layers.
    """
    queries = mean_attention_heads * query_key_dim
    if attention == "gqa":
        made = queries + key_value_width + compressor_width
        if has_single_blocks(layer_pattern):
            # An input twice as wide takes as long as twice the outputs.
            made = made * (1 + joined_embedding)
        return (made + attention_gate_width) / tensor_parallel
    held = key_value_width if attention == "shared_kv" else kv_lora_rank + qk_rope_head_dim
    down = stated_or(q_lora_rank, queries) + held + compressor_width
    return (down + attention_gate_width) / tensor_parallel


@quantity("", source=LATENT_ATTENTION)
def query_up_width(
    attention, mean_attention_heads, query_key_dim, q_lora_rank, tensor_parallel
):  # fmt: skip
    """Outputs of the product that makes queries of a latent; 0 without one."""
    if attention == "gqa":
        return 0.0
    return if_any(q_lora_rank, mean_attention_heads * query_key_dim / tensor_parallel)


@quantity("", source=LATENT_ATTENTION)
def key_value_up_width(
    attention, mean_attention_heads, qk_nope_head_dim, value_dim, tensor_parallel
):  # fmt: skip
    """Outputs of the product that makes keys and values of a latent; 0 without one."""
    if attention != "mla":
        return 0.0
    return mean_attention_heads * (qk_nope_head_dim + value_dim) / tensor_parallel


@quantity(
    "", source=MEGATRON, assumes="Two products of an output by groups take as long as one as large."
)
def attended_width(output_projection, hidden_size, tensor_parallel):
    """Width of what attention's output projection multiplies, were it one product."""
    return output_projection / hidden_size / tensor_parallel


@quantity("", source=STATES)
def state_in_width_here(state_in_width, tensor_parallel):
    """Outputs of the product into a layer with a fixed state, on one accelerator."""
    return state_in_width / tensor_parallel


@quantity("", source=STATES)
def state_width_here(state_width, tensor_parallel):
    """Width of what the product out of a fixed state multiplies, on one accelerator."""
    return state_width / tensor_parallel


@quantity("", source=MEGATRON)
def ffn_width(intermediate_size, tensor_parallel):
    """Inner width of a dense feed-forward block on one accelerator."""
    return intermediate_size / tensor_parallel


@quantity("", source=MEGATRON)
def ffn_in_width(ffn_matrices, ffn_width):
    """Outputs of the first product of a dense feed-forward block, its gate included."""
    return (ffn_matrices - 1) * ffn_width


@quantity("", assumes=MEAN_LAYER)
def other_width(other_weights, stream_weights, num_layers, hidden_size, tensor_parallel):
    """Width of a mean layer's other matrices beside the hidden one, on one accelerator.

    Those that make the weights of residual streams are among them.
    """
    weights = other_weights + stream_weights
    return if_any(weights, weights / (num_layers * hidden_size * tensor_parallel))


@quantity("", source=V3_EXPERTS)
def shared_width(
    num_shared_experts, shared_expert_intermediate_size, moe_intermediate_size, tensor_parallel
):
    """Inner width of a layer's shared experts on one accelerator."""
    width = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    return if_any(num_shared_experts, num_shared_experts * width / tensor_parallel)


@quantity("", source=V3_EXPERTS)
def shared_in_width(ffn_matrices, shared_width):
    """Outputs of the first product of a layer's shared experts, their gates included."""
    return (ffn_matrices - 1) * shared_width


@quantity("", source=EXPERT_PARALLEL)
def local_experts(num_routed_experts, expert_group):
    """Routed experts of a layer on one accelerator."""
    return num_routed_experts / expert_group


@quantity("", source=FOLDING)
def expert_width(moe_intermediate_size, expert_tensor_group):
    """Inner width of a routed expert on one accelerator."""
    return moe_intermediate_size / expert_tensor_group


@quantity("", source=EXPERT_PARALLEL)
def expert_in_width(ffn_matrices, expert_width):
    """Outputs of the first product of a routed expert, its gate included."""
    return (ffn_matrices - 1) * expert_width


@quantity("token", source=EXPERT_PARALLEL, assumes=EVEN_ROUTING)
def expert_rows(
    tokens_per_micro_batch,
    tensor_parallel,
    expert_group,
    expert_tensor_group,
    computed_experts_per_token,
    num_routed_experts,
    expert_load,
):
    """Tokens that reach one routed expert of the busiest accelerator in a micro-batch."""
    sent = tokens_per_micro_batch / tensor_parallel * expert_group * computed_experts_per_token
    sent = sent * expert_tensor_group
    return if_any(num_routed_experts, expert_load * ratio(sent, num_routed_experts))


@quantity("token", source=MEGATRON)
def routed_tokens(tokens_per_micro_batch, sequence_parallel, tensor_parallel):
    """Tokens that one accelerator scores for its experts: its share where the group splits them."""
    return sharded(tokens_per_micro_batch, sequence_parallel, tensor_parallel)
