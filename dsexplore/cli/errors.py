"""How a command ends: its exit status, and one line on standard error for a refusal or a fault."""

from __future__ import annotations

import sys
from collections.abc import Callable

from dsexplore.text.refusal import ScenarioError, shown_path

# An exception that nobody foresaw.
FAULT = 1
REFUSED = 2
# A shell's status for a program ended by a signal: 128 plus the signal's number.
INTERRUPTED = 130
BROKEN_PIPE = 141


class UsageError(Exception):
    """Command-line words outside the grammar; the message is one sentence."""


def status_of(run: Callable[[], int]) -> int:
    """The exit status of a command; a refusal or a fault is one line on standard error."""
    try:
        return run()
    except (ScenarioError, UsageError) as error:
        say(str(error))
        return REFUSED
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError as error:
        say(_sentence(error))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        say(_fault(error))
        return FAULT


def say(sentence: str) -> None:
    """Print one line on standard error, whatever characters the sentence holds."""
    if sys.stderr is not None:
        print(f"dsexplore: {shown_path(sentence)}", file=sys.stderr, flush=True)


def _sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}found {error.strerror or error}; allowed: a file that can be read and written"


def _fault(error: Exception) -> str:
    """What to say about an exception that nobody foresaw; writes the report of it."""
    from dsexplore.files.report import FaultError, write_report  # noqa: PLC0415 - only a fault pays

    work = f"; {error.work}" if isinstance(error, FaultError) else ""
    try:
        report = f"report: {write_report(error)}"
    except Exception as second:
        report = f"no report could be written ({type(error.__cause__ or error).__name__}, {second})"
    return f"stopped on a fault of its own{work}; {report}"
