"""Decoding: bytes read, arithmetic and traffic of a step, part by part.

Every quantity is per accelerator and counts its own requests; a tensor-parallel group works on the
requests of all its members.
"""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import BOTH_NETWORKS, READING_HIDDEN
from dsexplore.engine.constants import (
    BF16_BYTES,
    FLOP_PER_MULTIPLY_ADD,
    FP4_WITH_SCALE_BYTES,
    INT8_BYTES,
)
from dsexplore.engine.elementwise import ceil, larger, ratio, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, link_between, stated_or
from dsexplore.engine.papers import (
    BLOCK_SCALES,
    DEFINITION,
    INDEXER,
    LATENT_ATTENTION,
    LOW_LATENCY,
    MEGATRON,
    ROOFLINE,
    SPECULATIVE,
    V3_DEPLOYMENT,
    V3_SERVICE,
)

# One all-reduce after attention, one after the feed-forward block.
ALL_REDUCES_PER_LAYER = 2

# Where each accelerator reaches every other, an all-reduce is a scatter and a gather.
MESSAGES_PER_ALL_REDUCE = 2

# Dispatch and combine.
EXCHANGES_PER_LAYER = 2


def overlapped(compute, network, micro_batches, overlap):
    """Time of compute and network: one after another, or two micro-batches side by side."""
    hidden = where(micro_batches > 1, overlap * smaller(compute, network), 0.0)
    return compute + network - hidden


# Weights: held, read and multiplied
@quantity("token", source=SPECULATIVE)
def decode_positions(tokens_per_decode_step):
    """Tokens computed per request in a decoding step, guessed tokens included."""
    return ceil(tokens_per_decode_step)


@quantity("GPU", source=V3_SERVICE)
def decode_expert_group(num_routed_experts, decode_expert_parallel, expert_parallel):
    """Accelerators sharing a layer's routed experts in decoding; 1 for a model without experts."""
    stated = stated_or(decode_expert_parallel, expert_parallel)
    return where(num_routed_experts > 0, stated, 1.0)


@quantity("byte/parameter", source=BLOCK_SCALES)
def serving_weight_bytes(serving_precision):
    """Bytes per served weight, scales of FP4 included."""
    return {
        "bf16": BF16_BYTES,
        "fp8": BF16_BYTES / 2,
        "fp4": FP4_WITH_SCALE_BYTES,
        "int8": INT8_BYTES,
    }[serving_precision]


@quantity("parameter", source=V3_DEPLOYMENT)
def apart_parameters(shared_experts_apart, shared_expert_parameters):
    """Weights of shared experts on accelerators of their own."""
    return where(shared_experts_apart, shared_expert_parameters, 0.0)


@quantity("parameter", source=DEFINITION)
def served_dense_parameters(
    non_expert_parameters, embedding_parameters, head_parameters, apart_parameters
):
    """Served weights outside routed experts, without embedding, head and shared experts apart."""
    ends = embedding_parameters + head_parameters
    return larger(non_expert_parameters - ends - apart_parameters, 0.0)


@quantity("parameter", source=V3_DEPLOYMENT)
def served_expert_parameters(active_expert_parameters, apart_parameters):
    """Weights of the experts a token is sent to: its routed experts and shared experts apart."""
    return active_expert_parameters + apart_parameters


@quantity(
    "parameter",
    source=V3_DEPLOYMENT + "; " + V3_SERVICE,
    assumes="Shared experts apart hold accelerators in proportion to their load.",
)
def held_expert_parameters(
    routed_expert_parameters,
    redundant_experts,
    num_routed_experts,
    experts_per_token,
    num_shared_experts,
    shared_experts_apart,
    decode_expert_group,
    num_moe_layers,
    expert_parameters,
):
    """Routed experts' weights per accelerator in decoding, at least one expert of each layer.

    Shared experts apart take their share of the accelerators, so all are equally busy.
    """
    copies = 1 + ratio(redundant_experts, num_routed_experts)
    crowded = ratio(experts_per_token + num_shared_experts, experts_per_token)
    crowded = where(shared_experts_apart, crowded, 1.0)
    held = routed_expert_parameters * copies * crowded / decode_expert_group
    held = larger(held, num_moe_layers * expert_parameters)
    return if_any(routed_expert_parameters, held)


