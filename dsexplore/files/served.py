"""Whether a server of ours speaks to this process in place of a terminal."""

from __future__ import annotations

import os

# What the server says to an explorer that it starts.
SERVED = "DSEXPLORE_SERVED"


def is_served() -> bool:
    """Whether `dsexplore serve` started this process for a page in a browser."""
    return bool(os.environ.get(SERVED))
