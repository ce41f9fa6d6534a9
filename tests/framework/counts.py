"""Counts of the framework kept for the suite: each type at its defaults, and one variant of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dsexplore.library.config_json import FAMILIES
from tests.framework.defaults import names_in_adapters
from tests.framework.models import changed, made, types

FILE = Path(__file__).parents[1] / "library" / "config_json" / "framework_counts.json"
_SEEDS_TRIED = 20


def write_counts() -> None:
    """Write configurations as their files have them, and the parameters that they make."""
    read = names_in_adapters() | {"text_config", "vision_config"}
    lines = []
    for name in types():
        if name not in FAMILIES:
            continue
        for changes in ({}, *(changed(name, seed) for seed in range(_SEEDS_TRIED))):
            try:
                stated, held = made(name, changes)
            except Exception:
                continue
            lines.append(json.dumps([held, _kept(stated, read)]))
            if changes:
                break
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def _kept(config: dict[str, Any], read: set[str]) -> dict[str, Any]:
    """The keys that the importer reads, in the text model and around it."""
    return {
        key: _kept(value, read) if isinstance(value, dict) else value
        for key, value in config.items()
        if key in read and not key.startswith("vision")
    }
