"""A type nobody here knows: the nearest that is known, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from dsexplore.library.config_json.class_defaults import keys_of
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import FAMILIES
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


def unknown_type(config: Config, family: str) -> ScenarioError:
    """The refusal of a type: the nearest by its keys, and the keys that this one has not."""
    keys = set(of_shape(config.keys()))
    of_classes = [name for name in FAMILIES if keys_of(name)]
    like = max(of_classes, key=lambda name: _rank(name, family, keys))
    if _likeness(keys, keys_of(like)) < _LEAST_LIKENESS:
        close = nearest(family, list(FAMILIES))
        return config.refusal("model_type", f"{close}; or a folder with the model's weights")
    more = sorted(keys - keys_of(like))
    unread = f", which does not read {named(more)}" if more else ", which has the same keys"
    return config.refusal(
        "model_type",
        f"{len(FAMILIES)} types, by its keys nearest {like}{unread} (--as {like}); "
        "or a folder with the model's weights",
    )


_LEAST_LIKENESS = 0.3
# Preferred where keys say nothing else.
_USUAL = ("llama", "qwen2", "qwen3", "deepseek_v3", "qwen3_moe", "mixtral")


def _rank(name: str, family: str, keys: set[str]) -> float:
    """How like a type is to another: by its keys, and a little by its name."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    by_name = difflib.SequenceMatcher(None, name, family[:100]).ratio()
    return _likeness(keys, keys_of(name)) + by_name / 4 + (name in _USUAL) / 10


def named(keys: list[str]) -> str:
    """A few keys, and how many more."""
    shown = [in_escapes(key)[:40] for key in keys[:_MOST_NAMED]]
    more = len(keys) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _likeness(keys: set[str], known: frozenset[str]) -> float:
    """Keys in both over keys in either; of the known ones, those stated in most files."""
    return len(keys & known) / len(keys | known) if keys else 0.0
