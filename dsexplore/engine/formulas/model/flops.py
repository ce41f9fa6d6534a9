"""Compute: FLOP per token and of the whole run, under each convention of counting."""

from dsexplore.engine.constants import (
    BACKWARD_OVER_FORWARD,
    FLOP_PER_MULTIPLY_ADD,
)
from dsexplore.engine.elementwise import ratio, smaller, where, without_unknown
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import (
    ATTENTION_FLOP,
    DEFINITION,
    FINE_TUNING_FLOP,
    FLOP_PER_TOKEN,
    INDEXER,
    LATENT_ATTENTION,
    MFU,
    PACKED_DOCUMENTS,
    RECOMPUTED_LAYERS,
    WINDOWS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import BOUNDED, CHUNKED, SPARSE, UNIFORM, has_kinds


@quantity("parameter", source=FLOP_PER_TOKEN)
def matmul_parameters(
    attention_layers,
    attention_weights_per_layer,
    state_layers,
    state_weights_per_layer,
    dense_layers,
    num_moe_layers,
    ffn_matrices,
    intermediate_size,
    moe_intermediate_size,
    hidden_size,
    computed_experts_per_token,
    num_shared_experts,
    shared_expert_intermediate_size,
    shared_expert_gate,
    moe_latent_size,
    expert_input_width,
    router_weights,
    embedding_projection_weights,
    head_weights,
    other_weights,
    stream_weights,
    stated_active_parameters,
):
    """Weights multiplied with each token: head and router count, an embedding look-up does not.

    Stated active parameters take their place.
    """
    dense = without_unknown(dense_layers, intermediate_size)
    shared_width = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    routed = computed_experts_per_token * moe_intermediate_size * expert_input_width
    width = dense + num_moe_layers * num_shared_experts * shared_width
    ffn = ffn_matrices * (hidden_size * width + num_moe_layers * routed)
    gates = num_moe_layers * (shared_expert_gate + 2 * moe_latent_size) * hidden_size
    attention = attention_layers * attention_weights_per_layer
    attention = attention + state_layers * state_weights_per_layer
    ends = embedding_projection_weights + head_weights
    counted = attention + ffn + router_weights + gates + ends + other_weights
    counted = counted + stream_weights
    return stated_or(stated_active_parameters, counted)


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def matmul_flops_per_token(matmul_parameters, stream_flops_per_token):
    """Forward FLOP per token in products with weights, and in mixing residual streams if any.

    2 N, of N weights (section 2.1).
    """
    return FLOP_PER_MULTIPLY_ADD * matmul_parameters + stream_flops_per_token


@quantity("token", source=WINDOWS)
def attention_span(
    layer_pattern, attention, attention_window, index_heads, index_top_k, sequence_length
):  # fmt: skip
    """Most tokens a bounded layer looks back on: its window, or its indexer's selection."""
    of_tokens = attention == "mla" and not has_kinds(layer_pattern, SPARSE)
    is_indexed = (index_heads > 0) & (index_top_k > 0) & of_tokens
    kept = where(is_indexed, index_top_k, sequence_length)
    window = sequence_length
    if layer_pattern == UNIFORM or has_kinds(layer_pattern, BOUNDED):
        window = stated_or(attention_window, sequence_length)
    return smaller(smaller(window, kept), sequence_length)


@quantity("token", source=WINDOWS)
def attended_tokens_full(
    attention_span, bounded_layer_share, sequence_length, attended_entries_full
):  # fmt: skip
    """Tokens each token attends to, averaged over layers, without the causal saving.

    A compressed entry counts as a token.
    """
    unbounded = (1 - bounded_layer_share) * sequence_length
    return unbounded + bounded_layer_share * (attention_span + attended_entries_full)


@quantity("token", source=PACKED_DOCUMENTS)
def attended_length(mean_document_length, document_length_variation, sequence_length):
    """Length of the document that a token is in, on average; of the sequence, where that is one.

    Most tokens are in long documents: L (1 + c^2), of a mean L and a variation c.
    """
    typical = mean_document_length * (1 + document_length_variation * document_length_variation)
    return smaller(stated_or(typical, sequence_length), sequence_length)


@quantity("token", source=ATTENTION_FLOP)
def attended_tokens(
    layer_pattern,
    attention_span,
    bounded_layer_share,
    attended_length,
    scored_tokens,
    attended_entries,
):
    """Tokens each token looks back on, on average: half its document, fewer within a window.

    A compressed entry counts as a token.
    """
    span = smaller(attention_span, attended_length)
    # A window is full but for the first tokens, which have fewer than its width behind them.
    seen = 1 / 2 if has_kinds(layer_pattern, CHUNKED) else 1 - span / (2 * attended_length)
    bounded = span * seen + attended_entries
    return (1 - bounded_layer_share) * scored_tokens + bounded_layer_share * bounded


@quantity("FLOP/token", source=ATTENTION_FLOP)
def attention_flops_per_attended_token(
    attention_layers, mean_attention_heads, query_key_dim, value_dim
):  # fmt: skip
    """Forward FLOP per token and attended token: scores and weighted values.

    4 h per layer where keys and values are as wide as the hidden state h (appendix A).
    """
    heads = attention_layers * mean_attention_heads
    return FLOP_PER_MULTIPLY_ADD * heads * (query_key_dim + value_dim)


@quantity("FLOP/token", source=INDEXER)
def indexer_flops_per_scored_token(
    indexer_share, attention_layers, tokens_per_index_key, index_heads, index_head_dim
):
    """Forward FLOP of the indexer per token and token before it: its heads' scores and their sum.

    Weighted over the heads (equation 1). It scores every token or entry before it, whatever
    attention then looks back on.
    """
    layers = indexer_share * attention_layers / tokens_per_index_key
    scores = layers * index_heads * index_head_dim
    weighted_sum = where(scores > 0, layers * index_heads, 0.0)
    return FLOP_PER_MULTIPLY_ADD * (scores + weighted_sum)


@quantity("FLOP/token", source=ATTENTION_FLOP + "; " + INDEXER)
def attention_flops_per_token(
    attention_flops_per_attended_token,
    attended_tokens,
    indexer_flops_per_scored_token,
    scored_tokens,
    state_flops_per_token,
):
    """Forward FLOP of attention, indexer and fixed states per token, causal: half the square."""
    scored = indexer_flops_per_scored_token * scored_tokens
    attended = attention_flops_per_attended_token * attended_tokens
    return attended + scored + state_flops_per_token


@quantity("FLOP/token", source=ATTENTION_FLOP + "; " + INDEXER)
def attention_flops_per_token_full(
    attention_flops_per_attended_token,
    attended_tokens_full,
    indexer_flops_per_scored_token,
    sequence_length,
    state_flops_per_token_full,
):
    """Forward FLOP of attention, its indexer and fixed states per token, the whole square.

    4 s h per layer, of a sequence of s tokens (appendix A).
    """
    scored = indexer_flops_per_scored_token * sequence_length
    attended = attention_flops_per_attended_token * attended_tokens_full
    return attended + scored + state_flops_per_token_full


@quantity("FLOP/token", source=MFU)
def forward_flops_per_token(matmul_flops_per_token, attention_flops_per_token):
    """Forward FLOP per token, causal."""
    return matmul_flops_per_token + attention_flops_per_token


@quantity("", source=FINE_TUNING_FLOP)
def products_per_weight(lora_rank, frozen_share):
    """Products per weight of the model and trained token: 3, or 2 where it is frozen.

    Forward, for the gradient of the input, and for that of the weight if it is trained.
    """
    return 2 + where(lora_rank > 0, 0.0, 1 - frozen_share)


@quantity("FLOP/token", source=FINE_TUNING_FLOP)
def adapter_flops_per_token(active_lora_parameters):
    """Model FLOP per trained token in adapters, forward and backward."""
    return (1 + BACKWARD_OVER_FORWARD) * FLOP_PER_MULTIPLY_ADD * active_lora_parameters


@quantity("FLOP/token", source=MFU)
def training_flops_per_token(
    matmul_flops_per_token, products_per_weight, adapter_flops_per_token, attention_flops_per_token
):
    """Model FLOP per trained token, causal: forward, and twice as much backward.

    Gradients of frozen weights, which nobody computes, do not count.
    """
    attention = (1 + BACKWARD_OVER_FORWARD) * attention_flops_per_token
    return products_per_weight * matmul_flops_per_token + adapter_flops_per_token + attention


@quantity("FLOP/token", source=MFU)
def training_flops_per_token_full(
    matmul_flops_per_token,
    products_per_weight,
    adapter_flops_per_token,
    attention_flops_per_token_full,
):
    """Model FLOP per trained token, attention counted as the whole square.

    6 N + 12 L H Q T, of L layers, H heads of width Q and T tokens (appendix B), whatever documents
    are packed into them.
    """
    attention = (1 + BACKWARD_OVER_FORWARD) * attention_flops_per_token_full
    return products_per_weight * matmul_flops_per_token + adapter_flops_per_token + attention


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def six_nd_flops_per_token(active_parameters, products_per_weight, adapter_flops_per_token):
    """Model FLOP per trained token by the 6ND rule: all active parameters, no attention.

    C = 6 N per token (section 2.1), 4 N where the model is frozen.
    """
    products = products_per_weight * FLOP_PER_MULTIPLY_ADD * active_parameters
    return products + adapter_flops_per_token


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


@quantity("fraction", source=RECOMPUTED_LAYERS)
def recomputed_layer_share(recompute, recompute_layers, pipeline_parallel, num_layers):
    """Share of the layers that are recomputed whole: all of a stage's, or as many as are stated."""
    if recompute != "full":
        return 0.0
    share = smaller(ratio(recompute_layers * pipeline_parallel, num_layers), 1.0)
    return where(recompute_layers > 0, share, 1.0)


@quantity("FLOP/token", source=RECOMPUTED_LAYERS)
def recomputed_block_flops_per_token(
    recompute_attention_block,
    recompute_ffn,
    recompute_moe,
    attention_layers,
    state_layers,
    dense_layers,
    num_moe_layers,
    attention_weights_per_layer,
    state_weights_per_layer,
    attention_flops_per_token,
    ffn_matrices,
    hidden_size,
    intermediate_size,
    moe_intermediate_size,
    expert_input_width,
    computed_experts_per_token,
    shared_experts_per_layer,
    router_weights,
):
    """FLOP per token of the blocks that are recomputed in layers not recomputed whole."""
    weights = attention_layers * attention_weights_per_layer
    weights = weights + state_layers * state_weights_per_layer
    attention = FLOP_PER_MULTIPLY_ADD * weights + attention_flops_per_token
    dense = without_unknown(dense_layers, hidden_size * intermediate_size)
    experts = ffn_matrices * computed_experts_per_token * expert_input_width * moe_intermediate_size
    experts = without_unknown(num_moe_layers, experts + shared_experts_per_layer) + router_weights
    again = where(recompute_attention_block, attention, 0.0)
    again = again + where(recompute_ffn, FLOP_PER_MULTIPLY_ADD * ffn_matrices * dense, 0.0)
    return again + where(recompute_moe, FLOP_PER_MULTIPLY_ADD * experts, 0.0)


@quantity("FLOP/token", source="Dao 2023, arXiv:2307.08691, section 3.1.2; " + ATTENTION_FLOP)
def recomputed_flops_per_token(
    recompute,
    recomputed_layer_share,
    recomputed_block_flops_per_token,
    forward_flops_per_token,
    attention_flops_per_token,
):
    """FLOP per token repeated for the backward pass, causal.

    Flash attention repeats the scores, half of attention's forward. Selective recomputation repeats
    all of attention, full recomputation the whole forward pass.
    """
    whole = recomputed_layer_share * forward_flops_per_token
    parts = (1 - recomputed_layer_share) * recomputed_block_flops_per_token
    scores = attention_flops_per_token / (1 if recompute == "selective" else 2)
    return whole + parts + scores


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
    return 2 * kv_lora_rank + qk_rope_head_dim if attention == "mla" else query_key_dim + value_dim


@quantity("token", source=DEFINITION, undefined="no layer attends to other tokens")
def attention_parity_context(
    matmul_parameters, attention_layers, mean_attention_heads, decode_attention_width
):
    """Context at which decoding spends as many FLOP on attention as on weights."""
    per_context_token = attention_layers * mean_attention_heads * decode_attention_width
    return ratio(matmul_parameters, per_context_token)


@quantity("FLOP/token", source=FLOP_PER_TOKEN)
def head_flops_per_token(head_weights):
    """Forward FLOP per token in the output head."""
    return FLOP_PER_MULTIPLY_ADD * head_weights
