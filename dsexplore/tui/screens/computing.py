"""A full screen whose rows are computed: little at once, much beside it, and Escape stops that.

What was found until then is kept, and the screen says that it is a part.
"""

from __future__ import annotations

from typing import Any

from textual.timer import Timer
from textual.worker import Worker, WorkerState

from dsexplore.document.document import Document
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import BESIDE, Run, Work
from dsexplore.tui.screens.full_screen import RowsScreen

# So often progress is drawn, in seconds.
_TICK = 0.25
_UNDER_WAY = (WorkerState.PENDING, WorkerState.RUNNING)


class ComputingScreen(RowsScreen):
    """Rows that take a while: `compute` starts the work, `found` is given what came of it."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.running: Run | None = None
        self._worker: Worker[Any] | None = None
        self._clock: Timer | None = None

    def found(self, result: Any) -> None:
        """Take what was computed, whole or as far as it came, and draw it."""
        raise NotImplementedError

    def compute(self, work: Work, *, at_once: bool) -> None:
        """Do some work, in place of any under way: at once, or beside the screen."""
        self._end()
        if at_once:
            try:
                result = work(Run())
            except ScenarioError as error:
                self.refused(error)
                return
            self.found(result)
            return
        run = self.running = Run()
        self._worker = self.run_worker(BESIDE.do(run, work), exit_on_error=False)
        self._clock = self.set_interval(_TICK, self.draw)
        self.draw()

    def refused(self, error: ScenarioError) -> None:
        """Say why nothing was computed."""
        self.say(str(error), "problem")
        self.draw()

    def progress(self) -> str:
        """How far the work is, and how to stop it; empty where none is under way."""
        return f"computing, {self.running.text}; esc stops" if self.running else ""

    def back(self) -> None:
        """Stop the work, and keep what it has found; without any, leave."""
        if self.running and not self.running.is_stopped:
            self.running.stop()
            self.say("Stopping: what is found so far stays.")
        else:
            self._end()
            super().back()

    def on_unmount(self) -> None:
        """Let no thread work for a screen that is gone."""
        self._end()
        super().on_unmount()
        BESIDE.tidy()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take what the thread found, unless another has begun since."""
        # Of the event, not the worker: one done at once is finished when its beginning is told.
        if event.worker is not self._worker or event.state in _UNDER_WAY:
            return
        run = self.running
        self._end()
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            if not isinstance(error, ScenarioError):
                raise error or RuntimeError("work ended without a reason")
            self.refused(error)
        elif event.state is WorkerState.SUCCESS and run is not None:
            self.say("")
            result, run.result = run.result, None
            self.found(result)

    def _end(self) -> None:
        if self.running:
            self.running.give_up()
        if self._clock:
            self._clock.stop()
        self.running = self._worker = self._clock = None
