"""KV cache per token and per request while serving, in the precision that it is kept in."""

from dsexplore.engine.constants import BF16_BYTES, FP4_BY_16_BYTES
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.formulas.model.layers import (
    bounded_key_value_width,
    own_layers,
    shared_key_width,
)
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import (
    CACHE_SIZES,
    COMPRESSED_ATTENTION,
    DEFINITION,
    INDEXER,
    SHARDED_CACHE,
    STATES,
    WINDOWS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import BOUNDED, UNBOUNDED, UNIFORM


@quantity("byte", source=DEFINITION)
def kv_cache_element_bytes(kv_cache_precision):
    """Bytes of a value in the KV cache, scales of FP4 included."""
    return {"bf16": BF16_BYTES, "fp8": BF16_BYTES / 2, "fp4": FP4_BY_16_BYTES}[kv_cache_precision]


@quantity("", source=CACHE_SIZES)
def cached_key_value_width(
    attention,
    layer_pattern,
    num_layers,
    num_kv_heads,
    head_dim,
    value_head_dim,
    window_kv_heads,
    window_head_dim,
    kv_shared_layers,
    attention_layers,
):
    """Width of a layer's keys and values of heads in the cache, on average over attention's layers.

    A layer that takes those of an earlier one caches none.
    """
    if attention == "shared_kv":
        return shared_key_width(
            layer_pattern, num_layers, head_dim, window_head_dim, kv_shared_layers, attention_layers
        )
    whole = num_kv_heads * (head_dim + stated_or(value_head_dim, head_dim))
    if layer_pattern == UNIFORM:
        return whole
    narrow = bounded_key_value_width(
        num_kv_heads, head_dim, value_head_dim, window_kv_heads, window_head_dim
    )
    made = own_layers(layer_pattern, num_layers, kv_shared_layers, UNBOUNDED)
    bounded = own_layers(layer_pattern, num_layers, kv_shared_layers, BOUNDED)
    widths = made * whole + bounded * narrow
    return if_any(widths, ratio(widths, attention_layers))


@quantity("fraction", source=WINDOWS)
def bounded_cache_share(
    layer_pattern,
    attention,
    num_layers,
    num_kv_heads,
    head_dim,
    value_head_dim,
    window_kv_heads,
    window_head_dim,
    kv_shared_layers,
    attention_layers,
    bounded_layers,
    cached_key_value_width,
    bounded_layer_share,
):
    """Share of a full cache in layers with a window or indexer."""
    if layer_pattern == UNIFORM:
        return bounded_layer_share
    if attention == "mla":
        return if_any(bounded_layers, ratio(bounded_layers, attention_layers))
    narrow = stated_or(window_head_dim, head_dim)
    if attention == "gqa":
        narrow = bounded_key_value_width(
            num_kv_heads, head_dim, value_head_dim, window_kv_heads, window_head_dim
        )
    bounded = own_layers(layer_pattern, num_layers, kv_shared_layers, BOUNDED)
    width = bounded * narrow
    return if_any(width, ratio(width, attention_layers * cached_key_value_width))


@quantity("byte/token", source=CACHE_SIZES)
def attention_cache_bytes_per_token(
    attention,
    attention_layers,
    cached_key_value_width,
    kv_lora_rank,
    qk_rope_head_dim,
    kv_cache_element_bytes,
):
    """Cache of attention per token: keys and values of all layers, or latent and key."""
    if attention != "mla":
        return kv_cache_element_bytes * attention_layers * cached_key_value_width
    return kv_cache_element_bytes * attention_layers * (kv_lora_rank + qk_rope_head_dim)


@quantity("byte/token", source=INDEXER)
def indexer_cache_bytes_per_token(
    attention_layers, indexer_share, tokens_per_index_key, index_head_dim, kv_cache_element_bytes
):
    """Cache of the indexers per token: one key per layer and entry, which all heads share."""
    layers = attention_layers * indexer_share / tokens_per_index_key
    return kv_cache_element_bytes * layers * index_head_dim


@quantity("byte/token", source=COMPRESSED_ATTENTION)
def entry_cache_bytes_per_token(compressed_values_per_token, kv_cache_element_bytes):
    """Cache of compressed entries per token that they stand for."""
    return kv_cache_element_bytes * compressed_values_per_token


@quantity("byte/token", source=CACHE_SIZES + "; " + INDEXER, better="less")
def kv_cache_bytes_per_token(kv_cache_per_request, kv_length):
    """KV cache per token of a served request's context, on average over the context.

    Of layers with a window less the longer it is; an indexer's keys and compressed entries
    included.
    """
    return ratio(kv_cache_per_request, kv_length)


@quantity("byte/token", source=CACHE_SIZES)
def kv_cache_bytes_per_token_multi_head(
    num_layers, mean_attention_heads, query_key_dim, value_dim, kv_cache_element_bytes
):
    """KV cache per token if the same heads used full multi-head attention."""
    values = num_layers * mean_attention_heads * (query_key_dim + value_dim)
    return kv_cache_element_bytes * values


@quantity(
    "fraction",
    source="DeepSeek-V2 report, arXiv:2405.04434, section 2.1",
    undefined="no layer attends to other tokens",
    better="more",
)
def kv_cache_saving(kv_cache_bytes_per_token, kv_cache_bytes_per_token_multi_head):
    """Share of the multi-head KV cache that this attention saves."""
    saved = kv_cache_bytes_per_token_multi_head - kv_cache_bytes_per_token
    return ratio(saved, kv_cache_bytes_per_token_multi_head)


@quantity(
    "token",
    source=WINDOWS,
    assumes="A layer keeps the tokens of its window; with an indexer all, as it may pick any.",
)
def cached_tokens(attention_window, bounded_cache_share, kv_length):
    """Tokens of a request that the KV cache holds, on average over layers."""
    window = smaller(stated_or(attention_window, kv_length), kv_length)
    return (1 - bounded_cache_share) * kv_length + bounded_cache_share * window


@quantity("byte", source=DEFINITION, better="less")
def kv_cache_per_request(
    attention_cache_bytes_per_token,
    cached_tokens,
    indexer_cache_bytes_per_token,
    entry_cache_bytes_per_token,
    kv_length,
):
    """KV cache per served request: of attention what layers keep, of indexers and entries all."""
    whole = indexer_cache_bytes_per_token + entry_cache_bytes_per_token
    return attention_cache_bytes_per_token * cached_tokens + whole * kv_length


@quantity("byte", source=f"{SHARDED_CACHE}; {STATES}")
def held_cache_per_request(kv_cache_per_request, kv_cache_copies, state_bytes_per_request):
    """Cache and fixed states of a request in its tensor-parallel group, copies included.

    Members share the heads of states, and copy keys that have fewer heads than members.
    """
    return kv_cache_per_request * kv_cache_copies + state_bytes_per_request


@quantity("", source="Pope et al. 2022, arXiv:2211.05102, section 3.3")
def kv_cache_copies(attention, serving_tensor_parallel, num_kv_heads):
    """Copies of a request's KV cache in its tensor-parallel group.

    Each member has MLA's latent, or a lone key.
    """
    if attention != "gqa":
        return serving_tensor_parallel
    copies = larger(ratio(serving_tensor_parallel, num_kv_heads), 1.0)
    return where(num_kv_heads == 0, 1.0, copies)
