"""Keys shared by many families: sizes, heads, windows, experts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsexplore.library.config_json.config import Config

# Fields of the architecture and their values.
Fields = dict[str, object]

_WINDOWED = ("sliding_attention", "chunked_attention")
_LAYER_TYPES = ("full_attention", *_WINDOWED)
_WITHOUT_EXPERTS = "dense"
_FEED_FORWARDS = (_WITHOUT_EXPERTS, "sparse", "moe", "hash_moe")


def decoder(config: Config) -> Fields:
    """Sizes, heads, context and head of a decoder under their most usual keys."""
    return {
        "num_layers": config.layers(),
        "hidden_size": config.count("hidden_size"),
        "vocab_size": config.count("vocab_size"),
        "max_context_length": context(config),
        "tie_embeddings": config.flag("tie_word_embeddings"),
        **grouped_heads(config),
    }


def context(config: Config, *keys: str) -> int | None:
    """Longest context the model is published for; None if the file does not say."""
    names = keys or ("max_position_embeddings",)
    return config.count(*names) if config.has(*names) else None


def grouped_heads(config: Config) -> Fields:
    """Query heads, and as many KV heads unless fewer are given; their width."""
    heads = config.count("num_attention_heads")
    return {
        "num_attention_heads": heads,
        "num_kv_heads": kv_heads(config, heads, "num_key_value_heads"),
        "head_dim": head_dim(config, heads),
    }


def kv_heads(config: Config, heads: int, *keys: str) -> int:
    """KV heads, each for as many query heads; as many where none are given."""
    if not config.has(*keys):
        return heads
    given = config.count(*keys)
    if heads % given:
        key = next(key for key in keys if config.has(key))
        raise config.refusal(key, f"a divisor of the {heads} attention heads")
    return given


def head_dim(config: Config, heads: int, *hidden_keys: str, key: str = "head_dim") -> int:
    """Width of a head: given, or the hidden size over the heads."""
    if config.has(key):
        return config.count(key)
    keys = hidden_keys or ("hidden_size",)
    hidden = config.count(*keys)
    if hidden % heads:
        key = next((key for key in keys if config.has(key)), keys[0])
        raise config.refusal(key, f"a multiple of the {heads} attention heads, or a head_dim")
    return hidden // heads


def same_biases(has_bias: bool) -> Fields:
    """A bias on all four projections of attention, or on none."""
    return {"qkv_bias": has_bias, "output_bias": has_bias}


def windows(
    config: Config,
    *,
    key: str = "sliding_window",
    has_window: Callable[[int], bool] = lambda layer: True,
) -> Fields:
    """The attention window and the number of its layers, as listed by `layer_types`.

    Without a list, the family's rule decides by the layer's number.
    """
    layers = config.layers()
    return window_fields(
        config, key, layers, lambda: [has_window(layer) for layer in range(layers)]
    )


def window_fields(
    config: Config, key: str, layers: int, rule: Callable[[], Sequence[bool]]
) -> Fields:
    """The same for a number of layers, with a rule for all of them."""
    window = config.count(key, least=0, null=0) if config.has(key) else 0
    listed = config.words_by_layer("layer_types", layers, _LAYER_TYPES)
    if listed:
        windowed = sum(word in _WINDOWED for word in listed)
        if windowed and not window:
            raise config.refusal(key, f"a window for the {windowed} layers of layer_types")
    else:
        windowed = sum(rule())
    if not window or not windowed:
        return {"attention_window": 0, "windowed_layers": 0}
    return {"attention_window": window, "windowed_layers": windowed if windowed < layers else 0}


def experts(
    config: Config,
    *,
    key: str,
    width: str,
    chosen: tuple[str, ...] = ("num_experts_per_tok",),
    is_moe: Callable[[int], bool] | None = None,
) -> Fields:
    """Routed experts and their width, and the layers without them.

    A family with a rule for its layers may do without experts; in others every layer has some.
    """
    routed = config.count(key) if is_moe is None else config.count(key, least=0, null=0)
    if not routed:
        return {}
    a_token = config.count(*chosen)
    if a_token > routed:
        raise config.refusal(chosen[0], f"at most {routed}, the value of {key}", str(a_token))
    return {
        "num_routed_experts": routed,
        "experts_per_token": a_token,
        "moe_intermediate_size": config.count(width),
        "num_dense_layers": _layers_without(config, is_moe) if is_moe else 0,
    }


def expert_layers(
    config: Config, layers: int, rule: Callable[[Config, int], Sequence[bool]]
) -> Sequence[bool]:
    """Whether each layer has experts: as listed by `mlp_layer_types`, or by the type's rule."""
    listed = config.words_by_layer("mlp_layer_types", layers, _FEED_FORWARDS)
    if listed:
        return [word != _WITHOUT_EXPERTS for word in listed]
    return rule(config, layers)


def _layers_without(config: Config, is_moe: Callable[[int], bool]) -> int:
    layers = config.layers()
    listed = config.words_by_layer("mlp_layer_types", layers, ("dense", "sparse"))
    if listed:
        return listed.count("dense")
    return sum(not is_moe(layer) for layer in range(layers))
