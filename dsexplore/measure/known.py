"""The hardware preset of a device, by the name that its driver reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsexplore.files.toml import read_toml
from dsexplore.library.names import presets_folder
from dsexplore.library.open import load_file
from dsexplore.scenario.field import Value

_KIND = "hardware"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A shipped hardware preset: its values by field, and its tables as they are written."""

    name: str
    values: Mapping[str, Value]
    tables: Mapping[str, Any]


def reported_names() -> dict[str, str]:
    """The preset of each name that a driver reports."""
    names: dict[str, str] = read_toml(presets_folder() / "devices" / "reported-names.toml")["names"]
    return names


def sheet_of(device_name: str) -> Sheet | None:
    """The data sheet of a device; None for one that no preset describes."""
    preset = reported_names().get(device_name)
    return None if preset is None else _sheet(preset, presets_folder() / _KIND / f"{preset}.toml")


def _sheet(name: str, path: Path) -> Sheet:
    tables = read_toml(path)
    hardware = load_file(path).hardware
    return Sheet(name, {field: getattr(hardware, field) for field in tables[_KIND]}, tables)
