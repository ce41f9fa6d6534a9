"""The headers of weights in safetensors files: names, shapes and types, without the weights."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import prod
from pathlib import Path
from typing import NamedTuple

from dsexplore.files.reading import reading
from dsexplore.text.refusal import ScenarioError, shown

_WANTED = "a safetensors file"
_WHOLE = f"{_WANTED}, whole: its download may have stopped"
_LARGEST_HEADER = 100 << 20
_MOST_FILES = 5_000
# Bits of a value by the type's name.
BITS = {
    **{"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32},
    **{"F16": 16, "BF16": 16, "I16": 16, "U16": 16},
    **{"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "I8": 8, "U8": 8, "BOOL": 8},
    **{"F6_E2M3": 6, "F6_E3M2": 6, "F4": 4},
}


class Tensor(NamedTuple):
    """A tensor of a file: its name, shape, type and bits per value."""

    name: str
    shape: tuple[int, ...]
    kind: str
    bits: float

    @property
    def values(self) -> int:
        """How many values it holds as stored."""
        return prod(self.shape)


def tensors_in(files: Iterable[Path]) -> Iterator[Tensor]:
    """The tensors of safetensors files, by their headers. Raises ScenarioError."""
    for number, path in enumerate(files):
        if number >= _MOST_FILES:
            raise ScenarioError("", f"more than {_MOST_FILES:,} files of weights", "fewer")
        try:
            yield from _tensors(_header(path))
        except ScenarioError as error:
            raise error.in_file(str(path)) from None
        except (OSError, ValueError) as error:
            raise ScenarioError("", shown(str(error)), _WANTED, str(path)) from None


def _header(path: Path) -> object:
    with reading(path, _WANTED) as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or not 2 <= length <= _LARGEST_HEADER:
            raise ScenarioError("", "no header of weights", _WANTED)
        text = file.read(length)
    if len(text) < length:
        raise ScenarioError("", "an end within the header", _WHOLE)
    try:
        return json.loads(text.decode("utf-8"))
    except (RecursionError, ValueError):
        raise ScenarioError("", "a header that is no JSON", _WANTED) from None


def _tensors(header: object) -> Iterator[Tensor]:
    if not isinstance(header, dict):
        raise ScenarioError("", "a header that is no object", _WANTED)
    for name, about in header.items():
        if name == "__metadata__":
            continue
        kind = about.get("dtype") if isinstance(about, dict) else None
        shape = about.get("shape") if isinstance(about, dict) else None
        if not isinstance(kind, str) or not isinstance(shape, list) or not _is_shape(shape):
            raise ScenarioError(shown(name), "no type and shape", _WANTED)
        yield Tensor(name, tuple(shape), kind, BITS.get(kind, 8))


def _is_shape(shape: list[object]) -> bool:
    return len(shape) <= 16 and all(
        isinstance(side, int) and not isinstance(side, bool) and 0 <= side < 10**12
        for side in shape
    )
