"""Batches of decoding: requests and tokens that an accelerator decodes together.

Every quantity is per accelerator and counts its own requests; a tensor-parallel group works on the
requests of all its members.
"""

from dsexplore.engine.elementwise import ceil, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import DEFINITION, SHARDED_CACHE, SPECULATIVE

# Dispatch and combine.
EXCHANGES_PER_LAYER = 2


def overlapped(compute, network, micro_batches, overlap):
    """Time of compute and network: one after another, or two micro-batches side by side."""
    hidden = where(micro_batches > 1, overlap * smaller(compute, network), 0.0)
    return compute + network - hidden


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
