"""What the pages in sight show beyond their results, worked out beside the screen."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Sequence

from textual.dom import DOMNode

from dsexplore.tui.beside import BESIDE, Run
from dsexplore.tui.main.written import Written

# The workers' group.
GROUP = "beside"


class Works:
    """The pages under way, until they are worked out, changed or others are wanted."""

    def __init__(self) -> None:
        self._run = Run(keeps_part=False)
        self._pages: frozenset[Written] = frozenset()
        self._ends: Future[None] | None = None

    def begin(self, node: DOMNode, due: Sequence[Written]) -> None:
        """Work out what is due in a worker of a node, unless that is under way."""
        if not due or (self._is_under_way and self._pages.issuperset(due)):
            return
        self.give_up()
        self._run, self._pages = Run(keeps_part=False), frozenset(due)
        self._ends = BESIDE.do(self._run, lambda run: _work_out(due, run))
        node.run_worker(self._ends, group=GROUP)

    def do_now(self, due: Sequence[Written]) -> None:
        """Work out what is due before anything else is done."""
        self.give_up()
        _work_out(due, Run(keeps_part=False))

    def give_up(self) -> None:
        """Let what is under way end without a result."""
        self._run.give_up()

    @property
    def _is_under_way(self) -> bool:
        return self._ends is not None and not self._ends.done() and not self._run.is_stopped


def _work_out(due: Sequence[Written], run: Run) -> None:
    for written in due:
        written.work_out(run)
