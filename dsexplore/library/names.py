"""The library of presets: the shipped ones, and the user's own beside and over them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dsexplore.files.locations import user_presets_folder
from dsexplore.library.older_names import TODAY

KINDS = (
    "scenarios",
    "architectures",
    "hardware",
    "stacks",
    "grids",
    "claims",
    "answers",
    "runs",
    "unseen",
    "benchmarks",
)
# The kinds for scenarios or parts of them; the others have readers of their own.
SCENARIO_KINDS = ("scenarios", "architectures", "hardware", "stacks", "grids")
_KINDS_OF_TABLE = {
    "architecture": ("architectures", "scenarios"),
    "hardware": ("hardware", "scenarios"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A named file of a kind, shipped or the user's own."""

    kind: str
    name: str
    path: Path
    is_own: bool


@cache
def presets_folder() -> Path:
    """Where the shipped presets lie: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "presets"
    return inside if inside.is_dir() else package.parent / "presets"


def presets(kind: str) -> list[Preset]:
    """Presets of a kind by name; the user's own replaces a shipped one of the same name."""
    found = {preset.name: preset for preset in shipped_presets(kind)}
    found |= {
        preset.name: preset for preset in _in_folder(user_presets_folder(), kind, is_own=True)
    }
    return [found[name] for name in sorted(found)]


def shipped_presets(kind: str) -> list[Preset]:
    """Presets of a kind that ship, by name."""
    found = _in_folder(presets_folder(), kind, is_own=False)
    return sorted(found, key=lambda preset: preset.name)


def preset_names(kind: str) -> list[str]:
    """Names of the presets of a kind, sorted."""
    return [preset.name for preset in presets(kind)]


def preset_path(name: str, kinds: tuple[str, ...]) -> Path | None:
    """The file of a preset's name, or older name, in the first kind that has it; None if none."""
    if not name or "/" in name or name.startswith(".") or not name.isprintable():
        return None
    folders = (user_presets_folder(), presets_folder())
    called = [(kind, name) for kind in kinds]
    called += [(kind, TODAY[kind][name]) for kind in kinds if name in TODAY.get(kind, {})]
    paths = (folder / kind / f"{today}.toml" for kind, today in called for folder in folders)
    return next((path for path in paths if is_there(path)), None)


def kinds_of(table: str) -> tuple[str, ...]:
    """The kinds whose presets a table may start from."""
    return _KINDS_OF_TABLE.get(table, ("scenarios",))


def own_preset_path(table: str, name: str) -> Path:
    """Where the user's own preset of a table is saved."""
    return user_presets_folder() / kinds_of(table)[0] / f"{name}.toml"


def panel_preset_paths(table: str, name: str) -> tuple[Path, ...]:
    """Where presets of one panel alone lie, the user's own and shipped; none of whole scenarios."""
    kinds = _KINDS_OF_TABLE.get(table, ())[:1]
    folders = (user_presets_folder(), presets_folder())
    return tuple(folder / kind / f"{name}.toml" for kind in kinds for folder in folders)


def is_shipped(path: Path) -> bool:
    """Whether a file is a shipped preset, never to be written."""
    return path.is_relative_to(presets_folder())


def is_there(path: Path) -> bool:
    """Whether anything has that path, a broken link too; nothing has an impossible one."""
    return os.path.lexists(path)


def _in_folder(folder: Path, kind: str, *, is_own: bool) -> list[Preset]:
    try:
        paths = list((folder / kind).glob("*.toml"))
    except OSError:  # a folder that may not be searched holds no presets for this user
        return []
    return [Preset(kind, path.stem, path, is_own) for path in paths if path.stem.isprintable()]
