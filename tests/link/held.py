"""A key held down on a slow line: how much is on its way at once, and how late the last of it.

The line is a reader that takes 56 kbit/s, holds any number of bytes, and answers a question when it
has come to it, as a terminal at the other end does.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.terminal.pty_session import PtySession

RATE = 56_000 / 8
_NUDGE, _KEYS_PER_SECOND, _SECONDS = "\x1b[C", 30, 10.0
_FRAME_ENDS = b"\x1b[?2026l"
_QUESTION, _ANSWER = b"\x1b[6n", b"\x1b[1;1R"
_PIECE = 64


@dataclass
class Held:
    """What was seen: frames and their bytes, and seconds from the last key to what it did."""

    keys: int = 0
    frames: int = 0
    largest: int = 0
    # Bytes on their way at once, at most.
    most_waiting: int = 0
    value_after: float = 0.0
    all_after: float = 0.0


class _Line:
    """Takes at once what is sent, and passes it on at the rate of the line."""

    def __init__(self, session: PtySession) -> None:
        self._session = session
        self._waiting: deque[bytes] = deque()
        self._is_over = False
        self.rate = 0.0
        self.passed = b""
        # The time at which each frame had come whole, and how much had come by then.
        self.come: list[tuple[float, int]] = []
        self.sent = self.most_waiting = 0
        self._threads = [threading.Thread(target=each) for each in (self._take, self._pass_on)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._is_over = True
        for thread in self._threads:
            thread.join()

    def _take(self) -> None:
        while not self._is_over:
            if data := self._session.read(0.02):
                self.sent += len(data)
                self.most_waiting = max(self.most_waiting, self.sent - len(self.passed))
                self._waiting.append(data)

    def _pass_on(self) -> None:
        free = time.monotonic()
        while not self._is_over:
            if not self._waiting:
                time.sleep(0.005)
                continue
            data = self._waiting.popleft()
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                if self.rate:
                    free = max(free, time.monotonic()) + len(piece) / self.rate
                    time.sleep(max(0.0, free - time.monotonic()))
                self._come(piece)

    def _come(self, piece: bytes) -> None:
        before = self.passed[-16:]
        self.passed += piece
        for mark, does in ((_QUESTION, self._answer), (_FRAME_ENDS, self._note)):
            seen = before[1 - len(mark) :] + piece
            for _ in range(seen.count(mark)):
                does()

    def _answer(self) -> None:
        os.write(self._session._master, _ANSWER)

    def _note(self) -> None:
        self.come.append((time.monotonic(), len(self.passed)))


def hold(home: Path, size: tuple[int, int]) -> Held:
    """Open the explorer among the parameters, hold a key that nudges, and let all come."""
    with PtySession(home, size=size, tells_position=False) as session:
        line = _Line(session)
        try:
            _wait_for(line, b"help")
            if size[0] < 100:
                session.send("\t")
            _quiet(line)
            line.rate, line.most_waiting, first = RATE, 0, len(line.come)
            keys, began = 0, time.monotonic()
            while time.monotonic() < began + _SECONDS:
                session.send(_NUDGE)
                keys += 1
                time.sleep(1 / _KEYS_PER_SECOND)
            last = time.monotonic()
            _quiet(line)
        finally:
            line.end()
        frames = line.come[first:]
        ends = [end for _, end in line.come[first - 1 :]]
        largest = max(end - start for start, end in pairwise(ends))
        row = _row(session, line.passed)
        shown = next(at for at, end in frames if _row(session, line.passed[:end]) == row)
        return Held(
            keys,
            len(frames),
            largest,
            line.most_waiting,
            max(0.0, shown - last),
            max(0.0, frames[-1][0] - last),
        )


def _row(session: PtySession, come: bytes) -> str:
    """The focused row as the terminal shows it by now."""
    session.output = come
    return next((row for row in session.screen().splitlines() if "▸" in row), "").split("│")[0]


def _wait_for(line: _Line, words: bytes) -> None:
    deadline = time.monotonic() + 60
    while words not in line.passed:
        assert time.monotonic() < deadline, f"no {words!r}"
        time.sleep(0.05)


def _quiet(line: _Line, seconds: float = 3.0) -> None:
    """Wait until nothing has come for a while."""
    before, since = -1, time.monotonic()
    while time.monotonic() - since < seconds:
        if len(line.passed) != before:
            before, since = len(line.passed), time.monotonic()
        time.sleep(0.05)
