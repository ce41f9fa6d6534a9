"""Context parallel: what sharing a sequence sends in a step, by its kind."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import LONE_LINKS
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import CONTEXT_PARALLEL, RING_ATTENTION, ULYSSES
from dsexplore.engine.quantity import quantity


@quantity("byte", source=CONTEXT_PARALLEL)
def key_value_bytes(
    attention,
    tokens_per_micro_batch,
    key_value_width,
    kv_lora_rank,
    qk_rope_head_dim,
    indexer_share,
    tokens_per_index_key,
    index_head_dim,
    tensor_parallel,
    compressed_values_per_token,
    attention_layers,
):
    """Bytes of one layer's keys and values of the tokens on one accelerator.

    With MLA these are the latents. An indexer's keys and compressed entries go with them.
    """
    width = {
        "gqa": key_value_width / tensor_parallel,
        "mla": kv_lora_rank + qk_rope_head_dim,
        "shared_kv": key_value_width,
    }[attention]
    width = width + indexer_share * index_head_dim / tokens_per_index_key
    entries = compressed_values_per_token
    width = width + if_any(entries, ratio(entries, attention_layers))
    return BF16_BYTES * tokens_per_micro_batch * width


@quantity("byte", source=CONTEXT_PARALLEL)
def key_value_gather_bytes(key_value_bytes, context_parallel):
    """Bytes each accelerator sends to give one layer's keys and values to the others."""
    return (context_parallel - 1) * key_value_bytes


@quantity("byte", source=CONTEXT_PARALLEL)
def key_value_message_bytes(key_value_bytes, context_parallel):
    """Bytes of one layer's keys and values of a whole sequence, on one accelerator."""
    return context_parallel * key_value_bytes


key_value_gather_time = once_more(
    "tensor_gather_time",
    "Time to gather one layer's keys and values in the context-parallel group.",
    tensor_message_bytes="key_value_message_bytes",
    tensor_parallel="context_parallel",
    tensor_nodes="context_nodes",
)


@quantity("", source=RING_ATTENTION)
def ring_ranks(context_parallel_kind, context_parallel, context_nodes):
    """Ranks that keys and values go round: all, or where heads go round a node, one of each."""
    return context_nodes if context_parallel_kind == "hierarchical" else context_parallel


@quantity("second", source=RING_ATTENTION, assumes=LONE_LINKS)
def key_value_ring_time(
    key_value_bytes,
    ring_ranks,
    context_nodes,
    scale_up_rate,
    small_group_loss,
    collective_call_time,
    scale_up_latency,
    scale_out_rate,
    scale_out_call_time,
    scale_out_latency,
):
    """Time to pass one layer's keys and values once round a ring, one accelerator to the next."""
    # A pair is the smallest group.
    rate = scale_up_rate * (1 - small_group_loss / 2)
    near = key_value_bytes / rate + collective_call_time + scale_up_latency
    far = key_value_bytes / scale_out_rate + scale_out_call_time + scale_out_latency
    return if_any(ring_ranks - 1, (ring_ranks - 1) * where(context_nodes > 1, far, near))


@quantity("", source=ULYSSES)
def head_ranks(context_parallel_kind, context_parallel, context_nodes):
    """Ranks that exchange heads for tokens: all, or those of a node."""
    by_node = context_parallel / context_nodes
    return by_node if context_parallel_kind == "hierarchical" else context_parallel


@quantity("byte", source=ULYSSES)
def head_exchange_bytes(
    mean_attention_heads,
    key_value_heads,
    query_key_dim,
    value_dim,
    tokens_per_micro_batch,
    tensor_parallel,
    head_ranks,
):
    """Bytes each accelerator sends to exchange heads for tokens in one layer, there and back."""
    widths = (mean_attention_heads + key_value_heads) * (query_key_dim + value_dim)
    held = BF16_BYTES * tokens_per_micro_batch * widths / tensor_parallel
    return held * (1 - ratio(1.0, head_ranks))


