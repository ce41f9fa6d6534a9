"""KV cache per token and per request while serving."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import larger, ratio, smaller
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import CACHE_SIZES, DEFINITION, INDEXER, WINDOWS


@quantity("byte/token", source=CACHE_SIZES)
def attention_cache_bytes_per_token(
    attention, num_layers, num_kv_heads, head_dim, kv_lora_rank, qk_rope_head_dim
):
    """Cache of attention per token in BF16: keys and values of all layers, or latent and key."""
    if attention == "gqa":
        return BF16_BYTES * num_layers * 2 * num_kv_heads * head_dim
    return BF16_BYTES * num_layers * (kv_lora_rank + qk_rope_head_dim)


@quantity("byte/token", source=INDEXER)
def indexer_cache_bytes_per_token(attention, num_layers, index_heads, index_head_dim):
    """Cache of the indexer per token in BF16: one key per layer, which all its heads share."""
    key = BF16_BYTES * num_layers * index_head_dim
    return if_any(index_heads, key) if attention == "mla" else 0.0 * key


@quantity("byte/token", source=CACHE_SIZES + "; " + INDEXER)
def kv_cache_bytes_per_token(attention_cache_bytes_per_token, indexer_cache_bytes_per_token):
    """KV cache per token in BF16 where no layer has a window, an indexer's keys included."""
    return attention_cache_bytes_per_token + indexer_cache_bytes_per_token


@quantity("byte/token", source=CACHE_SIZES)
def kv_cache_bytes_per_token_multi_head(
    num_layers, num_attention_heads, query_key_dim, value_dim
):  # fmt: skip
    """KV cache per token if the same heads used full multi-head attention."""
    return BF16_BYTES * num_layers * num_attention_heads * (query_key_dim + value_dim)


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
