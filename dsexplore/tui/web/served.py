"""A served explorer: no terminal of its own, so that a closed page is its end."""

from __future__ import annotations

import contextlib
import os
import signal
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsexplore.document.document import Document

_ENDINGS = (signal.SIGHUP, signal.SIGQUIT)


class ServedLifecycle:
    """While it lasts, an end that the user did not ask for leaves the work to the next session."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __enter__(self) -> ServedLifecycle:
        """Take over the signals that Textual's own driver for browsers leaves alone."""
        for number in _ENDINGS:
            signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is to be given back."""

    def save(self) -> str:
        """Leave all work to the next session; returns why it is lost."""
        return self._document.leave()

    def restore_terminal(self) -> None:
        """There is none."""

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(Exception):
            self.save()
        os._exit(128 + number)
