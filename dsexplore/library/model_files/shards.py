"""Weights in several files: which are here, and which are missing or only pointers to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dsexplore.text.refusal import ScenarioError

# As every client names the parts of a model: model-00001-of-00030.safetensors.
_PART = re.compile(r"^(.*?)-?(\d{1,6})-of-(\d{1,6})\.(safetensors|gguf)$")
_POINTER = b"version https://git-lfs"
_LARGEST_POINTER = 1024
_MOST_PARTS = 100_000


def is_part(name: str) -> bool:
    """Whether a file's name says that it is one of several."""
    found = _PART.match(name)
    return found is not None and int(found[3]) > 1


def not_here(files: Sequence[Path]) -> str:
    """A clause on the files of weights that are missing or pointers; empty if all are here."""
    if pointers := sum(map(_is_pointer, files)):
        return f"{pointers} of {len(files)} files of weights not fetched by Git LFS"
    wanted = {found[1]: int(found[3]) for file in files if (found := _PART.match(file.name))}
    parts = sum(_PART.match(file.name) is not None for file in files)
    whole = min(sum(wanted.values()), _MOST_PARTS)
    missing = whole - parts
    return f"{missing} of {whole} files of weights missing" if missing > 0 else ""


def all_parts(file: Path, number: int) -> list[Path]:
    """The files of which one is part, by their names; just this one where it is all.

    Raises ScenarioError if any of them is missing.
    """
    found = _PART.match(file.name)
    if number <= 1 and (found is None or int(found[3]) <= 1):
        return [file]
    parts = sorted(
        other
        for other in file.parent.iterdir()
        if (of := _PART.match(other.name)) and found and (of[1], of[3]) == (found[1], found[3])
    )
    whole = max(number, int(found[3]) if found else 0)
    if len(parts) != whole:
        here = max(len(parts), 1)
        raise ScenarioError(
            "", f"{here} of {whole} files of weights", "all of them in one folder", str(file)
        )
    return parts


def _is_pointer(file: Path) -> bool:
    try:
        if file.stat().st_size > _LARGEST_POINTER:
            return False
        with file.open("rb") as content:
            return content.read(len(_POINTER)) == _POINTER
    except OSError:  # said when it is read
        return False
