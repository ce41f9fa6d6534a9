"""Dense decoders with RMSNorm and gated feed-forward blocks, like Llama."""

from __future__ import annotations

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shared_keys import Fields, dense_decoder, same_biases, windows


def llama(config: Config) -> Fields:
    """Llama 1 to 3, and every family with the same code."""
    return {
        **dense_decoder(config),
        **same_biases(config.flag("attention_bias")),
        "ffn_bias": config.flag("mlp_bias"),
    }


def mistral(config: Config) -> Fields:
    """Llama with a window on every layer."""
    config = config.with_defaults(num_key_value_heads=8, sliding_window=4096)
    return {**dense_decoder(config), **windows(config)}


def qwen_windows(config: Config) -> Fields:
    """The window of Qwen's models: only where it is switched on, and above some layer."""
    config = config.with_defaults(sliding_window=4096, max_window_layers=28)
    if not config.flag("use_sliding_window"):
        return {"attention_window": 0, "windowed_layers": 0}
    first = config.count("max_window_layers", least=0)
    return windows(config, has_window=lambda layer: layer >= first)


def qwen2(config: Config) -> Fields:
    """Qwen 1.5, 2 and 2.5: biases on queries, keys and values, never on the output."""
    config = config.with_defaults(num_key_value_heads=32)
    return {**dense_decoder(config), **qwen_windows(config), "qkv_bias": True}


def qwen3(config: Config) -> Fields:
    """Qwen 3: a norm on each head's query and key in place of Qwen 2's biases."""
    config = config.with_defaults(num_key_value_heads=32, head_dim=128)
    return {
        **dense_decoder(config),
        **qwen_windows(config),
        **same_biases(config.flag("attention_bias")),
        "query_key_norm": "head",
    }


def olmo2(config: Config) -> Fields:
    """OLMo 2: norms over the full width of queries and keys; two per layer, after its blocks."""
    return {
        **dense_decoder(config),
        **same_biases(config.flag("attention_bias")),
        "query_key_norm": "full",
    }


def phi3(config: Config) -> Fields:
    """Phi 3 and 4: fused projections with as many weights as separate ones."""
    return {**dense_decoder(config), **windows(config)}


def glm4(config: Config) -> Fields:
    """GLM-4-0414: biases on queries, keys and values; norms before and after both blocks."""
    config = config.with_defaults(num_key_value_heads=2, head_dim=128, attention_bias=True)
    return {
        **dense_decoder(config),
        "qkv_bias": config.flag("attention_bias"),
        "norms_per_layer": 4,
    }


def gemma2(config: Config) -> Fields:
    """Gemma 2: a window on every other layer, the first one on; four norms per layer."""
    config = config.with_defaults(
        num_key_value_heads=4, head_dim=256, sliding_window=4096, tie_word_embeddings=True
    )
    return {
        **dense_decoder(config),
        **windows(config, has_window=lambda layer: layer % 2 == 0),
        **same_biases(config.flag("attention_bias")),
        "norms_per_layer": 4,
    }


def gemma3(config: Config) -> Fields:
    """Gemma 3: five layers with a window to one without; norms on queries and keys.

    Published with images as well, it states only what differs from its class.
    """
    config = config.with_defaults(
        vocab_size=262_208,
        hidden_size=2304,
        intermediate_size=9216,
        num_hidden_layers=26,
        num_attention_heads=8,
        num_key_value_heads=4,
        head_dim=256,
        max_position_embeddings=131_072,
        sliding_window=4096,
        tie_word_embeddings=True,
    )
    keys = ("sliding_window_pattern", "_sliding_window_pattern")
    pattern = config.count(*keys) if config.has(*keys) else 6
    return {
        **dense_decoder(config),
        **windows(config, has_window=lambda layer: (layer + 1) % pattern != 0),
        **same_biases(config.flag("attention_bias")),
        "query_key_norm": "head",
        "norms_per_layer": 4,
    }
