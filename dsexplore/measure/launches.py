"""Launches: the cost of a kernel that computes next to nothing, and of a layer of such kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dsexplore.measure.device import CUDA, Device
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
        replayed = trial(
            Kernel.LAUNCH_REPLAYED, lambda: _replay(device), kernels_per_call=_IN_A_GRAPH
        )
        found.append(replayed)
    return found


def _tiny(device: Device) -> Call:
    value = device.torch.zeros(1, device=device.kind)
    return lambda: value.add_(1)


def _replay(device: Device) -> Call:
    torch = device.torch
    value = torch.zeros(1, device=device.kind)
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        value.add_(1)
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(_IN_A_GRAPH):
            value.add_(1)
    replay: Call = graph.replay
    return replay
