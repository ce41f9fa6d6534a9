"""Whole processes: `dsexplore eval`, and the start of the explorer beside an empty Textual app."""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dsexplore
from tests.bench.figure import Figure, median_seconds
from tests.terminal.pty_session import DSEXPLORE, PtySession

_EMPTY_APP = (sys.executable, "-c", "from textual.app import App; App().run()")
_RUNS = 9
# Fewer bytes are no screen.
_FRAME = 1_000


def figures(home: Path) -> Iterator[Figure]:
    """What a start costs, of either kind."""
    # As pip does when it installs: a start is no compilation.
    compileall.compile_dir(Path(dsexplore.__file__).parent, quiet=2)
    command = [*DSEXPLORE, "eval", "deepseek-v3", "--format", "json"]
    taken = median_seconds(
        lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), _RUNS
    )
    yield Figure("dsexplore eval deepseek-v3 --format json", taken, 0.25, "s")

    empty, ours, resident = [], [], []
    spent_empty, spent = [], []
    for _ in range(_RUNS):
        # One after the other: a machine that slows down slows both.
        seconds, processor, _ = _start(home, _EMPTY_APP)
        empty.append(seconds)
        spent_empty.append(processor)
        seconds, processor, megabytes = _start(home, DSEXPLORE)
        ours.append(seconds)
        spent.append(processor)
        resident.append(megabytes)
    median = statistics.median(ours)
    ratio = median / statistics.median(empty)
    yield Figure(f"start to full frame ({median * 1e3:.0f} ms) against empty app", ratio, 1.5, "x")
    # What a busy machine does not change.
    ratio = sum(spent) / sum(spent_empty)
    yield Figure("the same in processor time, to the first frame", ratio, 1.5, "x")
    yield Figure("resident memory after start", statistics.median(resident), 60, "MB")


def _start(home: Path, argv: tuple[str, ...]) -> tuple[float, float, float]:
    """Seconds to the last byte of the first screen, processor time, and resident megabytes then."""
    with PtySession(home, argv=argv) as session:
        # A frame drawn before the terminal said that it knows ends of frames has none.
        while b"\x1b[?2026l" not in session.output and (
            session.read(1.0) or len(session.output) < _FRAME
        ):
            pass
        processor = session.processor_seconds()
        # Only what follows at once belongs to the time; to the memory, all that is worked out.
        arrived = session.frame(0.12)
        session.settle()
        last = arrived[-1][0] if arrived else session.last_read
        status = Path(f"/proc/{session.process.pid}/status").read_text()
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return last - session.began, processor, int(kilobytes.split()[1]) / 1024
