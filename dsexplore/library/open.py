"""Opening a scenario: by the name of a preset, a TOML file or a config.json."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dsexplore.files.locations import typed_path
from dsexplore.files.reading import read_bytes
from dsexplore.files.toml import SCENARIO, parse_toml
from dsexplore.library.names import (
    SCENARIO_KINDS,
    is_shipped,
    is_there,
    panel_preset_paths,
    preset_names,
    preset_path,
)
from dsexplore.library.presets import build, mere_fields
from dsexplore.scenario.panel import Panel
from dsexplore.scenario.scenario import PANELS, Scenario
from dsexplore.text.refusal import ScenarioError, nearest, shown

DEFAULT_SCENARIO = "deepseek-v3"

# The ending of a model's configuration, as opposed to a scenario.
CONFIG_ENDING = ".json"
# A scenario of either ending is never taken for a preset's name.
ENDINGS = (".toml", CONFIG_ENDING)


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
    path = folder / typed_path(name)
    looks_like_one = "/" in name or name.endswith(ENDINGS)
    return path if looks_like_one or is_there(path) else None


def load(name: str) -> Scenario:
    """The scenario of a preset's name or a file's path. Raises ScenarioError."""
    return load_file(find(name))


def load_file(path: Path) -> Scenario:
    """The scenario in a file, panels filled from the presets they name. Raises ScenarioError.

    A model's config.json is one too: its architecture, with the defaults of all else.
    """
    return load_with_content(path)[0]


def load_with_content(path: Path) -> tuple[Scenario, bytes]:
    """The scenario in a file as `load_file` has it, and the bytes it was read from.

    A config.json is never saved over, so its bytes are not needed and left empty.
    """
    if path.suffix == CONFIG_ENDING:
        from dsexplore.library.config_json import scenario_from_config  # noqa: PLC0415 - seldom

        return scenario_from_config(path), b""
    shown_as = path.stem if is_shipped(path) else str(path)
    try:
        content = read_bytes(path, SCENARIO)
        return _with_its_name(scenario_in(content), path), content
    except ScenarioError as error:
        raise error.in_file(shown_as) from None


def _with_its_name(scenario: Scenario, path: Path) -> Scenario:
    """A scenario opened by a panel's own preset: the panel is from there."""
    for table in PANELS:
        if path in panel_preset_paths(table, path.stem):
            panel = scenario.panel(table)
            named: dict[str, Any] = {table: type(panel)(path.stem, **panel.values())}
            return replace(scenario, **named)
    return scenario


def scenario_in(content: bytes) -> Scenario:
    """The scenario of a file's bytes. Raises ScenarioError without the file's name."""
    return build(parse_toml(content))


def stated_fields(path: Path) -> list[str]:
    """The fields that a file of the user's states beside its presets.

    None of a shipped preset. A table with most of its panel's fields was saved, and a default is
    no statement of its own. Raises ScenarioError.
    """
    if is_shipped(path) or path.suffix == CONFIG_ENDING:
        return []
    raw = parse_toml(read_bytes(path, SCENARIO))
    found: list[str] = []
    for table, panel in PANELS.items():
        stated = {key: value for key, value in raw.get(table, {}).items() if key != "preset"}
        if 2 * len(stated) <= len(panel.specs):
            found += [name for name in mere_fields(stated) if not _is_default(panel, name, stated)]
    return found


def _is_default(panel: type[Panel], name: str, stated: dict[str, Any]) -> bool:
    return name in stated and bool(stated[name] == panel.specs[name].default)


def _all_names() -> list[str]:
    # A model and the scenario of its run may share a name.
    return list(dict.fromkeys(name for kind in SCENARIO_KINDS for name in preset_names(kind)))
