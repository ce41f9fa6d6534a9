"""Compute: FLOP per token and of the whole run, under each convention of counting."""

from dsexplore.engine.constants import (
    BACKWARD_OVER_FORWARD,
    FLOP_PER_MULTIPLY_ADD,
    TRAINING_FLOP_PER_PARAMETER,
)
from dsexplore.engine.elementwise import ratio, smaller, where, without_unknown
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import (
    ATTENTION_FLOP,
    DEFINITION,
    FLOP_PER_TOKEN,
    INDEXER,
    LATENT_ATTENTION,
    MFU,
    WINDOWS,
)


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
    """Weights multiplied with each token: head and router count, an embedding look-up does not.

    Stated active parameters take their place.
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
    """Forward FLOP per token in products with weights.

    2 N, of N weights (section 2.1).
    """
    return FLOP_PER_MULTIPLY_ADD * matmul_parameters


@quantity("token", source=WINDOWS)
def attention_span(attention, attention_window, index_heads, index_top_k, sequence_length):
    """Most tokens a bounded layer looks back on: its window, or its indexer's selection."""
    is_indexed = (index_heads > 0) & (index_top_k > 0) & (attention == "mla")
    kept = where(is_indexed, index_top_k, sequence_length)
    window = stated_or(attention_window, sequence_length)
    return smaller(smaller(window, kept), sequence_length)


@quantity("fraction", source=WINDOWS)
def bounded_layer_share(attention_window, windowed_layers, num_layers):
    """Share of the layers with a window or indexer; all of them unless fewer are stated."""
    some = (attention_window > 0) & (windowed_layers > 0)
    return where(some, windowed_layers / num_layers, 1.0)


@quantity("token", source=WINDOWS)
def attended_tokens_full(attention_span, bounded_layer_share, sequence_length):
    """Tokens each token attends to, averaged over layers, without the causal saving."""
    unbounded = (1 - bounded_layer_share) * sequence_length
    return unbounded + bounded_layer_share * attention_span


@quantity("token", source=ATTENTION_FLOP)
def attended_tokens(attention_span, bounded_layer_share, sequence_length):
    """Tokens each token looks back on, on average: half the sequence, fewer within a window."""
    # A window is full but for the first tokens, which have fewer than its width behind them.
    bounded = attention_span * (1 - attention_span / (2 * sequence_length))
    return (1 - bounded_layer_share) * sequence_length / 2 + bounded_layer_share * bounded


@quantity("FLOP/token", source=ATTENTION_FLOP)
def attention_flops_per_attended_token(num_layers, num_attention_heads, query_key_dim, value_dim):
    """Forward FLOP per token and attended token: scores and weighted values.

    4 h per layer where keys and values are as wide as the hidden state h (appendix A).
    """
    return FLOP_PER_MULTIPLY_ADD * num_layers * num_attention_heads * (query_key_dim + value_dim)


@quantity("FLOP/token", source=INDEXER)
def indexer_flops_per_scored_token(attention, num_layers, index_heads, index_head_dim):
    """Forward FLOP of the indexer per token and token before it: its heads' scores and their sum.

    Weighted over the heads (equation 1). It scores every token before it, whatever attention then
    looks back on.
    """
    scores = num_layers * index_heads * index_head_dim
    weighted_sum = where(scores > 0, num_layers * index_heads, 0.0)
    products = scores + weighted_sum
    return FLOP_PER_MULTIPLY_ADD * products if attention == "mla" else 0.0 * products


@quantity("FLOP/token", source=ATTENTION_FLOP + "; " + INDEXER)
def attention_flops_per_token(
    attention_flops_per_attended_token,
    attended_tokens,
    indexer_flops_per_scored_token,
    sequence_length,
):
    """Forward FLOP of attention and its indexer per token, causal: half the square."""
    scored = indexer_flops_per_scored_token * sequence_length / 2
    return attention_flops_per_attended_token * attended_tokens + scored


