"""Launches: the cost of a kernel that computes next to nothing, and of a layer of such kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dsexplore.measure.device import CUDA, Device
from dsexplore.measure.graphs import replayed
from dsexplore.measure.layers import dense_layer, moe_layer
from dsexplore.measure.measurement import Kernel
from dsexplore.measure.timing import issued
from dsexplore.measure.trial import Call, Trial

_IN_A_GRAPH = 200
_CALL = "call"


def launches(device: Device) -> list[Trial]:
    """Kernels on one value, eager and replayed; layers so small that only launches count."""

    def trial(kernel: Kernel, start: Callable[[], Call], **more: Any) -> Trial:
        return Trial(kernel, {}, 1.0, _CALL, start, **more)

    found = [
        trial(Kernel.LAUNCH, lambda: _tiny(device)),
        trial(Kernel.LAUNCH_ISSUED, lambda: _tiny(device), timer=issued),
        trial(Kernel.DENSE_LAYER, lambda: dense_layer(device)),
        trial(Kernel.MOE_LAYER, lambda: moe_layer(device)),
    ]
    if device.kind == CUDA:
        in_a_graph = trial(
            Kernel.LAUNCH_REPLAYED,
            lambda: replayed(device, _tiny(device), _IN_A_GRAPH),
            kernels_per_call=_IN_A_GRAPH,
        )
        found.append(in_a_graph)
    return found


def _tiny(device: Device) -> Call:
    value = device.torch.zeros(1, device=device.kind)
    return lambda: value.add_(1)