@quantity("byte", assumes="The output head is served in BF16.")
def decode_dense_bytes(
    served_dense_parameters,
    serving_weight_bytes,
    head_weights,
    head_bias,
    vocab_size,
    serving_tensor_parallel,
):
    """Bytes per accelerator of weights that every token passes, with its part of the BF16 head."""
    head = BF16_BYTES * (head_weights + head_bias * vocab_size)
    whole = served_dense_parameters * serving_weight_bytes + head
    return whole / serving_tensor_parallel


@quantity("byte", source=DEFINITION)
def decode_expert_bytes(held_expert_parameters, serving_weight_bytes):
    """Bytes of routed experts' weights per accelerator in decoding."""
    return held_expert_parameters * serving_weight_bytes


@quantity("byte", source=DEFINITION)
def decode_weight_bytes(decode_dense_bytes, decode_expert_bytes):
    """Bytes of weights that an accelerator holds and reads in a decoding step."""
    return decode_dense_bytes + decode_expert_bytes


@quantity("second", source=ROOFLINE)
def decode_dense_read_time(decode_dense_bytes, memory_rate):
    """Time to read once the weights that every token passes."""
    return ratio(decode_dense_bytes, memory_rate)


decode_expert_read_time = once_more(
    "decode_dense_read_time",
    "Time to read once the routed experts on an accelerator.",
    decode_dense_bytes="decode_expert_bytes",
)


@quantity("second", source=DEFINITION)
def decode_weight_read_time(decode_dense_read_time, decode_expert_read_time):
    """Time to read all weights on an accelerator once, the least that a decoding step takes."""
    return decode_dense_read_time + decode_expert_read_time


@quantity("second/token", source=ROOFLINE)
def decode_dense_gemm_time_per_token(
    served_dense_parameters, serving_gemm_rate, head_weights, bf16_gemm_rate
):
    """Time per token of products with weights that every token passes, the head's in BF16."""
    layers = ratio(FLOP_PER_MULTIPLY_ADD * served_dense_parameters, serving_gemm_rate)
    return layers + ratio(FLOP_PER_MULTIPLY_ADD * head_weights, bf16_gemm_rate)


@quantity("second/token", source=ROOFLINE, assumes="Experts are as busy as each other.")
def decode_expert_gemm_time_per_token(served_expert_parameters, serving_gemm_rate):
    """Time per token of products with experts, evenly spread."""
    flops = FLOP_PER_MULTIPLY_ADD * served_expert_parameters
    return if_any(served_expert_parameters, ratio(flops, serving_gemm_rate))


@quantity("second/token", source=DEFINITION)
def decode_gemm_time_per_token(
    decode_dense_gemm_time_per_token, decode_expert_gemm_time_per_token
):  # fmt: skip
    """Time per generated token of products with weights."""
    return decode_dense_gemm_time_per_token + decode_expert_gemm_time_per_token


# Attention
@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}")
def decode_attention_arithmetic_time(
    num_layers,
    num_attention_heads,
    decode_attention_width,
    decode_positions,
    serving_attention_rate,
):
    """Arithmetic of attention per token of context in a decoding step, in all layers."""
    heads = num_layers * num_attention_heads * decode_attention_width
    return ratio(FLOP_PER_MULTIPLY_ADD * decode_positions * heads, serving_attention_rate)


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}")
def kv_cache_read_time(attention_cache_bytes_per_token, kv_cache_copies, memory_rate):
    """Time to read one token of context from attention's cache, in all layers."""
    return ratio(attention_cache_bytes_per_token * kv_cache_copies, memory_rate)


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}", assumes=READING_HIDDEN)
def decode_attention_time_per_context_token(decode_attention_arithmetic_time, kv_cache_read_time):
    """Time of attention per request and token that it looks back on in a decoding step."""
    return larger(decode_attention_arithmetic_time, kv_cache_read_time)


@quantity("second/token", source=f"{INDEXER}; {ROOFLINE}")
def decode_indexer_arithmetic_time(
    indexer_flops_per_scored_token, decode_positions, serving_attention_rate
):  # fmt: skip
    """Arithmetic of the indexer's scores per token of context in a decoding step."""
    scores = indexer_flops_per_scored_token * decode_positions
    return if_any(scores, ratio(scores, serving_attention_rate))


indexer_cache_read_time = once_more(
    "kv_cache_read_time",
    "Time to read one token of context from the indexer's cache, in all layers.",
    attention_cache_bytes_per_token="indexer_cache_bytes_per_token",
)


