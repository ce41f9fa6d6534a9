"""A params.json, as Llama and Mistral publish it beside their own code."""

from __future__ import annotations

from collections.abc import Mapping

from dsexplore.text.refusal import ScenarioError, shown


def is_params(values: Mapping[str, object]) -> bool:
    """Whether keys are those of a params.json, which names no type."""
    return "dim" in values and "n_layers" in values and "model_type" not in values


def config_of(values: Mapping[str, object]) -> dict[str, object]:
    """A configuration as Llama or Mistral have it. Raises ScenarioError."""
    heads, dim = _whole(values, "n_heads"), _whole(values, "dim")
    config: dict[str, object] = {
        "model_type": "llama",
        "hidden_size": dim,
        "num_hidden_layers": _whole(values, "n_layers"),
        "num_attention_heads": heads,
        "num_key_value_heads": values.get("n_kv_heads", heads),
        "head_dim": values.get("head_dim", dim // heads),
        # Llama 1 and 2 leave it to their tokenizer, of 32,000 tokens.
        "vocab_size": 32_000 if values.get("vocab_size") == -1 else _whole(values, "vocab_size"),
        "tie_word_embeddings": bool(values.get("tied_embeddings", False)),
        "max_position_embeddings": values.get("max_position_embeddings", values.get("max_seq_len")),
    }
    if "hidden_dim" in values:
        config["intermediate_size"] = _whole(values, "hidden_dim")
    else:
        config["intermediate_size"] = _llama_width(dim, values)
    window = values.get("sliding_window")
    if window:
        config |= {"model_type": "mistral", "sliding_window": window}
    moe = values.get("moe")
    if isinstance(moe, Mapping):
        if "expert_hidden_dim" in moe or "num_shared_experts" in moe:
            raise ScenarioError("moe", "experts of a width of their own", "the config.json")
        config |= {
            "model_type": "mixtral",
            "num_local_experts": moe.get("num_experts"),
            "num_experts_per_tok": moe.get("num_experts_per_tok"),
        }
    # What is left is said as unread, as of any configuration.
    rest = {key: value for key, value in values.items() if key not in _READ and key not in config}
    return rest | config | ({"vision_config": {}} if values.get("vision_encoder") else {})


# Keys of a params.json that are read above.
_READ = frozenset(
    {
        *("dim", "n_layers", "n_heads", "n_kv_heads", "hidden_dim", "multiple_of", "max_seq_len"),
        *("ffn_dim_multiplier", "tied_embeddings", "moe", "norm_eps", "vision_encoder"),
    }
)


def _llama_width(dim: int, values: Mapping[str, object]) -> int:
    """Two thirds of four times the width, times a factor, rounded up to a multiple."""
    factor, multiple = values.get("ffn_dim_multiplier"), _whole(values, "multiple_of")
    width = int(2 * 4 * dim / 3)
    if factor is not None:
        if not isinstance(factor, int | float) or factor is True or not 0 < factor < 100:
            raise ScenarioError(
                "ffn_dim_multiplier", shown(factor), "a number above 0 and below 100"
            )
        width = int(factor * width)
    return multiple * -(-width // multiple)


def _whole(values: Mapping[str, object], key: str) -> int:
    value = values.get(key)
    if type(value) is not int or not 0 < value < 10**9:
        found = shown(value) if key in values else "nothing"
        raise ScenarioError(key, found, "a whole number above 0")
    return value
