"""The explorer in a terminal: a key press to the last byte of its frame, and how many bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.terminal.pty_session import PtySession

_ROUNDS = 30
_SILENCE = 0.12
# A key and the one that takes it back; the typed digit is reverted outside the measurement.
# Milliseconds from a key to its frame, at most.
_SIZES = {(80, 24): 8, (120, 40): 10, (200, 60): 10}
_KEYS = {
    "nudge": ("\x1b[C", "\x1b[D"),
    "typed digit": ("9", "8"),
    "cursor row": ("\x1b[B", "\x1b[A"),
}


def figures(home: Path) -> Iterator[Figure]:
    """Time at each size; bytes at the smallest."""
    for (columns, rows), most in _SIZES.items():
        with PtySession(home, size=(columns, rows)) as session:
            session.expect("Overview")
            if columns == 80:
                session.send("\t")
            session.expect("Layers")
            session.settle()
            for name, keys in _KEYS.items():
                seconds, sizes = _pressed(session, keys, is_typing=name == "typed digit")
                where = f"{name}, {columns} x {rows}"
                yield Figure(f"{where}: to frame", statistics.median(seconds) * 1e3, most, "ms")
                if columns == 80:
                    yield Figure(f"{where}: bytes, median", statistics.median(sizes), 700, "B")
                    yield Figure(f"{where}: bytes, largest", max(sizes), 2000, "B")
            session.settle(1.0)
            yield Figure(f"idle for 3 s, {columns} x {rows}", len(session.read(3.0)), 0, "B")


def _pressed(
    session: PtySession, keys: tuple[str, str], *, is_typing: bool
) -> tuple[list[float], list[int]]:
    """Seconds and bytes of each press; cursor keys walk down the panel and back."""
    seconds, sizes = [], []
    half = _ROUNDS // 2
    for index in range(_ROUNDS):
        key = keys[index >= half] if not is_typing else keys[index % 2]
        began = time.perf_counter()
        session.send(key)
        arrived = session.frame(_SILENCE)
        # Only what belongs to the frame: what waits for keys to rest comes later.
        seconds.append(arrived[-1][0] - began if arrived else _SILENCE)
        sizes.append(sum(size for _, size in arrived))
        if is_typing and index % 4 == 3:
            session.send("\x1b")
            session.settle(0.3)
    return seconds, sizes
