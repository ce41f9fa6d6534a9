"""Whole processes: `dsexplore eval`, and the start of the explorer beside an empty Textual app."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure, median_seconds
from tests.terminal.pty_session import DSEXPLORE, PtySession

_EMPTY_APP = (sys.executable, "-c", "from textual.app import App; App().run()")
_RUNS = 9


def figures(home: Path) -> Iterator[Figure]:
    """What a start costs, of either kind."""
    command = [*DSEXPLORE, "eval", "deepseek-v3", "--format", "json"]
    taken = median_seconds(
        lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), _RUNS
    )
    yield Figure("dsexplore eval deepseek-v3 --format json", taken, 0.35, "s")

    empty, ours, resident = [], [], []
    for _ in range(_RUNS):
        # One after the other: a machine that slows down slows both.
        empty.append(_start(home, _EMPTY_APP)[0])
        seconds, megabytes = _start(home, DSEXPLORE)
        ours.append(seconds)
        resident.append(megabytes)
    median = statistics.median(ours)
    ratio = median / statistics.median(empty)
    yield Figure(f"start to full frame ({median * 1e3:.0f} ms) against empty app", ratio, 1.6, "x")
    yield Figure("resident memory after start", statistics.median(resident), 60, "MB")


def _start(home: Path, argv: tuple[str, ...]) -> tuple[float, float]:
    """Seconds to the last byte of the first screen, and resident megabytes then."""
    with PtySession(home, argv=argv) as session:
        while b"\x1b[?2026l" not in session.output:
            session.read(1.0)
        # Only what follows at once belongs to the start.
        arrived = session.settle(0.3)
        last = arrived[-1][0] if arrived else session.last_read
        status = Path(f"/proc/{session.process.pid}/status").read_text()
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return last - session.began, int(kilobytes.split()[1]) / 1024
