"""The end of the process: signals and closed terminals save the work and give the terminal back."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
from types import FrameType, TracebackType
from typing import Any

from dsexplore.document.document import Document
from dsexplore.text.plain import clean

_ENDINGS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
# So long the main thread may take to begin the end, and then to finish it on a busy machine.
_PATIENCE = 2.0
_SAVING_PATIENCE = 10.0
_TRIES = 20
# Abandon a half-sent sequence; end a half-drawn frame; keyboard protocol off; leave the alternate
# screen; show the cursor; mouse, paste, focus and size reports off; lines wrap; colours reset.
_RESTORE = (
    b"\x18\x1b[?2026l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    b"\x1b[?1016l\x1b[?2004l\x1b[?1004l\x1b[?2048l\x1b[?7h\x1b[0m"
)


class Lifecycle:
    """While it lasts, a signal or a closed terminal ends the process without losing work.

    The journal then holds everything up to the last key, the terminal is as it was before, and
    the exit status is 128 plus the signal's number. A closed terminal counts as SIGHUP, even where
    the process was started to ignore it.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._keyboard = _descriptor(sys.__stdin__)
        self._screen = _descriptor(sys.__stderr__)
        self._ending = threading.Lock()

    def __enter__(self) -> Lifecycle:
        """Take over the signals, and begin to watch the terminal."""
        self._cooked = termios.tcgetattr(self._keyboard)
        arrived, written = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        # Not asyncio's handlers: those never run while the terminal's link is stalled.
        self._before = {number: signal.signal(number, self._on_signal) for number in _ENDINGS}
        threading.Thread(target=self._watch, args=(arrived,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)

    def save(self) -> str:
        """Leave all work to the next session, half-typed text included; returns why it is lost."""
        return self._document.leave()

    def restore_terminal(self) -> None:
        """Put the terminal back as it was, for an explorer that ended before it could."""
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(self._keyboard, termios.TCSANOW, self._cooked)
            os.write(self._screen, _RESTORE)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._ending.acquire(blocking=False):
            self._end(number)

    def _watch(self, arrived: int) -> None:
        """Wait for a signal or a hang-up, and end the process if the main thread cannot."""
        poll = select.poll()
        poll.register(arrived, select.POLLIN)
        poll.register(self._keyboard, 0)
        poll.register(self._screen, 0)
        number = 0
        while not number:
            for descriptor, _ in poll.poll():
                if descriptor == arrived:
                    number = next((n for n in os.read(arrived, 256) if n in _ENDINGS), 0)
                else:
                    number = signal.SIGHUP
                    signal.pthread_kill(threading.main_thread().ident or 0, number)
        time.sleep(_PATIENCE)
        if self._ending.acquire(blocking=False):
            self._end(number)
        time.sleep(_SAVING_PATIENCE)
        with contextlib.suppress(OSError, termios.error):
            self._take_terminal_back("")
        os._exit(128 + number)

    def _end(self, number: int) -> None:
        problem = ""
        with contextlib.suppress(Exception):
            problem = self.save()
        with contextlib.suppress(OSError, termios.error):
            self._take_terminal_back(f"dsexplore: {clean(problem)}\r\n" if problem else "")
        # Not sys.exit: threads waiting for a stalled terminal would block it.
        os._exit(128 + number)

    def _take_terminal_back(self, last_words: str) -> None:
        """Restore the terminal and write last words; give up on a stalled one after a moment."""
        ending = _RESTORE + last_words.encode(errors="replace")
        # Changing a terminal from the background would stop the process.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
        termios.tcsetattr(self._keyboard, termios.TCSANOW, self._cooked)
        screen = os.dup(self._screen)
        # No frame still on its way may follow the end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._screen)
        os.set_blocking(screen, False)
        try:
            for _ in range(_TRIES):
                with contextlib.suppress(BlockingIOError):
                    if os.write(screen, ending) == len(ending):
                        return
                # Stalled: the waiting writer goes on into nowhere, and unread output makes room
                # for the restoring bytes.
                _interrupt_threads()
                termios.tcflush(screen, termios.TCOFLUSH)
                time.sleep(0.01)
        finally:
            os.set_blocking(screen, True)


def _descriptor(stream: Any) -> int:
    descriptor: int = stream.fileno()
    return descriptor


def _interrupt_threads() -> None:
    """Interrupt the system calls of all other threads; they try them again."""
    for thread in threading.enumerate():
        if thread.ident and thread is not threading.current_thread():
            signal.pthread_kill(thread.ident, signal.SIGHUP)
