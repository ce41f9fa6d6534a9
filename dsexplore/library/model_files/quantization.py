"""How a model's weights are stored, by its `quantization_config`, as fields of serving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsexplore.text.refusal import shown

# Values that share a scale in formats of microscaling; NVFP4 has 16.
_MX_GROUP = 32


class Stored(NamedTuple):
    """A way of storing weights: its name, the fields of serving, and bits of packed values."""

    name: str
    fields: dict[str, object]
    packed_bits: float | None


def stored_as(config: Mapping[str, object]) -> Stored | None:
    """How a configuration says that its weights are stored; None if it says nothing known."""
    about = config.get("quantization_config") or config.get("compression_config")
    if not isinstance(about, Mapping):
        text = next((config[key] for key in ("text_config", "llm_config") if key in config), None)
        return stored_as(text) if isinstance(text, Mapping) else None
    method = about.get("quant_method")
    by_method = {
        "fp8": _fp8,
        "fbgemm_fp8": lambda of: _precision("FP8 by row", "fp8", 8, serving_fp8_recipe="rowwise"),
        "mxfp4": lambda of: _precision("MXFP4", "mxfp4", 4),
        "gptq": _integers,
        "awq": _integers,
        "bitsandbytes": _bits_and_bytes,
        "compressed-tensors": _groups,
        "modelopt": _modelopt,
    }
    reader = by_method.get(method) if isinstance(method, str) else None
    return reader(about) if reader else None


def unread(config: Mapping[str, object]) -> str:
    """A sentence on stored weights that are quantised in a way that is not read; empty if none."""
    about = config.get("quantization_config")
    if about is None or stored_as(config) is not None:
        return ""
    method = about.get("quant_method") if isinstance(about, Mapping) else about
    return f"How its weights are stored is not read (quantization_config: {shown(method)})."


def _precision(name: str, word: str, bits: float, **more: object) -> Stored:
    fields: dict[str, object] = {"weight_precision": word, **more}
    if word == "fp8":
        fields["serving_precision"] = "fp8"
    return Stored(name, fields, bits if bits < 8 else None)


def _fp8(about: Mapping[str, object]) -> Stored:
    if about.get("weight_block_size"):
        return _precision("FP8 in blocks", "fp8", 8, serving_fp8_recipe="block_128")
    return _precision("FP8", "fp8", 8, serving_fp8_recipe="per_tensor")


def _integers(about: Mapping[str, object]) -> Stored | None:
    bits, group = about.get("bits"), about.get("group_size")
    if bits not in (4, 8):
        return None
    more = {"weight_group": group} if type(group) is int and group > 0 else {}
    name = f"{about.get('quant_method')} with {bits} bits".upper().replace("WITH", "with")
    stored = _precision(name.replace("BITS", "bits"), f"int{bits}", 4, **more)
    return stored._replace(packed_bits=float(4 if bits == 4 else 8))


def _bits_and_bytes(about: Mapping[str, object]) -> Stored:
    if about.get("load_in_4bit"):
        return _precision("bitsandbytes with 4 bits", "int4", 4, weight_group=64)
    return _precision("bitsandbytes with 8 bits", "int8", 8)


def _groups(about: Mapping[str, object]) -> Stored | None:
    groups = about.get("config_groups")
    first = next(iter(groups.values()), None) if isinstance(groups, Mapping) else None
    weights = first.get("weights") if isinstance(first, Mapping) else None
    if not isinstance(weights, Mapping):
        return None
    bits, kind, group = weights.get("num_bits"), weights.get("type"), weights.get("group_size")
    if bits == 8 and kind == "float":
        recipe = {"block": "block_128", "channel": "rowwise"}.get(
            str(weights.get("strategy")), "per_tensor"
        )
        return _precision("FP8", "fp8", 8, serving_fp8_recipe=recipe)
    if bits == 4 and kind == "float" and group == _MX_GROUP:
        return _precision("MXFP4", "mxfp4", 4)
    if bits == 4 and kind == "float":
        return _precision("NVFP4", "nvfp4", 4)
    if bits in (4, 8):
        more = {"weight_group": group} if type(group) is int and group > 0 else {}
        return _precision(f"INT{bits}", f"int{bits}", 4 if bits == 4 else 8, **more)
    return None


def _modelopt(about: Mapping[str, object]) -> Stored | None:
    word = str(about.get("quant_algo", "")).upper()
    if "FP4" in word:
        return _precision("NVFP4", "nvfp4", 4)
    return _precision("FP8", "fp8", 8, serving_fp8_recipe="per_tensor") if "FP8" in word else None
