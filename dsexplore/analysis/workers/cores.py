"""Every core of this machine: a process for each, as threads would wait for one another.

A part takes numpy many short operations, and Python's lock would change hands at each.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from dsexplore.analysis.workers.work import T, Work

# Seconds of work left for which starting processes pays.
_WORTH_IT = 0.5
# Parts under way or waiting to be taken, for each process.
_AHEAD = 2
# So often are processes that ended started again; after that this one does the rest.
_MOST_STARTS = 5


class Cores:
    """This process for short work, and a process on each core for what takes longer."""

    def __init__(self, count: int | None = None, worth_it: float = _WORTH_IT) -> None:
        self._count = count or _cores()
        self._worth_it = worth_it

    def results(self, work: Work[T]) -> Iterator[T]:
        """What comes of all parts; a process that ends costs the time of its part alone."""
        spent, done = 0.0, 0
        while done < work.parts and not self._is_worth_it(spent, done, work.parts):
            began = time.perf_counter()
            found = work.part(done)
            spent += time.perf_counter() - began
            done += 1
            yield found
        for _ in range(_MOST_STARTS):
            if done == work.parts:
                return
            try:
                for found in self._shared(work, done):
                    done += 1
                    yield found
            except BrokenProcessPool:
                continue
        yield from map(work.part, range(done, work.parts))

    def _is_worth_it(self, spent: float, done: int, parts: int) -> bool:
        if self._count < 2 or parts - done < 2:
            return False
        return self._worth_it <= 0 or (done > 0 and spent / done * (parts - done) > self._worth_it)

    def _shared(self, work: Work[T], first: int) -> Iterator[T]:
        """The parts from one on, by all processes."""
        # A forked process has numpy and the work already; elsewhere than on Linux it is unsafe.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        count = min(self._count, work.parts - first)
        pool = ProcessPoolExecutor(count, context, _begin, (work, os.getpid()))
        try:
            waiting: deque[Future[Any]] = deque()
            for number in range(first, work.parts):
                waiting.append(pool.submit(_part, number))
                if len(waiting) == _AHEAD * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


_works: list[Work[Any]] = []


def _begin(work: Work[Any], parent: int) -> None:
    """Take up work in a process of its own, which ends with the one that started it."""
    # An interrupt is for the process that reads the results.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _works[:] = [work]
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _part(number: int) -> Any:
    return _works[0].part(number)
