"""Parameters: how many the model has, where they are, and how many a token reaches."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, smaller, where, without_unknown
from dsexplore.engine.idioms import by_presence, stated_or
from dsexplore.engine.papers import (
    DEFINITION,
    LATENT_EXPERTS,
    MODELS_CODE,
    OPT,
    TRANSFORMER_SHAPE,
    V3_EXPERTS,
    ZERO_EXPERTS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import COMPRESSED, has_kinds


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
    layer_pattern,
    attention_weights_per_layer,
    attention_vectors_per_layer,
    compressor_weights_per_layer,
    compressor_vectors_per_layer,
    indexer_weights_per_layer,
    mtp_stream_parameters,
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
    Where layers compress their caches a module attends to its window alone.
    """
    experts = num_routed_experts * expert_parameters + shared_experts_per_layer
    routed = experts + scored_experts * (hidden_size + router_bias)
    plain = ffn_matrices * intermediate_size * hidden_size
    attention = attention_weights_per_layer + attention_vectors_per_layer + mtp_stream_parameters
    if has_kinds(layer_pattern, COMPRESSED):
        attention = attention - compressor_weights_per_layer - compressor_vectors_per_layer
        attention = attention - indexer_weights_per_layer
    norms = norm_weights(norms_per_layer + 3, hidden_size, norm_bias)
    ffn = where(mtp_dense, plain, by_presence(num_moe_layers, routed, plain))
    return without_unknown(mtp_layers, attention + ffn + norms + 2 * hidden_size * hidden_size)


@quantity("byte", source=DEFINITION, better="less")
def model_bytes(total_parameters):
    """Memory of the model's weights in BF16: one copy, not sharded."""
    return BF16_BYTES * total_parameters
