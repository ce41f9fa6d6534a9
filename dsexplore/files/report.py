"""A report of a fault of the program's own: what happened, in which versions; no values."""

from __future__ import annotations

import os
import platform
import re
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from dsexplore import __version__
from dsexplore.files.locations import reports_folder

_KEPT = 20


class FaultError(Exception):
    """A fault ended the explorer; its cause is the exception that nobody foresaw."""

    def __init__(self, work: str, facts: Mapping[str, str]) -> None:
        """`work` says what became of unsaved work, `facts` go into the report."""
        self.work = work
        self.facts = facts
        super().__init__(work)


def write_report(error: BaseException) -> Path:
    """Write a report into the state folder, or else the temporary one.

    Raises OSError if neither can be written.
    """
    text = _report(error)
    name = f"report-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        folder = reports_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_old(folder)
        return _written(folder / name, text)
    except OSError:
        return _written(Path(tempfile.mkdtemp(prefix="dsexplore-")) / name, text)


def _written(file: Path, text: str) -> Path:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
    return file


def _forget_old(folder: Path) -> None:
    for file in sorted(folder.glob("report-*.txt"))[: 1 - _KEPT]:
        file.unlink(missing_ok=True)


def _report(error: BaseException) -> str:
    facts = error.facts if isinstance(error, FaultError) else {}
    cause = error.__cause__ if isinstance(error, FaultError) and error.__cause__ else error
    lines = [
        f"dsexplore {__version__} stopped on a fault of its own.",
        f"when: {time.strftime('%Y-%m-%d %H:%M:%S %z')}",
        f"python: {platform.python_version()} on {platform.platform()}",
        f"libraries: {', '.join(_libraries())}",
        f"terminal: {os.environ.get('TERM', 'none')}",
        *(f"{name}: {value}" for name, value in facts.items()),
    ]
    return "\n".join((*lines, "", "".join(traceback.format_exception(cause))))


def _libraries() -> Iterator[str]:
    """Name and version of each library that the program requires."""
    try:
        required = metadata.requires("dsexplore") or []
    except metadata.PackageNotFoundError:
        return
    for requirement in required:
        found = re.match(r"[\w.-]+", requirement)
        if found and "extra ==" not in requirement:
            try:
                yield f"{found[0]} {metadata.version(found[0])}"
            except metadata.PackageNotFoundError:
                yield f"{found[0]} missing"
