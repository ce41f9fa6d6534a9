"""Layers of some kinds among the layers of a model, by its pattern; for floats and arrays alike."""

from __future__ import annotations

from typing import Any

from dsexplore.engine.elementwise import are_scalars
from dsexplore.scenario.layer_pattern import counted


def layers_of(pattern: str, kinds: str, num_layers: Any) -> Any:
    """Layers of some kinds where a pattern is repeated over so many layers, the last repeat cut.

    Part of a layer counts as that part of its kind, so that the count has no jumps.

    >>> layers_of("3 x linear + 1 x full", "linear", 10.0), layers_of("1 x full", "ffn", 3.0)
    (8.0, 0.0)
    """
    counts = counted(pattern, kinds)
    period = len(counts) - 1
    if are_scalars(num_layers):
        if num_layers != num_layers:  # noqa: PLR0124 - only nan differs
            return num_layers
        whole = int(num_layers)
        repeats, rest = divmod(whole, period)
        part = (num_layers - whole) * (counts[rest + 1] - counts[rest])
        return repeats * counts[-1] + counts[rest] + part
    import numpy as np  # noqa: PLC0415 - scalars do without

    repeats, rest = np.divmod(num_layers, period)
    inside = np.interp(rest, np.arange(period + 1.0), counts)
    return repeats * counts[-1] + inside
