"""Layers: how many the model has of each kind, and what a mean one has of each."""

from dsexplore.engine.elementwise import ratio, smaller, where
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.layer_counts import layers_of
from dsexplore.engine.papers import (
    DEFINITION,
    MODELS_CODE,
    SHARED_BLOCKS,
    TRANSFORMER_SHAPE,
    V3_EXPERTS,
    WINDOWS,
)
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import (
    ATTENDING,
    BOUNDED,
    UNBOUNDED,
    UNIFORM,
    WITH_STATE,
    has_single_blocks,
)


@quantity("layer", source=TRANSFORMER_SHAPE)
def attention_layers(layer_pattern, num_layers):
    """Layers whose tokens attend to others: all, or those of a pattern that are named so."""
    if layer_pattern == UNIFORM:
        return num_layers
    return layers_of(layer_pattern, ATTENDING, num_layers)


@quantity("layer", source=WINDOWS)
def bounded_layers(layer_pattern, windowed_layers, num_layers):
    """Layers that an attention window bounds, if there is one: all, or as many as are named."""
    if layer_pattern == UNIFORM:
        return stated_or(windowed_layers, num_layers)
    return layers_of(layer_pattern, BOUNDED, num_layers)


@quantity("layer", source=DEFINITION)
def state_layers(layer_pattern, num_layers):
    """Layers with a fixed state in place of a growing cache: linear attention or Mamba."""
    if layer_pattern == UNIFORM:
        return 0.0
    return layers_of(layer_pattern, WITH_STATE, num_layers)


@quantity("layer", source=V3_EXPERTS)
def num_moe_layers(layer_pattern, num_layers, num_dense_layers, num_routed_experts):
    """Layers with a mixture of experts as their feed-forward block."""
    if has_single_blocks(layer_pattern):
        return layers_of(layer_pattern, "moe", num_layers) * (num_routed_experts > 0)
    return (num_layers - num_dense_layers) * (num_routed_experts > 0)


@quantity("layer", source=TRANSFORMER_SHAPE)
def dense_layers(layer_pattern, num_layers, num_moe_layers, intermediate_size):
    """Layers with a dense feed-forward block; none where it has no width."""
    if has_single_blocks(layer_pattern):
        return layers_of(layer_pattern, "ffn", num_layers)
    return (num_layers - num_moe_layers) * (intermediate_size != 0)


@quantity("", source=TRANSFORMER_SHAPE)
def blocks_per_layer(layer_pattern, intermediate_size, num_moe_layers, num_layers):
    """Blocks of a layer, each with a residual sum: attention and feed-forward, or one of them."""
    if has_single_blocks(layer_pattern):
        return 1.0
    return where(intermediate_size == 0, 1 + ratio(num_moe_layers, num_layers), 2.0)


# Weights that several layers take in turn
@quantity("layer", source=SHARED_BLOCKS)
def own_attention_layers(layer_pattern, shared_blocks, attention_layers):
    """Layers whose attention has weights of its own: all, or as many as there are blocks."""
    if not has_single_blocks(layer_pattern):
        return attention_layers
    fewer = smaller(shared_blocks, attention_layers)
    return where(shared_blocks > 0, fewer, attention_layers)


@quantity("layer", source=SHARED_BLOCKS)
def own_dense_layers(layer_pattern, shared_blocks, dense_layers):
    """Layers whose dense block has weights of its own: all, or as many as there are blocks."""
    if not has_single_blocks(layer_pattern):
        return dense_layers
    return where(shared_blocks > 0, smaller(shared_blocks, dense_layers), dense_layers)


@quantity("layer", source=SHARED_BLOCKS)
def own_norm_layers(
    num_layers, attention_layers, own_attention_layers, dense_layers, own_dense_layers
):  # fmt: skip
    """Layers whose norms have weights of their own: all but those of a block taken once more."""
    again = attention_layers - own_attention_layers + (dense_layers - own_dense_layers)
    return num_layers - again


def held_once(own, layers):
    """Share of some layers' weights that is held where several layers take the same in turn."""
    return where(own == layers, 1.0, ratio(own, layers))


