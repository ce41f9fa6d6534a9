"""Files beside a model's configuration, and models of other kinds, each by a key of its own."""

from __future__ import annotations

from typing import NamedTuple

from dsexplore.library.config_json.config import Config
from dsexplore.text.refusal import ScenarioError, shown

_BESIDE = "the config.json beside it, or the model's folder"
_COUNTED = "a causal language model, or a folder with the model's weights, which says its counts"


class _Kind(NamedTuple):
    """What a file is that has some keys, and what to give in its place."""

    keys: tuple[str, ...]
    found: str
    allowed: str


# The first whose keys a file has.
_KINDS = (
    _Kind(("_diffusers_version",), "a diffusion model's", "a causal language model's config.json"),
    _Kind(("peft_type",), "an adapter's", "its base model's config.json"),
    _Kind(("weight_map",), "an index of weights", "the folder in which it lies"),
    _Kind(("added_tokens", "model"), "a tokenizer's", _BESIDE),
    _Kind(("tokenizer_class",), "a tokenizer's", _BESIDE),
    _Kind(("image_processor_type",), "an image processor's", _BESIDE),
    _Kind(("feature_extractor_type",), "a feature extractor's", _BESIDE),
    _Kind(("do_sample",), "settings of generation", _BESIDE),
)
_MODELS = (
    _Kind(("type_vocab_size",), "an encoder, which generates no text", _COUNTED),
    _Kind(("projection_dim", "vision_config"), "encoders of images and texts", _COUNTED),
    _Kind(("encoder_layers", "decoder_layers"), "an encoder and a decoder", _COUNTED),
    _Kind(("num_decoder_layers",), "an encoder and a decoder", _COUNTED),
)
_IS_PAIR = "is_encoder_decoder"
_FILLS_GAPS = "MaskedLM"


def other_file(config: Config) -> ScenarioError | None:
    """The refusal of a file without a model's type that is known to be something else."""
    kind = _first(_KINDS, config)
    if kind is None:
        return None
    noun = "" if kind.found.startswith(("an index", "settings")) else " file"
    return ScenarioError("", kind.found.replace("'s", "'s" + noun), kind.allowed)


def other_model(config: Config) -> ScenarioError | None:
    """The refusal of a model that is no decoder alone, by keys that decoders have not."""
    kind = _first(_MODELS, config)
    if kind is None and config.given(_IS_PAIR) is True:
        kind = _Kind((), "an encoder and a decoder", _COUNTED)
    if kind is None and _all_fill_gaps(config.given("architectures")):
        kind = _MODELS[0]
    if kind is None:
        return None
    name = config.given("model_type")
    return ScenarioError("model_type", f"{shown(name)}, {kind.found}", kind.allowed)


def _all_fill_gaps(classes: object) -> bool:
    """Whether a file names classes, all of encoders that fill gaps in a text."""
    named = classes if isinstance(classes, list) else []
    return bool(named) and all(isinstance(one, str) and _FILLS_GAPS in one for one in named)


def _first(kinds: tuple[_Kind, ...], config: Config) -> _Kind | None:
    return next((kind for kind in kinds if all(map(config.has, kind.keys))), None)
