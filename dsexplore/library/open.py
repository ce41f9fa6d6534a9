"""Opening a scenario: by the name of a preset, a TOML file or a config.json."""

from __future__ import annotations

from pathlib import Path

from dsexplore.files.toml import read_toml
from dsexplore.library.names import (
    SCENARIO_KINDS,
    is_shipped,
    is_there,
    preset_names,
    preset_path,
)
from dsexplore.library.presets import build
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, nearest, shown

DEFAULT_SCENARIO = "deepseek-v3"

# The ending of a model's configuration, as opposed to a scenario.
CONFIG_ENDING = ".json"
_ENDINGS = (".toml", CONFIG_ENDING)


def find(name: str) -> Path:
    """The file of a scenario's name: a shipped preset of that name, or else a path.

    Raises ScenarioError if there is neither.
    """
    found = preset_or_path(name, SCENARIO_KINDS)
    if found is None:
        raise ScenarioError("", f"no preset or file {shown(name)}", nearest(name, _all_names()))
    return found


def preset_or_path(name: str, kinds: tuple[str, ...], folder: Path = Path()) -> Path | None:
    """The file that a word names: the preset of those kinds, or a path seen from a folder.

    None where it is no preset and neither leads to a file nor looks like a path.
    """
    found = preset_path(name, kinds)
    if found:
        return found
    path = folder / _expanded(name)
    looks_like_one = "/" in name or name.endswith(_ENDINGS)
    return path if looks_like_one or is_there(path) else None


def load(name: str) -> Scenario:
    """The scenario of a preset's name or a file's path. Raises ScenarioError."""
    return load_file(find(name))


def load_file(path: Path) -> Scenario:
    """The scenario in a file, panels filled from the presets they name. Raises ScenarioError.

    A model's config.json is one too: its architecture, with the defaults of all else.
    """
    if path.suffix == CONFIG_ENDING:
        from dsexplore.library.config_json import scenario_from_config  # noqa: PLC0415 - seldom

        return scenario_from_config(path)
    shown_as = path.stem if is_shipped(path) else str(path)
    try:
        return build(read_toml(path))
    except ScenarioError as error:
        raise error.in_file(shown_as) from None


def _expanded(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no such user has a home: treat it as any other name
        return Path(name)


def _all_names() -> list[str]:
    # A model and the scenario of its run may share a name.
    return list(dict.fromkeys(name for kind in SCENARIO_KINDS for name in preset_names(kind)))
