"""Decoding: products, attention, traffic and small kernels of a step, part by part.

Every quantity is per accelerator and counts its own requests; a tensor-parallel group works on the
requests of all its members.
"""

from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.assumptions import BOTH_NETWORKS, EVEN_ROUTING, SIDE_BY_SIDE
from dsexplore.engine.collectives import collective_time
from dsexplore.engine.constants import BF16_BYTES, FLOP_PER_MULTIPLY_ADD, FP4_BY_16_BYTES
from dsexplore.engine.counting import at_least_once
from dsexplore.engine.elementwise import (
    ceil,
    larger,
    log,
    ratio,
    side_by_side,
    smaller,
    sqrt,
    where,
    without_unknown,
)
from dsexplore.engine.formulas.machine.products import product_time
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, link_between
from dsexplore.engine.papers import (
    DEFINITION,
    EXPERT_PRECISION,
    INDEXER,
    LATENT_ATTENTION,
    LOW_LATENCY,
    MEGATRON,
    ROOFLINE,
    SHARDED_CACHE,
    SPECULATIVE,
    V3_DEPLOYMENT,
)

# One all-reduce after attention, one after the feed-forward block.
ALL_REDUCES_PER_LAYER = 2

# Dispatch and combine.
EXCHANGES_PER_LAYER = 2


def overlapped(compute, network, micro_batches, overlap):
    """Time of compute and network: one after another, or two micro-batches side by side."""
    hidden = where(micro_batches > 1, overlap * smaller(compute, network), 0.0)
    return compute + network - hidden


# Requests and tokens
@quantity("sequence", source=SHARDED_CACHE)
def decode_requests(decode_batch, serving_tensor_parallel):
    """Requests per accelerator: its share of those that a tensor-parallel group decodes."""
    return decode_batch / serving_tensor_parallel


@quantity("token", source=SPECULATIVE)
def decode_positions(tokens_per_decode_step, guessed_tokens):
    """Tokens computed per request in a decoding step, guessed tokens included."""
    return where(guessed_tokens > 0, 1 + guessed_tokens, ceil(tokens_per_decode_step))


@quantity("token", source=DEFINITION)
def decode_tokens(decode_requests, decode_positions):
    """Tokens per accelerator in a decoding step."""
    return decode_requests * decode_positions


@quantity("token", source=DEFINITION)
def decode_pass_tokens(decode_batch, decode_positions, serving_micro_batches):
    """Tokens of a tensor-parallel group that pass its matrices together."""
    return decode_batch * decode_positions / serving_micro_batches


# Weights that every token passes
@quantity("", assumes="No serving stack shares norms by sequence parallelism.")
def serving_sequence_parallel():
    """Whether a serving tensor-parallel group shares the work of norms: it does not."""
    return False


@quantity("byte", assumes="Adapters are merged into the weights that serve.")
def serving_adapter_bytes():
    """Bytes that adapters move in serving: none."""
    return 0.0


@quantity("second", source=ROOFLINE)
def decode_dense_read_time(decode_dense_bytes, weight_read_rate):
    """Time to read once the weights that every token passes."""
    return ratio(decode_dense_bytes, weight_read_rate)


decode_expert_read_time = once_more(
    "decode_dense_read_time",
    "Time to read once the routed experts on an accelerator.",
    decode_dense_bytes="decode_expert_bytes",
)


@quantity("second", source=DEFINITION)
def decode_weight_read_time(decode_dense_read_time, decode_expert_read_time):
    """Time to read all weights on an accelerator once, the least that a decoding step takes."""
    return decode_dense_read_time + decode_expert_read_time


# Sides of products, of decoding and prefill alike.
@quantity("", assumes="What tokens' copies for experts move is a part of the experts' time.")
def serving_routed_in_moving():
    """Routed experts counted in a served layer's norms and sums: none."""
    return 0.0


cut = at_other_inputs(
    of=(
        "qkv_width",
        "query_up_width",
        "key_value_up_width",
        "attended_width",
        "ffn_in_width",
        "shared_in_width",
        "expert_in_width",
        "inner_width",
    ),
    prefix="serving_",
    setting="In serving",
    tensor_parallel="serving_tensor_parallel",
    expert_tensor_group="serving_expert_tensor_parallel",
    routed_experts_computed="serving_routed_in_moving",
)