@quantity("second/token", source=f"{INDEXER}; {ROOFLINE}", assumes=READING_HIDDEN)
def decode_indexer_time_per_context_token(
    indexer_cache_bytes_per_token, decode_indexer_arithmetic_time, indexer_cache_read_time
):
    """Time of the indexer per request and token of context, all of which it scores."""
    time = larger(decode_indexer_arithmetic_time, indexer_cache_read_time)
    return if_any(indexer_cache_bytes_per_token, time)


# Network
@quantity("", source=V3_DEPLOYMENT)
def apart_experts(shared_experts_apart, num_shared_experts):
    """Shared experts on accelerators of their own, which every token is sent to."""
    return where(shared_experts_apart, num_shared_experts, 0)


@quantity("", source=LOW_LATENCY)
def decode_copies(experts_per_token, apart_experts):
    """Copies of a token sent by each layer with experts in decoding."""
    return experts_per_token + apart_experts


@quantity("byte/token", source=LOW_LATENCY)
def decode_exchange_bytes(
    num_moe_layers,
    decode_copies,
    decode_expert_group,
    hidden_size,
    dispatch_element_bytes,
    combine_element_bytes,
):
    """Bytes sent per generated token to its experts and back, wherever they lie."""
    each = hidden_size * (dispatch_element_bytes + combine_element_bytes)
    return where(decode_expert_group > 1, num_moe_layers * decode_copies * each, 0.0)


@quantity("second/token", source=MEGATRON)
def serving_all_reduce_time_per_token(
    num_layers,
    hidden_size,
    serving_tensor_parallel,
    gpus_per_node,
    scale_up_bandwidth,
    scale_out_bandwidth,
    network_efficiency,
):
    """Time per served token of the tensor-parallel group's all-reduces, as rings."""
    bandwidth = link_between(
        serving_tensor_parallel, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
    )
    sent = 2 * (serving_tensor_parallel - 1) * BF16_BYTES * hidden_size
    sent = ALL_REDUCES_PER_LAYER * num_layers * sent
    return if_any(sent, ratio(sent, bandwidth * network_efficiency))


@quantity("second/token", source=LOW_LATENCY, assumes=BOTH_NETWORKS)
def decode_exchange_time_per_token(
    decode_exchange_bytes,
    decode_expert_group,
    gpus_per_node,
    scale_out_bandwidth,
    scale_up_bandwidth,
    all_to_all_efficiency,
    serving_all_reduce_time_per_token,
):
    """Network time per generated token: dispatch and combine in all layers, and all-reduces.

    Copies to other nodes and copies within a node travel side by side.
    """
    members = smaller(gpus_per_node, decode_expert_group)
    between = decode_exchange_bytes * (1 - members / decode_expert_group)
    within = decode_exchange_bytes * (members - 1) / decode_expert_group
    between = if_any(between, ratio(between, scale_out_bandwidth * all_to_all_efficiency))
    within = if_any(within, ratio(within, scale_up_bandwidth * all_to_all_efficiency))
    return larger(between, within) + serving_all_reduce_time_per_token


@quantity("second", source=LOW_LATENCY)
def decode_exchange_delay(
    num_layers,
    num_moe_layers,
    decode_expert_group,
    serving_tensor_parallel,
    serving_micro_batches,
    gpus_per_node,
    scale_out_latency,
    scale_up_latency,
):
    """Latency of a decoding step's messages, one layer after another."""
    delay = link_between(decode_expert_group, gpus_per_node, scale_up_latency, scale_out_latency)
    exchanges = EXCHANGES_PER_LAYER * num_moe_layers * (decode_expert_group > 1)
    exchanging = if_any(exchanges, exchanges * delay)
    delay = link_between(
        serving_tensor_parallel, gpus_per_node, scale_up_latency, scale_out_latency
    )
    messages = ALL_REDUCES_PER_LAYER * MESSAGES_PER_ALL_REDUCE * num_layers
    messages = messages * (serving_tensor_parallel > 1)
    return serving_micro_batches * (exchanging + if_any(messages, messages * delay))


@quantity("second", assumes="Small kernels take as long in every layer, whatever the batch.")
def decode_overhead(kernel_overhead, num_layers, serving_micro_batches):
    """Time of a decoding step in small kernels."""
    return kernel_overhead * num_layers * serving_micro_batches
