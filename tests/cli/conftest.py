"""Running the command line, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import pytest

from dsexplore.cli import main
from dsexplore.cli.commands import claims
from dsexplore.cli.input import run_files
from tests.built_once import of_shipped
from tests.claims_once import checked_once

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def shipped_claims_checked_once() -> Iterator[None]:
    with checked_once(claims):
        yield


@pytest.fixture(scope="session", autouse=True)
def shipped_runs_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run_files, "load_runs", of_shipped(run_files.load_runs))
        yield


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, no process is forked beside the threads of the tests."""
    monkeypatch.setattr("dsexplore.analysis.workers.cores._cores", lambda: 1)


class Result(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run the command line in this process."""

    def run_words(*words: str) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        status = ended.value.code
        assert isinstance(status, int)
        return Result(status, *capsys.readouterr())

    return run_words


@pytest.fixture
def refused(run: Callable[..., Result]) -> Callable[..., str]:
    """Run a command line that must be refused, and return the one line that says why."""

    def run_words(*words: str) -> str:
        result = run(*words)
        assert (result.status, result.out) == (2, "")
        line = result.err.removesuffix("\n")
        assert line.isprintable(), "one line without control characters"
        assert line.startswith("dsexplore: ")
        assert "found " in line
        assert "; allowed: " in line
        assert "Traceback" not in line
        return line

    return run_words


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python in a process of its own, in the repository."""

    def start(
        *words: str,
        stdout: int | IO[str] = subprocess.PIPE,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=REPOSITORY,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=env,
            text=True,
            timeout=300,
            check=False,
        )

    return start
