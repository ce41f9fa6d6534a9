"""A bar on standard error while something takes minutes; nothing where nobody looks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from dsexplore.text.plain import clean

# What is going on, and the share of it that is done.
Report = Callable[[str, float], None]


@contextlib.contextmanager
def progress() -> Iterator[Report]:
    """A bar to be told words and a share; it is gone once done or interrupted."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda words, share: None
        return
    from rich import progress as bars  # noqa: PLC0415 - only what takes long shows a bar
    from rich.console import Console  # noqa: PLC0415 - nor this

    bar = bars.Progress(
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=1.0)
        yield lambda words, share: bar.update(task, description=clean(words), completed=share)
