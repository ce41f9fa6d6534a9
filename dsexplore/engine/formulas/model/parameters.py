"""Parameters: how many the model has, where they are, and how many a token reaches."""

from dsexplore.engine.assumptions import MEAN_LAYER
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, smaller, where, without_unknown
from dsexplore.engine.formulas.model.layers import held_once
from dsexplore.engine.idioms import by_presence, if_any, stated_or
from dsexplore.engine.papers import (
    COMPRESSED_ATTENTION,
    DEFINITION,
    INDEXER,
    LATENT_ATTENTION,
    LATENT_EXPERTS,
    MODELS_CODE,
    OPT,
    TRANSFORMER_SHAPE,
    V3_EXPERTS,
    ZERO_EXPERTS,
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
    key_norm_width,
    q_lora_rank,
    kv_lora_rank,
    qkv_bias,
    output_bias,
    query_key_norm,
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
    norms = {
        "none": 0.0,
        "head": mean_head_dim + key_norm_width,
        "full": queries + key_norm_width,
    }[query_key_norm]
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


def feed_forward_parameters(ffn_matrices, width, hidden_size, ffn_bias):
    """Parameters of one feed-forward block: up, gate if any, down, and their biases."""
    biases = ffn_bias * ((ffn_matrices - 1) * width + hidden_size)
    return ffn_matrices * width * hidden_size + biases


def norm_weights(norms, hidden_size, norm_bias):
    """Parameters of some norms of hidden width."""
    return norms * hidden_size * (1 + norm_bias)


@quantity("parameter", source="Shazeer 2020, arXiv:2002.05202: gated blocks have three matrices")
def dense_ffn_parameters(
    own_dense_layers, ffn_matrices, intermediate_size, hidden_size, ffn_bias
):  # fmt: skip
    """Parameters of the dense layers' feed-forward blocks."""
    block = feed_forward_parameters(ffn_matrices, intermediate_size, hidden_size, ffn_bias)
    return without_unknown(own_dense_layers, block)


@quantity("", source=LATENT_EXPERTS)
def expert_input_width(moe_latent_size, hidden_size):
    """Width of the tokens that routed experts take in and give back."""
    return stated_or(moe_latent_size, hidden_size)


@quantity("parameter", source=V3_EXPERTS)
def expert_parameters(ffn_matrices, moe_intermediate_size, expert_input_width, ffn_bias):
    """Parameters of one expert."""
    return feed_forward_parameters(
        ffn_matrices, moe_intermediate_size, expert_input_width, ffn_bias
    )


@quantity("parameter", source=V3_EXPERTS)
def routed_expert_parameters(num_moe_layers, num_routed_experts, expert_parameters):
    """Parameters of all routed experts, active or not."""
    return num_moe_layers * num_routed_experts * expert_parameters


@quantity(
    "parameter", source=V3_EXPERTS + "; Qwen1.5-MoE, whose shared experts are wider and gated"
)
def shared_experts_per_layer(
    num_shared_experts,
    shared_expert_intermediate_size,
    moe_intermediate_size,
    shared_expert_gate,
    ffn_matrices,
    hidden_size,
    ffn_bias,
    moe_latent_size,
):
    """Parameters of one layer's shared experts, their gate, and the projections of latent ones.

    Every token passes the two projections, into the width of latent experts and out of it.
    """
    width = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    expert = feed_forward_parameters(ffn_matrices, width, hidden_size, ffn_bias)
    beside = shared_expert_gate + 2 * moe_latent_size
    return num_shared_experts * expert + beside * hidden_size


@quantity("parameter", source=V3_EXPERTS)
def shared_expert_parameters(num_moe_layers, shared_experts_per_layer):
    """Parameters of all shared experts, which every token reaches."""
    return num_moe_layers * shared_experts_per_layer


@quantity("expert", source=V3_EXPERTS + "; " + ZERO_EXPERTS)
def scored_experts(num_routed_experts, zero_experts):
    """Experts that a router scores a token against, those without weights among them."""
    return num_routed_experts + zero_experts


@quantity("", source=V3_EXPERTS + "; " + LATENT_EXPERTS)
def router_width(scored_experts, moe_latent_size):
    """Scores of a token by the router, with its values in the projections of latent experts."""
    return scored_experts + 2 * moe_latent_size


@quantity("expert", source=ZERO_EXPERTS, assumes="Every expert is picked as often as any other.")
def computed_experts_per_token(experts_per_token, num_routed_experts, scored_experts):
    """Routed experts that compute for a token, on average: zero experts take their share."""
    none_are_zero = scored_experts == num_routed_experts
    share = ratio(num_routed_experts, scored_experts)
    return where(none_are_zero, experts_per_token, experts_per_token * share)


@quantity("parameter", source=V3_EXPERTS)
def router_weights(num_moe_layers, scored_experts, hidden_size):
    """Weights scoring each token against each expert."""
    return num_moe_layers * scored_experts * hidden_size


@quantity("parameter", source=V3_EXPERTS)
def router_parameters(router_weights, num_moe_layers, scored_experts, router_bias, hash_layers):
    """Parameters of the routers, with a bias per expert where there is one.

    A table that looks up a token's experts holds no parameters.
    """
    learned = num_moe_layers - smaller(hash_layers, num_moe_layers)
    return router_weights + router_bias * learned * scored_experts


@quantity("parameter", source="Zhang & Sennrich 2019, arXiv:1910.07467; Ba et al. 2016")
def norm_parameters(
    own_norm_layers,
    norms_per_layer,
    final_norm,
    embedding_norm,
    hidden_size,
    norm_bias,
):
    """Parameters of all norms of hidden width: in layers, after the last, after the embedding."""
    norms = own_norm_layers * norms_per_layer + final_norm + embedding_norm
    return norm_weights(norms, hidden_size, norm_bias)


@quantity("", source=OPT)
def embedding_width(embedding_size, hidden_size):
    """Width of the embedding and the head."""
    return stated_or(embedding_size, hidden_size)


@quantity("parameter", source=OPT)
def embedding_projection_weights(embedding_size, hidden_size):
    """Weights projecting an embedding of its own width to the hidden width and back."""
    return 2 * embedding_size * hidden_size


@quantity("parameter", source=TRANSFORMER_SHAPE)
def embedding_parameters(vocab_size, embedding_width, learned_positions, hidden_size):
    """Parameters of the input embedding, learned positions included."""
    return vocab_size * embedding_width + learned_positions * hidden_size


@quantity("parameter", source=TRANSFORMER_SHAPE)
def head_weights(vocab_size, embedding_width):
    """Weights multiplied in the output head, tied or not."""
    return vocab_size * embedding_width


@quantity("parameter", source="Press & Wolf 2017, arXiv:1608.05859")
def head_parameters(head_weights, tie_embeddings, head_bias, vocab_size):
    """Parameters of the output head; only its bias where it is tied to the embedding."""
    return head_weights * (1 - tie_embeddings) + head_bias * vocab_size


@quantity("parameter", source=MODELS_CODE)
def other_parameters(other_weights, other_vectors, stream_weights, stream_vectors):
    """Parameters of mixtures of residual streams, and of small parts that are stated."""
    return other_weights + other_vectors + stream_weights + stream_vectors


@quantity("parameter", source=DEFINITION)
def non_expert_parameters(
    attention_parameters,
    state_parameters,
    dense_ffn_parameters,
    shared_expert_parameters,
    router_parameters,
    norm_parameters,
    embedding_parameters,
    embedding_projection_weights,
    head_parameters,
    other_parameters,
):
    """Parameters outside the routed experts, which every token reaches."""
    return (
        attention_parameters
        + state_parameters
        + dense_ffn_parameters
        + shared_expert_parameters
        + router_parameters
        + norm_parameters
        + embedding_parameters
        + embedding_projection_weights
        + head_parameters
        + other_parameters
    )


@quantity("parameter", source=DEFINITION)
def total_parameters(non_expert_parameters, routed_expert_parameters, stated_total_parameters):
    """Parameters of the model without prediction modules; the stated figure where there is one."""
    counted = non_expert_parameters + routed_expert_parameters
    return stated_or(stated_total_parameters, counted)


@quantity(kind="text", source=DEFINITION)
def parameters_basis(stated_total_parameters, stated_active_parameters):
    """Whether parameters are stated or counted from the shape."""
    active = where(stated_active_parameters > 0, "active stated", "counted")
    with_total = where(stated_active_parameters > 0, "stated", "total stated")
    return where(stated_total_parameters > 0, with_total, active)


@quantity("parameter", source=V3_EXPERTS)
def active_expert_parameters(num_moe_layers, computed_experts_per_token, expert_parameters):
    """Parameters of the routed experts one token reaches."""
    return num_moe_layers * computed_experts_per_token * expert_parameters


@quantity("parameter", source="DeepSeek-V3 report, arXiv:2412.19437, section 4.2; or as stated")
def active_parameters(non_expert_parameters, active_expert_parameters, stated_active_parameters):
    """Parameters one token reaches, embedding and head counted; the stated figure if any."""
    counted = non_expert_parameters + active_expert_parameters
    return stated_or(stated_active_parameters, counted)


@quantity("parameter", source=DEFINITION)
def active_parameters_without_embedding(
    active_parameters, embedding_parameters, tie_embeddings, stated_active_parameters
):
    """Active parameters without the input embedding, which is only looked up."""
    looked_up = embedding_parameters * (1 - tie_embeddings)
    counted = active_parameters - looked_up
    return stated_or(stated_active_parameters, counted)


@quantity("fraction", source=V3_EXPERTS)
def expert_activation_share(computed_experts_per_token, num_routed_experts):
    """Share of tokens reaching any one routed expert."""
    return ratio(computed_experts_per_token, num_routed_experts)


@quantity("parameter", source="DeepSeek-V3 report, arXiv:2412.19437, section 2.2")
def mtp_parameters(
    mtp_layers,
    mtp_dense,
    num_moe_layers,
    attention_weights_per_layer,
    attention_vectors_per_layer,
    num_routed_experts,
    scored_experts,
    shared_experts_per_layer,
    expert_parameters,
    router_bias,
    ffn_matrices,
    intermediate_size,
    hidden_size,
    norms_per_layer,
    norm_bias,
):
    """Parameters of the multi-token prediction modules, without the shared embedding and head.

    Each is a layer like a mean one, a projection of two hidden states to one, and three norms.
    """
    experts = num_routed_experts * expert_parameters + shared_experts_per_layer
    routed = experts + scored_experts * (hidden_size + router_bias)
    plain = ffn_matrices * intermediate_size * hidden_size
    attention = attention_weights_per_layer + attention_vectors_per_layer
    norms = norm_weights(norms_per_layer + 3, hidden_size, norm_bias)
    ffn = where(mtp_dense, plain, by_presence(num_moe_layers, routed, plain))
    return without_unknown(mtp_layers, attention + ffn + norms + 2 * hidden_size * hidden_size)


@quantity("byte", source=DEFINITION, better="less")
def model_bytes(total_parameters):
    """Memory of the model's weights in BF16: one copy, not sharded."""
    return BF16_BYTES * total_parameters
