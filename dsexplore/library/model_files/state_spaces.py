"""A config.json as Mamba's authors publish it, which names no type; by mamba_ssm's own names."""

from __future__ import annotations

from collections.abc import Mapping

from dsexplore.text.refusal import ScenarioError, shown

_LONE = "layers of Mamba alone"
# What mamba_ssm's layers have where ssm_cfg says nothing, by the names of transformers' classes.
_USUAL: dict[str, dict[str, tuple[str, int]]] = {
    "mamba": {"state_size": ("d_state", 16), "expand": ("expand", 2), "conv_kernel": ("d_conv", 4)},
    "mamba2": {
        "state_size": ("d_state", 128),
        "expand": ("expand", 2),
        "conv_kernel": ("d_conv", 4),
        "head_dim": ("headdim", 64),
        "n_groups": ("ngroups", 1),
        "chunk_size": ("chunk_size", 256),
    },
}
_TYPES = {"Mamba1": "mamba", "Mamba2": "mamba2"}


def is_state_space(values: Mapping[str, object]) -> bool:
    """Whether keys are those of mamba_ssm's configuration."""
    return "ssm_cfg" in values and "d_model" in values and "model_type" not in values


def config_of(values: Mapping[str, object]) -> dict[str, object]:
    """A configuration as transformers has it. Raises ScenarioError."""
    of_layer = values["ssm_cfg"]
    if not isinstance(of_layer, Mapping):
        raise ScenarioError("ssm_cfg", shown(of_layer), "an object")
    layer = of_layer.get("layer", "Mamba1")
    kind = _TYPES.get(layer) if isinstance(layer, str) else None
    if kind is None:
        raise ScenarioError("ssm_cfg.layer", shown(layer), " or ".join(_TYPES))
    for key in ("attn_layer_idx", "d_intermediate"):
        if values.get(key):
            raise ScenarioError(key, shown(values[key]), _LONE)
    config: dict[str, object] = {
        "model_type": kind,
        "hidden_size": values["d_model"],
        "num_hidden_layers": values.get("n_layer"),
        "vocab_size": _padded(values),
        "tie_word_embeddings": values.get("tie_embeddings", True),
        **{ours: of_layer.get(theirs, usual) for ours, (theirs, usual) in _USUAL[kind].items()},
    }
    sizes = [config.get(key) for key in ("hidden_size", "expand", "head_dim")]
    hidden, expand, head = (size if type(size) is int and size > 0 else 0 for size in sizes)
    if kind == "mamba2" and head:
        config["num_heads"] = hidden * expand // head
    return config


def _padded(values: Mapping[str, object]) -> object:
    """The vocabulary up to its multiple."""
    words, multiple = values.get("vocab_size"), values.get("pad_vocab_size_multiple", 8)
    if type(words) is not int or type(multiple) is not int or multiple < 1:
        return words
    return -(-words // multiple) * multiple
