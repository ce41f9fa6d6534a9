"""A type nobody here knows: the nearest that is known, and what to do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache

from dsexplore.library.config_json.class_defaults import keys_of
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import FAMILIES, class_of
from dsexplore.library.config_json.shape import Shape
from dsexplore.text.plain import in_escapes
from dsexplore.text.refusal import ScenarioError, nearest

# Keys of every configuration that say nothing of a shape.
_NO_SHAPE = frozenset(
    {
        *("architectures", "auto_map", "model_type", "transformers_version", "torch_dtype"),
        *("dtype", "use_cache", "initializer_range", "hidden_act", "hidden_activation", "rms_norm"),
        *(
            "rms_norm_eps",
            "layer_norm_eps",
            "norm_eps",
            "layer_norm_epsilon",
            "activation_function",
        ),
        *("rope_theta", "rope_scaling", "rope_parameters", "partial_rotary_factor", "rotary_dim"),
        *("pretraining_tp", "output_router_logits", "router_aux_loss_coef", "aux_loss_alpha"),
        *("seq_aux", "norm_topk_prob", "scoring_func", "topk_method", "n_group", "topk_group"),
        *("routed_scaling_factor", "ep_size", "quantization_config", "attention_dropout"),
        *("hidden_dropout", "_name_or_path", "max_position_embeddings", "rope_interleave"),
        *("is_encoder_decoder", "return_dict", "id2label", "label2id", "problem_type"),
        *(
            "output_hidden_states",
            "chunk_size_feed_forward",
            "task_specific_params",
            "name_or_path",
        ),
        *("output_attentions", "attn_implementation", "_attn_implementation", "slow_but_exact"),
    }
)
_NO_SHAPE_ENDINGS = ("_token_id", "_token_ids", "_dropout", "_eps", "_epsilon", "_pdrop", "_factor")
_MOST_NAMED = 4


def of_shape(keys: Iterable[str]) -> list[str]:
    """The keys among these that may decide a shape."""
    return [key for key in keys if key not in _NO_SHAPE and not key.endswith(_NO_SHAPE_ENDINGS)]


_SIZE_STARTS = ("num_", "n_")
_SIZE_ENDINGS = (
    *("_size", "_dim", "_rank", "_heads", "_layers", "_experts", "_width", "_replace", "_freq"),
    *("_per_layer", "_per_tok", "_per_token", "_block_configs"),
)
# Sizes by their names which no published code makes weights of.
_NO_WEIGHTS = frozenset(
    {
        *("num_beams", "num_beam_groups", "num_return_sequences", "num_logits_to_keep"),
        *("num_expert_group", "n_groups", "num_labels", "chunk_size", "mamba_chunk_size"),
        *(
            "num_key_value_heads",
            "head_dim",
            "qk_head_dim",
            "qk_rope_head_dim",
            "no_repeat_ngram_size",
        ),
        *("encoder_no_repeat_ngram_size", "cross_attention_hidden_size", "max_window_layers"),
        # Where the layers are listed one by one, these say the same again.
        *("moe_layer_freq", "first_k_dense_replace", "time_step_rank", "n_embed"),
        *("sliding_window_size", "attention_chunk_size", "index_topk_freq"),
        *("num_reward_heads", "num_experts_per_tok", "experts_per_token"),
    }
)


def sizes_unread(config: Config, family: str, unread: list[str]) -> list[str]:
    """Keys among the unread that by their names are sizes and that a type's class has not."""
    known = keys_of(class_of(family)) | _NO_WEIGHTS
    return [
        key
        for key in of_shape(unread)
        if (key.startswith(_SIZE_STARTS) or key.endswith(_SIZE_ENDINGS))
        and key not in known
        and _is_size(config.given(key))
    ]


def _is_size(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_size, value))
    return type(value) is int and value > 0


def unknown_type(config: Config, family: str, classes: object = None) -> ScenarioError:
    """The refusal of a type: the nearest by its keys, and the keys that this one has not.

    Where a file names no type, the name of its class stands for one.
    """
    keys = set(of_shape(config.keys()))
    known = _known()
    word = _class_word(classes)
    by_class = next((name for name in known if name.replace("_", "") == word), "")
    like = by_class or max(known, key=lambda name: _rank(name, family, keys))
    if _likeness(keys, known[like]) < _LEAST_LIKENESS:
        if not family:
            return config.refusal(
                "model_type", "the type of a causal language model, as its config.json says it"
            )
        close = nearest(family, list(FAMILIES))
        return config.refusal(
            "model_type", f"{close}; --as TYPE counts it as another; or a folder with its weights"
        )
    more = sorted(keys - known[like])
    unread = f", which does not read {named(more)}" if more else ", which has the same keys"
    return config.refusal(
        "model_type",
        f"{len(FAMILIES)} types, by its keys nearest {like}{unread} (--as {like}); "
        "or a folder with the model's weights",
    )


def _class_word(classes: object) -> str:
    """A class's name as a type's without dashes: Qwen3MoeForCausalLM as qwen3moe."""
    first = classes[0] if isinstance(classes, list) and classes else ""
    return first.partition("For")[0].lower() if isinstance(first, str) else ""


_LEAST_LIKENESS = 0.3
# Preferred where keys say nothing else.
_USUAL = ("llama", "qwen2", "qwen3", "deepseek_v3", "qwen3_moe", "mixtral")
# A key that a class knows and a file leaves out says less than one that it states.
_LEFT_OUT = 0.2


def _rank(name: str, family: str, keys: set[str]) -> float:
    """How like a type is to another: by its keys, and a little by its name."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    by_name = difflib.SequenceMatcher(None, name, family[:100]).ratio()
    return _likeness(keys, _known()[name]) + by_name / 4 + (name in _USUAL) / 20


def named(keys: list[str]) -> str:
    """A few keys, and how many more."""
    shown = [in_escapes(key)[:40] for key in keys[:_MOST_NAMED]]
    more = len(keys) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _likeness(keys: set[str], known: frozenset[str]) -> float:
    """Weight of keys in both over that of keys in either: the fewer types know one, the more.

    A key that no type knows weighs nothing: it is as far from each.
    """
    weights = _weights()
    both = sum(weights[key] for key in keys & known)
    stated = sum(weights.get(key, 0.0) for key in keys - known)
    left_out = sum(weights[key] for key in known - keys)
    whole = both + stated + _LEFT_OUT * left_out
    return both / whole if whole else 0.0


@cache
def _weights() -> dict[str, float]:
    """What a key says of a type: the logarithm of all types over those whose class knows it."""
    types = _known().values()
    known = Counter(key for keys in types for key in keys)
    return {key: math.log((1 + len(types)) / number) for key, number in known.items()}


@cache
def _known() -> dict[str, frozenset[str]]:
    """The keys of each type whose class is known: the class's, and those that its row asks for."""
    return {name: keys | _asked(name) for name in FAMILIES if (keys := keys_of(name))}


def _asked(name: str) -> frozenset[str]:
    shape = FAMILIES[name]
    if not isinstance(shape, Shape):
        return frozenset()
    flags = (shape.query_key_norm_if, shape.qkv_bias, shape.mtp)
    return frozenset(
        {*shape.only, *shape.defaults, *(key for key in flags if isinstance(key, str))}
    )
