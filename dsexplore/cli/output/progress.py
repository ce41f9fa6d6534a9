"""A bar on standard error for what takes long, and a key to stop it; nothing where nobody looks."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from dsexplore.text.plain import clean

# What is going on, and the share of it that is done.
Report = Callable[[str, float], None]
# What takes less shows no bar.
_SECONDS = 0.5


@contextlib.contextmanager
def progress() -> Iterator[Report]:
    """A bar to be told words and a share; it comes after half a second, and is gone once done."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda words, share: None
        return
    with contextlib.ExitStack() as shown:
        yield _Bar(shown)


class _Bar:
    def __init__(self, shown: contextlib.ExitStack) -> None:
        self._shown = shown
        self._began = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, words: str, share: float) -> None:
        if self._bar is None:
            if time.monotonic() - self._began < _SECONDS:
                return
            self._show()
        self._bar.update(self._task, description=clean(words), completed=share)

    def _show(self) -> None:
        from rich import progress as bars  # noqa: PLC0415 - only what takes long shows a bar
        from rich.console import Console  # noqa: PLC0415 - nor this

        self._bar = self._shown.enter_context(
            bars.Progress(
                bars.TextColumn("{task.description}", markup=False),
                bars.BarColumn(),
                bars.TaskProgressColumn(),
                bars.TimeElapsedColumn(),
                bars.TimeRemainingColumn(),
                console=Console(file=sys.stderr),
                transient=True,
            )
        )
        self._task = self._bar.add_task("", total=1.0)


class Watch:
    """Work that is watched: its share done, and whether somebody stopped it."""

    def __init__(self, words: str, report: Report) -> None:
        self._words = words
        self._report = report
        self.is_stopped = False

    def told(self, share: float) -> None:
        """Show the share that is done."""
        self._report(self._words, share)

    def goes_on(self) -> bool:
        """Whether nobody has stopped it."""
        return not self.is_stopped


@contextlib.contextmanager
def watched(words: str) -> Iterator[Watch]:
    """Work with a bar; an interrupt stops it, and what is done is kept. A second one ends it."""
    with progress() as report:
        watch = Watch(words, report)
        if threading.current_thread() is not threading.main_thread():
            yield watch
            return
        before = signal.getsignal(signal.SIGINT)

        def stop(*_: object) -> None:
            watch.is_stopped = True
            signal.signal(signal.SIGINT, before)

        signal.signal(signal.SIGINT, stop)
        try:
            yield watch
        finally:
            signal.signal(signal.SIGINT, before)