# Products of every token, with the rows of a decoding step.
passed = at_other_inputs(
    of=(
        "qkv_product_time",
        "query_up_product_time",
        "key_value_up_product_time",
        "attention_out_product_time",
        "ffn_in_product_time",
        "ffn_out_product_time",
        "router_product_time",
        "shared_in_product_time",
        "shared_out_product_time",
    ),
    prefix="decode_",
    setting="In decoding",
    tokens_per_micro_batch="decode_pass_tokens",
    tensor_parallel="serving_tensor_parallel",
    sequence_parallel="serving_sequence_parallel",
    qkv_width="serving_qkv_width",
    query_up_width="serving_query_up_width",
    key_value_up_width="serving_key_value_up_width",
    attended_width="serving_attended_width",
    ffn_in_width="serving_ffn_in_width",
    ffn_width="serving_ffn_width",
    shared_in_width="serving_shared_in_width",
    shared_width="serving_shared_width",
    gemm_rate="dense_gemm_rate",
    gemm_element_bytes="dense_weight_bytes",
    memory_rate="weight_read_rate",
)


@quantity("second", source=ROOFLINE, assumes="The output head is served in BF16.")
def decode_head_time(
    decode_pass_tokens,
    head_weights,
    hidden_size,
    serving_tensor_parallel,
    bf16_gemm_rate,
    weight_read_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the output head in one pass of decoding."""
    return product_time(
        decode_pass_tokens,
        ratio(head_weights, hidden_size * serving_tensor_parallel),
        hidden_size,
        BF16_BYTES,
        BF16_BYTES,
        bf16_gemm_rate,
        weight_read_rate,
        gemm_fill_time,
        kernel_floor,
    )


@quantity("second", source=DEFINITION)
def decode_dense_time(
    num_layers,
    num_moe_layers,
    serving_micro_batches,
    shared_experts_apart,
    decode_qkv_product_time,
    decode_query_up_product_time,
    decode_key_value_up_product_time,
    decode_attention_out_product_time,
    decode_ffn_in_product_time,
    decode_ffn_out_product_time,
    decode_router_product_time,
    decode_shared_in_product_time,
    decode_shared_out_product_time,
    decode_head_time,
):
    """Time of a decoding step in products with weights that every token passes, head included."""
    latents = decode_query_up_product_time + decode_key_value_up_product_time
    attention = decode_qkv_product_time + latents + decode_attention_out_product_time
    dense = decode_ffn_in_product_time + decode_ffn_out_product_time
    shared = decode_shared_in_product_time + decode_shared_out_product_time
    experts = decode_router_product_time + where(shared_experts_apart, 0.0, shared)
    blocks = without_unknown(num_layers - num_moe_layers, dense)
    blocks = blocks + if_any(num_moe_layers, num_moe_layers * experts)
    return serving_micro_batches * (num_layers * attention + blocks + decode_head_time)


# Experts
@quantity("", source=V3_DEPLOYMENT)
def apart_experts(shared_experts_apart, num_shared_experts):
    """Shared experts on accelerators of their own, which every token is sent to."""
    return where(shared_experts_apart, num_shared_experts, 0)


@quantity("", source=LOW_LATENCY)
def decode_copies(experts_per_token, apart_experts):
    """Copies of a token sent by each layer with experts in decoding."""
    return experts_per_token + apart_experts


@quantity("fraction", assumes=EVEN_ROUTING)
def decode_experts_touched(
    decode_tokens,
    decode_expert_group,
    serving_expert_tensor_parallel,
    expert_activation_share,
    serving_micro_batches,
    decode_expert_read_time,
):
    """Share of the routed experts that a micro-batch reaches and reads, evenly routed.

    Where there are no experts to read, none is reached.
    """
    together = decode_tokens * decode_expert_group * serving_expert_tensor_parallel
    reached = at_least_once(expert_activation_share, together / serving_micro_batches)
    # A product with 0 keeps an unknown number of experts unknown.
    return where(decode_expert_read_time > 0, reached, 0.0 * decode_expert_read_time)


@quantity("", source=DEFINITION)
def decode_local_experts(
    held_expert_parameters, num_moe_layers, expert_parameters, serving_expert_tensor_parallel
):
    """Experts of a layer on a decoding accelerator, whole or cut."""
    whole = held_expert_parameters * serving_expert_tensor_parallel
    return if_any(whole, ratio(whole, num_moe_layers * expert_parameters))


@quantity("", assumes="The busiest of accelerators with few tokens each reads the most experts.")
def decode_busiest_experts(decode_local_experts, decode_experts_touched, decode_expert_group):
    """Experts of a layer that the busiest accelerator reads in a micro-batch.

    Of many accelerators with as many each on average, the busiest has so many deviations more.
    """
    mean = decode_local_experts * decode_experts_touched
    spread = sqrt(2 * log(decode_expert_group) * mean * (1 - decode_experts_touched))
    return smaller(mean + spread, decode_local_experts)


@quantity("", assumes="Copies of busy experts even out the load; without them some are busier.")
def served_expert_load(
    redundant_experts, decode_expert_group, serving_expert_imbalance, evened_expert_imbalance
):
    """Tokens of the busiest accelerator's experts over the mean in serving; 1 if one has all."""
    uneven = where(redundant_experts > 0, evened_expert_imbalance, serving_expert_imbalance)
    return where(decode_expert_group > 1, uneven, 1.0)


@quantity("token", source=DEFINITION)
def decode_sent_tokens(
    decode_tokens,
    serving_micro_batches,
    serving_expert_tensor_parallel,
    decode_copies,
    served_expert_load,
):
    """Copies of tokens that reach the busiest accelerator's experts in a micro-batch."""
    tokens = decode_tokens * serving_expert_tensor_parallel / serving_micro_batches
    return tokens * decode_copies * served_expert_load


@quantity("token", assumes=EVEN_ROUTING)
def decode_expert_rows(decode_sent_tokens, decode_local_experts, decode_experts_touched):
    """Tokens that reach one of the experts that a micro-batch reads, on the busiest accelerator."""
    touched = decode_local_experts * decode_experts_touched
    return if_any(decode_sent_tokens, ratio(decode_sent_tokens, touched))


@quantity("", source=DEFINITION)
def served_expert_traffic(serving_precision, expert_traffic, quantised_expert_traffic):
    """Traffic beside the products of experts relative to the least, by their precision."""
    return expert_traffic if serving_precision == "bf16" else quantised_expert_traffic


@quantity("second", source=ROOFLINE)
def decode_copy_time(
    decode_sent_tokens,
    hidden_size,
    moe_intermediate_size,
    ffn_matrices,
    serving_expert_tensor_parallel,
    served_expert_traffic,
    memory_rate,
):
    """Time of one layer's traffic beside the products of experts: tokens copied there and back.

    Copies are read and written on each way, and the activation between the products.
    """
    width = ffn_matrices * moe_intermediate_size / serving_expert_tensor_parallel
    moved = BF16_BYTES * decode_sent_tokens * (2 * EXCHANGES_PER_LAYER * hidden_size + width)
    return if_any(decode_sent_tokens, ratio(served_expert_traffic * moved, memory_rate))


@quantity("", assumes="One kernel computes all experts of a layer on an accelerator.")
def serving_kernels_per_expert():
    """Kernels that each product of a local expert takes in serving: one computes all."""
    return 0.0


# Products with experts, with the rows of a decoding step.
routed = at_other_inputs(
    of=("expert_in_product_time", "expert_out_product_time"),
    prefix="decode_",
    setting="In decoding",
    local_experts="decode_busiest_experts",
    expert_rows="decode_expert_rows",
    expert_in_width="serving_expert_in_width",
    expert_width="serving_expert_width",
    gemm_rate="serving_gemm_rate",
    gemm_element_bytes="serving_weight_bytes",
    memory_rate="weight_read_rate",
    kernels_per_expert="serving_kernels_per_expert",
)


@quantity("second", source=DEFINITION)
def decode_expert_time(
    num_moe_layers,
    serving_micro_batches,
    decode_expert_in_product_time,
    decode_expert_out_product_time,
    decode_copy_time,
):
    """Time of a decoding step in experts that tokens reach, copies of tokens included."""
    each = decode_expert_in_product_time + decode_expert_out_product_time + decode_copy_time
    return if_any(num_moe_layers, serving_micro_batches * num_moe_layers * each)


# Attention
@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}")
def decode_attention_arithmetic_time(
    num_layers,
    num_attention_heads,
    decode_attention_width,
    decode_positions,
    served_attention_rate,
):
    """Arithmetic of attention per token of context in a decoding step, in all layers."""
    heads = num_layers * num_attention_heads * decode_attention_width
    return ratio(FLOP_PER_MULTIPLY_ADD * decode_positions * heads, served_attention_rate)


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}")
def kv_cache_read_time(attention_cache_bytes_per_token, kv_cache_copies, cache_read_rate):
    """Time to read one token of context from attention's cache, in all layers."""
    return ratio(attention_cache_bytes_per_token * kv_cache_copies, cache_read_rate)