@quantity("second", source=ULYSSES, assumes=LONE_LINKS)
def head_exchange_time(
    head_exchange_bytes,
    head_ranks,
    context_parallel_kind,
    context_nodes,
    scale_up_bandwidth,
    exchange_efficiency,
    collective_call_time,
    scale_up_latency,
    scale_out_rate,
    scale_out_call_time,
    scale_out_latency,
):
    """Time to exchange heads for tokens in one layer: queries, keys and values, and the output.

    Of what is sent, the share for other nodes leaves at the pace of the network between them.
    """
    near = head_exchange_bytes / (scale_up_bandwidth * exchange_efficiency)
    near = near + 4 * (collective_call_time + scale_up_latency)
    share = ratio(head_ranks - head_ranks / context_nodes, head_ranks - 1)
    far = head_exchange_bytes * share / scale_out_rate
    far = far + 4 * (scale_out_call_time + scale_out_latency)
    if context_parallel_kind == "hierarchical":
        return if_any(head_exchange_bytes, near)
    return if_any(head_exchange_bytes, where(context_nodes > 1, far, near))


@quantity(
    "second",
    source=f"{CONTEXT_PARALLEL}; {RING_ATTENTION}; {ULYSSES}",
    only_when={
        "key_value_gather_time": ("context_parallel_kind", "all_gather"),
        "key_value_ring_time": ("context_parallel_kind", "ring", "hierarchical"),
        "head_exchange_time": ("context_parallel_kind", "all_to_all", "hierarchical"),
    },
)
def context_forward_time(
    context_parallel_kind,
    key_value_gather_time,
    key_value_ring_time,
    head_exchange_time,
    attention_layer_share,
):
    """Time of a mean layer's context-parallel traffic forward, before any overlap.

    A fixed state that is handed on counts as nothing.
    """
    if context_parallel_kind == "all_gather":
        return attention_layer_share * key_value_gather_time
    if context_parallel_kind == "ring":
        return attention_layer_share * key_value_ring_time
    if context_parallel_kind == "all_to_all":
        return attention_layer_share * head_exchange_time
    return attention_layer_share * (key_value_ring_time + head_exchange_time)


@quantity(
    "second",
    source=f"{CONTEXT_PARALLEL}; {RING_ATTENTION}; {ULYSSES}",
    only_when={
        "key_value_gather_time": ("context_parallel_kind", "all_gather"),
        "key_value_ring_time": ("context_parallel_kind", "ring", "hierarchical"),
        "head_exchange_time": ("context_parallel_kind", "all_to_all", "hierarchical"),
    },
)
def context_backward_time(
    context_parallel_kind,
    key_value_gather_time,
    key_value_ring_time,
    head_exchange_time,
    attention_layer_share,
):
    """Time of a mean layer's context-parallel traffic backward, before any overlap.

    Keys and values go out again, and their gradients come back; gradients of heads travel as heads.
    """
    if context_parallel_kind == "all_gather":
        return attention_layer_share * 2 * key_value_gather_time
    if context_parallel_kind == "ring":
        return attention_layer_share * 2 * key_value_ring_time
    if context_parallel_kind == "all_to_all":
        return attention_layer_share * head_exchange_time
    return attention_layer_share * (2 * key_value_ring_time + head_exchange_time)


@quantity(
    "byte",
    source=f"{CONTEXT_PARALLEL}; {RING_ATTENTION}; {ULYSSES}",
    only_when={
        "key_value_gather_bytes": ("context_parallel_kind", "all_gather", "ring"),
        "ring_ranks": ("context_parallel_kind", "hierarchical"),
        "key_value_bytes": ("context_parallel_kind", "hierarchical"),
        "head_exchange_bytes": ("context_parallel_kind", "all_to_all", "hierarchical"),
    },
)
def context_parallel_bytes(
    context_parallel_kind,
    micro_batches,
    slowest_stage_layers,
    attention_layer_share,
    key_value_gather_bytes,
    ring_ranks,
    key_value_bytes,
    head_exchange_bytes,
):
    """Context-parallel traffic each accelerator sends per step.

    Keys and values go out forward and backward, and their gradients back; heads both ways.
    """
    if context_parallel_kind == "all_to_all":
        each = 2 * head_exchange_bytes
    elif context_parallel_kind == "hierarchical":
        each = 3 * (ring_ranks - 1) * key_value_bytes + 2 * head_exchange_bytes
    else:
        each = 3 * key_value_gather_bytes
    return micro_batches * slowest_stage_layers * attention_layer_share * each


@quantity("second", source=CONTEXT_PARALLEL)
def context_parallel_time(
    micro_batches, slowest_stage_layers, context_forward_time, context_backward_time
):
    """Time of the context-parallel traffic per step, before any overlap."""
    return micro_batches * slowest_stage_layers * (context_forward_time + context_backward_time)
