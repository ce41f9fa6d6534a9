"""Architectures from published config.json files.

`families.FAMILIES` names an adapter per `model_type`: a few lines to map the family's keys to our
fields. `Config` reads a key with its type; `shared_keys` holds the keys many families share.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import FAMILIES
from dsexplore.library.config_json.json_file import read_config
from dsexplore.library.presets import build
from dsexplore.library.saving import table_values
from dsexplore.scenario.panels.architecture import Architecture
from dsexplore.scenario.scenario import Scenario, validated
from dsexplore.text.refusal import ScenarioError, shown_path

__all__ = ["FAMILIES", "architecture_of", "read_config", "scenario_from_config"]

_TOWERS = ("vision_config", "audio_config")
_TEXT_ALONE = (
    "The text model alone: parts of the published model for images or sound are not counted."
)
_LONGEST_NAME = 100


def scenario_from_config(path: Path) -> Scenario:
    """The scenario of a model's config.json. Raises ScenarioError with the file's name."""
    try:
        return architecture_of(read_config(path), _name_of(path))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def architecture_of(config: Mapping[str, object], name: str) -> Scenario:
    """The scenario of a configuration: an architecture with every value. Raises ScenarioError.

    The name is the model's, for the title and the citation.
    """
    outer = Config(config)
    family = _family_of(outer)
    text = outer.part("text_config") if outer.has("text_config") else outer
    panel = validated(Architecture, FAMILIES[family](text), "architecture")
    is_part = any(outer.has(tower) for tower in _TOWERS)
    return build(
        {
            "schema": 1,
            "title": f"{name} (text model)" if is_part else name,
            "description": _TEXT_ALONE if is_part else "",
            "architecture": table_values(panel),
            "sources": {f"config.json of {name}, model_type {family}": ["architecture"]},
            "notes": text.notes,
        }
    )


def _family_of(config: Config) -> str:
    family = config.word("model_type")
    if family not in FAMILIES:
        raise config.refusal("model_type", ", ".join(FAMILIES))
    return family


def _name_of(path: Path) -> str:
    """The model's name: its file's, or its folder's where the file is just config.json."""
    name = path.stem if path.stem != "config" else path.resolve().parent.name or path.stem
    return shown_path(name)[:_LONGEST_NAME]
