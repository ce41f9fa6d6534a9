"""What goes to the terminal: at once as far as there is room, the rest by a thread that waits."""

from __future__ import annotations

import contextlib
import os
import threading
from queue import Queue
from typing import TextIO

# Pieces that wait for a terminal that stands still before whoever sends more waits with them.
_MOST_WAITING = 30


class Sender:
    """Sends in the order of the calls, from any thread.

    What a thread alone would send waits until the one that drew it gives the processor away. A
    terminal with room takes it at once, by a description of its own that never waits: to change
    that of standard error would change it for the shell too.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._waiting: Queue[bytes | None] = Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._held: list[str] | None = None
        self._at_once = _never_waiting(file.fileno())

    def hold(self) -> None:
        """Keep what comes, up to `release`: a frame goes out as one piece."""
        with self._lock:
            self._held = []

    def release(self) -> None:
        """Send what was kept."""
        with self._lock:
            held, self._held = self._held or [], None
            self._send("".join(held))

    def send(self, text: str) -> None:
        """Send a text; waits only for a terminal that has stood still for long."""
        with self._lock:
            if self._held is None:
                self._send(text)
            else:
                self._held.append(text)

    def _send(self, text: str) -> None:
        data = text.encode(self._file.encoding, self._file.errors or "strict")
        if self._at_once is not None and not self._waiting.unfinished_tasks:
            data = data[_written(self._at_once, data) :]
        if data:
            self._begin()
            self._waiting.put(data)

    def stop(self) -> None:
        """End, once everything is sent."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        if self._at_once is not None:
            os.close(self._at_once)
            self._at_once = None

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="sender")
            self._thread.start()

    def _run(self) -> None:
        """Send what waits; by the number of standard error, which the end leads into nowhere."""
        while (data := self._waiting.get()) is not None:
            # A terminal that is gone takes nothing; whoever watches it ends the program.
            with contextlib.suppress(OSError):
                while data:
                    data = data[os.write(self._file.fileno(), data) :]
            self._waiting.task_done()


def _never_waiting(descriptor: int) -> int | None:
    """Another way to the same terminal, which takes what it has room for; None where there is none.

    A terminal of another user, or of another container, cannot be opened by its name.
    """
    try:
        name = os.ttyname(descriptor)
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None


def _written(descriptor: int, data: bytes) -> int:
    """How many bytes the terminal took."""
    try:
        taken = os.write(descriptor, data)
    except OSError:
        # Full, or gone: the thread waits for it, or meets its end.
        return 0
    # What carries it from here to the terminal may be waiting for this very processor.
    os.sched_yield()
    return taken
