"""Memory of a decoding accelerator: weights, KV cache, and the largest batch that fits."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import larger, times_within, where
from dsexplore.engine.papers import DEFINITION, MEGATRON, SHARDED_CACHE
from dsexplore.engine.quantity import quantity


@quantity("byte", source=MEGATRON, better="less")
def serving_weight_memory(
    decode_weight_bytes,
    served_head_bytes,
    embedding_parameters,
    tie_embeddings,
    serving_tensor_parallel,
    serving_pipeline,
    serving_fullest_stage,
):
    """Memory of weights per decoding accelerator, the BF16 embedding included.

    In a pipeline, that of its fullest stage with the larger of embedding and head, whose ends each
    keep their own.
    """
    looked_up = BF16_BYTES * embedding_parameters / serving_tensor_parallel
    layers = decode_weight_bytes - served_head_bytes
    stage = serving_fullest_stage * layers + larger(served_head_bytes, looked_up)
    return where(
        serving_pipeline > 1, stage, decode_weight_bytes + looked_up * (1 - tie_embeddings)
    )


@quantity("byte", source=SHARDED_CACHE)
def serving_cache_per_batched_request(
    held_cache_per_request, serving_batches_under_way, serving_fullest_stage
):  # fmt: skip
    """KV cache and fixed states in a tensor-parallel group for each request of its batch.

    Every batch under way in a pipeline has its cache in every stage.
    """
    stages = serving_batches_under_way * serving_fullest_stage
    return held_cache_per_request * stages


@quantity("byte", source=SHARDED_CACHE, better="less")
def serving_cache_memory(decode_requests, serving_cache_per_batched_request):
    """Memory of the KV cache and fixed states per decoding accelerator."""
    return decode_requests * serving_cache_per_batched_request


@quantity("byte", source=DEFINITION, better="less")
def decode_memory_per_gpu(serving_weight_memory, serving_cache_memory, memory_reserve):
    """Memory per decoding accelerator: weights, KV cache and the reserve."""
    return serving_weight_memory + serving_cache_memory + memory_reserve


@quantity("sequence", source=DEFINITION, better="more")
def largest_decode_batch(
    memory_capacity,
    serving_weight_memory,
    memory_reserve,
    serving_tensor_parallel,
    serving_cache_per_batched_request,
):
    """Most requests of a tensor-parallel group whose KV cache fits in its memory."""
    free = larger(memory_capacity - serving_weight_memory - memory_reserve, 0.0)
    return times_within(serving_tensor_parallel * free, serving_cache_per_batched_request)
