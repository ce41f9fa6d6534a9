"""Timing: a call repeated until its median is worth something, within an allowance."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from dsexplore.measure.measurement import Timing

# Waiting for a device takes some 10 us, so a repetition lasts long enough to hide it.
_SHORTEST_REPETITION = 0.005
_FEWEST, _MOST = 3, 25
# Warming up takes as much of the allowance: clocks rise, libraries choose their kernels.
_WARM_UP = 0.2

Clock = Callable[[], float]


def least_time(call_seconds: float) -> float:
    """Seconds that timing takes at least, of a call that takes so long."""
    return call_seconds * (2 + _FEWEST)


def timed(
    call: Callable[[], object],
    wait: Callable[[], object],
    allowance: float,
    *,
    clock: Clock = time.perf_counter,
) -> Timing:
    """Seconds per call, of calls issued back to back; `wait` returns once the device is done."""
    once = _once(call, wait, clock)
    warm_until = clock() + _WARM_UP * allowance
    while True:
        once = min(once, _once(call, wait, clock))
        if clock() >= warm_until:
            break
    calls = max(1, round(_SHORTEST_REPETITION / max(once, 1e-9)))
    repetitions = int((1 - _WARM_UP) * allowance / max(once * calls, 1e-9))
    return timed_in(
        lambda: _batch(call, wait, calls, clock), min(max(repetitions, _FEWEST), _MOST), calls
    )


def issued(
    call: Callable[[], object],
    wait: Callable[[], object],
    allowance: float,
    *,
    calls: int = 200,
    clock: Clock = time.perf_counter,
) -> Timing:
    """Seconds per call until the host may go on, whatever the device still has to do.

    So few calls in a row fit into the queue of a device, which would make the host wait.
    """

    def batch() -> float:
        wait()
        start = clock()
        for _ in range(calls):
            call()
        return clock() - start

    once = batch()
    repetitions = int(allowance / max(once, 1e-9))
    return timed_in(batch, min(max(repetitions, _FEWEST), _MOST), calls)


def timed_in(batch: Callable[[], float], repetitions: int, calls: int) -> Timing:
    """Seconds per call out of so many batches of so many calls."""
    seconds = sorted(batch() / calls for _ in range(repetitions))
    return Timing(statistics.median(seconds), seconds[0], seconds[-1], repetitions)


def _once(call: Callable[[], object], wait: Callable[[], object], clock: Clock) -> float:
    return _batch(call, wait, 1, clock)


def _batch(
    call: Callable[[], object], wait: Callable[[], object], calls: int, clock: Clock
) -> float:
    start = clock()
    for _ in range(calls):
        call()
    wait()
    return clock() - start
