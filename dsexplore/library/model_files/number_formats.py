"""Formats of stored weights, by the words that tools of quantisation have for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

# Values that share a scale in formats of microscaling; NVFP4 has 16.
_MX_GROUP = 32


class Format(NamedTuple):
    """A format: its name, the word of serving for it, bits per value, and what shares a scale."""

    name: str
    word: str
    bits: float
    recipe: str = ""
    group: int = 0
    is_computed_in_int8: bool = False


MXFP4: Final = Format("MXFP4", "mxfp4", 4)
NVFP4: Final = Format("NVFP4", "nvfp4", 4)
_IN_WORDS = {"block_128": "FP8 in blocks", "rowwise": "FP8 by row", "mxfp8": "MXFP8"}


def fp8(recipe: str) -> Format:
    """8-bit floating point, with scales by a recipe."""
    return Format(_IN_WORDS.get(recipe, "FP8"), "fp8", 8, recipe)


def integers(
    bits: object, group: object, method: str = "", computed: bool = False
) -> Format | None:
    """Whole numbers of 4 or 8 bits; None for others."""
    if type(bits) is not int or bits not in (4, 8):
        return None
    name = f"{method} with {bits} bits" if method else f"INT{bits}"
    size = group if type(group) is int and group > 0 else 0
    return Format(name, f"int{bits}", bits, group=size, is_computed_in_int8=computed and bits == 8)


def by_algorithm(word: object) -> Format | None:
    """The format of a word of NVIDIA's ModelOpt; None for none and for mixtures."""
    text = word.upper() if isinstance(word, str) else ""
    if "MXFP4" in text:
        return MXFP4
    if "FP4" in text:
        return NVFP4
    if "FP8" in text:
        if "MXFP8" in text:
            return fp8("mxfp8")
        by_words = {"_PB": "block_128", "BLOCK": "block_128", "PER_CHANNEL": "rowwise"}
        return fp8(next((of for part, of in by_words.items() if part in text), "per_tensor"))
    if "W4A16" in text or "INT4" in text:
        return integers(4, 128)
    return integers(8, 0, computed=True) if "W8A8" in text or "INT8" in text else None


def by_numbers(weights: Mapping[str, object], group: Mapping[str, object]) -> Format | None:
    """The format of a group of compressed-tensors: bits, type, and values that share a scale."""
    bits, kind, size = weights.get("num_bits"), weights.get("type"), weights.get("group_size")
    if kind == "float" and bits == 8:
        if size == _MX_GROUP:
            return fp8("mxfp8")
        recipe = {"block": "block_128", "channel": "rowwise"}
        return fp8(recipe.get(str(weights.get("strategy")), "per_tensor"))
    if kind == "float" and bits == 4:
        return MXFP4 if size == _MX_GROUP else NVFP4
    inputs = group.get("input_activations")
    is_computed = isinstance(inputs, Mapping) and inputs.get("num_bits") == 8
    return integers(bits, size, computed=is_computed)


def by_type(weights: Mapping[str, object]) -> Format | None:
    """The format of a type as AMD's Quark names it."""
    kind, size = str(weights.get("dtype")), weights.get("group_size")
    if kind.startswith("fp8"):
        by_word = {"per_channel": "rowwise", "per_group": "mxfp8"}
        return fp8(by_word.get(str(weights.get("qscheme")), "per_tensor"))
    if kind == "fp4":
        return MXFP4 if size == _MX_GROUP else NVFP4
    return integers({"int4": 4, "uint4": 4, "int8": 8}.get(kind), size)
