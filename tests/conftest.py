"""What is compiled once is read by every process that the tests start, and by the next run."""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

# Told to keep no bytecode, each process would compile the program and rewrite all tests anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

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