@quantity("second/token", source=f"{LATENT_ATTENTION}; {ROOFLINE}", assumes=SIDE_BY_SIDE)
def decode_attention_time_per_context_token(decode_attention_arithmetic_time, kv_cache_read_time):
    """Time of attention per request and token that it looks back on in a decoding step."""
    return side_by_side(decode_attention_arithmetic_time, kv_cache_read_time)


@quantity("second/token", source=f"{INDEXER}; {ROOFLINE}")
def decode_indexer_arithmetic_time(
    indexer_flops_per_scored_token, decode_positions, served_attention_rate
):  # fmt: skip
    """Arithmetic of the indexer's scores per token of context in a decoding step."""
    scores = indexer_flops_per_scored_token * decode_positions
    return if_any(scores, ratio(scores, served_attention_rate))


indexer_cache_read_time = once_more(
    "kv_cache_read_time",
    "Time to read one token of context from the indexer's cache, in all layers.",
    attention_cache_bytes_per_token="indexer_cache_bytes_per_token",
)


@quantity("second/token", source=f"{INDEXER}; {ROOFLINE}", assumes=SIDE_BY_SIDE)
def decode_indexer_time_per_context_token(
    indexer_cache_bytes_per_token, decode_indexer_arithmetic_time, indexer_cache_read_time
):
    """Time of the indexer per request and token of context, all of which it scores."""
    time = side_by_side(decode_indexer_arithmetic_time, indexer_cache_read_time)
    return if_any(indexer_cache_bytes_per_token, time)


