"""The tests of the engine, collected once and run for each mutant in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mutation.mutants import Mutant

# Tests that state facts of what the engine computes. Those of `explain` read the unchanged source,
# and frames and pages of the documentation only hold what the numbers are today; those of the
# other analyses and of arrays ask whether answers agree, and a mutant agrees with itself.
TESTS = (
    *("tests/engine/formulas", "tests/engine/test_laws.py", "tests/engine/test_units.py"),
    *("tests/engine/test_choices.py", "tests/engine/test_digits.py"),
    *("tests/engine/test_scaling.py", "tests/presets"),
    *("tests/analysis/accuracy/test_accuracy.py", "tests/analysis/claims"),
)
# Generated tests have few examples here: facts and enumerated choices are to kill, and not luck.
_EXAMPLES = 4
# A mutant that runs for so long will not end.
_SECONDS = 300


class BrokenSuiteError(Exception):
    """The tests fail without any mutant."""


def run(mutants: list[Mutant], jobs: int, tell: Callable[[Mutant, str], None]) -> None:
    """Run the tests for each mutant, and tell which test fails first; "" where none does.

    Raises BrokenSuiteError where they fail without a mutant.
    """
    suite = _Suite(mutants, jobs, tell)
    options = ["-o", "addopts=--import-mode=importlib", "--capture=no"]
    options += ["-p", "no:terminal", "-p", "no:cacheprovider"]
    pytest.main([*options, *TESTS], plugins=[suite])
    if suite.broken:
        raise BrokenSuiteError(suite.broken)


@dataclass
class _Suite:
    """A plug-in that runs the collected tests once for each mutant."""

    mutants: list[Mutant]
    jobs: int
    tell: Callable[[Mutant, str], None]
    broken: str = ""
    failed: str = ""
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def pytest_configure(self) -> None:
        # Only now: pytest rewrites hypothesis as it starts.
        from hypothesis import Phase, settings

        # Examples are the same each time, and one that fails need not be made smaller.
        settings.register_profile(
            "mutation", derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
        )
        settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from hypothesis import settings

        for item in items:
            test = getattr(item, "obj", None)
            if used := getattr(test, "_hypothesis_internal_use_settings", None):
                few = min(used.max_examples, _EXAMPLES)
                test._hypothesis_internal_use_settings = settings(used, max_examples=few)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid.partition("::")[0]] += report.duration
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            self.broken = "not all tests can be collected"
            return True
        self._measure(session)
        if not self.broken:
            for mutant, killer in self._killers(session):
                self.tell(mutant, killer)
        return True

    def _measure(self, session: pytest.Session) -> None:
        """How long each file takes; the suite must pass before it can say anything."""
        child = _Child(lambda: self._first_failure(session.items) or json.dumps(self.seconds))
        told = child.told()
        if not told.startswith("{"):
            self.broken = told
            return
        self.seconds = defaultdict(float, json.loads(told))

    def _killers(self, session: pytest.Session) -> Iterator[tuple[Mutant, str]]:
        waiting, running = [*reversed(self.mutants)], {}
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop()
                child = _Child(lambda mutant=mutant: self._killed(mutant, session.items))
                running[child.process] = mutant, child
            process, status = os.waitpid(-1, 0)
            if process in running:
                mutant, child = running.pop(process)
                yield mutant, child.read() if status == 0 else "it does not end, or ends Python"

    def _killed(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        mutant.apply()
        return self._first_failure(sorted(items, key=lambda item: self._order(mutant, item)))

    def _order(self, mutant: Mutant, item: pytest.Item) -> tuple[bool, float]:
        """Tests of the mutant's own subject first, then the files that take least."""
        path = item.nodeid.partition("::")[0]
        return mutant.subject not in Path(path).parts, self.seconds[path]

    def _first_failure(self, items: list[pytest.Item]) -> str:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return self.failed
        return ""


class _Child:
    """A copy of this process that does one thing and tells what came of it."""

    def __init__(self, work: Callable[[], str]) -> None:
        self._pipe, told = os.pipe()
        sys.stdout.flush()
        self.process = os.fork()
        if self.process == 0:
            signal.alarm(_SECONDS)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            try:
                os.write(told, work().encode())
            finally:
                os._exit(0)
        os.close(told)

    def told(self) -> str:
        """What it tells once it has ended."""
        os.waitpid(self.process, 0)
        return self.read()

    def read(self) -> str:
        with os.fdopen(self._pipe, encoding="utf-8") as pipe:
            return pipe.read()
