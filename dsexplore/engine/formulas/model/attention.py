"""Attention: the weights and vectors of its layers, and those of layers with a fixed state."""

from dsexplore.engine.assumptions import MEAN_LAYER
from dsexplore.engine.elementwise import where
from dsexplore.engine.formulas.model.layers import held_once
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import (
    COMPRESSED_ATTENTION,
    INDEXER,
    LATENT_ATTENTION,
    MODELS_CODE,
    TRANSFORMER_SHAPE,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import SPARSE, has_kinds, has_single_blocks


@quantity("", source=TRANSFORMER_SHAPE)
def query_key_dim(attention, mean_head_dim, qk_nope_head_dim, qk_rope_head_dim):
    """Width of a head's query and key in training."""
    return qk_nope_head_dim + qk_rope_head_dim if attention == "mla" else mean_head_dim


@quantity("", source=TRANSFORMER_SHAPE)
def value_dim(attention, mean_head_dim, value_head_dim, v_head_dim):
    """Width of a head's value in training."""
    if attention == "gqa":
        return stated_or(value_head_dim, mean_head_dim)
    return v_head_dim if attention == "mla" else mean_head_dim


@quantity("parameter", source=LATENT_ATTENTION)
def query_projection(attention, hidden_size, mean_attention_heads, query_key_dim, q_lora_rank):
    """Weights making a layer's queries, directly or by way of a latent."""
    query_width = mean_attention_heads * query_key_dim
    if attention == "gqa":
        return hidden_size * query_width
    by_latent = (hidden_size + query_width) * q_lora_rank
    return where(q_lora_rank > 0, by_latent, hidden_size * query_width)


@quantity("parameter", source=LATENT_ATTENTION)
def key_value_projection(
    attention,
    hidden_size,
    mean_attention_heads,
    key_value_width,
    kv_lora_rank,
    qk_nope_head_dim,
    qk_rope_head_dim,
    v_head_dim,
):
    """Weights making a layer's keys and values: directly, or down to a latent and up again."""
    if attention != "mla":
        return hidden_size * key_value_width
    down = hidden_size * (kv_lora_rank + qk_rope_head_dim)
    up = kv_lora_rank * mean_attention_heads * (qk_nope_head_dim + v_head_dim)
    return down + up


@quantity("parameter", source=INDEXER)
def indexer_weights_per_layer(
    layer_pattern, indexer_share, q_lora_rank, hidden_size, index_heads, index_head_dim
):
    """Weights of a mean layer's indexer: its queries, its shared key, and one weight per head.

    The keys of entries are made as these are.
    """
    made = 0.0 if has_kinds(layer_pattern, SPARSE) else index_head_dim
    keys_and_weights = hidden_size * (made + index_heads)
    queries = q_lora_rank * index_heads * index_head_dim
    return if_any(indexer_share, indexer_share * (queries + keys_and_weights))


@quantity("parameter", source=COMPRESSED_ATTENTION)
def compressor_weights_per_layer(hidden_size, compressor_width):
    """Weights that make compressed entries, and keys of their indexer, in a mean layer."""
    return if_any(compressor_width, hidden_size * compressor_width)


@quantity("parameter", source=TRANSFORMER_SHAPE + "; " + COMPRESSED_ATTENTION)
def output_projection(
    attention, mean_attention_heads, value_dim, hidden_size, output_groups, output_rank
):
    """Weights projecting a layer's attended values to the hidden size, directly or by groups.

    With groups, those of each are projected to a latent, and all latents together to the output.
    """
    width = mean_attention_heads * value_dim
    if attention != "shared_kv":
        return width * hidden_size
    by_latents = output_rank * (width + output_groups * hidden_size)
    return where(output_rank > 0, by_latents, width * hidden_size)


@quantity("", source=MODELS_CODE)
def attention_gate_width(attention_gate, mean_attention_heads, value_dim):
    """Gates on a layer's attention: none, one for each head, or one for every value."""
    if attention_gate == "none":
        return 0.0
    return mean_attention_heads * (value_dim if attention_gate == "full" else 1)


@quantity("parameter", source=TRANSFORMER_SHAPE)
def attention_weights_per_layer(
    layer_pattern,
    joined_embedding,
    query_projection,
    key_value_projection,
    compressor_weights_per_layer,
    indexer_weights_per_layer,
    output_projection,
    attention_gate_width,
    hidden_size,
):
    """Weights of one layer's attention matrices, output projection, gate and indexer included."""
    made = query_projection + key_value_projection + compressor_weights_per_layer
    if has_single_blocks(layer_pattern):
        made = made * (1 + joined_embedding)
    out = output_projection + attention_gate_width * hidden_size
    return made + out + indexer_weights_per_layer


@quantity("parameter", source=MODELS_CODE)
def attention_vectors_per_layer(
    attention,
    hidden_size,
    mean_attention_heads,
    mean_head_dim,
    key_value_width,
    attention_gate_width,
    query_norm_width,
    key_norm_width,
    q_lora_rank,
    kv_lora_rank,
    qkv_bias,
    output_bias,
    attention_sinks,
    qk_rope_head_dim,
    layer_pattern,
    indexer_share,
    index_head_dim,
    compressor_vectors_per_layer,
):
    """Biases, query and key norms, latent norms and sinks of one layer's attention."""
    rest = output_bias * hidden_size + attention_sinks * mean_attention_heads
    rest = rest + compressor_vectors_per_layer
    if attention == "mla":
        latents = q_lora_rank + kv_lora_rank
        biases = qkv_bias * (latents + qk_rope_head_dim)
        keys = 0.0 if has_kinds(layer_pattern, SPARSE) else 2 * index_head_dim
        return rest + latents + biases + indexer_share * keys
    if attention == "shared_kv":
        latents = q_lora_rank + key_value_width
        return rest + latents + qkv_bias * latents
    queries = mean_attention_heads * mean_head_dim
    norms = query_norm_width + key_norm_width
    return rest + qkv_bias * (queries + key_value_width + attention_gate_width) + norms


@quantity("parameter", assumes=MEAN_LAYER)
def mixing_parameters_per_layer(
    attention_layer_share,
    attention_layers,
    own_attention_layers,
    attention_weights_per_layer,
    attention_vectors_per_layer,
    state_layer_share,
    state_weights_per_layer,
    state_vectors_per_layer,
):
    """Parameters of a mean layer's attention, linear attention or Mamba, as held."""
    attention = attention_weights_per_layer + attention_vectors_per_layer
    states = state_weights_per_layer + state_vectors_per_layer
    share = attention_layer_share * held_once(own_attention_layers, attention_layers)
    return share * attention + state_layer_share * states


@quantity("parameter", source=TRANSFORMER_SHAPE)
def attention_parameters(
    own_attention_layers, attention_weights_per_layer, attention_vectors_per_layer
):  # fmt: skip
    """Parameters of attention in all layers, those that several layers take in turn once."""
    return own_attention_layers * (attention_weights_per_layer + attention_vectors_per_layer)


@quantity("parameter", source=MODELS_CODE)
def state_parameters(state_layers, state_weights_per_layer, state_vectors_per_layer):
    """Parameters of linear attention or Mamba in all layers with a fixed state."""
    return state_layers * (state_weights_per_layer + state_vectors_per_layer)
