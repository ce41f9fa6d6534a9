"""KV cache per token and per request while serving."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import larger, ratio
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import CACHE_SIZES, DEFINITION


@quantity("byte/token", source=CACHE_SIZES)
def kv_cache_bytes_per_token(
    attention, num_layers, num_kv_heads, head_dim, kv_lora_rank, qk_rope_head_dim
):
    """KV cache per token in BF16: keys and values of every layer, or the latent and its key."""
    if attention == "gqa":
        return BF16_BYTES * num_layers * 2 * num_kv_heads * head_dim
    return BF16_BYTES * num_layers * (kv_lora_rank + qk_rope_head_dim)


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


@quantity("byte", source=DEFINITION)
def kv_cache_per_request(kv_cache_bytes_per_token, kv_length):
    """KV cache per served request."""
    return kv_cache_bytes_per_token * kv_length


@quantity("", source="Pope et al. 2022, arXiv:2211.05102, section 3.3")
def kv_cache_copies(attention, serving_tensor_parallel, num_kv_heads):
    """Copies of a request's KV cache in its tensor-parallel group; each member has MLA's latent."""
    if attention == "mla":
        return serving_tensor_parallel
    return larger(serving_tensor_parallel / num_kv_heads, 1.0)
