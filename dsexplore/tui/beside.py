"""Work beside the screen: in one thread of its own, one piece at a time, the newest.

Whoever begins a piece stops the one before, which ends after a part of its work, and the newer one
waits in the thread until it has. Threads of their own would go on side by side: Textual cancels a
worker, and its thread does not know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, Any

from dsexplore.text.format import format_value

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


class GivenUpError(Exception):
    """Nobody wants what comes of the work, not even a part."""


class Run:
    """One piece of work: how far it is, and whether it is to go on."""

    def __init__(self, *, keeps_part: bool = True) -> None:
        """`keeps_part`: what is found until it is stopped is of use."""
        # The share that is done; None where nobody knows it.
        self.share: float | None = None
        # What came of it, until the screen takes it: Textual keeps its worker, and that no more.
        self.result: Any = None
        self._keeps_part = keeps_part
        self._stopped = Event()
        self._since = perf_counter()

    def told(self, share: float) -> None:
        """Note how much is done."""
        self.share = share

    def goes_on(self) -> bool:
        """Whether nobody has stopped it. Raises GivenUpError where a part of it is of no use."""
        if not self._stopped.is_set():
            return True
        if not self._keeps_part:
            raise GivenUpError
        return False

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to end early."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let it end early, with what it has."""
        self._stopped.set()

    def give_up(self) -> None:
        """Let it end early, and nothing come of it."""
        self._keeps_part = False
        self._stopped.set()

    @property
    def text(self) -> str:
        """How far it is, in a few words."""
        if self.share is None:
            return f"{perf_counter() - self._since:.0f} s"
        return format_value(min(self.share, 0.99), "fraction", 2)


Work = Callable[[Run], Any]


class Beside:
    """The thread beside the screen, which does the newest piece of work."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._newest: Run | None = None

    def do(self, run: Run, work: Work) -> asyncio.Future[None]:
        """Stop the piece before, and do this one once that has ended; `run` is given its result.

        Without a result it was given up. To be awaited; raises whatever the work does.
        """
        if self._newest is not None:
            self._newest.stop()
        self._newest = run

        def done() -> None:
            try:
                run.goes_on()
                run.result = work(run)
            except GivenUpError:
                run.result = None
            finally:
                _give_back()

        ended = asyncio.wrap_future(self._begun().submit(done))
        ended.add_done_callback(lambda _: self._over(run))
        return ended

    def tidy(self) -> None:
        """Give memory back once what a piece had found is let go; of no use before the first."""
        if self._thread is not None:
            self._thread.submit(_give_back)

    def _over(self, run: Run) -> None:
        if self._newest is run:
            self._newest = None

    def _begun(self) -> ThreadPoolExecutor:
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - no start pays for it

            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
        return self._thread


def _give_back() -> None:
    """Give memory that nobody holds back to the system: glibc keeps tens of megabytes of it.

    Other C libraries have no such function, and less need of it.
    """
    import ctypes  # noqa: PLC0415 - no start pays for it

    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


# One for the program: its screens compute in turn.
BESIDE = Beside()
