"""Files read within bounds: regular ones, of at most a megabyte, never waited for."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError, shown

LARGEST_FILE = 1 << 20


def read_bytes(path: Path, wanted: str, largest: int = LARGEST_FILE) -> bytes:
    """The content of a regular file of bounded size; `wanted` is the kind of file expected.

    Raises ScenarioError without the file's name.
    """
    descriptor = _opened(path, wanted)
    try:
        return read_descriptor(descriptor, wanted, largest)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def reading(path: Path, wanted: str) -> Iterator[BinaryIO]:
    """A regular file of any size, of which only the beginning is meant to be read.

    Raises ScenarioError without the file's name.
    """
    with os.fdopen(_opened(path, wanted), "rb", buffering=1 << 20) as file:
        yield file


def _opened(path: Path, wanted: str) -> int:
    try:
        # Looked at first: to open a device may be to start it.
        _check_regular(path.stat(), wanted)
        # Not blocking: a pipe without a writer must not hold the program.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:
        raise ScenarioError("", trouble(error), "a readable file") from None
    return descriptor


def read_descriptor(descriptor: int, wanted: str, largest: int = LARGEST_FILE) -> bytes:
    """The content of an open file under the same bounds, from its beginning.

    Raises ScenarioError without the file's name.
    """
    try:
        status = os.fstat(descriptor)
        _check_regular(status, wanted)
        _check_size(status.st_size, largest)
        os.lseek(descriptor, 0, os.SEEK_SET)
        # Only now: Python makes no file object of a directory.
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise ScenarioError("", trouble(error), "a readable file") from None
    # It may have grown since.
    _check_size(len(content), largest)
    return content


def trouble(error: OSError | ValueError) -> str:
    """Why the system refused a file, in words for the middle of a sentence."""
    if isinstance(error, OSError) and error.errno == errno.ENOENT:
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return shown(str(error))[1:-1]


def _check_regular(status: os.stat_result, wanted: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise ScenarioError("", kind, wanted)


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        found = format_value(size, "byte", 3)
        raise ScenarioError("", found, f"at most {largest:,} bytes")
