"""Compute: the FLOP of a token and of the whole run, each convention of counting apart."""

from dsexplore.engine.constants import (
    BACKWARD_OVER_FORWARD,
    FLOP_PER_MULTIPLY_ADD,
    TRAINING_FLOP_PER_PARAMETER,
)
from dsexplore.engine.elementwise import ratio, smaller, where, without_unknown
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import ATTENTION_FLOP, DEFINITION, FLOP_PER_TOKEN, MFU, WINDOWS


@quantity("parameter", source=FLOP_PER_TOKEN)
def matmul_parameters(
    num_layers,
    attention_weights_per_layer,
    num_moe_layers,
    ffn_matrices,
    intermediate_size,
    moe_intermediate_size,
    hidden_size,
    experts_per_token,
    num_shared_experts,
    shared_expert_intermediate_size,
    shared_expert_gate,
    router_weights,
    embedding_projection_weights,
    head_weights,
    stated_active_parameters,
):
    """Weights that a token is multiplied with: head and router count, a look-up does not.

    The stated active parameters stand for them where they are given.
    """
    dense_layers = num_layers - num_moe_layers
    dense = without_unknown(dense_layers, intermediate_size)
    shared_width = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    width = experts_per_token * moe_intermediate_size + num_shared_experts * shared_width
    ffn = ffn_matrices * hidden_size * (dense + num_moe_layers * width)
    gates = num_moe_layers * shared_expert_gate * hidden_size
    attention = num_layers * attention_weights_per_layer
    ends = embedding_projection_weights + head_weights
    counted = attention + ffn + router_weights + gates + ends
    return stated_or(stated_active_parameters, counted)


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def matmul_flops_per_token(matmul_parameters):
    """Forward FLOP of a token in matrices of weights."""
    return FLOP_PER_MULTIPLY_ADD * matmul_parameters


@quantity("token", source=WINDOWS)
def attention_span(attention, attention_window, index_heads, index_top_k, sequence_length):
    """Tokens that a bounded layer looks back on at most: its window, or what an indexer keeps."""
    is_indexed = (index_heads > 0) & (index_top_k > 0) & (attention == "mla")
    kept = where(is_indexed, index_top_k, sequence_length)
    window = stated_or(attention_window, sequence_length)
    return smaller(smaller(window, kept), sequence_length)


@quantity("fraction", source=WINDOWS)
def bounded_layer_share(attention_window, windowed_layers, num_layers):
    """Share of the layers that the window bounds; all of them unless some are named."""
    some = (attention_window > 0) & (windowed_layers > 0)
    return where(some, windowed_layers / num_layers, 1.0)


@quantity("token", source=WINDOWS)
def attended_tokens_full(attention_span, bounded_layer_share, sequence_length):
    """Tokens that attention is computed for, on average over layers, without the causal saving."""
    unbounded = (1 - bounded_layer_share) * sequence_length
    return unbounded + bounded_layer_share * attention_span


@quantity("token", source=ATTENTION_FLOP)
def attended_tokens(attention_span, bounded_layer_share, sequence_length):
    """Tokens that a token looks back on, on average: half the sequence, less in a window."""
    # A window is full but for the first tokens, which have fewer than its width behind them.
    bounded = attention_span * (1 - attention_span / (2 * sequence_length))
    return (1 - bounded_layer_share) * sequence_length / 2 + bounded_layer_share * bounded


@quantity("FLOP/token", source=ATTENTION_FLOP)
def attention_flops_per_attended_token(num_layers, num_attention_heads, query_key_dim, value_dim):
    """Forward FLOP of scores and weighted values, for one token looked back on."""
    return FLOP_PER_MULTIPLY_ADD * num_layers * num_attention_heads * (query_key_dim + value_dim)


@quantity("FLOP/token", source=ATTENTION_FLOP)
def attention_flops_per_token(attention_flops_per_attended_token, attended_tokens):
    """Forward FLOP of attention between tokens, the causal half."""
    return attention_flops_per_attended_token * attended_tokens


