"""Standard output: its width, and a text written whole or the reason why not in one line."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys

from dsexplore.text.refusal import ScenarioError


def write_out(text: str) -> None:
    """Write text to standard output.

    Raises BrokenPipeError where nobody reads it to its end, ScenarioError where it cannot be
    written. What the terminal's encoding lacks becomes a question mark.
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
        raise ScenarioError("standard output", found, "a place that can be written to") from None


def terminal_columns() -> int | None:
    """The width of the terminal that is written to; None for a pipe, which gets lines whole."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _forget_the_rest() -> None:
    """Leave the interpreter nothing to complain of when it flushes the stream at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
