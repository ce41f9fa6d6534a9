"""The terminal as Textual drives it, and what is ours in it: pace, and bytes that are no text."""

from __future__ import annotations

import os
import selectors
import signal
from codecs import getincrementaldecoder
from typing import Any, TextIO, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from dsexplore.tui.link.pace import Pace
from dsexplore.tui.link.pasted import Pasted
from dsexplore.tui.link.sender import Sender

# Where is the cursor: the oldest question of all, which every terminal answers.
_QUESTION = "\x1b[6n"
_PATIENCE = 1.0
_READ = 4096
_TICK = 0.1
# What keys send to the program in front, where the terminal is not raw.
_INTERRUPTIONS = (signal.SIGINT, signal.SIGQUIT)


class CaughtUp(Message):
    """The terminal has answered a question, and may have room for a frame."""


class Resumed(Message):
    """The terminal is the program's again, and holds nothing of what was drawn."""


class PacedDriver(LinuxDriver):
    """Asks the terminal how far it is, reads keys whatever bytes they are, and comes back whole.

    Textual's own answer to SIGCONT redraws nothing. After a SIGSTOP, of which no program is told,
    it starts a second reader of keys beside the first.
    """

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.pace = Pace()
        # Whether a frame waits for an answer.
        self.is_awaited = False
        self._is_suspended = False
        self._is_stop_asked = False
        self._is_to_resume = False
        self._interruptions: dict[signal.Signals, Any] = {}
        signal.signal(signal.SIGTSTP, self._on_signal)
        signal.signal(signal.SIGCONT, self._on_signal)

    def _on_signal(self, number: int, _: object) -> None:
        """Not at once: a signal may come while this very thread holds a lock of the writer's."""
        # Of signals that come together, Python tells SIGCONT first, whichever came last.
        self._is_stop_asked = number == signal.SIGTSTP and not self._is_to_resume
        self._is_to_resume |= number == signal.SIGCONT
        step = self._resume if number == signal.SIGCONT else self._suspend
        self._loop.call_soon_threadsafe(step)

    def _suspend(self) -> None:
        """Give the terminal back, and stop, unless told to go on since."""
        if self._is_stop_asked:
            self._give_back()
        if self._is_stop_asked:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _resume(self) -> None:
        """Take the terminal over, once the shell gives it."""
        self._is_to_resume = False
        if not self._is_in_foreground():
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        # After a SIGSTOP the shell had the terminal as it happened to be.
        self._give_back()
        self._is_suspended = False
        self.resume_application_mode()
        for number, handler in self._interruptions.items():
            signal.signal(number, handler)
        self.send_message(Resumed())

    def _give_back(self) -> None:
        if not self._is_suspended:
            self._is_suspended = True
            # ^c typed before the terminal is taken over again is a key too soon, not the end.
            self._interruptions = {number: signal.getsignal(number) for number in _INTERRUPTIONS}
            for number in _INTERRUPTIONS:
                signal.signal(number, signal.SIG_IGN)
            self.suspend_application_mode()

    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:  # no job control here
            return True

    def start_application_mode(self) -> None:
        """Begin, or go on after the program was suspended."""
        self.pace.start_over()
        # In place of Textual's thread, which is left nothing to send.
        self.sender = Sender(cast(TextIO, self._file))
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual types none

    def write(self, data: str) -> None:
        """Send data, and count it."""
        self.pace.sent(len(data))
        self.sender.send(data)

    def flush(self) -> None:
        """End a frame: the place to ask."""
        if self.pace.asks():
            self.sender.send(_QUESTION)

    def close(self) -> None:
        """End what sends."""
        self.sender.stop()
        super().close()

    def _enable_mouse_support(self) -> None:
        """Ask for clicks, drags and the wheel; Textual's own asks for every move of the mouse."""
        if self._mouse:
            self.sender.send("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.sender.send("\x1b[?1000l\x1b[?1002l\x1b[?1006l")

    def disable_input(self) -> None:
        """Stop reading keys, once the shell will not be given answers meant for us."""
        self.pace.wait(_PATIENCE)
        super().disable_input()

    def process_message(self, message: Message) -> None:
        """Take the answers out of what the terminal sends."""
        if not isinstance(message, events.CursorPosition):
            super().process_message(message)
            return
        self.pace.answered()
        if self.is_awaited:
            self.send_message(CaughtUp())

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except (OSError, EOFError):
            # A terminal that cannot be read is closed.
            os.kill(os.getpid(), signal.SIGHUP)
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read keys. A byte that is no UTF-8 is a strange character; in Textual's loop, the end."""
        decode = getincrementaldecoder("utf-8")("replace").decode
        parser, pasted = XTermParser(self._debug), Pasted()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK):
                    read = os.read(self.fileno, _READ)
                    if not read:
                        raise EOFError
                    # Empty where a character has only begun.
                    if text := decode(read):
                        for event in parser.feed(pasted.freed(text)):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