@quantity("second", source=DEFINITION)
def decode_attention_call_times(num_layers, serving_micro_batches, decode_attention_call_time):
    """Time of a decoding step in attention beside what it reads and computes."""
    return num_layers * serving_micro_batches * decode_attention_call_time


# Network
def _element_bytes(stated, in_training):
    """Bytes per value on the wire in serving: as stated, or as in training."""
    own = {"nvfp4": FP4_BY_16_BYTES, "fp8": BF16_BYTES / 2, "bf16": BF16_BYTES}
    return in_training if stated == "auto" else own[stated]


@quantity("byte", source=EXPERT_PRECISION)
def served_dispatch_bytes(serving_dispatch_precision, dispatch_element_bytes):
    """Bytes per value on its way to an expert in serving."""
    return _element_bytes(serving_dispatch_precision, dispatch_element_bytes)


@quantity("byte", source=EXPERT_PRECISION)
def served_combine_bytes(serving_combine_precision, combine_element_bytes):
    """Bytes per value on its way back from an expert in serving."""
    return _element_bytes(serving_combine_precision, combine_element_bytes)


@quantity("byte/token", source=LOW_LATENCY)
def decode_exchange_bytes(
    num_moe_layers,
    decode_copies,
    decode_expert_group,
    serving_expert_tensor_parallel,
    serving_tensor_parallel,
    hidden_size,
    served_dispatch_bytes,
    served_combine_bytes,
):
    """Bytes sent per generated token to its experts and back, wherever they lie.

    None where all experts lie in the tensor-parallel group, whose members all have the token.
    """
    group = decode_expert_group * serving_expert_tensor_parallel
    each = hidden_size * (served_dispatch_bytes + served_combine_bytes)
    sent = num_moe_layers * decode_copies * serving_expert_tensor_parallel * each
    return where(group > serving_tensor_parallel, sent, 0.0)


@quantity("byte", source=MEGATRON)
def decode_message_bytes(decode_pass_tokens, hidden_size):
    """Bytes that a tensor-parallel group sums after attention or a feed-forward block."""
    return BF16_BYTES * decode_pass_tokens * hidden_size


@quantity("node", source=DEFINITION)
def serving_tensor_nodes(serving_tensor_parallel, gpus_per_node):
    """Nodes that a tensor-parallel group of serving spans; a part of one counts."""
    return larger(serving_tensor_parallel / gpus_per_node, 1.0)


