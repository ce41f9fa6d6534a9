"""What every test runs under: what is kept, folders in memory, hypothesis's profiles."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from tests.compiled_once import compile_share

# Told to keep no bytecode, each process would compile the program and rewrite all tests anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What tests write is gone after them: on a disk, deleting it takes as long as many tests do.
_IN_MEMORY = Path("/dev/shm")
if os.access(_IN_MEMORY, os.W_OK | os.X_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))

# A machine with other work fails no test: hypothesis takes a slow one for a fault.
settings.register_profile(
    "random", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
# The same examples each time, so that no test fails by chance; and so a third tells as much.
settings.register_profile(
    "repeatable",
    settings.get_profile("random"),
    max_examples=33,
    derandomize=True,
    database=None,
)
settings.load_profile("repeatable")


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Keep what else has been imported out of examples that are the same each time.

    Of its own accord, hypothesis takes constants from every module that it finds.
    """
    if settings.default.derandomize:
        providers._get_local_constants = providers.Constants


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Compile what all workers need, before each collects all tests."""
    if session.config.args == session.config.getini("testpaths"):
        compile_share()


def pytest_collection_finish() -> None:
    """Look no more through thousands of tests, which stay to the end, for what can be freed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def scenarios_built_once() -> Iterator[None]:
    # The process that hands the tests out needs nothing of the program.
    from tests.built_once import built_once

    with built_once():
        yield