@quantity("FLOP/token", source=ATTENTION_FLOP)
def attention_flops_per_token_full(attention_flops_per_attended_token, attended_tokens_full):
    """Forward FLOP of attention between tokens, the whole square."""
    return attention_flops_per_attended_token * attended_tokens_full


@quantity("FLOP/token", source=MFU)
def forward_flops_per_token(matmul_flops_per_token, attention_flops_per_token):
    """Forward FLOP of a token, causal."""
    return matmul_flops_per_token + attention_flops_per_token


@quantity("FLOP/token", source=MFU)
def training_flops_per_token(forward_flops_per_token):
    """Model FLOP of a trained token, causal: forward, and backward at twice that."""
    return (1 + BACKWARD_OVER_FORWARD) * forward_flops_per_token


@quantity("FLOP/token", source=MFU)
def training_flops_per_token_full(matmul_flops_per_token, attention_flops_per_token_full):
    """Model FLOP of a trained token with attention counted as the whole square."""
    return (1 + BACKWARD_OVER_FORWARD) * (matmul_flops_per_token + attention_flops_per_token_full)


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def six_nd_flops_per_token(active_parameters):
    """Model FLOP of a trained token by the 6ND rule: all active parameters, no attention."""
    return TRAINING_FLOP_PER_PARAMETER * active_parameters


@quantity("FLOP/token", source=DEFINITION)
def counted_flops_per_token(
    flop_accounting,
    six_nd_flops_per_token,
    training_flops_per_token,
    training_flops_per_token_full,
):
    """Model FLOP of a trained token in the scenario's own convention."""
    return {
        "six_nd": six_nd_flops_per_token,
        "causal": training_flops_per_token,
        "full": training_flops_per_token_full,
    }[flop_accounting]


@quantity("FLOP/token", source="Dao 2023, arXiv:2307.08691, section 3.1.2; " + ATTENTION_FLOP)
def recomputed_flops_per_token(recompute, forward_flops_per_token, attention_flops_per_token):
    """FLOP of a token computed a second time for the backward pass, causal.

    Flash attention computes the scores again, half of attention's forward; selective
    recomputation all of it, and full recomputation the whole forward pass besides.
    """
    return {
        "none": attention_flops_per_token / 2,
        "selective": attention_flops_per_token,
        "full": forward_flops_per_token + attention_flops_per_token / 2,
    }[recompute]


@quantity("FLOP/token", source=MFU)
def hardware_flops_per_token(training_flops_per_token, recomputed_flops_per_token):
    """FLOP that the hardware executes for a trained token, causal: the model's and the repeated."""
    return training_flops_per_token + recomputed_flops_per_token


@quantity("FLOP", source=FLOP_PER_TOKEN)
def pretraining_flops(counted_flops_per_token, pretraining_tokens):
    """Model FLOP of the whole pre-training run, in the scenario's convention."""
    return counted_flops_per_token * pretraining_tokens


@quantity("", source="DeepSeek-V2 report, arXiv:2405.04434, section 2.1: decoding in latent space")
def decode_attention_width(
    attention, query_key_dim, value_dim, kv_lora_rank, qk_rope_head_dim
):  # fmt: skip
    """Multiply-adds that a head spends on one token of context while decoding."""
    return query_key_dim + value_dim if attention == "gqa" else 2 * kv_lora_rank + qk_rope_head_dim


@quantity("token", source=DEFINITION)
def attention_parity_context(
    matmul_parameters, num_layers, num_attention_heads, decode_attention_width
):
    """Context at which decoding spends as much on attention as on the weights."""
    per_context_token = num_layers * num_attention_heads * decode_attention_width
    return ratio(matmul_parameters, per_context_token)


@quantity("FLOP/token", source="Kaplan et al. 2020, arXiv:2001.08361, section 2.1")
def head_flops_per_token(head_weights):
    """Forward FLOP of a token in the output head."""
    return FLOP_PER_MULTIPLY_ADD * head_weights
