"""The header of a GGUF file: its metadata, and its tensors' names, shapes and types."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dsexplore.files.reading import reading
from dsexplore.library.model_files.headers import Tensor
from dsexplore.text.refusal import ScenarioError, shown

MAGIC = b"GGUF"
_WANTED = "a GGUF file"
_WHOLE = f"{_WANTED}, whole: its download may have stopped"
_MOST_TENSORS = 1_000_000
_MOST_KEYS = 100_000
_MOST_ENTRIES = 10_000_000
_LONGEST_TEXT = 16 << 20
_STRING, _ARRAY = 8, 9
_NUMBERS = {
    **{0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?"},
    **{10: "Q", 11: "q", 12: "d"},
}
# Bits per value of llama.cpp's types, scales included.
_TYPES: dict[int, tuple[str, float]] = {
    **{0: ("F32", 32), 1: ("F16", 16), 2: ("Q4_0", 4.5), 3: ("Q4_1", 5), 6: ("Q5_0", 5.5)},
    **{7: ("Q5_1", 6), 8: ("Q8_0", 8.5), 9: ("Q8_1", 9), 10: ("Q2_K", 2.625), 11: ("Q3_K", 3.4375)},
    **{12: ("Q4_K", 4.5), 13: ("Q5_K", 5.5), 14: ("Q6_K", 6.5625), 15: ("Q8_K", 9.125)},
    **{16: ("IQ2_XXS", 2.0625), 17: ("IQ2_XS", 2.3125), 18: ("IQ3_XXS", 3.0625)},
    **{19: ("IQ1_S", 1.5625), 20: ("IQ4_NL", 4.5), 21: ("IQ3_S", 3.4375), 22: ("IQ2_S", 2.5)},
    **{23: ("IQ4_XS", 4.25), 24: ("I8", 8), 25: ("I16", 16), 26: ("I32", 32), 27: ("I64", 64)},
    **{28: ("F64", 64), 29: ("IQ1_M", 1.75), 30: ("BF16", 16), 34: ("TQ1_0", 1.6875)},
    **{35: ("TQ2_0", 2.0625), 39: ("MXFP4", 4.25)},
}


class Header(NamedTuple):
    """A GGUF file's metadata, without its long lists, and its tensors."""

    values: dict[str, object]
    tensors: list[Tensor]


def read_gguf(path: Path) -> Header:
    """The header of a GGUF file. Raises ScenarioError with its name."""
    try:
        with reading(path, _WANTED) as file:
            return _header(file)
    except ScenarioError as error:
        raise error.in_file(str(path)) from None
    except OSError as error:
        raise ScenarioError("", shown(str(error)), _WANTED, str(path)) from None


def _header(file: BinaryIO) -> Header:
    if file.read(4) != MAGIC or _number(file, "I") not in (2, 3):
        raise ScenarioError("", "no header of version 2 or 3", _WANTED)
    tensors, keys = _count(file, _MOST_TENSORS), _count(file, _MOST_KEYS)
    values = {_text(file): _value(file, _number(file, "I"), 0) for _ in range(keys)}
    return Header(values, [_tensor(file) for _ in range(tensors)])


def _value(file: BinaryIO, kind: int, depth: int) -> object:
    if kind in _NUMBERS:
        return _number(file, _NUMBERS[kind])
    if kind == _STRING:
        return _text(file)
    if kind != _ARRAY or depth > 3:
        raise ScenarioError("", "a value of an unknown type", _WANTED)
    inner, number = _number(file, "I"), _count(file, _MOST_ENTRIES)
    if inner in _NUMBERS:
        size = struct.calcsize("<" + _NUMBERS[inner])
        content = _bytes(file, number * size)
        # A list by layer is worth keeping; one by token is not.
        many = number > 10_000
        return [] if many else list(struct.unpack(f"<{number}{_NUMBERS[inner]}", content))
    for _ in range(number):
        _value(file, inner, depth + 1)
    return []


def _tensor(file: BinaryIO) -> Tensor:
    name = _text(file)
    sides = _number(file, "I")
    if sides > 16:
        raise ScenarioError("", "a tensor of more than 16 sides", _WANTED)
    shape = tuple(_number(file, "Q") for _ in range(sides))
    kind, bits = _TYPES.get(_number(file, "I"), ("unknown", 0.0))
    _number(file, "Q")
    return Tensor(name, shape, kind, bits)


def _count(file: BinaryIO, most: int) -> int:
    number = _number(file, "Q")
    if number > most:
        raise ScenarioError("", f"{number:,} entries", f"{_WANTED} of at most {most:,}")
    return number


def _text(file: BinaryIO) -> str:
    return _bytes(file, _number(file, "Q")).decode("utf-8", "replace")


def _bytes(file: BinaryIO, length: int) -> bytes:
    if length > _LONGEST_TEXT:
        raise ScenarioError("", "a text or list of more than 16 MiB", _WANTED)
    content = file.read(length)
    if len(content) < length:
        raise ScenarioError("", "an end within the header", _WHOLE)
    return content


def _number(file: BinaryIO, code: str) -> int:
    content = _bytes(file, struct.calcsize("<" + code))
    return struct.unpack("<" + code, content)[0]  # type: ignore[no-any-return]  # a number
