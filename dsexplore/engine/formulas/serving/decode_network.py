"""Decoding: what a step sends, its all-reduces, and the exchange with experts."""

from dsexplore.engine.assumptions import BOTH_NETWORKS
from dsexplore.engine.collectives import collective_time
from dsexplore.engine.constants import BF16_BYTES, FP4_BY_16_BYTES
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.formulas.serving.batch import EXCHANGES_PER_LAYER
from dsexplore.engine.idioms import if_any, link_between
from dsexplore.engine.papers import DEFINITION, EXPERT_PRECISION, LOW_LATENCY, MEGATRON
from dsexplore.engine.quantity import quantity


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
    expert_input_width,
    served_dispatch_bytes,
    served_combine_bytes,
):
    """Bytes sent per generated token to its experts and back, wherever they lie.

    None where all experts lie in the tensor-parallel group, whose members all have the token.
    """
    group = decode_expert_group * serving_expert_tensor_parallel
    each = expert_input_width * (served_dispatch_bytes + served_combine_bytes)
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
def decode_all_reduces_time(
    blocks_per_layer, num_layers, serving_micro_batches, decode_all_reduce_time
):  # fmt: skip
    """Time of all all-reduces of a decoding step: one after each block."""
    return blocks_per_layer * num_layers * serving_micro_batches * decode_all_reduce_time


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


@quantity(
    "second",
    source=MEGATRON,
    assumes="Stages of a pipeline that serves are on different nodes, unless one node holds it.",
)
def decode_sends_time(
    serving_pipeline,
    serving_group,
    gpus_per_node,
    decode_message_bytes,
    serving_micro_batches,
    serving_tensor_parallel,
    scale_up_rate,
    scale_out_rate,
    scale_up_latency,
    scale_out_latency,
    collective_call_time,
):
    """Time of a decoding step in which stages of a pipeline send on, the last to the first.

    The tensor-parallel group of a stage shares the sending; without a pipeline there is none.
    """
    rate = link_between(serving_group, gpus_per_node, scale_up_rate, scale_out_rate)
    delay = link_between(serving_group, gpus_per_node, scale_up_latency, scale_out_latency)
    one = ratio(decode_message_bytes, serving_tensor_parallel * rate)
    each = serving_micro_batches * (one + delay + collective_call_time)
    return where(serving_pipeline > 1, serving_pipeline * each, 0.0)
