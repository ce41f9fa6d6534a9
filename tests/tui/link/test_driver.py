"""Signals as they come, and not in the order in which Python tells of them."""

from __future__ import annotations

import signal
from types import SimpleNamespace

from dsexplore.tui.link.driver import PacedDriver


def test_of_two_signals_that_come_together_the_one_to_go_on_counts() -> None:
    steps: list[str] = []
    driver = PacedDriver.__new__(PacedDriver)
    loop = SimpleNamespace(call_soon_threadsafe=lambda step: steps.append(step.__name__))
    driver.__dict__.update(_loop=loop, _is_stop_asked=False, _is_to_resume=False)
    driver._on_signal(signal.SIGCONT, None)
    driver._on_signal(signal.SIGTSTP, None)
    assert (steps, driver._is_stop_asked) == (["_resume", "_suspend"], False)
