"""Calls captured in a graph and replayed, so that the host issues them all at once."""

from __future__ import annotations

from dsexplore.measure.device import CUDA, Device
from dsexplore.measure.trial import Call


def replayed(device: Device, call: Call, times: int) -> Call:
    """A call that stands for so many of another; one after another where there are no graphs."""
    if device.kind != CUDA:
        return lambda: [call() for _ in range(times)]
    torch = device.torch
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        call()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(times):
            call()
    replay: Call = graph.replay
    return replay
