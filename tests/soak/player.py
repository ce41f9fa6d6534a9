"""Plays steps to the explorer in a terminal of its own, and looks after it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.soak.steps import Step
from tests.terminal.pty_session import PtySession

_CONFINED = (sys.executable, str(Path(__file__).with_name("confined.py")))
# Bytes of a screen drawn whole, at the smallest size.
_WHOLE = 300
_MOST_MEMORY = 200.0
# Each screen once, so that all code is loaded: numpy, at the first comparison, is 10 MB of it.
_EACH_SCREEN = (
    *("." * 14),
    *("C", "o", "x", "?", "\x10", "R", *"hNaTGDD"),
    "cdeepseek-v2\r",
    "\te",
    "\tt",
)
_USUAL = (100, 30)
# Longer than what waits for keys to rest waits.
_QUIET = 0.2
# A guard against what never ends, on a machine with other work.
_LIMIT = 120.0


class SoakError(AssertionError):
    """The explorer did not hold."""


class Player:
    """One explorer after another in one home folder: when one is left, the next is opened."""

    def __init__(self, home: Path, *, warms_up: bool = True) -> None:
        """`warms_up`: open each screen first, so that growth later is growth."""
        self._home = home
        self._warms_up = warms_up
        self.keys = self.lives = 0
        # The resident size and the largest one, in megabytes.
        self.now = self.memory = 0.0
        self._session: PtySession | None = None
        # What the explorer that is open now was given.
        self.life: list[Step] = []

    def play(self, steps: Iterable[Step]) -> None:
        """Raises SoakError where the explorer ends by itself, hangs, swells, or draws wrongly."""
        for step in steps:
            session = self._living()
            self.life.append(step)
            getattr(self, f"_{step.kind}")(session, step)
            self._drain(session, 0.01)
            self._look(session)

    def close(self) -> None:
        """End the explorer that is open."""
        if self._session is not None:
            self._session.__exit__()
            self._session = None

    def _living(self) -> PtySession:
        if self._session is None:
            self.life.clear()
            self.lives += 1
            environment = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(Path.cwd())}
            self._session = PtySession(
                self._home, argv=_CONFINED, size=_USUAL, environment=environment
            )
            self._session.expect("help")
            self._warm_up(self._session)
        return self._session

    def _warm_up(self, session: PtySession) -> None:
        if not self._warms_up:
            return
        for keys in _EACH_SCREEN:
            session.send(keys)
            self._rest(session)
            session.send("\x1b")
            self._rest(session)

    # The kinds of step

    def _type(self, session: PtySession, step: Step) -> None:
        self._send(session, step.text)

    def _tear(self, session: PtySession, step: Step) -> None:
        at = step.numbers[0]
        self._send(session, step.text[:at])
        self._drain(session, 0.01)
        self._send(session, step.text[at:])

    def _resize(self, session: PtySession, step: Step) -> None:
        session.resize(*step.numbers)

    def _stop(self, session: PtySession, step: Step) -> None:
        session.signal(signal.SIGSTOP)
        self._send(session, "j")
        session.signal(signal.SIGCONT)

    def _suspend(self, session: PtySession, step: Step) -> None:
        session.signal(signal.SIGTSTP)
        self._drain(session, 0.5)
        session.signal(signal.SIGCONT)

    def _check(self, session: PtySession, step: Step) -> None:
        """It answers, and what it shows is what it draws anew."""
        session.resize(*_USUAL)
        self._redraw(session)
        session.output = b""
        session.forget_screen()
        self._redraw(session)
        # A key with nothing to do on any screen, so that what follows from it is no change.
        self._send(session, "\x1b[I")
        self._rest(session)
        shown = session.screen()
        session.output = b""
        self._redraw(session)
        if session.process.poll() is None and session.screen() != shown:
            raise SoakError(f"it showed\n{shown}\nand drew anew\n{session.screen()}")

    def _redraw(self, session: PtySession) -> None:
        """Ask for the whole screen, once all before is done, and wait until it has come."""
        self._rest(session)
        start = len(session.output)
        self._send(session, "\x0c")
        deadline = time.monotonic() + _LIMIT
        while len(session.output) - start < _WHOLE and session.process.poll() is None:
            if time.monotonic() > deadline:
                raise SoakError("it no longer answers")
            session.read(0.2)
        self._rest(session)

    def _rest(self, session: PtySession) -> None:
        """Wait until it has nothing to do, keys that rested included."""
        session.settle(_QUIET)

    # What is looked at

    def _send(self, session: PtySession, text: str) -> None:
        self.keys += len(text)
        try:
            session.send(text)
        except OSError:
            self._drain(session, 0.1)

    def _drain(self, session: PtySession, quiet: float) -> None:
        deadline = time.monotonic() + _LIMIT
        while session.read(quiet):
            if time.monotonic() > deadline:
                raise SoakError("it draws without end")
        if len(session.output) > 200_000:
            session.output = session.output[-100_000:]
            session.forget_screen()

    def _look(self, session: PtySession) -> None:
        status = session.process.poll()
        if status is None:
            self._weigh(session)
            return
        self._drain(session, 0.1)
        reports = [*(self._home / "state" / "dsexplore").glob("reports/*")]
        if status != 0 or b"Traceback" in session.output or reports:
            said = session.output[-3000:].decode("utf-8", "replace")
            report = reports[0].read_text() if reports else said
            raise SoakError(f"it ended with status {status}:\n{report}")
        self.close()

    def _weigh(self, session: PtySession) -> None:
        try:
            statm = Path(f"/proc/{session.process.pid}/statm").read_text().split()
        except OSError:
            return
        self.now = here = int(statm[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        self.memory = max(self.memory, here)
        if here > _MOST_MEMORY:
            raise SoakError(f"it takes {here:.1f} MB")
