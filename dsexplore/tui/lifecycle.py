"""The end of the process: signals and closed terminals save the work and give the terminal back."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import threading
from types import FrameType, TracebackType

from dsexplore.document.document import Document

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 2.0
# Leave the alternate screen; show the cursor; mouse, paste and focus reports off; colours reset.
_RESTORE = (
    b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l"
    b"\x1b[?1004l\x1b[?2048l\x1b[<u\x1b[?7h\x1b[0m"
)


class Lifecycle:
    """While it lasts, SIGTERM, SIGHUP and a closed terminal end the process without a loss.

    Handlers are set with `signal.signal`: asyncio's never run while the terminal's link is stalled.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._terminal = sys.__stderr__.fileno() if sys.__stderr__ else 2
        self._attributes: list[object] | None = None
        self._ending = threading.Lock()

    def __enter__(self) -> Lifecycle:
        with contextlib.suppress(termios.error, OSError):
            self._attributes = termios.tcgetattr(sys.__stdin__.fileno())  # type: ignore[union-attr]  # a terminal was checked for
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        threading.Thread(target=self._watch_terminal, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._end(number)

    def _end(self, number: int) -> None:
        """Save, restore the terminal, exit with 128 + n; the watchdog ends what hangs."""
        if not self._ending.acquire(blocking=False):
            return
        watchdog = threading.Timer(_PATIENCE, os._exit, (128 + number,))
        watchdog.daemon = True
        watchdog.start()
        with contextlib.suppress(Exception):
            self._document.commit()
            self._document.keep()
        self._restore_terminal()
        os._exit(128 + number)

    def _restore_terminal(self) -> None:
        with contextlib.suppress(Exception):
            # A stalled link must not hold the exit.
            os.set_blocking(self._terminal, False)
            os.write(self._terminal, _RESTORE)
        with contextlib.suppress(Exception):
            os.set_blocking(self._terminal, True)
        if self._attributes is not None:
            with contextlib.suppress(Exception):
                termios.tcsetattr(sys.__stdin__.fileno(), termios.TCSANOW, self._attributes)  # type: ignore[union-attr, arg-type]  # as read from it

    def _watch_terminal(self) -> None:
        """Wait for the terminal to hang up: under nohup no signal says so."""
        with contextlib.suppress(Exception):
            poll = select.poll()
            poll.register(sys.__stdin__.fileno(), 0)  # type: ignore[union-attr]  # a terminal was checked for
            while not any(
                event & (select.POLLHUP | select.POLLERR | select.POLLNVAL)
                for _, event in poll.poll()
            ):
                pass
            # The main thread runs Python's signal handlers, wherever it hangs.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGHUP)
            threading.Event().wait(_PATIENCE)
            self._end(signal.SIGHUP)