@quantity(
    "second",
    source=MEGATRON,
    assumes="Within a node, an all-reduce in a graph is one kernel that reads from all others.",
)
def decode_all_reduce_time(
    decode_message_bytes,
    serving_tensor_parallel,
    serving_tensor_nodes,
    all_reduce_rate,
    small_group_loss,
    small_all_reduce_time,
    collective_call_time,
    scale_up_latency,
    ramp_time,
    ramp_size,
    scale_out_rate,
    scale_out_call_time,
    scale_out_latency,
    scale_out_ramp_time,
    scale_out_ramp_size,
):
    """Time of one all-reduce of a tensor-parallel group, captured in a graph."""
    is_near = serving_tensor_nodes <= 1
    return collective_time(
        decode_message_bytes,
        2.0,
        serving_tensor_parallel,
        serving_tensor_nodes,
        all_reduce_rate,
        small_group_loss,
        where(is_near, small_all_reduce_time, collective_call_time),
        where(is_near, 0.0, scale_up_latency),
        ramp_time,
        ramp_size,
        scale_out_rate,
        scale_out_call_time,
        scale_out_latency,
        scale_out_ramp_time,
        scale_out_ramp_size,
    )


@quantity("second", source=MEGATRON)
def decode_all_reduces_time(num_layers, serving_micro_batches, decode_all_reduce_time):
    """Time of all all-reduces of a decoding step."""
    return ALL_REDUCES_PER_LAYER * num_layers * serving_micro_batches * decode_all_reduce_time


@quantity("second/token", source=LOW_LATENCY, assumes=BOTH_NETWORKS)
def decode_exchange_time_per_token(
    decode_exchange_bytes,
    decode_expert_group,
    gpus_per_node,
    scale_out_bandwidth,
    scale_up_bandwidth,
    small_exchange_rate,
    small_exchange_far_rate,
):
    """Network time per generated token of dispatch and combine in all layers.

    Copies to other nodes and copies within a node travel side by side.
    """
    members = smaller(gpus_per_node, decode_expert_group)
    between = decode_exchange_bytes * (1 - members / decode_expert_group)
    within = decode_exchange_bytes * (members - 1) / decode_expert_group
    between = if_any(between, ratio(between, scale_out_bandwidth * small_exchange_far_rate))
    within = if_any(within, ratio(within, scale_up_bandwidth * small_exchange_rate))
    return larger(between, within)


@quantity("second", source=LOW_LATENCY)
def decode_exchange_delay(
    num_moe_layers,
    decode_exchange_bytes,
    decode_expert_group,
    serving_micro_batches,
    gpus_per_node,
    small_exchange_time,
    small_exchange_far_time,
):
    """Time of a decoding step's dispatches and combines beside what they send."""
    far = link_between(decode_expert_group, gpus_per_node, 0.0, small_exchange_far_time)
    exchanges = EXCHANGES_PER_LAYER * num_moe_layers * serving_micro_batches
    return if_any(decode_exchange_bytes, exchanges * (small_exchange_time + far))


# Small kernels
moved = at_other_inputs(
    of=("layer_moving_time",),
    prefix="decode_",
    setting="In decoding",
    tokens_per_micro_batch="decode_pass_tokens",
    tensor_parallel="serving_tensor_parallel",
    sequence_parallel="serving_sequence_parallel",
    routed_experts_computed="serving_routed_in_moving",
    inner_width="serving_inner_width",
    layer_adapter_bytes="serving_adapter_bytes",
)


@quantity("second", assumes="Small kernels of a layer take a time of their own, and move values.")
def decode_overhead(
    kernel_overhead,
    moe_kernel_overhead,
    num_layers,
    num_moe_layers,
    decode_layer_moving_time,
    serving_micro_batches,
):
    """Time of a decoding step in small kernels."""
    each = num_layers * (kernel_overhead + decode_layer_moving_time)
    of_experts = if_any(num_moe_layers, num_moe_layers * moe_kernel_overhead)
    return serving_micro_batches * (each + of_experts)


@quantity("second", assumes="What an engine schedules and samples is not hidden by the next step.")
def decode_host_time(step_host_time, request_host_time, decode_batch):
    """Time of a decoding step in which the accelerators wait for their host."""
    return step_host_time + request_host_time * decode_batch
