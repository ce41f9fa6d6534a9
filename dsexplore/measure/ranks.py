"""One process for each rank of the collectives, started and ended here."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from queue import Empty
from typing import Any

from dsexplore.measure.collectives import measure_rank
from dsexplore.measure.device import CUDA, Device, open_device
from dsexplore.measure.measurement import Measurement
from dsexplore.measure.run import Found

_HOST = "127.0.0.1"
# Processes import torch and meet each other before anything is timed.
_TO_START = 120.0
_GRACE = 30.0
_PAUSE = 0.2


def measure_collectives(
    device: Device, ranks: int, seconds: float, report: Callable[[float], None]
) -> Found:
    """Collectives between so many processes, one per device; what one left undone is said."""
    store = device.torch.distributed.TCPStore(_HOST, 0, is_master=True, wait_for_workers=False)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [
        context.Process(
            target=_rank,
            args=(device.kind, rank, ranks, store.port, seconds, results),
            daemon=True,
        )
        for rank in range(ranks)
    ]
    try:
        for process in processes:
            process.start()
        return _gathered(processes, results, seconds, report)
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()
        for process in processes:
            process.join()


def _gathered(
    processes: Sequence[BaseProcess], results: Any, seconds: float, report: Callable[[float], None]
) -> Found:
    """What the first process says; `report` is told the share of the time gone."""
    found = Found()
    start = time.monotonic()
    until = start + _TO_START + seconds + _GRACE
    while time.monotonic() < until:
        report(min((time.monotonic() - start) / seconds, 1.0))
        try:
            said = results.get(timeout=_PAUSE)
        except Empty:
            if any(process.exitcode for process in processes):
                break
            continue
        if said is None:
            return found
        (found.measurements if isinstance(said, Measurement) else found.left_out).append(said)
    found.left_out.append("collectives: a process stopped or hung; what it had measured is kept")
    return found


def _rank(kind: str, rank: int, ranks: int, port: int, seconds: float, results: Any) -> None:
    """The whole life of one process; the first one says what was found."""
    # Whoever interrupts the command is answered by the process that started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    device = open_device(kind)
    torch = device.torch
    if kind == CUDA:
        torch.cuda.set_device(rank)
    else:
        torch.set_num_threads(1)
    distributed = torch.distributed
    distributed.init_process_group(
        "nccl" if kind == CUDA else "gloo",
        store=distributed.TCPStore(_HOST, port, is_master=False),
        rank=rank,
        world_size=ranks,
        device_id=torch.device(kind, rank) if kind == CUDA else None,
    )
    try:
        for found in measure_rank(device, rank, ranks, seconds):
            if rank == 0:
                results.put(found)
        if rank == 0:
            results.put(None)
    finally:
        distributed.destroy_process_group()
