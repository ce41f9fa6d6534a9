"""Standard output: its width, and a text written whole or a refusal in one line."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys

from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError


def write_out(text: Printable) -> None:
    """Write text to standard output.

    Raises BrokenPipeError if the reader stops early, ScenarioError if it cannot be written.
    Characters missing in the terminal's encoding become question marks.
    """
    stream = sys.stdout
    if stream is None:
        raise ScenarioError("standard output", "it closed", "an open terminal, pipe or file")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _forget_the_rest()
        raise
    except OSError as error:
        _forget_the_rest()
        found = (error.strerror or str(error)).lower()
        raise ScenarioError("standard output", found, "a writable place") from None


_USUAL_LINES = 24


def terminal_columns() -> int | None:
    """The width of the terminal; None for a pipe, which gets whole lines."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def terminal_lines() -> int | None:
    """The lines that a terminal shows above its prompt; None for a pipe, which has no end.

    Of a window lower than the usual one the output scrolls.
    """
    if terminal_columns() is None:
        return None
    return max(_USUAL_LINES, shutil.get_terminal_size().lines) - 1


def _forget_the_rest() -> None:
    """Keep the interpreter from complaining when it flushes the stream at exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
