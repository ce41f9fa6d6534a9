"""The text model within a configuration: itself, or the part that lies in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsexplore.library.config_json.class_defaults import text_type_of, with_class
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import FAMILIES, class_of
from dsexplore.library.config_json.other_files import other_file, other_model
from dsexplore.library.config_json.uncounted import uncounted
from dsexplore.library.config_json.unknown import unknown_type
from dsexplore.text.refusal import ScenarioError

# Where models that also see or hear keep their text model.
_TEXT_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")
_TOWERS = ("vision_config", "audio_config", "vision_tower", "mm_vision_tower")
_TYPE = "model_type"
_TIED = "tie_word_embeddings"


class TextPart(NamedTuple):
    """A text model's keys with its class's defaults, its family, and whether it is a part."""

    config: Config
    family: str
    is_part: bool


def text_part(outer: Config, counted_as: str = "") -> TextPart:
    """The text model of a configuration, counted as its own type or another.

    Raises ScenarioError if the type is not known.
    """
    key = next((key for key in _TEXT_PARTS if outer.has(key)), "")
    has_tower = any(outer.has(tower) for tower in _TOWERS)
    if not counted_as and (refusal := uncounted(outer, outer.word(_TYPE))):
        raise refusal
    if not key:
        family = _family(outer, counted_as or outer.word(_TYPE), outer)
        return TextPart(with_class(outer, class_of(family)), family, has_tower)
    inner = outer.part(key)
    if any(inner.has(part) for part in _TEXT_PARTS):
        return text_part(inner, counted_as)._replace(is_part=True)
    outer_type = outer.word(_TYPE)
    stated = inner.word(_TYPE)
    family = counted_as or stated or text_type_of(outer_type) or outer_type
    if family not in FAMILIES and outer_type in FAMILIES:
        family = outer_type
    family = _family(inner if stated or not family else outer, family, outer)
    text = inner
    # The flag of the whole decides whether its head is tied, where the whole has one.
    if outer.has(_TIED):
        text = text.with_values(tie_word_embeddings=outer.flag(_TIED))
    return TextPart(with_class(text, class_of(family), is_part=True), family, True)


def is_importable(values: Mapping[str, object]) -> bool:
    """Whether the text model's type of a configuration is known."""
    try:
        text_part(Config(values))
    except ScenarioError:
        return False
    return True


def text_values(values: Mapping[str, object]) -> Mapping[str, object]:
    """The keys of the text model's own part, whatever its type."""
    for key in _TEXT_PARTS:
        part = values.get(key)
        if isinstance(part, Mapping):
            return text_values(part)
    return values


def _family(config: Config, family: str, outer: Config) -> str:
    if family not in FAMILIES:
        if refusal := uncounted(config, family):
            raise refusal
        other = other_model(outer) if family else other_file(outer)
        raise other or unknown_type(config, family, outer.given("architectures"))
    return family
