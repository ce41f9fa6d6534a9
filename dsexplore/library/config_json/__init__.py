"""Architectures from published config.json files.

`families.FAMILIES` names an adapter per `model_type`: a few lines to map the family's keys to our
fields. `Config` reads a key with its type; `shared_keys` holds the keys many families share.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import FAMILIES
from dsexplore.library.config_json.json_file import read_config
from dsexplore.library.config_json.text_part import (
    TextPart,
    is_importable,
    text_part,
    text_values,
)
from dsexplore.library.config_json.unknown import named, of_shape
from dsexplore.library.config_json.unread import unread
from dsexplore.library.presets import build
from dsexplore.library.saving import table_values
from dsexplore.scenario.panels.architecture import Architecture
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, shown, shown_path

__all__ = [
    "FAMILIES",
    "architecture_of",
    "is_importable",
    "other_class",
    "read_config",
    "scenario_from_config",
    "text_values",
]

_TEXT_ALONE = (
    "The text model alone: parts of the published model for images or sound are not counted."
)
# What a causal language model's class is called, with or without other senses.
_CAUSAL = ("CausalLM", "LMHead", "ConditionalGeneration", "ForCausal", "Generation")
_LONGEST_NAME = 100


def scenario_from_config(path: Path, counted_as: str = "") -> Scenario:
    """The scenario of a model's config.json, counted as its own type or another.

    Raises ScenarioError with the file's name.
    """
    try:
        return architecture_of(read_config(path), _name_of(path), counted_as)
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def architecture_of(config: Mapping[str, object], name: str, counted_as: str = "") -> Scenario:
    """The scenario of a configuration: an architecture with every value. Raises ScenarioError.

    The name is the model's, for the title and the citation.
    """
    outer = Config(config)
    found = text_part(outer, counted_as)
    panel = Architecture.read(FAMILIES[found.family](found.config))
    return build(
        {
            "schema": 1,
            "title": f"{name} (text model)" if found.is_part else name,
            "description": " ".join(_said(config, found, panel, counted_as)),
            "architecture": table_values(panel),
            "sources": {f"config.json of {name}, model_type {found.family}": ["architecture"]},
            "notes": found.config.notes,
        }
    )


def _said(
    config: Mapping[str, object], found: TextPart, panel: Architecture, counted_as: str
) -> Iterator[str]:
    """What the counts leave out or take for granted, a sentence each."""
    if found.is_part:
        yield _TEXT_ALONE
    if counted_as:
        left = of_shape(found.config.unread())
        yield f"Counted as {counted_as}" + (f"; not read: {named(left)}." if left else ".")
    else:
        yield from unread(found.config, found.family, panel)
    if name := other_class(config):
        yield f"Published as {name}; counted with the head of a causal language model."


def other_class(config: Mapping[str, object]) -> str:
    """The class that a configuration names, if it is none of a causal language model."""
    classes = config.get("architectures")
    is_other = isinstance(classes, list) and classes and not any(map(_is_causal, classes))
    return shown(classes[0]) if is_other and isinstance(classes, list) else ""


def _is_causal(architecture: object) -> bool:
    return isinstance(architecture, str) and any(word in architecture for word in _CAUSAL)


def _name_of(path: Path) -> str:
    """The model's name: its file's, or its folder's where the file is just config.json."""
    # Links of a cache lead to blobs: the place counts under which it was named.
    path = Path(os.path.abspath(path))  # noqa: PTH100 - a link's own place
    for part in reversed(path.parts):
        if part.startswith("models--"):
            return shown_path(part.rpartition("--")[2])[:_LONGEST_NAME]
    name = path.stem if path.stem != "config" else path.parent.name or path.stem
    return shown_path(name)[:_LONGEST_NAME]
