"""KV cache per token and per request while serving, in the precision that it is kept in."""

from dsexplore.engine.constants import BF16_BYTES, FP4_BY_16_BYTES
from dsexplore.engine.elementwise import larger, ratio, smaller
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import CACHE_SIZES, DEFINITION, INDEXER, WINDOWS


@quantity("byte", source=DEFINITION)
def kv_cache_element_bytes(kv_cache_precision):
    """Bytes of a value in the KV cache, scales of FP4 included."""
    return {"bf16": BF16_BYTES, "fp8": BF16_BYTES / 2, "fp4": FP4_BY_16_BYTES}[kv_cache_precision]


@quantity("byte/token", source=CACHE_SIZES)
def attention_cache_bytes_per_token(
    attention,
    num_layers,
    num_kv_heads,
    head_dim,
    kv_lora_rank,
    qk_rope_head_dim,
    kv_cache_element_bytes,
):
    """Cache of attention per token: keys and values of all layers, or latent and key."""
    if attention == "gqa":
        return kv_cache_element_bytes * num_layers * 2 * num_kv_heads * head_dim
    return kv_cache_element_bytes * num_layers * (kv_lora_rank + qk_rope_head_dim)


@quantity("byte/token", source=INDEXER)
def indexer_cache_bytes_per_token(
    attention, num_layers, index_heads, index_head_dim, kv_cache_element_bytes
):
    """Cache of the indexer per token: one key per layer, which all its heads share."""
    key = kv_cache_element_bytes * num_layers * index_head_dim
    return if_any(index_heads, key) if attention == "mla" else 0.0 * key


@quantity("byte/token", source=CACHE_SIZES + "; " + INDEXER)
def kv_cache_bytes_per_token(attention_cache_bytes_per_token, indexer_cache_bytes_per_token):
    """KV cache per token where no layer has a window, an indexer's keys included."""
    return attention_cache_bytes_per_token + indexer_cache_bytes_per_token


@quantity("byte/token", source=CACHE_SIZES)
def kv_cache_bytes_per_token_multi_head(
    num_layers, num_attention_heads, query_key_dim, value_dim, kv_cache_element_bytes
):
    """KV cache per token if the same heads used full multi-head attention."""
    values = num_layers * num_attention_heads * (query_key_dim + value_dim)
    return kv_cache_element_bytes * values


@quantity("fraction", source="DeepSeek-V2 report, arXiv:2405.04434, section 2.1")
def kv_cache_saving(kv_cache_bytes_per_token, kv_cache_bytes_per_token_multi_head):
    """Share of the multi-head KV cache that this attention saves."""
    saved = kv_cache_bytes_per_token_multi_head - kv_cache_bytes_per_token
    return ratio(saved, kv_cache_bytes_per_token_multi_head)


@quantity(
    "token",
    source=WINDOWS,
    assumes="A layer keeps the tokens of its window; with an indexer all, as it may pick any.",
)
def cached_tokens(attention_window, bounded_layer_share, kv_length):
    """Tokens of a request that the KV cache holds, on average over layers."""
    window = smaller(stated_or(attention_window, kv_length), kv_length)
    return (1 - bounded_layer_share) * kv_length + bounded_layer_share * window


@quantity("byte", source=DEFINITION)
def kv_cache_per_request(kv_cache_bytes_per_token, cached_tokens):
    """KV cache per served request."""
    return kv_cache_bytes_per_token * cached_tokens


@quantity("", source="Pope et al. 2022, arXiv:2211.05102, section 3.3")
def kv_cache_copies(attention, serving_tensor_parallel, num_kv_heads):
    """Copies of a request's KV cache in its tensor-parallel group; each member has MLA's latent."""
    if attention == "mla":
        return serving_tensor_parallel
    return larger(serving_tensor_parallel / num_kv_heads, 1.0)