# Of a mean layer
@quantity("fraction", source=DEFINITION)
def attention_layer_share(layer_pattern, attention_layers, num_layers):
    """Share of the layers whose tokens attend to others."""
    return 1.0 if layer_pattern == UNIFORM else attention_layers / num_layers


@quantity("fraction", source=DEFINITION)
def state_layer_share(layer_pattern, state_layers, num_layers):
    """Share of the layers with a fixed state."""
    return 0.0 if layer_pattern == UNIFORM else state_layers / num_layers


@quantity("fraction", source=DEFINITION)
def dense_layer_share(
    layer_pattern, dense_layers, num_moe_layers, num_layers, intermediate_size
):  # fmt: skip
    """Share of the layers with a dense feed-forward block."""
    if has_single_blocks(layer_pattern):
        return dense_layers / num_layers
    return where(intermediate_size == 0, 0.0, 1 - num_moe_layers / num_layers)


@quantity("fraction", source=DEFINITION)
def dense_block_share(layer_pattern, dense_layers, num_layers, num_moe_layers, intermediate_size):
    """Share of the layers without experts that have a dense feed-forward block: all, some, none."""
    if not has_single_blocks(layer_pattern):
        return where(intermediate_size == 0, 0.0, 1.0)
    return if_any(dense_layers, ratio(dense_layers, num_layers - num_moe_layers))


# Heads of layers with a window may differ from those of the others.
def own_layers(layer_pattern, num_layers, kv_shared_layers, kinds):
    """Layers of some kinds that make keys and values of their own."""
    return layers_of(layer_pattern, kinds, num_layers - kv_shared_layers)


def shared_key_width(
    layer_pattern, num_layers, head_dim, window_head_dim, kv_shared_layers, attention_layers
):
    """Width of the one key that is its value too, on average over layers with attention."""
    if layer_pattern == UNIFORM:
        return head_dim
    made = own_layers(layer_pattern, num_layers, kv_shared_layers, UNBOUNDED)
    bounded = own_layers(layer_pattern, num_layers, kv_shared_layers, BOUNDED)
    widths = made * head_dim + bounded * stated_or(window_head_dim, head_dim)
    return if_any(widths, ratio(widths, attention_layers))


@quantity("head", source=TRANSFORMER_SHAPE)
def mean_attention_heads(
    layer_pattern, num_attention_heads, window_heads, bounded_layers, attention_layers
):  # fmt: skip
    """Query heads of a layer, on average over layers with attention.

    Layers with a window may have more or fewer than the others.
    """
    if layer_pattern == UNIFORM:
        return num_attention_heads
    more = bounded_layers * (stated_or(window_heads, num_attention_heads) - num_attention_heads)
    return num_attention_heads + if_any(more, ratio(more, attention_layers))


@quantity("", source=TRANSFORMER_SHAPE)
def mean_head_dim(
    layer_pattern,
    head_dim,
    window_head_dim,
    num_attention_heads,
    window_heads,
    bounded_layers,
    attention_layers,
    mean_attention_heads,
):
    """Width of a head of grouped-query attention, on average over query heads of all layers."""
    if layer_pattern == UNIFORM:
        return head_dim
    bounded_heads = bounded_layers * stated_or(window_heads, num_attention_heads)
    more = bounded_heads * (stated_or(window_head_dim, head_dim) - head_dim)
    return head_dim + if_any(more, ratio(more, attention_layers * mean_attention_heads))


@quantity("", source=TRANSFORMER_SHAPE)
def key_value_heads(attention, num_kv_heads, mean_attention_heads):
    """Heads of keys and values in training; MLA expands as many as query heads."""
    if attention == "shared_kv":
        return 1.0
    return num_kv_heads if attention == "gqa" else mean_attention_heads


