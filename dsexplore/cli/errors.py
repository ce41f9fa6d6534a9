"""How a command line ends: its exit status, and one line on standard error where it is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable

from dsexplore.text.refusal import ScenarioError, shown_path

REFUSED = 2
# What a shell reports of a program that the signal ended: 128 and the signal's number.
INTERRUPTED = 130
BROKEN_PIPE = 141


class UsageError(Exception):
    """Words on the command line that do not fit its grammar; the message is one sentence."""


def status_of(run: Callable[[], int]) -> int:
    """The exit status of a command; what refused it is said in one line on standard error."""
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


def say(sentence: str) -> None:
    """One line on standard error, whatever the sentence holds."""
    if sys.stderr is not None:
        print(f"dsexplore: {shown_path(sentence)}", file=sys.stderr, flush=True)


def _sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}found {error.strerror or error}; allowed: a file that can be read and written"
