"""How a model's weights are stored, by its `quantization_config`, as fields of serving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from dsexplore.library.model_files.number_formats import (
    MXFP4,
    Format,
    by_algorithm,
    by_numbers,
    by_type,
    fp8,
    integers,
)
from dsexplore.library.model_files.spared import spares_attention
from dsexplore.text.refusal import shown

About = Mapping[str, object]


class Stored(NamedTuple):
    """How weights are stored: most of them, and where that differs those outside experts."""

    most: Format
    # Outside experts: another format, "bf16" as spared, or "auto" as all others.
    outside: str = "auto"
    cache: str = ""

    def name(self, has_experts: bool) -> str:
        """The formats in words."""
        words = self.most.name
        if has_experts and self.outside != "auto":
            words += f", outside experts as {self.outside.upper()}"
        return words + (f", its KV cache as {self.cache.upper()}" if self.cache else "")

    def fields(self, has_experts: bool) -> dict[str, object]:
        """Fields of serving."""
        found: dict[str, object] = {"weight_precision": self.most.word}
        if self.most.group:
            found["weight_group"] = self.most.group
        if self.most.word == "fp8":
            found["serving_precision"] = "fp8"
            found["serving_fp8_recipe"] = self.most.recipe
        if self.most.is_computed_in_int8:
            found["serving_precision"] = "int8"
        if has_experts and self.outside != "auto":
            found["dense_weight_precision"] = self.outside
        if self.cache:
            found["kv_cache_precision"] = self.cache
        return found

    @property
    def packed_bits(self) -> float | None:
        """Bits of a value where several lie in one that is stored."""
        return self.most.bits if self.most.bits < 8 or self.most.word == "int8" else None


def stored_as(config: About, beside: About | None = None) -> Stored | None:
    """How a configuration says that its weights are stored; None if it says nothing known.

    `beside` is what a file of its own says of it, as NVIDIA's tools write one.
    """
    about = _about(config) or beside
    most = _most(about, config) if about else None
    if about is None or most is None:
        return None
    return Stored(most, _outside(about, most), _cache(about))


def unread(config: About, beside: About | None = None) -> str:
    """A sentence on stored weights that are quantised in a way that is not read; empty if none."""
    about = config.get("quantization_config", beside)
    if about is None or stored_as(config, beside) is not None:
        return ""
    method = about.get("quant_method") if isinstance(about, Mapping) else about
    return f"How its weights are stored is not read (quantization_config: {shown(method)})."


def _about(config: About) -> About | None:
    about = config.get("quantization_config") or config.get("compression_config")
    if isinstance(about, Mapping):
        return about
    text = next((config[key] for key in ("text_config", "llm_config") if key in config), None)
    return _about(text) if isinstance(text, Mapping) else None


def _most(about: About, config: About) -> Format | None:
    """The format of most weights: of experts, where these have one of their own."""
    experts = by_algorithm(about.get("moe_quant_algo"))
    listed = _listed(about)
    if experts or listed:
        return experts or _first(_of_experts(listed) or _of_blocks(listed) or _counted(listed))
    if isinstance(word := _text_key(config, "expert_dtype"), str) and word.startswith("fp4"):
        return MXFP4
    by_method = _BY_METHOD.get(str(about.get("quant_method")))
    if by_method is not None:
        return by_method(about)
    return by_algorithm(about.get("quant_algo")) or _of_groups(about)


def _text_key(config: About, key: str) -> object:
    text = config.get("text_config")
    return config.get(key) or (text.get(key) if isinstance(text, Mapping) else None)


def _listed(about: About) -> dict[str, Format]:
    """Formats that are known, by the names of layers that a file lists one by one."""
    layers = about.get("quantized_layers")
    found: dict[str, Format] = {}
    for name, of in layers.items() if isinstance(layers, Mapping) else ():
        known = by_algorithm(of.get("quant_algo")) if isinstance(of, Mapping) else None
        if known:
            found[str(name)] = known
    return found


def _is_of_experts(name: str) -> bool:
    return "expert" in name and "shared" not in name


def _of_experts(listed: Mapping[str, Format]) -> Counter[Format]:
    return Counter(of for name, of in listed.items() if _is_of_experts(name))


def _of_blocks(listed: Mapping[str, Format]) -> Counter[Format]:
    """Those of feed-forward blocks, which hold most weights of a dense model."""
    return Counter(of for name, of in listed.items() if ".mlp." in name or ".feed_forward." in name)


def _counted(listed: Mapping[str, Format]) -> Counter[Format]:
    return Counter(listed.values())


def _first(formats: Counter[Format]) -> Format | None:
    return formats.most_common(1)[0][0] if formats else None


def _outside(about: About, most: Format) -> str:
    """The format outside experts: as a mixture lists it, or BF16 where attention is spared."""
    listed = _listed(about)
    others = _first(Counter(of for name, of in listed.items() if not _is_of_experts(name)))
    if others is None and about.get("quant_method") == "fp8" and most.word != "fp8":
        return "fp8"
    if others is not None and _of_experts(listed):
        return "fp8" if others.word == "fp8" and most.word != "fp8" else "auto"
    return "bf16" if spares_attention(about) else "auto"


def _cache(about: About) -> str:
    scheme = about.get("kv_cache_scheme") or about.get("kv_cache_quant_algo")
    if isinstance(scheme, Mapping):
        bits = scheme.get("num_bits") if scheme.get("type") == "float" else None
        return {8: "fp8", 4: "fp4"}.get(bits, "") if isinstance(bits, int) else ""
    word = str(scheme or "").upper()
    return "fp4" if "FP4" in word else "fp8" if "FP8" in word else ""


def _of_groups(about: About) -> Format | None:
    """Of groups of layers, each with a format: that of experts, else of the fewest bits."""
    groups = about.get("config_groups")
    found: list[tuple[bool, Format]] = []
    for group in groups.values() if isinstance(groups, Mapping) else ():
        weights = group.get("weights") if isinstance(group, Mapping) else None
        known = by_numbers(weights, group) if isinstance(weights, Mapping) else None
        if known:
            targets = group.get("targets")
            names = map(str, targets) if isinstance(targets, Iterable) else ()
            found.append((any(map(_is_of_experts, names)), known))
    return min(found, key=lambda one: (not one[0], one[1].bits))[1] if found else None


def _quark(about: About) -> Format | None:
    whole = about.get("global_quant_config")
    weights = whole.get("weight") if isinstance(whole, Mapping) else None
    return by_type(weights) if isinstance(weights, Mapping) else None


def _plain_fp8(about: About) -> Format:
    return fp8("block_128" if about.get("weight_block_size") else "per_tensor")


def _integers(about: About) -> Format | None:
    method = str(about.get("quant_method")).upper()
    return integers(about.get("bits"), about.get("group_size"), method)


def _bits_and_bytes(about: About) -> Format | None:
    is_small = bool(about.get("load_in_4bit"))
    return integers(4 if is_small else 8, 64 if is_small else 0, "bitsandbytes")


_BY_METHOD: Final[dict[str, Callable[[About], Format | None]]] = {
    "fp8": _plain_fp8,
    "fbgemm_fp8": lambda about: fp8("rowwise"),
    "ptpc_fp8": lambda about: fp8("rowwise"),
    "mxfp4": lambda about: MXFP4,
    **dict.fromkeys(("gptq", "awq", "auto-round", "auto_round", "intel/auto-round"), _integers),
    "bitsandbytes": _bits_and_bytes,
    "quark": _quark,
}
