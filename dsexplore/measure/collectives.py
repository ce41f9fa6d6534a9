"""Collectives by size and number of ranks, timed inside each of the processes that take part."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from dsexplore.measure.device import CPU, CUDA, Device
from dsexplore.measure.measurement import Kernel, Measurement, Timing
from dsexplore.measure.timing import timed_in

# Bytes of a rank's whole message, as NCCL's tests count it.
_SIZES = tuple(1 << power for power in range(12, 31, 2))
_FEWEST, _MOST = 3, 15
_FIRST = 2
_SHORTEST_REPETITION = 0.005
_BYTES_PER_VALUE = 2
# Bytes that cross each rank's link, over those of the message, of n ranks: NCCL's "bus bandwidth".
_ON_THE_BUS: dict[Kernel, Callable[[int], float]] = {
    Kernel.ALL_REDUCE: lambda n: 2 * (n - 1) / n,
    Kernel.ALL_GATHER: lambda n: (n - 1) / n,
    Kernel.REDUCE_SCATTER: lambda n: (n - 1) / n,
    Kernel.ALL_TO_ALL: lambda n: (n - 1) / n,
    Kernel.SEND: lambda n: 1.0,
}
# Two whole messages and a part fit into the memory of every device.
_LARGEST = {CPU: 1 << 26, CUDA: 1 << 30}


def bytes_on_the_bus(kernel: Kernel, message: int, ranks: int) -> float:
    """Bytes that cross each rank's link, of a collective's message of so many bytes."""
    return message * _ON_THE_BUS[kernel](ranks)


def measure_rank(device: Device, rank: int, ranks: int, seconds: float) -> Iterator[Any]:
    """Time every collective on 2, 4, ... and all ranks; each rank must run through all of it.

    Yields measurements, and a sentence for what cannot be done.
    """
    distributed = device.torch.distributed
    worlds = [count for count in (2, 4, 8, 16, 32, 64) if count < ranks] + [ranks]
    allowance = seconds / (len(worlds) * len(_ON_THE_BUS) * len(_SIZES))
    for world in worlds:
        group = distributed.new_group(list(range(world)))
        if rank < world:
            for kernel in _ON_THE_BUS:
                try:
                    yield from _sizes(device, kernel, rank, world, group, allowance)
                except (RuntimeError, NotImplementedError, ValueError) as error:
                    yield f"{kernel} on {world} ranks: {str(error).splitlines()[0][:120]}"
        distributed.barrier()


def _sizes(
    device: Device, kernel: Kernel, rank: int, world: int, group: Any, allowance: float
) -> Iterator[Measurement]:
    for size in _SIZES:
        if size > _LARGEST[device.kind]:
            return
        call = _call(device, kernel, size, rank, world, group)
        timing = _timed(device, call, group, allowance)
        if timing is None:
            return
        yield Measurement(
            kernel,
            {"ranks": world, "bytes": size},
            bytes_on_the_bus(kernel, size, world),
            "byte",
            timing,
            device.half(),
        )


def _call(
    device: Device, kernel: Kernel, size: int, rank: int, world: int, group: Any
) -> Callable[[], object]:
    torch, distributed = device.torch, device.torch.distributed
    values = max(size // _BYTES_PER_VALUE // world, 1) * world
    whole = torch.zeros(values, device=device.kind, dtype=device.dtype(device.half()))
    other = torch.zeros_like(whole)
    part = whole[: values // world].clone()
    if kernel == Kernel.SEND:
        after, before = (rank + 1) % world, (rank - 1) % world

        def exchange() -> None:
            send = distributed.P2POp(distributed.isend, whole, after, group)
            receive = distributed.P2POp(distributed.irecv, other, before, group)
            for request in distributed.batch_isend_irecv([send, receive]):
                request.wait()

        return exchange
    # Later versions of torch have other names for these two.
    gather = getattr(distributed, "all_gather_single", distributed.all_gather_into_tensor)
    scatter = getattr(distributed, "reduce_scatter_single", distributed.reduce_scatter_tensor)
    return {
        Kernel.ALL_REDUCE: lambda: distributed.all_reduce(whole, group=group),
        Kernel.ALL_GATHER: lambda: gather(whole, part, group=group),
        Kernel.REDUCE_SCATTER: lambda: scatter(part, whole, group=group),
        Kernel.ALL_TO_ALL: lambda: distributed.all_to_all_single(other, whole, group=group),
    }[kernel]


def _timed(
    device: Device, call: Callable[[], object], group: Any, allowance: float
) -> Timing | None:
    """Seconds of the slowest rank; None where not even three repetitions fit.

    All ranks must repeat equally often, so they agree on how long one takes.
    """
    torch, distributed = device.torch, device.torch.distributed

    def slowest(seconds: float) -> float:
        held = torch.tensor([seconds], device=device.kind, dtype=torch.float64)
        distributed.all_reduce(held, op=distributed.ReduceOp.MAX, group=group)
        return float(held.item())

    def batch(calls: int) -> float:
        distributed.barrier(group=group)
        device.wait()
        start = time.perf_counter()
        for _ in range(calls):
            call()
        device.wait()
        return slowest(time.perf_counter() - start)

    # Connections are made in the first calls.
    batch(_FIRST)
    once = batch(2) / 2
    if once * _FEWEST > 4 * allowance:
        return None
    calls = max(1, round(_SHORTEST_REPETITION / once))
    repetitions = int(allowance / (once * calls))
    return timed_in(lambda: batch(calls), min(max(repetitions, _FEWEST), _MOST), calls)
