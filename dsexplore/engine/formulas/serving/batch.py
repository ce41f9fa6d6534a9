"""Batches of decoding: requests and tokens that an accelerator decodes together.

Every quantity is per accelerator and counts its own requests; a tensor-parallel group works on the
requests of all its members.
"""

from dsexplore.engine.elementwise import ceil, larger, smaller, times_to_hold, where
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import (
    CHUNKED_PREFILL,
    DEFINITION,
    MEGATRON,
    SHARDED_CACHE,
    SPECULATIVE,
    UNEVEN_STAGES,
)
from dsexplore.engine.quantity import quantity

# Dispatch and combine.
EXCHANGES_PER_LAYER = 2


def overlapped(compute, network, micro_batches, overlap):
    """Time of compute and network: one after another, or two micro-batches side by side."""
    hidden = where(micro_batches > 1, overlap * smaller(compute, network), 0.0)
    return compute + network - hidden


@quantity("sequence", assumes="A group whose batch is below one on average decodes one or none.")
def requests_in_step(decode_batch):
    """Requests that a tensor-parallel group decodes together in a step: one at least."""
    return larger(decode_batch, 1.0)


@quantity("sequence", source=SHARDED_CACHE)
def decode_requests(requests_in_step, serving_tensor_parallel):
    """Requests per accelerator: its share of those that a tensor-parallel group decodes."""
    return requests_in_step / serving_tensor_parallel


@quantity("", assumes="A pipeline that serves has a batch under way in each of its stages.")
def serving_batches_under_way(serving_pipeline_batches, serving_pipeline):
    """Batches that a pipeline of serving decodes at once: as stated, or one for each stage."""
    return stated_or(serving_pipeline_batches, serving_pipeline)


@quantity("fraction", source=UNEVEN_STAGES)
def serving_fullest_stage(num_layers, serving_pipeline):
    """Share of all layers in the fullest stage of a pipeline that serves; 1 without one."""
    return times_to_hold(num_layers, serving_pipeline) / num_layers


@quantity("sequence", source=MEGATRON)
def requests_under_way(
    decode_batch, serving_tensor_parallel, serving_batches_under_way, serving_pipeline
):
    """Requests per accelerator under way at once, those in other stages of a pipeline included."""
    return decode_batch / serving_tensor_parallel * (serving_batches_under_way / serving_pipeline)


@quantity("token", source=SPECULATIVE)
def decode_positions(tokens_per_decode_step, guessed_tokens):
    """Tokens computed per request in a decoding step, guessed tokens included."""
    return where(guessed_tokens > 0, 1 + guessed_tokens, ceil(tokens_per_decode_step))


@quantity("token", source=DEFINITION)
def decode_tokens(decode_requests, decode_positions):
    """Tokens per accelerator in a decoding step."""
    return decode_requests * decode_positions


@quantity("token", source=DEFINITION)
def decode_pass_tokens(requests_in_step, decode_positions, serving_micro_batches):
    """Tokens of a tensor-parallel group that pass its matrices together."""
    return requests_in_step * decode_positions / serving_micro_batches


@quantity("token", source=CHUNKED_PREFILL)
def prefill_pass_tokens(
    prefill_chunk, prefill_batch, prefill_placement, decode_batch, decode_positions
):
    """Tokens of a tensor-parallel group in a pass of prefill: a batch of prompts, or a chunk.

    In one engine, the tokens that it decodes go along with each chunk.
    """
    beside = decode_batch * decode_positions if prefill_placement == "together" else 0.0
    return where(prefill_chunk > 0, prefill_chunk + beside, prefill_batch)
