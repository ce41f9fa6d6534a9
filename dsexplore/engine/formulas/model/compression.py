"""Compression: entries of the cache that stand for several tokens each, and what attends to them.

A csa layer makes each entry of its own tokens and of those before them, so it projects two of each,
and an indexer picks among the entries. An hca layer attends to all of its few entries.
"""

from dsexplore.engine.again import once_more
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.layer_counts import layers_of
from dsexplore.engine.papers import COMPRESSED_ATTENTION, DEFINITION, INDEXER, MODELS_CODE
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import COMPRESSED, HEAVY, SPARSE, has_kinds


@quantity("layer", source=COMPRESSED_ATTENTION)
def sparse_layers(layer_pattern, num_layers):
    """Layers of compressed sparse attention."""
    return layers_of(layer_pattern, SPARSE, num_layers) if has_kinds(layer_pattern, SPARSE) else 0.0


@quantity("layer", source=COMPRESSED_ATTENTION)
def heavy_layers(layer_pattern, num_layers):
    """Layers of heavily compressed attention."""
    return layers_of(layer_pattern, HEAVY, num_layers) if has_kinds(layer_pattern, HEAVY) else 0.0


@quantity("", source=COMPRESSED_ATTENTION)
def entry_width(attention, num_kv_heads, head_dim, kv_lora_rank, qk_rope_head_dim):
    """Width of a cache's entry: keys and values, a latent and its key, or a lone key."""
    if attention == "gqa":
        return 2 * num_kv_heads * head_dim
    return head_dim if attention == "shared_kv" else kv_lora_rank + qk_rope_head_dim


@quantity("fraction", source=INDEXER)
def indexer_share(
    attention, layer_pattern, attention_layers, sparse_layers, indexer_layers, index_heads
):
    """Share of the layers with attention that have an indexer of their own."""
    if attention == "gqa":
        return 0.0 * index_heads
    some = index_heads > 0
    if has_kinds(layer_pattern, SPARSE):
        return where(some, ratio(sparse_layers, attention_layers), 0.0)
    if attention == "shared_kv":
        return 0.0 * index_heads
    few = (indexer_layers > 0) & (indexer_layers < attention_layers)
    return where(some, where(few, ratio(indexer_layers, attention_layers), 1.0), 0.0)


@quantity("token", source=INDEXER)
def tokens_per_index_key(layer_pattern, sparse_compression):
    """Tokens that a key of an indexer stands for: one, or those of an entry."""
    return sparse_compression if has_kinds(layer_pattern, SPARSE) else 1.0


@quantity("", source=COMPRESSED_ATTENTION)
def compressor_width(
    layer_pattern,
    attention_layers,
    sparse_layers,
    heavy_layers,
    entry_width,
    index_heads,
    index_head_dim,
):
    """Values and their gates of which entries are made, on average over layers with attention."""
    if not has_kinds(layer_pattern, COMPRESSED):
        return 0.0
    keys = if_any(index_heads, index_head_dim)
    widths = sparse_layers * 4 * (entry_width + keys) + heavy_layers * 2 * entry_width
    return ratio(widths, attention_layers)


@quantity("parameter", source=MODELS_CODE)
def compressor_vectors_per_layer(
    layer_pattern,
    attention_layers,
    sparse_layers,
    heavy_layers,
    sparse_compression,
    heavy_compression,
    entry_width,
    index_heads,
    index_head_dim,
):
    """Biases of places within an entry, and norms of entries, of a mean layer with attention."""
    if not has_kinds(layer_pattern, COMPRESSED):
        return 0.0
    keys = if_any(index_heads, index_head_dim)
    sparse = (2 * sparse_compression + 1) * (entry_width + keys)
    heavy = (heavy_compression + 1) * entry_width
    return ratio(sparse_layers * sparse + heavy_layers * heavy, attention_layers)


@quantity("", source=COMPRESSED_ATTENTION)
def picked_entries(attention, index_heads, index_top_k, sequence_length, sparse_compression):
    """Most entries that a csa layer attends to: those its indexer picks, or all."""
    picks = (index_heads > 0) & (index_top_k > 0) & (attention != "gqa")
    return where(picks, index_top_k, sequence_length / sparse_compression)


@quantity("token", source=DEFINITION)
def scored_tokens(attended_length):
    """Tokens of its document before a token, on average: half of them."""
    return attended_length / 2


@quantity("", source=COMPRESSED_ATTENTION)
def attended_entries(
    layer_pattern,
    sparse_layers,
    heavy_layers,
    bounded_layers,
    scored_tokens,
    attended_length,
    picked_entries,
    sparse_compression,
    heavy_compression,
):
    """Compressed entries each token attends to, on average over bounded layers and tokens.

    A csa layer has at most those picked; tokens near the start have fewer behind them.
    """
    if not has_kinds(layer_pattern, COMPRESSED):
        return 0.0
    most = smaller(picked_entries * sparse_compression, attended_length)
    # Tokens have from twice their mean, less the length, to the length before them.
    first = 2 * scored_tokens - attended_length
    growing = larger(most - first, 0.0)
    lacking = if_any(growing, ratio(growing * growing, 2 * (attended_length - first)))
    sparse = sparse_layers * (most - lacking) / sparse_compression
    heavy = heavy_layers * scored_tokens / heavy_compression
    return ratio(sparse + heavy, bounded_layers)


attended_entries_full = once_more(
    "attended_entries",
    "Compressed entries that a token attends to after a whole sequence, in a bounded layer.",
    scored_tokens="sequence_length",
    attended_length="sequence_length",
)


@quantity("", source=DEFINITION)
def compressed_values_per_token(
    layer_pattern,
    sparse_layers,
    heavy_layers,
    sparse_compression,
    heavy_compression,
    entry_width,
):
    """Values of compressed entries in all layers, per token that they stand for."""
    if not has_kinds(layer_pattern, COMPRESSED):
        return 0.0
    layers = sparse_layers / sparse_compression + heavy_layers / heavy_compression
    return layers * entry_width