@quantity("", source=TRANSFORMER_SHAPE)
def key_value_width(
    attention,
    layer_pattern,
    num_layers,
    num_kv_heads,
    head_dim,
    value_head_dim,
    window_kv_heads,
    window_head_dim,
    keys_as_values,
    kv_shared_layers,
    attention_layers,
):
    """Outputs that make a layer's grouped keys and values, on average over layers with attention.

    A layer that takes those of an earlier one makes none.
    """
    if attention == "shared_kv":
        return shared_key_width(
            layer_pattern, num_layers, head_dim, window_head_dim, kv_shared_layers, attention_layers
        )
    value = stated_or(value_head_dim, head_dim)
    if layer_pattern == UNIFORM:
        return num_kv_heads * (head_dim + value)
    whole = num_kv_heads * (head_dim + (1 - keys_as_values) * value)
    narrow = bounded_key_value_width(
        num_kv_heads, head_dim, value_head_dim, window_kv_heads, window_head_dim
    )
    made = own_layers(layer_pattern, num_layers, kv_shared_layers, UNBOUNDED)
    bounded = own_layers(layer_pattern, num_layers, kv_shared_layers, BOUNDED)
    widths = made * whole + bounded * narrow
    return if_any(widths, ratio(widths, attention_layers))


def bounded_key_value_width(
    num_kv_heads, head_dim, value_head_dim, window_kv_heads, window_head_dim
):  # fmt: skip
    """Width of grouped keys and values beside each other in a layer with a window."""
    key = stated_or(window_head_dim, head_dim)
    return stated_or(window_kv_heads, num_kv_heads) * (key + stated_or(value_head_dim, key))


@quantity("", source=MODELS_CODE)
def query_norm_width(
    layer_pattern,
    query_key_norm,
    head_dim,
    window_head_dim,
    bounded_layers,
    attention_layers,
    mean_attention_heads,
    mean_head_dim,
):
    """Width of the norm on a layer's queries, on average over layers with attention."""
    if query_key_norm == "none":
        return 0.0
    if query_key_norm == "full":
        return mean_attention_heads * mean_head_dim
    if layer_pattern == UNIFORM:
        return head_dim
    more = bounded_layers * (stated_or(window_head_dim, head_dim) - head_dim)
    return head_dim + if_any(more, ratio(more, attention_layers))


@quantity("", source=MODELS_CODE)
def key_norm_width(
    layer_pattern,
    query_key_norm,
    num_layers,
    num_kv_heads,
    head_dim,
    window_kv_heads,
    window_head_dim,
    kv_shared_layers,
    attention_layers,
):
    """Width of the norm on a layer's keys, on average over layers with attention."""
    if query_key_norm == "none":
        return 0.0
    is_full = query_key_norm == "full"
    whole = num_kv_heads * head_dim if is_full else head_dim
    if layer_pattern == UNIFORM:
        return whole
    narrow = stated_or(window_head_dim, head_dim)
    if is_full:
        narrow = narrow * stated_or(window_kv_heads, num_kv_heads)
    made = own_layers(layer_pattern, num_layers, kv_shared_layers, UNBOUNDED)
    bounded = own_layers(layer_pattern, num_layers, kv_shared_layers, BOUNDED)
    widths = made * whole + bounded * narrow
    return if_any(widths, ratio(widths, attention_layers))


@quantity("fraction", source=WINDOWS)
def bounded_layer_share(
    layer_pattern,
    bounded_layers,
    windowed_layers,
    num_layers,
    attention_window,
    index_heads,
    attention_layers,
    attention,
    head_dim,
    value_head_dim,
    window_head_dim,
    mean_head_dim,
    window_heads,
    mean_attention_heads,
):
    """Share of attention in layers with a window or indexer, by the width of their heads.

    All of it unless fewer layers are stated.
    """
    if layer_pattern == UNIFORM:
        some = (attention_window > 0) & (windowed_layers > 0)
        return where(some, bounded_layers / num_layers, 1.0)
    heads = where(window_heads > 0, ratio(window_heads, mean_attention_heads), 1.0)
    share = if_any(bounded_layers, heads * ratio(bounded_layers, attention_layers))
    if attention != "mla":
        key = stated_or(window_head_dim, head_dim)
        width, mean = 2 * key, 2 * mean_head_dim
        if attention == "gqa":
            width = key + stated_or(value_head_dim, key)
            mean = mean_head_dim + stated_or(value_head_dim, mean_head_dim)
        share = if_any(share, ratio(share * width, mean))
    # An indexer picks for every layer.
    return where((bounded_layers == 0) & (index_heads > 0), 1.0, share)
