"""Which parts of a model its quantisation spares, by the names that it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_LISTS = ("ignore", "exclude_modules", "modules_to_not_convert", "exclude", "ignored_layers")
# Attention whole, or what it ends with, its largest matrix in many models.
_ATTENTION = re.compile(r"(attn|attention)(\.?\*|$|.*\b(o_proj|out_proj|wo)\b)")
_PART = re.compile(r"norm|index|bias")
_LAYER = re.compile(r"\.(\d+)\.")
# In so many layers at least, where layers are named one by one.
_LEAST_LAYERS = 8


def spares_attention(about: Mapping[str, object]) -> bool:
    """Whether attention of all layers, or of many named one by one, stays as it was."""
    layers: set[str] = set()
    for name in _names(about):
        if _ATTENTION.search(name) and not _PART.search(name):
            number = _LAYER.search(name)
            if number is None:
                return True
            layers.add(number[1])
    return len(layers) >= _LEAST_LAYERS


def _names(about: Mapping[str, object]) -> Iterator[str]:
    for key in _LISTS:
        value = about.get(key)
        if isinstance(value, list):
            yield from (name for name in value if isinstance(name, str))
