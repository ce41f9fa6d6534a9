"""A decoding step at the stated batch and context: its parts, its bound and its speed."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import EVEN_ROUTING, READING_HIDDEN, TWO_MICRO_BATCHES
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.counting import at_least_once
from dsexplore.engine.elementwise import floor, larger, ratio, where
from dsexplore.engine.formulas.serving.decode import overlapped
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import link_between
from dsexplore.engine.papers import (
    DECODE_LIMIT,
    DEFINITION,
    ROOFLINE,
    SHARDED_CACHE,
    V3_SERVICE,
)
from dsexplore.engine.templates import first_sentence


@quantity("sequence", source=SHARDED_CACHE)
def decode_requests(decode_batch, serving_tensor_parallel):
    """Requests per accelerator: its share of those that a tensor-parallel group decodes."""
    return decode_batch / serving_tensor_parallel


@quantity("token", source=DEFINITION)
def decode_tokens(decode_requests, decode_positions):
    """Tokens per accelerator in a decoding step."""
    return decode_requests * decode_positions


decode_attention_span = once_more(
    "attention_span",
    "Tokens of context that a bounded layer looks back on at most in decoding.",
    sequence_length="kv_length",
)

decode_attended_tokens = once_more(
    "attended_tokens_full",
    "Tokens of context that a generated token looks back on, on average over layers.",
    attention_span="decode_attention_span",
    sequence_length="kv_length",
)


@quantity("fraction", assumes=EVEN_ROUTING)
def decode_experts_touched(
    decode_tokens,
    decode_expert_group,
    expert_activation_share,
    serving_micro_batches,
    decode_expert_read_time,
):
    """Share of the routed experts that a micro-batch reaches and reads, evenly routed.

    Where there are no experts to read, none is reached.
    """
    together = decode_tokens * decode_expert_group / serving_micro_batches
    reached = at_least_once(expert_activation_share, together)
    # A product with 0 keeps an unknown number of experts unknown.
    return where(decode_expert_read_time > 0, reached, 0.0 * decode_expert_read_time)


def _weights_time(tokens, micro_batches, gemm_time_per_token, read_time):
    """Time of a step in weights of one kind: the longer of their products and of reading them."""
    return larger(tokens * gemm_time_per_token, micro_batches * read_time)


@quantity("second", source=ROOFLINE, assumes=READING_HIDDEN)
def decode_dense_time(
    decode_tokens, serving_micro_batches, decode_dense_gemm_time_per_token, decode_dense_read_time
):
    """Time of a decoding step in weights that every token passes: reading or products."""
    return _weights_time(
        decode_tokens,
        serving_micro_batches,
        decode_dense_gemm_time_per_token,
        decode_dense_read_time,
    )


@quantity("second", source=ROOFLINE, assumes=READING_HIDDEN)
def decode_expert_time(
    decode_tokens,
    serving_micro_batches,
    decode_expert_gemm_time_per_token,
    decode_expert_read_time,
    decode_experts_touched,
):
    """Time of a decoding step in experts: reading those reached, or products."""
    read = decode_experts_touched * decode_expert_read_time
    return _weights_time(
        decode_tokens, serving_micro_batches, decode_expert_gemm_time_per_token, read
    )


@quantity("second", source=DEFINITION)
def decode_attention_time(
    decode_requests,
    decode_attended_tokens,
    decode_attention_time_per_context_token,
    kv_length,
    decode_indexer_time_per_context_token,
):
    """Time of a decoding step in attention over the context of all requests, indexer included."""
    attended = decode_attended_tokens * decode_attention_time_per_context_token
    return decode_requests * (attended + kv_length * decode_indexer_time_per_context_token)


@quantity("second", assumes="Weights, attention and small kernels follow one another.")
def decode_compute_time(
    decode_dense_time, decode_expert_time, decode_attention_time, decode_overhead
):
    """Time of a decoding step on the accelerator, memory included, without the network."""
    return decode_dense_time + decode_expert_time + decode_attention_time + decode_overhead


@quantity("second", assumes="A step's bytes follow its latency.")
def decode_network_time(decode_tokens, decode_exchange_time_per_token, decode_exchange_delay):
    """Time of a decoding step on the network, before any overlap."""
    return decode_tokens * decode_exchange_time_per_token + decode_exchange_delay


@quantity("second", source=V3_SERVICE, assumes=TWO_MICRO_BATCHES)
def decode_step_time(
    decode_compute_time, decode_network_time, serving_micro_batches, serving_overlap
):
    """Time of a decoding step, a share of the shorter of compute and network hidden."""
    return overlapped(
        decode_compute_time, decode_network_time, serving_micro_batches, serving_overlap
    )


@quantity("token/s", source=DEFINITION)
def decode_tokens_per_second_per_gpu(decode_requests, tokens_per_decode_step, decode_step_time):
    """Tokens generated per second and accelerator."""
    return ratio(decode_requests * tokens_per_decode_step, decode_step_time)


@quantity("token/s", source=DEFINITION)
def decode_tokens_per_second_per_request(tokens_per_decode_step, decode_step_time):
    """Tokens generated per second and request, the speed that a user sees."""
    return ratio(tokens_per_decode_step, decode_step_time)


@quantity("token/s", source=DECODE_LIMIT)
def decode_network_speed_limit(
    decode_tokens,
    decode_exchange_bytes,
    decode_expert_group,
    gpus_per_node,
    scale_out_bandwidth,
    scale_up_bandwidth,
    tokens_per_decode_step,
):
    """Most tokens per second of a request if only its experts' network took time.

    Links are full, latency is 0, and every copy counts as sent on the slower of the links in
    use; unknown where nothing is sent.
    """
    bandwidth = link_between(
        decode_expert_group, gpus_per_node, scale_up_bandwidth, scale_out_bandwidth
    )
    return ratio(tokens_per_decode_step * bandwidth, decode_tokens * decode_exchange_bytes)


@quantity(kind="text", source=DEFINITION)
def decode_bound(
    decode_tokens,
    decode_dense_time,
    decode_expert_time,
    decode_attention_time,
    decode_overhead,
    decode_compute_time,
    decode_network_time,
    decode_gemm_time_per_token,
    decode_attention_arithmetic_time,
    kv_cache_read_time,
):
    """What bounds a decoding step: the network, or the largest part of its compute."""
    weights = decode_dense_time + decode_expert_time
    computes = decode_compute_time >= decode_network_time
    in_weights = computes & (weights >= larger(decode_attention_time, decode_overhead))
    in_attention = computes & (decode_attention_time >= larger(weights, decode_overhead))
    products = 2 * decode_tokens * decode_gemm_time_per_token > weights
    arithmetic = decode_attention_arithmetic_time > kv_cache_read_time
    return first_sentence(
        [
            (decode_network_time > decode_compute_time, "network"),
            (in_weights & products, "products with weights"),
            (in_weights, "reading weights"),
            (in_attention & arithmetic, "attention's arithmetic"),
            (in_attention, "reading the KV cache"),
            (computes, "small kernels"),
        ]
    )


@quantity("byte", source=DEFINITION)
def serving_weight_memory(
    decode_weight_bytes, embedding_parameters, tie_embeddings, serving_tensor_parallel
):
    """Memory of weights per decoding accelerator, the BF16 embedding included."""
    looked_up = BF16_BYTES * embedding_parameters * (1 - tie_embeddings)
    return decode_weight_bytes + looked_up / serving_tensor_parallel


@quantity("byte", source=SHARDED_CACHE)
def serving_cache_memory(decode_requests, kv_cache_per_request, kv_cache_copies):
    """Memory of the KV cache per decoding accelerator."""
    return decode_requests * kv_cache_per_request * kv_cache_copies


@quantity("byte", source=DEFINITION)
def decode_memory_per_gpu(serving_weight_memory, serving_cache_memory, memory_reserve):
    """Memory per decoding accelerator: weights, KV cache and the reserve."""
    return serving_weight_memory + serving_cache_memory + memory_reserve


@quantity("sequence", source=DEFINITION)
def largest_decode_batch(
    memory_capacity,
    serving_weight_memory,
    memory_reserve,
    serving_tensor_parallel,
    kv_cache_per_request,
    kv_cache_copies,
):
    """Most requests of a tensor-parallel group whose KV cache fits in its memory."""
    free = larger(memory_capacity - serving_weight_memory - memory_reserve, 0.0)
    return floor(ratio(serving_tensor_parallel * free, kv_cache_per_request * kv_cache_copies))