@quantity("FLOP/token", source=ATTENTION_FLOP + "; " + INDEXER)
def attention_flops_per_token_full(
    attention_flops_per_attended_token,
    attended_tokens_full,
    indexer_flops_per_scored_token,
    sequence_length,
):
    """Forward FLOP of attention and its indexer per token, the whole square.

    4 s h per layer, of a sequence of s tokens (appendix A).
    """
    scored = indexer_flops_per_scored_token * sequence_length
    return attention_flops_per_attended_token * attended_tokens_full + scored


@quantity("FLOP/token", source=MFU)
def forward_flops_per_token(matmul_flops_per_token, attention_flops_per_token):
    """Forward FLOP per token, causal."""
    return matmul_flops_per_token + attention_flops_per_token


@quantity("FLOP/token", source=MFU)
def training_flops_per_token(forward_flops_per_token):
    """Model FLOP per trained token, causal: forward, and twice as much backward."""
    return (1 + BACKWARD_OVER_FORWARD) * forward_flops_per_token


@quantity("FLOP/token", source=MFU)
def training_flops_per_token_full(matmul_flops_per_token, attention_flops_per_token_full):
    """Model FLOP per trained token, attention counted as the whole square.

    6 N + 12 L H Q T, of L layers, H heads of width Q and T tokens (appendix B).
    """
    return (1 + BACKWARD_OVER_FORWARD) * (matmul_flops_per_token + attention_flops_per_token_full)


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def six_nd_flops_per_token(active_parameters):
    """Model FLOP per trained token by the 6ND rule: all active parameters, no attention.

    C = 6 N per token (section 2.1).
    """
    return TRAINING_FLOP_PER_PARAMETER * active_parameters


@quantity("FLOP/token", source=DEFINITION)
def counted_flops_per_token(
    flop_accounting,
    six_nd_flops_per_token,
    training_flops_per_token,
    training_flops_per_token_full,
):
    """Model FLOP per trained token in the scenario's convention."""
    return {
        "six_nd": six_nd_flops_per_token,
        "causal": training_flops_per_token,
        "full": training_flops_per_token_full,
    }[flop_accounting]


@quantity("FLOP/token", source="Dao 2023, arXiv:2307.08691, section 3.1.2; " + ATTENTION_FLOP)
def recomputed_flops_per_token(recompute, forward_flops_per_token, attention_flops_per_token):
    """FLOP per token repeated for the backward pass, causal.

    Flash attention repeats the scores, half of attention's forward. Selective recomputation repeats
    all of attention, full recomputation the whole forward pass.
    """
    return {
        "none": attention_flops_per_token / 2,
        "selective": attention_flops_per_token,
        "full": forward_flops_per_token + attention_flops_per_token / 2,
    }[recompute]


@quantity("FLOP/token", source=MFU)
def hardware_flops_per_token(training_flops_per_token, recomputed_flops_per_token):
    """FLOP executed per trained token, causal: the model's and the repeated."""
    return training_flops_per_token + recomputed_flops_per_token


@quantity("FLOP", source=FLOP_PER_TOKEN)
def pretraining_flops(counted_flops_per_token, pretraining_tokens):
    """Model FLOP of the whole pre-training run in the scenario's convention."""
    return counted_flops_per_token * pretraining_tokens


@quantity("", source=LATENT_ATTENTION)
def decode_attention_width(
    attention, query_key_dim, value_dim, kv_lora_rank, qk_rope_head_dim
):  # fmt: skip
    """Multiply-adds per head and token of context while decoding.

    MLA decodes among latents: the latent and its rotary key for scores, the latent for values.
    """
    return query_key_dim + value_dim if attention == "gqa" else 2 * kv_lora_rank + qk_rope_head_dim


@quantity("token", source=DEFINITION)
def attention_parity_context(
    matmul_parameters, num_layers, num_attention_heads, decode_attention_width
):
    """Context at which decoding spends as many FLOP on attention as on weights."""
    per_context_token = num_layers * num_attention_heads * decode_attention_width
    return ratio(matmul_parameters, per_context_token)


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def head_flops_per_token(head_weights):
    """Forward FLOP per token in the output head."""
    return FLOP_PER_MULTIPLY_ADD * head_weights
