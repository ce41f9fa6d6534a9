"""Writing a file too large to be held: under a name of its own until it is whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from dsexplore.files.reading import trouble
from dsexplore.files.writing import FileInTheWayError, name_if_free
from dsexplore.text.refusal import ScenarioError


@contextlib.contextmanager
def streamed(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A file beside the one wanted, to be written; it takes the name at the end of the block.

    If that ends in an exception, nothing is left. Raises ScenarioError if the file cannot be
    written, FileInTheWayError if there is one and it may not be replaced.
    """
    beside = path.with_name(f".{path.name[:40]}.{os.getpid()}.part")
    try:
        try:
            if not overwrite and os.path.lexists(path):
                raise FileExistsError
            # Nobody's file is written over: an old one of that name stops it.
            beside.touch(exist_ok=False)
        except FileExistsError:
            raise FileInTheWayError("a file of that name", str(path)) from None
        try:
            yield beside
            if overwrite:
                beside.replace(path)
            else:
                name_if_free(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError:
        raise FileInTheWayError("a file of that name", str(path)) from None
    except FileNotFoundError:
        raise ScenarioError("", "no such folder", "a folder that is there", str(path)) from None
    except OSError as error:
        raise ScenarioError("", trouble(error), "a writable place", str(path)) from None
